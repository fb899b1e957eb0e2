"""Importing an edited plan again: first the difference, then only what changed."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.audit.queries import entries
from sanwei_flow.db import db
from sanwei_flow.errors import N_, Conflict, Forbidden, Invalid, NotFound
from sanwei_flow.plans.access import get_plan, may_manage, must_not_be_accepted, record
from sanwei_flow.plans.comparing import Difference, Said, Step, compare
from sanwei_flow.plans.importing import Source
from sanwei_flow.plans.launching import read_units
from sanwei_flow.plans.models import Plan, PlanRow, Side, Target
from sanwei_flow.plans.moving import LEADS
from sanwei_flow.plans.phases import last_day
from sanwei_flow.plans.reader import PlanDocument
from sanwei_flow.plans.records import PlanRevision, RowDue
from sanwei_flow.plans.renewing import Renewal

#: What the office did to a row besides the document; its `before` is what the document said.
OWN_CHANGES = ("correct_row", "reassign_row")


def keep_revision(plan_id: int, source: Source, *, by: Actor, at: dt.datetime) -> PlanRevision:
    """Keep an edited document of the plan; nothing of the plan changes yet.

    The same bytes are kept once. Raises NotFound, Forbidden, and Conflict for the very file
    the plan was imported from.
    """
    plan = _managed(plan_id, by)
    must_not_be_accepted(plan)
    if source.digest == plan.source_hash:
        raise Conflict(N_("这就是本方案导入时的文件，没有改动"))
    query = db.select(PlanRevision).where(
        PlanRevision.plan_id == plan.id, PlanRevision.source_hash == source.digest
    )
    kept = db.session.scalar(query)
    if kept is not None:
        return kept
    revision = PlanRevision(
        plan_id=plan.id,
        source_name=source.name,
        source_hash=source.digest,
        rows=[one.as_json() for one in read_rows(source.document)],
        kept_at=at,
        kept_by_id=by.user_id,
        outcomes=[],
    )
    db.session.add(revision)
    db.session.flush()
    return revision


def get_revision(plan_id: int, revision_id: int, *, by: Actor) -> PlanRevision:
    """Load a kept document. Raises NotFound, Forbidden."""
    plan = _managed(plan_id, by)
    revision = db.session.get(PlanRevision, revision_id)
    if revision is None or revision.plan_id != plan.id:
        raise NotFound(N_("没有这份修改稿"))
    return revision


def difference(revision: PlanRevision) -> Difference:
    """What the edited document says differently from the one applied last.

    What the office corrected, extended or gave to another unit since is no change of the
    document, and is left as it is.
    """
    return compare(baseline(revision.plan), [Said.from_json(one) for one in revision.rows])


def begin(
    plan_id: int,
    revision_id: int,
    *,
    leads: Mapping[int, str] | None = None,
    by: Actor,
    at: dt.datetime,
) -> PlanRevision:
    """Settle what is to be done, as it was looked at; `carry_on` then does it, piece by piece.

    `leads` says by row number what becomes of a running row whose lead the document changed:
    `ask` (the present lead asks for it, the usual way) or `apply` (at once, as the document
    says). Begun twice, the first time counts. Raises NotFound, Forbidden, Invalid for another
    answer.
    """
    chosen = dict(leads or {})
    if not set(chosen.values()) <= set(LEADS):
        raise Invalid(N_("牵头单位的改动请选择“走变更程序”或“直接改派”"))
    plan = _managed(plan_id, by, lock=True)
    revision = get_revision(plan_id, revision_id, by=by)
    if revision.steps is None and revision.applied_at is None:
        steps = difference(revision).steps(chosen)
        revision.steps = [one.as_json() for one in steps]
        revision.applied_by_id = by.user_id
        _end(plan, revision, by, at)
    return revision


def carry_on(
    plan_id: int, revision_id: int, *, limit: int, by: Actor, at: dt.datetime
) -> PlanRevision:
    """Do the next `limit` changes of a revision that was begun; `outcomes` say what became of each.

    Changes only the rows that the document changed. What a running row cannot simply take over
    is asked for instead, and a change that is refused stops no other. Two who carry on at once
    wait for each other. Raises NotFound, Forbidden.
    """
    plan = _managed(plan_id, by, lock=True)
    revision = get_revision(plan_id, revision_id, by=by)
    db.session.refresh(revision)
    if revision.applied_at is not None or revision.steps is None:
        return revision
    renewal = Renewal(plan, by, at)
    for step in revision.steps[revision.done : revision.done + limit]:
        renewal.take(Step.from_json(step))
        revision.done += 1
    revision.outcomes = [*revision.outcomes, *renewal.outcomes]
    _end(plan, revision, by, at)
    return revision


def _end(plan: Plan, revision: PlanRevision, by: Actor, at: dt.datetime) -> None:
    db.session.flush()
    if revision.done >= len(revision.steps or ()):
        revision.applied_at = at
        record(plan, "reimport", after=revision.source_name, by=by, at=at)


def apply_revision(
    plan_id: int,
    revision_id: int,
    *,
    leads: Mapping[int, str] | None = None,
    by: Actor,
    at: dt.datetime,
) -> PlanRevision:
    """Begin and do everything in one go, for a caller whom nobody waits for."""
    revision = begin(plan_id, revision_id, leads=leads, by=by, at=at)
    return carry_on(plan_id, revision_id, limit=len(revision.steps or ()), by=by, at=at)


def unfinished() -> list[tuple[int, int, int | None]]:
    """Revisions that were begun and not finished: plan, revision, who began."""
    query = db.select(PlanRevision.plan_id, PlanRevision.id, PlanRevision.applied_by_id).where(
        PlanRevision.steps.is_not(None), PlanRevision.applied_at.is_(None)
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]


def read_rows(document: PlanDocument) -> list[Said]:
    """The rows of a document as they are compared; dates it does not state are assumed alike."""
    figures = defaultdict(list)
    for read in document.targets:
        figure = (read.indicator, read.op, _plain(read.value), read.unit or "")
        figures[read.row].append((*figure, read.year, read.annual))
    fallback = last_day(document)
    return [
        Said(
            no=row.no,
            category=row.category,
            item=row.item,
            task=row.task,
            due=_iso(row.due or fallback),
            lead=tuple(dict.fromkeys(row.lead)),
            cooperating=tuple(dict.fromkeys(row.cooperating)),
            open_ended=row.open_ended,
            figures=tuple(figures[row.no]),
        )
        for row in document.rows
    ]


def baseline(plan: Plan) -> list[Said]:
    """What the plan's document says by now: the revision applied last, else what was imported."""
    query = db.select(PlanRevision).where(
        PlanRevision.plan_id == plan.id, PlanRevision.applied_at.is_not(None)
    )
    last = db.session.scalar(query.order_by(PlanRevision.applied_at.desc()).limit(1))
    if last is not None:
        return [Said.from_json(one) for one in last.rows]
    read_units(plan)
    first = _before_own_changes(plan)
    return [_as_imported(row, first[row.no]) for row in plan.rows]


