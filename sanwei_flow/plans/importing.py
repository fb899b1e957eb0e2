"""From an uploaded file to a draft plan whose every doubt is written down."""

import datetime as dt
import hashlib
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.calendars import today
from sanwei_flow.db import db
from sanwei_flow.errors import N_, Conflict, Forbidden
from sanwei_flow.plans.access import choose_office, managed_draft, may_import, record
from sanwei_flow.plans.designing import forget_design
from sanwei_flow.plans.doubts import add_findings
from sanwei_flow.plans.drafting import Draft
from sanwei_flow.plans.models import Plan
from sanwei_flow.plans.reader import PlanDocument, read_plan
from sanwei_flow.plans.resolving import load_register

MAX_NAME = 300


@dataclass(frozen=True)
class Source:
    """A file as it was sent, and what it says."""

    name: str
    digest: str
    document: PlanDocument


def read_source(file_name: str, content: bytes, *, by: Actor) -> Source:
    """Read a document before anything is written.

    A long one takes seconds: on SQLite every writer would wait if that happened inside the
    transaction. Raises Forbidden, and the reader's PlanReadError or PlanTooLarge.
    """
    if not may_import(by):
        raise Forbidden(N_("只有专班办公室可以导入方案"))
    document = read_plan(content, file_name)
    name = "".join(sign for sign in file_name if sign.isprintable())[-MAX_NAME:]
    return Source(name, hashlib.sha256(content).hexdigest(), document)


def keep_plan(
    source: Source, *, office_unit_id: int | None = None, by: Actor, at: dt.datetime
) -> Plan:
    """Keep what was read as a draft with its rows, figures and findings.

    `office_unit_id` is the unit that will run the plan (default: where `by` is office).
    Raises Forbidden, Invalid if the office is open, and Conflict if these very bytes were
    imported before (naming that plan); then nothing is kept.
    """
    office = choose_office(by, office_unit_id)
    _refuse_twice(source.digest)
    document = source.document
    plan = Plan(
        title=document.title,
        doc_number=document.doc_number,
        issuer=document.issuer,
        doc_date=document.doc_date,
        office_unit_id=office,
        source_name=source.name,
        source_hash=source.digest,
        source_lines=[[line.number, line.kind, line.text] for line in document.lines],
        imported_at=at,
        imported_by_id=by.user_id,
    )
    _keep(plan)
    register, day = load_register(), today(at)
    Draft(plan, document, register, day).fill()
    add_findings(plan, document, register, day)
    db.session.flush()
    record(plan, "import", after=plan.source_name, by=by, at=at)
    return plan


def import_plan(
    file_name: str,
    content: bytes,
    *,
    office_unit_id: int | None = None,
    by: Actor,
    at: dt.datetime,
) -> Plan:
    """Read and keep a document in one go, for a caller whom nobody waits for.

    Raises what `read_source` and `keep_plan` raise.
    """
    source = read_source(file_name, content, by=by)
    return keep_plan(source, office_unit_id=office_unit_id, by=by, at=at)


def _keep(plan: Plan) -> None:
    """Write the plan down; of two who import the same file at once, the second is told."""
    db.session.add(plan)
    try:
        db.session.flush()
    except IntegrityError:
        raise Conflict(N_("这份文件刚刚由别人导入，请到方案列表查看")) from None


def _refuse_twice(digest: str) -> None:
    earlier = db.session.scalar(db.select(Plan).where(Plan.source_hash == digest))
    if earlier is not None:
        raise Conflict(
            N_("这份文件已于{day}导入，方案编号{plan}：{title}"),
            day=today(earlier.imported_at).isoformat(),
            plan=earlier.id,
            title=earlier.title,
        )


def discard_plan(plan_id: int, *, by: Actor, at: dt.datetime) -> None:
    """Remove a draft with everything read from it; the record of acts keeps that it was.

    Raises NotFound, Forbidden, and Conflict once the plan has been launched.
    """
    plan = managed_draft(plan_id, by)
    record(plan, "discard", before=plan.title, by=by, at=at)
    forget_design(plan_id, by=by, at=at)
    db.session.delete(plan)
    db.session.flush()
