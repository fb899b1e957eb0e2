"""Having a finding mended: as a task of the unit, or with a slip; what its process knows."""

import datetime as dt
from typing import Any

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import Role
from sanwei_flow.db import db
from sanwei_flow.errors import N_, Forbidden, Invalid
from sanwei_flow.notifications.operations import Notice, notify_people
from sanwei_flow.oversight.models import Inspection
from sanwei_flow.plans.access import may_manage
from sanwei_flow.plans.keys import business_key
from sanwei_flow.plans.models import Plan
from sanwei_flow.plans.variables import plan_variables
from sanwei_flow.processes.operations import start_process
from sanwei_flow.processes.queries import open_tasks
from sanwei_flow.supervision import slips
from sanwei_flow.supervision.models import Slip

PROCESS = "rectification"
MOST_NAMES = 200


def managed(plan: Plan, by: Actor) -> None:
    """Raises Forbidden for whoever is not of the plan's office."""
    if not may_manage(plan, by):
        raise Forbidden(N_("只有本方案的专班办公室可以记录督导检查和回头看"))


def check_names(inspectors: str, held_on: dt.date, day: dt.date) -> None:
    """Raises Invalid unless somebody looked, not later than `day`."""
    if not 0 < len(inspectors.strip()) <= MOST_NAMES:
        raise Invalid(N_("请填写检查人员（最多{most}字）"), most=MOST_NAMES)
    if held_on > day:
        raise Invalid(N_("检查日期不能晚于今天"))


def follow_up(
    inspection: Inspection, slip: bool, due: dt.date | None, by: Actor, at: dt.datetime
) -> None:
    """Have it mended by `due`: with a slip, or as a task of the unit."""
    if due is None:
        raise Invalid(N_("请填写整改时限"))
    inspection.due = due
    if slip:
        inspection.slip = _slip(inspection, due, by, at)
        return
    key = f"{business_key(inspection.plan_id)}/inspection:{inspection.id}"
    known = {"recheck_on": None, "rechecked_by": "", "next_due": None} | variables(inspection)
    inspection.process = start_process(PROCESS, known, business_key=key, by=by, at=at)
    db.session.flush()
    words = N_("督导检查发现问题，请在{due}前整改：{finding}")
    tell(inspection, words, at, inspection.process.id)


def _slip(inspection: Inspection, due: dt.date, by: Actor, at: dt.datetime) -> Slip:
    if inspection.row is None:
        raise Invalid(N_("督办单要发给一项分工，请先填写检查的是第几项"))
    reason = f"督导检查（{inspection.held_on.isoformat()}）发现：{inspection.finding}"
    reason = reason[: slips.MOST_REASON]
    unit_id = inspection.unit_id
    return slips.issue([inspection.row.id], reason, due, by=by, at=at, unit_id=unit_id)[0]


def variables(inspection: Inspection) -> dict[str, Any]:
    """What the process knows of the finding; the flat ones are for its forms."""
    plan, due = inspection.plan, inspection.due.isoformat() if inspection.due else None
    return {
        "plan": plan_variables(plan),
        "inspection": {
            "id": inspection.id,
            "unit": inspection.unit_id,
            "finding": inspection.finding,
            "due": due,
        },
        "finding": inspection.finding,
        "inspected_on": inspection.held_on.isoformat(),
        "rectify_due": due,
    }


def tell(
    inspection: Inspection, words: str, at: dt.datetime, process_id: int | None = None
) -> None:
    """Tell the unit's staff; `words` may speak of `due` and `finding`."""
    tasks = open_tasks(process_id) if process_id else []
    due = inspection.due.isoformat() if inspection.due else ""
    notice = Notice(
        "inspection",
        words,
        {"due": due, "finding": inspection.finding[:60]},
        link=f"/tasks/{tasks[0].id}" if tasks else f"/inspections/{inspection.id}",
        dedupe_key=f"inspection:{inspection.id}/{len(inspection.rechecks)}/{bool(tasks)}",
    )
    notify_people(inspection.unit_id, Role.staff, notice, at=at)
