"""Simulated time: days pass, the sweeps speak, people act."""

import datetime as dt
import gc
import heapq
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

from sanwei_flow.calendars.workdays import SHANGHAI
from sanwei_flow.db import db, transaction
from sanwei_flow.errors import AppError
from sanwei_flow.processes import sweeps
from sanwei_flow.processes.jobs import run_due_jobs
from sanwei_flow.simulation.facts import waiting_since
from sanwei_flow.simulation.players import Errand, Players

#: Sweeps at these hours speak to people; those at night tidy up after them.
OFFICE_HOURS = range(6, 20)
#: People act between nine and half past five.
FIRST, WORKING = dt.time(9), dt.timedelta(hours=8, minutes=30)


@dataclass
class Played:
    """What happened: days that were lived through, acts done and acts refused."""

    days: int = 0
    acts: int = 0
    refused: int = 0
    reasons: list[str] = field(default_factory=list)


def moment(day: dt.date, time: dt.time = FIRST) -> dt.datetime:
    """The moment of a Shanghai day, in UTC; the beginning of work unless a time is given."""
    return dt.datetime.combine(day, time, SHANGHAI).astimezone(dt.UTC)


def play(
    players: Players,
    *,
    until: dt.datetime,
    since: dt.date | None = None,
    daily: dt.date | None = None,
    happenings: dict[dt.date, list[Callable[[dt.datetime], None]]] | None = None,
    tell: Callable[[dt.date], None] = lambda _day: None,
) -> Played:
    """Live from `since` (default: the players' start) to `until`, in transactions of its own.

    Nobody works on days that are free. From `daily` on (default: from the start) every day
    passes; before it, the days on which somebody acts and one working day a week. `happenings`
    are called on their days, in a transaction, after the sweeps. `tell` hears of each day.
    """
    since = since or players.start
    with _few_collections():
        return _Life(players, until, daily or since, happenings or {}).live(since, tell)


@contextmanager
def _few_collections() -> Iterator[None]:
    """Look for unreachable objects rarely: years of acts leave few, and a third of the time."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


class _Life:
    def __init__(
        self,
        players: Players,
        until: dt.datetime,
        daily: dt.date,
        happenings: dict[dt.date, list[Callable[[dt.datetime], None]]],
    ) -> None:
        self.players, self.until, self.happenings = players, until, happenings
        self.daily, self.calendar = daily, players.calendar
        self.agenda: list[tuple[dt.date, float, int, Errand]] = []
        self.done, self.last, self.numbers = Played(), 0, count()

    def live(self, since: dt.date, tell: Callable[[dt.date], None]) -> Played:
        for day in self._days(since):
            tell(day)
            self._day(day)
            self.done.days += 1
        return self.done

    def _days(self, since: dt.date) -> Iterator[dt.date]:
        day = since
        while moment(day, dt.time(8)) <= self.until:
            if self._matters(day):
                yield day
            day += dt.timedelta(days=1)

    def _matters(self, day: dt.date) -> bool:
        due = bool(self.agenda) and self.agenda[0][0] <= day
        due = due and self.calendar.is_workday(day)
        return due or day in self.happenings or self._sweeps_on(day)

    def _sweeps_on(self, day: dt.date) -> bool:
        """Every day from `daily` on; before that on the first working day of each week."""
        if day < self.daily and not self.calendar.is_workday(day):
            return False
        before = self.calendar.workdays_after(day, -1)
        return day >= self.daily or before.isocalendar()[:2] != day.isocalendar()[:2]

    def _day(self, day: dt.date) -> None:
        morning = moment(day, dt.time(8))
        run_due_jobs(morning)
        if self._sweeps_on(day):
            for sweep in sweeps.registered():
                if sweep.hour in OFFICE_HOURS:
                    sweep.run(moment(day, dt.time(sweep.hour or 0, sweep.minute)))
        for happening in self.happenings.get(day, ()):
            with transaction():
                happening(morning + dt.timedelta(minutes=30))
        self._look_around()
        while self.calendar.is_workday(day) and self.agenda and self.agenda[0][0] <= day:
            *_, errand = heapq.heappop(self.agenda)
            at = moment(day) + errand.order * WORKING
            if at <= self.until:
                self._act(errand, at)

    def _look_around(self) -> None:
        for task in waiting_since(self.last):
            self.last = max(self.last, task.id)
            for errand in self.players.plan(task):
                entry = (errand.day, errand.order, next(self.numbers), errand)
                heapq.heappush(self.agenda, entry)
        db.session.rollback()

    def _act(self, errand: Errand, at: dt.datetime) -> None:
        try:
            with transaction():
                self.done.acts += self.players.act(errand, at=at)
        except AppError as error:
            self.done.refused += 1
            self.done.reasons.append(f"{errand.task.name}: {error}")
