"""回头看: looking again whether a finding was mended.

A problem is closed by a re-check and by nothing else, whoever reports it as mended.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.calendars import today
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.calendars.workdays import SHANGHAI
from sanwei_flow.db import db
from sanwei_flow.errors import N_, Conflict, Invalid, NotFound
from sanwei_flow.oversight.inspection_queries import get_inspection
from sanwei_flow.oversight.models import Inspection, Recheck
from sanwei_flow.oversight.rectifying import check_names, follow_up, managed, tell, variables
from sanwei_flow.plans.access import must_not_be_accepted, record
from sanwei_flow.processes.models import ProcessInstance, Task, TaskEvent
from sanwei_flow.processes.operations import cancel_process

#: What the trail of a rectification says when the office looked without waiting for it.
ENDED = "已在检查记录中回头看"


@dataclass(frozen=True)
class Looked:
    """What a re-check saw. Where it was not mended: a new day, or a slip to be answered by it."""

    mended: bool
    held_on: dt.date
    inspectors: str
    note: str = ""
    next_due: dt.date | None = None
    slip: bool = False


def recheck(
    inspection_id: int, looked: Looked, *, seen: int, by: Actor, at: dt.datetime
) -> Recheck:
    """Record a re-check: it closes the finding, or sets another day, or issues a slip.

    `seen` is how many re-checks the record had when it was read. Raises NotFound, Forbidden,
    Invalid, Conflict: it is closed, somebody else looked meanwhile, or no slip can be issued.
    """
    get_inspection(inspection_id, by=by)
    inspection = db.session.get_one(Inspection, inspection_id, with_for_update=True)
    managed(inspection.plan, by)
    must_not_be_accepted(inspection.plan)
    _still_open(inspection, seen)
    _check_look(looked, today(at))
    if inspection.process is not None and inspection.process.is_open:
        cancel_process(inspection.process.id, reason=ENDED, by=by, at=at)
    inspection.process = None
    kept = _keep(inspection, looked, by.user_id, by.name, at)
    if not looked.mended:
        follow_up(inspection, looked.slip, looked.next_due, by, at)
        kept.slip = inspection.slip if looked.slip else None
    return kept


def keep_recheck(
    arguments: Mapping[str, Any], *, instance: ProcessInstance, at: dt.datetime
) -> dict[str, Any]:
    """Record the re-check that the office did as a task of the rectification."""
    query = db.select(Inspection).where(Inspection.process_id == instance.id).with_for_update()
    inspection = db.session.scalars(query).first()
    if inspection is None:
        raise NotFound(N_("流程“{title}”不是整改"), title=instance.title)
    look = _look_of(instance.id)
    mended = arguments.get("result") != "return"
    given = arguments.get("next_due")
    next_due = None
    if not mended:
        wanted = dt.date.fromisoformat(str(given)[:10]) if given else today(at)
        next_due = max(wanted, load_calendar().workdays_after(today(at), 1))
    looked = Looked(
        mended,
        dt.date.fromisoformat(str(arguments.get("held_on") or today(at))[:10]),
        str(arguments.get("inspectors") or look.by_name),
        look.comment,
        next_due,
    )
    _keep(inspection, looked, look.by_id, look.by_name, at)
    if next_due:
        inspection.due = next_due
    return variables(inspection)


def _look_of(instance_id: int) -> TaskEvent:
    """The last re-check done as a task of this process."""
    query = (
        db.select(TaskEvent)
        .join(Task, Task.id == TaskEvent.task_id)
        .where(
            TaskEvent.instance_id == instance_id,
            Task.node == "recheck",
            TaskEvent.action.in_(("agree", "return")),
        )
        .order_by(TaskEvent.id.desc())
    )
    return db.session.scalars(query.limit(1)).one()


def _keep(
    inspection: Inspection, looked: Looked, user_id: int | None, name: str, at: dt.datetime
) -> Recheck:
    kept = Recheck(
        held_on=looked.held_on,
        inspectors=looked.inspectors.strip(),
        mended=looked.mended,
        note=looked.note.strip(),
        next_due=None if looked.mended else looked.next_due,
        at=at,
        by_id=user_id,
        by_name=name,
    )
    inspection.rechecks.append(kept)
    if looked.mended:
        inspection.closed_at = at
    db.session.flush()
    result = "已整改" if looked.mended else "未整改"
    said = "：".join(filter(None, (result, kept.note)))
    by = Actor(user_id, name, frozenset())
    row = inspection.row.no if inspection.row else None
    record(inspection.plan, "recheck", row=row, after=said, by=by, at=at)
    words = N_("督导检查的问题已整改销号：{finding}")
    tell(inspection, words if looked.mended else N_("回头看未整改：{finding}"), at)
    return kept


def _check_look(looked: Looked, day: dt.date) -> None:
    check_names(looked.inspectors, looked.held_on, day)
    if looked.mended:
        return
    if not looked.note.strip():
        raise Invalid(N_("未整改的，请写明核实情况"))
    if looked.next_due is None:
        raise Invalid(N_("未整改的，请填写新的整改时限"))
    if looked.next_due <= day:
        raise Invalid(N_("整改时限应在今天之后"))


def _still_open(inspection: Inspection, seen: int) -> None:
    last = inspection.rechecks[-1] if inspection.rechecks else None
    if last is not None and (inspection.closed_at is not None or len(inspection.rechecks) != seen):
        when = f"{last.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        raise Conflict(N_("{who}已于 {when} 记录了回头看，请先看结果"), who=last.by_name, when=when)
    if inspection.closed_at is not None:
        raise Conflict(N_("没有要整改的问题，不用回头看"))
