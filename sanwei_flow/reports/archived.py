"""The papers of a plan that go into its archive: slips as they went out, bulletins as issued."""

from collections.abc import Iterator
from functools import partial

from flask_babel import force_locale

from sanwei_flow.calendars import today
from sanwei_flow.closing.archive.papers import Paper, steady
from sanwei_flow.db import db
from sanwei_flow.plans.models import Plan
from sanwei_flow.reports.models import Bulletin
from sanwei_flow.reports.operations import file_of
from sanwei_flow.reports.slips import document_of
from sanwei_flow.supervision.models import Slip


def papers(plan: Plan) -> Iterator[Paper]:
    """Every slip with its row, every bulletin and closing report with the plan."""
    slips = db.select(Slip).where(Slip.plan_id == plan.id).order_by(Slip.id)
    for slip in db.session.scalars(slips).all():
        yield Paper(slip.row.no, f"{slip.number}.docx", "督办单", partial(_slip, slip))
    issued = Bulletin.plan_id == plan.id, Bulletin.issued_at.is_not(None)
    for one in db.session.scalars(db.select(Bulletin).where(*issued).order_by(Bulletin.id)).all():
        yield Paper(None, f"{one.number}.docx", one.title, partial(_bulletin, one))


def _slip(slip: Slip) -> bytes:
    with force_locale("zh_CN"):
        return steady(document_of(slip))


def _bulletin(bulletin: Bulletin) -> bytes:
    """As it was issued, to the byte: its hash stands in the record of acts."""
    assert bulletin.issued_at is not None  # noqa: S101 - asked for above
    return file_of(bulletin, today(bulletin.issued_at))
