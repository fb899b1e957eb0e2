"""A slip as the paper that goes out."""

import io

from flask import Blueprint, send_file
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from sanwei_flow import web
from sanwei_flow.accounts.queries import unit_names
from sanwei_flow.calendars import today
from sanwei_flow.processes.history import history
from sanwei_flow.reports import official
from sanwei_flow.supervision import slips
from sanwei_flow.supervision.models import Slip
from sanwei_flow.supervision.slip_process import addressee

bp = Blueprint("slip_papers", __name__)


@bp.get("/supervision/slips/<int:slip_id>.docx")
def paper(slip_id: int) -> Response:
    """Fetch a slip as an official document, in Chinese whoever asks."""
    slip = slips.get_slip(slip_id, by=web.current_actor())
    with force_locale("zh_CN"):
        content = document_of(slip)
    return send_file(
        io.BytesIO(content),
        mimetype=official.MIMETYPE,
        as_attachment=True,
        download_name=f"{slip.number}.docx",
    )


def document_of(slip: Slip) -> bytes:
    """The slip with its facts, what has been answered so far, who issues it and when."""
    document = official.new_document()
    official.add_title(document, "督 办 单")
    official.add_centred(document, slip.number)
    official.add_table(
        document,
        [
            ("被督办单位", slip.unit.name),
            ("督办事项", f"第{slip.row.no}项：{slip.row.task}"),
            ("依据方案", " ".join(filter(None, (slip.plan.title, slip.plan.doc_number)))),
            ("督办事由", slip.reason.format(**slip.params)),
            ("回复时限", official.chinese_date(slip.due)),
            ("督办层级", _(addressee(slip).name)),
            ("整改及核查情况", "\n".join(_said(slip)) or "\n\n\n"),
        ],
        (36, 120),
    )
    office = slip.plan.office_unit_id
    issuer = unit_names([office]).get(office, "") if office else ""
    official.add_signature(document, issuer, today(slip.issued_at))
    return official.to_bytes(document)


def _said(slip: Slip) -> list[str]:
    """What was answered and decided, a line each."""
    found = []
    for told in history(slip.process) if slip.process else []:
        if told.kind != "act" or told.when is None:
            continue
        words = [str(one["text"]) for one in told.answers if one.get("text")]
        words += [told.opinion] if told.opinion else []
        day = official.chinese_date(today(told.when))
        found.append(f"{day} {told.unit}{told.who}（{told.outcome}）：{'；'.join(words)}")
    return found
