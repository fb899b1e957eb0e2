"""The papers of a plan that go into its archive: slips, bulletins, minutes, what was looked at."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from flask_babel import force_locale

from sanwei_flow.calendars import today
from sanwei_flow.closing.archive.papers import Paper, steady
from sanwei_flow.closing.archive.records import moment
from sanwei_flow.closing.archive.zipping import as_json
from sanwei_flow.db import db
from sanwei_flow.oversight.models import Inspection, Meeting, RecordFile
from sanwei_flow.plans.models import Plan
from sanwei_flow.reports import minutes, slips
from sanwei_flow.reports.models import Bulletin
from sanwei_flow.reports.operations import file_of
from sanwei_flow.storage.serving import vault
from sanwei_flow.supervision.models import Slip


def papers(plan: Plan) -> Iterator[Paper]:
    """Slips and inspections with their rows; bulletins, reports and minutes with the plan."""
    for slip in _of(Slip, plan):
        yield Paper(slip.row.no, f"{slip.number}.docx", "督办单", partial(_slip, slip))
    for one in _of(Bulletin, plan, Bulletin.issued_at.is_not(None)):
        yield Paper(None, f"{one.number}.docx", one.title, partial(_bulletin, one))
    for meeting in _of(Meeting, plan, Meeting.issued_at.is_not(None)):
        yield Paper(None, f"{meeting.number}.docx", meeting.title, partial(_minutes, meeting))
        yield from _files(None, meeting.files)
    for look in _of(Inspection, plan):
        no = look.row.no if look.row else None
        yield Paper(no, f"inspection-{look.id}.json", "督导检查", partial(_inspection, look))
        yield from _files(no, look.files)


def _of(kind: Any, plan: Plan, *more: Any) -> list[Any]:
    query = db.select(kind).where(kind.plan_id == plan.id, *more).order_by(kind.id)
    return list(db.session.scalars(query))


def _files(no: int | None, files: Iterable[RecordFile]) -> Iterator[Paper]:
    for file in sorted(files, key=lambda one: one.id):
        pieces = partial(vault().store.read, file.sha256)
        yield Paper(no, f"record-{file.id}-{file.name}", "附件", pieces, file.size)


def _slip(slip: Slip) -> list[bytes]:
    with force_locale("zh_CN"):
        return [steady(slips.document_of(slip))]


def _minutes(meeting: Meeting) -> list[bytes]:
    with force_locale("zh_CN"):
        return [steady(minutes.document_of(meeting))]


def _bulletin(bulletin: Bulletin) -> list[bytes]:
    """As it was issued, to the byte: its hash stands in the record of acts."""
    assert bulletin.issued_at is not None  # noqa: S101 - asked for above
    return [file_of(bulletin, today(bulletin.issued_at))]


def _inspection(look: Inspection) -> list[bytes]:
    """What was found, and every look since."""
    return [
        as_json(
            {
                "held_on": look.held_on.isoformat(),
                "inspectors": look.inspectors,
                "unit": look.unit.name,
                "kind": look.kind,
                "finding": look.finding,
                "due": look.due.isoformat() if look.due else None,
                "by": look.by_name,
                "at": moment(look.at),
                "closed_at": moment(look.closed_at),
                "process": look.process_id,
                "rechecks": [
                    {"held_on": one.held_on.isoformat(), "inspectors": one.inspectors}
                    | {"mended": one.mended, "note": one.note, "by": one.by_name}
                    for one in look.rechecks
                ],
            }
        )
    ]