def _before_own_changes(plan: Plan) -> dict[int, dict[str, Any]]:
    """By row: what its fields said before the office first changed them."""
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    for entry in entries(plan.rows[0].business_key.split("/")[0] if plan.rows else ""):
        if entry.kind in OWN_CHANGES and entry.at >= plan.imported_at:
            name = str(entry.data.get("field") or "lead")
            found[int(entry.data["row"])].setdefault(name, entry.data.get("before"))
    numbers = {row.id: row.no for row in plan.rows}
    query = db.select(RowDue).where(RowDue.row_id.in_(numbers)).order_by(RowDue.id)
    for moved in db.session.scalars(query):
        found[numbers[moved.row_id]].setdefault("due", moved.old.isoformat())
    return found


def _as_imported(row: PlanRow, first: dict[str, Any]) -> Said:
    def said(name: str) -> Any:
        return first[name] if name in first else getattr(row, name)

    def units(name: str, side: str) -> tuple[str, ...]:
        if name in first:
            return tuple(filter(None, str(first[name] or "").split("、")))
        return tuple(one.mention.name for one in row.units if one.side == side)

    due = first["due"] if "due" in first else _iso(row.due)
    return Said(
        no=row.no,
        category=said("category") or "",
        item=said("item") or "",
        task=said("task") or "",
        due=due,
        lead=units("lead", Side.LEAD),
        cooperating=units("cooperating", Side.COOPERATING),
        open_ended=row.open_ended,
        figures=tuple(_figure(one) for one in row.targets),
    )


def _figure(one: Target) -> tuple[str, str, str, str, int | None, bool]:
    return (one.indicator, one.op, _plain(one.value), one.unit, one.year, one.annual)


def _plain(value: Any) -> str:
    text = f"{value:.4f}"
    return text.rstrip("0").rstrip(".")


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _managed(plan_id: int, by: Actor, *, lock: bool = False) -> Plan:
    plan = get_plan(plan_id, lock=lock)
    if not may_manage(plan, by):
        raise Forbidden(N_("只有本方案的专班办公室可以重新导入"))
    return plan
