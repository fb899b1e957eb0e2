"""Plays what `told.py` tells: the same whether the years are lived through or lie behind."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import User
from sanwei_flow.accounts.operations import actor_of
from sanwei_flow.accounts.queries import people, units_by_name, user_by_name
from sanwei_flow.calendars import Calendar, today
from sanwei_flow.db import db, transaction
from sanwei_flow.demo.told import CHAIR, CHECKS, MEETINGS, RECHECK, TEAM, Act, Checked, Met
from sanwei_flow.oversight import inspecting, meetings
from sanwei_flow.oversight.models import Inspection, Meeting
from sanwei_flow.plans.models import Plan
from sanwei_flow.processes.models import ProcessInstance
from sanwei_flow.processes.operations import act_on_task
from sanwei_flow.processes.queries import open_tasks
from sanwei_flow.simulation.clock import moment
from sanwei_flow.supervision.models import SweepMark

OFFICE = "zhuanban.office"
#: Their tasks are told here; simulated people leave them alone.
DESIGNS = frozenset({meetings.PROCESS, "rectification"})
#: That all of it has been played.
MARK = "demo_scenes"
#: Before work begins, so that everything of a day follows it.
HOUR, APART = dt.time(8, 30), dt.timedelta(minutes=2)

Happening = Callable[[dt.datetime], None]


@dataclass(frozen=True)
class _Stage:
    """The plan it is about, and the days counted from the last working day."""

    plan_id: int
    calendar: Calendar
    last: dt.date

    def day(self, days: int) -> dt.date:
        return self.calendar.workdays_after(self.last, days)


def scenes(plan_id: int, calendar: Calendar, last: dt.date) -> list[tuple[dt.date, Happening]]:
    """Everything that is told, by its day, the earliest first; playing one again changes nothing.

    `last` is the last working day, T.
    """
    stage, found = _Stage(plan_id, calendar, last), []
    for met in MEETINGS:
        found += [(days, partial(play, stage)) for days, play in _of_meeting(met)]
    for checked in CHECKS:
        found += [(days, partial(play, stage)) for days, play in _of_check(checked)]
    found.sort(key=lambda one: one[0])
    return [
        (stage.day(days), partial(_at, play, number)) for number, (days, play) in enumerate(found)
    ]


def catch_up(plan: Plan, calendar: Calendar, last: dt.date, launched: dt.date) -> int:
    """Play it for a county that was loaded before there was any of it; return the scenes played.

    In transactions of its own. Nothing happens the second time, nor in a plan with another past.
    """
    missing = db.session.get(SweepMark, MARK) is None
    fits = plan.launched_at is not None and today(plan.launched_at) == launched
    told = scenes(plan.id, calendar, last) if missing and fits and not plan.accepted_at else []
    db.session.rollback()
    for day, play in told:
        if day > launched:
            with transaction():
                play(moment(day, HOUR))
    if told:
        with transaction():
            done(last)
    return len(told)


def done(day: dt.date) -> None:
    """Remember that everything has been played, in the caller's transaction."""
    db.session.merge(SweepMark(name=MARK, day=day))


def _at(play: Happening, number: int, at: dt.datetime) -> None:
    # A few minutes apart: what happens on one morning has an order people can see.
    play(at + number % 10 * APART)


_Play = Callable[[_Stage, dt.datetime], None]


def _of_meeting(met: Met) -> Iterator[tuple[int, _Play]]:
    yield met.day + 1, partial(_meet, met)
    for number, decided in enumerate(met.decisions, 1):
        for act in decided.acts:
            yield act[0], partial(_act_on_decision, met, number, act)


def _of_check(checked: Checked) -> Iterator[tuple[int, _Play]]:
    yield checked.day, partial(_check, checked)
    for act in checked.acts:
        yield act[0], partial(_act_on_finding, checked, act)


def _meet(met: Met, stage: _Stage, at: dt.datetime) -> None:
    by = _office()
    if by is None or _meeting(met, stage) is not None:
        return
    decisions = [
        replace(one.words, due=stage.day(one.due) if one.due is not None else None)
        for one in met.decisions
    ]
    held_on = stage.day(met.day)
    words = meetings.Words(
        met.title, held_on, met.place, CHAIR, met.attending, met.agenda, met.minutes, decisions
    )
    meeting = meetings.draft(stage.plan_id, words, by=by, at=at)
    if met.issued:
        meetings.issue(meeting.id, revision=meeting.revision, by=by, at=at)


def _act_on_decision(met: Met, number: int, act: Act, stage: _Stage, at: dt.datetime) -> None:
    meeting = _meeting(met, stage)
    for decision in meeting.decisions if meeting else ():
        if decision.no == number and decision.process is not None:
            _act(decision.process, act, {"summary": act[3]}, at)


def _check(checked: Checked, stage: _Stage, at: dt.datetime) -> None:
    by = _office()
    if by is None or _inspection(checked, stage) is not None:
        return
    found = inspecting.Found(
        plan_id=stage.plan_id,
        no=checked.no,
        unit_id=units_by_name()[checked.unit].id,
        held_on=today(at),
        inspectors=checked.inspectors,
        kind=checked.kind,
        finding=checked.finding,
        due=stage.day(checked.due) if checked.due is not None else None,
        follow="task" if checked.kind == "rectify" else "none",
    )
    inspecting.inspect(found, by=by, at=at)


def _act_on_finding(checked: Checked, act: Act, stage: _Stage, at: dt.datetime) -> None:
    inspection = _inspection(checked, stage)
    if inspection is None or inspection.process is None:
        return
    data: dict[str, object] = {"measures": act[3]}
    if act[1] == RECHECK:
        data = {"recheck_on": today(at).isoformat(), "rechecked_by": TEAM}
        if act[2] == "return" and checked.again is not None:
            data["next_due"] = stage.day(checked.again).isoformat()
    _act(inspection.process, act, data, at)


def _act(process: ProcessInstance, act: Act, data: dict[str, object], at: dt.datetime) -> None:
    """Somebody at the post does it; nothing where the process stands at another step."""
    _, node, action, words = act
    for task in open_tasks(process.id):
        if task.node != node:
            continue
        holders = people(task.unit_id, task.role)
        person = db.session.get(User, task.owner_id) if task.owner_id else next(iter(holders), None)
        if person is None:
            continue
        filled = action == "submit" or node == RECHECK
        comment = "" if action == "submit" else words
        given = data if filled else {}
        act_on_task(task.id, action, given, comment=comment, by=actor_of(person), at=at)


def _office() -> Actor | None:
    office = user_by_name(OFFICE)
    return actor_of(office) if office else None


def _meeting(met: Met, stage: _Stage) -> Meeting | None:
    query = db.select(Meeting).where(Meeting.plan_id == stage.plan_id, Meeting.title == met.title)
    return db.session.scalars(query.order_by(Meeting.id)).first()


def _inspection(checked: Checked, stage: _Stage) -> Inspection | None:
    query = db.select(Inspection).where(
        Inspection.plan_id == stage.plan_id, Inspection.finding == checked.finding
    )
    return db.session.scalars(query.order_by(Inspection.id)).first()
