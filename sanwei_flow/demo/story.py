"""What the demo county has lived through: the plan's years up to today, played by a program.

Chance (with a fixed seed) fills the years; a few rows are told, so that everybody who logs in
finds something of each kind waiting. Days are counted back from the last working day, T.
"""

import datetime as dt
from collections.abc import Callable
from functools import partial

from sanwei_flow.accounts.models import User
from sanwei_flow.accounts.operations import actor_of
from sanwei_flow.accounts.queries import units_by_name, user_by_name
from sanwei_flow.calendars import Calendar, today
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.db import db, transaction
from sanwei_flow.demo import scenes
from sanwei_flow.demo.plan import draft_plan
from sanwei_flow.errors import Conflict
from sanwei_flow.notifications.models import Notification
from sanwei_flow.notifications.operations import read_all
from sanwei_flow.plans import operations as plans
from sanwei_flow.plans.keys import business_key
from sanwei_flow.plans.models import Plan, PlanRow
from sanwei_flow.reports import operations as bulletins
from sanwei_flow.reports.models import MONTHLY
from sanwei_flow.simulation.clock import Played, moment, play
from sanwei_flow.simulation.players import Players, Tempo, extension
from sanwei_flow.supervision.models import SweepMark

#: The plan is of 1 August 2024; it is launched on the Monday after.
LAUNCHED = dt.date(2024, 8, 5)
SEED = 2024
LATE = 0.15
#: Every working day is lived through from so many of them before today.
CLOSELY = 20
#: What people were told in so many working days they have still to read.
UNREAD = 5
#: How far the story has been played, while it is.
MARK = "demo_story"

#: Rows whose dates the office has set when it reviewed the plan; the others run to its end.
DATES = {
    16: dt.date(2024, 12, 31),
    34: dt.date(2024, 12, 31),
    24: dt.date(2025, 3, 31),
    19: dt.date(2025, 6, 30),
    21: dt.date(2025, 6, 30),
    22: dt.date(2025, 12, 31),
    25: dt.date(2025, 12, 31),
    9: dt.date(2026, 6, 30),
    28: dt.date(2026, 6, 30),
}
#: The same, in working days from T.
NEAR = {26: -15, 31: -12, 23: -4, 13: 2, 18: 4, 11: 10, 27: 12, 3: 15}
#: Rows whose lead has nothing to report yet although the day has come, or nearly.
BEHIND = (26, 23, 13, 18, 31)
#: When the lead reports these complete: one waits for its head, the office, the leader each.
REPORTED = {11: -2, 27: -3, 3: -5}
#: These change hands: to whom, and when the present lead asks.
HANDED = {10: ("县发展改革委", -6), 32: ("县供销合作社", -4)}
#: Extensions: when they are asked for, and until when. The office still has the second.
EXTENDED = {31: (-30, 40), 18: (-3, 25)}
#: So many months up to the last have had their bulletin issued.
BULLETINS = 3
#: People who have done nothing since: it waits for whoever logs in as one of them.
AWAY = {
    "wuxia.staff": -2,
    "wuxia.head": -2,
    "gongxiao.staff": -1,
    "gongxiao.head": -1,
    "nongye.staff": -1,
    "nongye.head": -1,
    "zhuanban.office": -1,
    "zhuanban.leader": -2,
}

Happening = Callable[[dt.datetime], None]


def begin(at: dt.datetime) -> Plan:
    """Import, review and launch the plan as of its first days, in the caller's transaction."""
    start = moment(LAUNCHED)
    plan = draft_plan(start)
    office = user_by_name("zhuanban.office")
    by = actor_of(office) if office else None
    if by is None or not by.has_role("office"):
        raise LookupError("the county has no office")
    for no, day in _dates(load_calendar(), last_day(at)).items():
        plans.correct_row(plan.id, no, {"due": day}, by=by, at=start)
    plans.correct_row(plan.id, 3, {"major": True}, by=by, at=start)
    db.session.add(SweepMark(name=MARK, day=LAUNCHED))
    return plans.launch(plan.id, by=by, at=start)


def unfinished() -> dt.date | None:
    """How far the story was told when it was interrupted; None where there is none to go on."""
    mark = db.session.get(SweepMark, MARK)
    return mark.day if mark else None


