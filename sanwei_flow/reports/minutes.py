"""Minutes of a consultation as the paper that goes out."""

import io

from flask import Blueprint, send_file
from flask_babel import force_locale
from werkzeug.wrappers import Response

from sanwei_flow import web
from sanwei_flow.accounts.queries import unit_names
from sanwei_flow.calendars import today
from sanwei_flow.oversight.meeting_queries import get_meeting
from sanwei_flow.oversight.models import Decision, Meeting
from sanwei_flow.reports import official, wording

bp = Blueprint("minutes_papers", __name__)

LONGEST_HEADING = 30


@bp.get("/meetings/<int:meeting_id>.docx")
def paper(meeting_id: int) -> Response:
    """Fetch minutes as an official document, in Chinese whoever asks; drafts say so."""
    meeting = get_meeting(meeting_id, by=web.current_actor())
    with force_locale("zh_CN"):
        content = document_of(meeting)
    return send_file(
        io.BytesIO(content),
        mimetype=official.MIMETYPE,
        as_attachment=True,
        download_name=f"{meeting.number or meeting.title}.docx",
    )


def document_of(meeting: Meeting) -> bytes:
    """Number, title, who met when and where, the text, the decisions, who issues it and when."""
    document = official.new_document()
    official.add_centred(document, meeting.number or "（草稿）")
    official.add_title(document, meeting.title)
    facts = (
        ("时间", official.chinese_date(meeting.held_on)),
        ("地点", meeting.place),
        ("主持", meeting.chair),
        ("参加", meeting.attending),
        ("议题", meeting.agenda),
    )
    for name, value in facts:
        if value:
            official.add_body(document, f"{name}：{value}")
    for line in meeting.minutes.splitlines():
        if words := line.strip():
            # A whole sentence behind a number is no heading.
            level = wording.level(words) if len(words) <= LONGEST_HEADING else 0
            if level:
                official.add_heading(document, words, level)
            else:
                official.add_body(document, words)
    if meeting.decisions:
        official.add_heading(document, "议定事项")
    for one in meeting.decisions:
        official.add_body(document, _said(one))
    office = meeting.plan.office_unit_id
    issuer = unit_names([office]).get(office, "") if office else ""
    day = today(meeting.issued_at) if meeting.issued_at else meeting.held_on
    official.add_signature(document, issuer, day)
    return official.to_bytes(document)


def _said(one: Decision) -> str:
    """A decision in one sentence, with who does it and by when."""
    told = [f"责任单位：{one.unit.name if one.unit else one.lead}"] if one.unit or one.lead else []
    told += [f"配合单位：{one.helpers}"] if one.helpers else []
    told += [f"办结时限：{official.chinese_date(one.due)}"] if one.due else []
    return f"{one.no}．{one.text}" + (f"（{'；'.join(told)}）" if told else "")
