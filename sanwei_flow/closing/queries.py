"""Reads of a plan's conclusion: which units have answered, what was summed up, who accepted it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import Role
from sanwei_flow.calendars import today
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.closing.models import PlanArchive, PlanClosing
from sanwei_flow.closing.units import Party, parties
from sanwei_flow.db import db
from sanwei_flow.errors import N_
from sanwei_flow.plans.access import may_manage
from sanwei_flow.plans.lights import Light, light
from sanwei_flow.plans.models import Plan
from sanwei_flow.processes.models import (
    InstanceStatus,
    ProcessInstance,
    Task,
    TaskEvent,
    is_open,
)

#: Where a unit's self-assessment stands.
UNIT_STAGES = {
    "": N_("正在启动"),
    "assessing": N_("待报送"),
    "unit_review": N_("单位审核"),
    "done": N_("已报送"),
    "withdrawn": N_("未报送"),
}
#: Where the whole stands.
STAGES = {
    "": N_("正在启动"),
    "assessing": N_("各单位自查自评"),
    "summing_up": N_("专班办公室汇总"),
    "leader_review": N_("领导验收"),
    "accepted": N_("已通过验收"),
    "withdrawn": N_("已撤销"),
}


@dataclass(frozen=True)
class UnitState:
    """A unit in the list: where its form stands, who has it, by when; its answers once given.

    `task` waits with somebody, or is None; `again` is True where it was returned by the office.
    """

    party: Party
    stage: str
    process_id: int | None
    task: Task | None
    light: Light | None
    answer: dict[str, Any] | None
    finished_at: dt.datetime | None
    again: bool

    @property
    def reported(self) -> bool:
        return self.answer is not None


def closing_of(plan_id: int) -> PlanClosing | None:
    """The newest round of a plan's conclusion."""
    query = db.select(PlanClosing).where(PlanClosing.plan_id == plan_id)
    return db.session.scalar(query.order_by(PlanClosing.id.desc()).limit(1))


def archive_of(plan_id: int, *, lock: bool = False) -> PlanArchive | None:
    """The plan's archive, once it was accepted."""
    query = db.select(PlanArchive).where(PlanArchive.plan_id == plan_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(query)


def may_fetch(plan: Plan, by: Actor) -> bool:
    """Archives hold every file of every unit: for the plan's office and the auditor."""
    return may_manage(plan, by) or by.has_role(Role.auditor)


def stage_of(closing: PlanClosing | None) -> str:
    """One of STAGES; empty before it has started."""
    if closing is None or closing.process is None:
        return ""
    if closing.process.status == InstanceStatus.cancelled:
        return "withdrawn"
    return closing.process.stage


def unit_states(plan: Plan, closing: PlanClosing, at: dt.datetime) -> list[UnitState]:
    """Every unit with where its self-assessment stands; five statements for any number."""
    rounds = _rounds(closing)
    newest = [given[-1] for given in rounds.values()]
    waiting = _waiting(one.id for one in newest)
    calendar, day = load_calendar(), today(at)
    found = []
    for party in parties(plan):
        given = rounds.get(party.unit_id, [])
        process = given[-1] if given else None
        task = waiting.get(process.id) if process else None
        lit = light(task.due, day, closed=False, calendar=calendar) if task else None
        answers = [one for one in given if one.status == InstanceStatus.finished]
        last = answers[-1] if answers else None
        found.append(
            UnitState(
                party=party,
                stage=_stage(process, bool(answers)),
                process_id=process.id if process else None,
                task=task,
                light=lit,
                answer=last.result if last and isinstance(last.result, dict) else None,
                finished_at=last.finished_at if last else None,
                again=len(given) > 1,
            )
        )
    return found


def _stage(process: ProcessInstance | None, answered: bool) -> str:
    if process is None:
        return ""
    if process.status == InstanceStatus.cancelled:
        return "done" if answered else "withdrawn"
    return process.stage


def _rounds(closing: PlanClosing) -> dict[int, list[ProcessInstance]]:
    """The processes of each unit, oldest first: more than one where the office returned it."""
    query = (
        db.select(ProcessInstance)
        .where(ProcessInstance.root_id == closing.process_id)
        .order_by(ProcessInstance.id)
    )
    found: dict[int, list[ProcessInstance]] = {}
    for one in db.session.scalars(query):
        found.setdefault(unit_of(one), []).append(one)
    return found


def unit_of(process: ProcessInstance) -> int:
    """Whose self-assessment it is, by its name; 0 for none."""
    number = process.business_key.rpartition("/unit:")[2]
    return int(number) if number.isdigit() else 0


def _waiting(process_ids: Iterable[int]) -> dict[int, Task]:
    query = db.select(Task).where(Task.instance_id.in_(list(process_ids)), is_open)
    return {task.instance_id: task for task in db.session.scalars(query.order_by(Task.id.desc()))}


@dataclass(frozen=True)
class Said:
    """What the office or the leader last gave: the answers, by whom, when, with which opinion."""

    data: dict[str, Any]
    action: str
    by_name: str
    at: dt.datetime
    opinion: str


def last_said(closing: PlanClosing, node: str) -> Said | None:
    """The newest act at this step of the acceptance (`summarise`, `accept`)."""
    query = (
        db.select(TaskEvent)
        .join(Task, Task.id == TaskEvent.task_id)
        .where(
            TaskEvent.instance_id == closing.process_id,
            TaskEvent.kind == "act",
            Task.node == node,
            TaskEvent.action != "return_units",
        )
        .order_by(TaskEvent.id.desc())
        .limit(1)
    )
    event = db.session.scalar(query)
    if event is None:
        return None
    return Said(event.data, event.action, event.by_name, event.at, event.comment)