def tell(plan: Plan, at: dt.datetime, say: Callable[[dt.date], None]) -> Played:
    """Live through the plan up to `at`, in transactions of its own; goes on where it stopped."""
    since, last = unfinished() or LAUNCHED, last_day(at)
    players = _players(plan, last)
    done = play(
        players,
        since=since,
        until=at,
        daily=players.calendar.workdays_after(last, -CLOSELY),
        happenings=_happenings(players, plan.id, last),
        tell=partial(_note, say),
    )
    with transaction():
        _have_read(moment(players.calendar.workdays_after(last, -UNREAD)))
        scenes.done(last)
        db.session.execute(db.delete(SweepMark).where(SweepMark.name == MARK))
    return done


def _have_read(before: dt.datetime) -> None:
    """Everybody has read what they were told before this moment."""
    old = db.select(Notification.user_id, db.func.max(Notification.id))
    old = old.where(Notification.created_at < before).group_by(Notification.user_id)
    for user_id, newest in db.session.execute(old).all():
        user = db.session.get_one(User, user_id)
        read_all(newest, by=actor_of(user), at=before)


def _note(say: Callable[[dt.date], None], day: dt.date) -> None:
    with transaction():
        db.session.merge(SweepMark(name=MARK, day=day))
    say(day)


def last_day(at: dt.datetime) -> dt.date:
    """The last working day up to this moment, T."""
    return load_calendar().workdays_after(today(at) + dt.timedelta(days=1), -1)


def _dates(calendar: Calendar, last: dt.date) -> dict[int, dt.date]:
    return DATES | {no: calendar.workdays_after(last, days) for no, days in NEAR.items()}


def _players(plan: Plan, last: dt.date) -> Players:
    calendar, key = load_calendar(), partial(business_key, plan.id)
    rows = db.session.scalars(db.select(PlanRow).where(PlanRow.plan_id == plan.id))
    express = (*HANDED, *EXTENDED, *REPORTED)
    tempos = {key(no): Tempo(express=True) for no in express}
    tempos |= {key(no): Tempo(express=no in express, never=True) for no in BEHIND}
    # What a unit has reported goes on under a new lead, the others sign for it anew.
    tempos |= {key(no): Tempo(express=True, parts=False) for no in HANDED}
    for no, days in REPORTED.items():
        tempos[key(no)] = Tempo(express=True, report=calendar.workdays_after(last, days))
    return Players(
        seed=SEED,
        late=LATE,
        calendar=calendar,
        start=LAUNCHED,
        rows={row.business_key: row.due for row in rows},
        tempos=tempos,
        away={name: calendar.workdays_after(last, days) for name, days in AWAY.items()},
        left=scenes.DESIGNS,
    )


def _happenings(players: Players, plan_id: int, last: dt.date) -> dict[dt.date, list[Happening]]:
    found: dict[dt.date, list[Happening]] = {}

    def plan(days: int, no: int, kind: str, data: dict[str, object]) -> None:
        day = players.calendar.workdays_after(last, days)
        asked = partial(_ask, players, business_key(plan_id, no), kind, data)
        found.setdefault(day, []).append(asked)

    names = units_by_name()
    for no, (unit, days) in HANDED.items():
        reason = f"本项任务主要由{unit}承担，建议调整牵头单位。"
        plan(days, no, "reassignment", {"reason": reason, "suggested": names[unit].id})
    for day in _month_ends(players.calendar, last):
        found.setdefault(day, []).append(partial(_issue_bulletin, plan_id))
    for no, (days, until) in EXTENDED.items():
        plan(days, no, "extension", extension(players.calendar.workdays_after(last, until)))
    for day, scene in scenes.scenes(plan_id, players.calendar, last):
        if day > LAUNCHED:
            found.setdefault(day, []).append(scene)
    return found


def _month_ends(calendar: Calendar, last: dt.date) -> list[dt.date]:
    """The last working days of the months before the last day's own, the latest first."""
    days = [last.replace(day=1)]
    for _ in range(BULLETINS - 1):
        days.append((days[-1] - dt.timedelta(days=1)).replace(day=1))
    ends = (calendar.workdays_after(day, -1) for day in days)
    return [day for day in ends if day > LAUNCHED]


def _issue_bulletin(plan_id: int, at: dt.datetime) -> None:
    """The office issues the month's bulletin as it is drafted."""
    office = user_by_name("zhuanban.office")
    if office is not None:
        by = actor_of(office)
        try:
            drafted = bulletins.draft(plan_id, MONTHLY, by=by, at=at)
        except Conflict:
            return  # it is out: this day was begun before, and interrupted
        bulletins.issue(drafted.id, by=by, at=at)


def _ask(players: Players, row: str, kind: str, data: dict[str, object], at: dt.datetime) -> None:
    players.ask(row, kind, data, at=at)
