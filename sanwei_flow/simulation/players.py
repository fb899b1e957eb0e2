"""Simulated people: when each takes up what waits for them, and what they decide.

Everything is drawn from the seed and the name of the task, never from a clock or an order:
the same seed plays the same story, whatever else lies in the database.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import Role, User
from sanwei_flow.accounts.operations import actor_of
from sanwei_flow.accounts.queries import people
from sanwei_flow.calendars import Calendar, today
from sanwei_flow.db import db
from sanwei_flow.designs import outcomes
from sanwei_flow.plans import requests
from sanwei_flow.plans.keys import place_of
from sanwei_flow.processes import operations
from sanwei_flow.processes.actions import action_of
from sanwei_flow.processes.models import NO_DUE, Task, TaskStatus
from sanwei_flow.processes.queries import get_task
from sanwei_flow.simulation.answers import answers, opinion
from sanwei_flow.simulation.facts import Waiting

REPORT, PART = "completion_report", "part_report"
#: Up to this many days are a step of the procedure, more are work.
STEP = dt.timedelta(days=14)
#: Working days that late steps and late work run over, at least and at most.
LATE_STEP, LATE_WORK = (1, 5), (2, 25)
#: What share of its time work takes that is not late.
SHARE = (0.3, 0.95)
#: How often work goes back, a request is refused, a lead objects, who will be late asks first.
RETURNED, REFUSED, OBJECTED, ASKED = 0.07, 0.1, 0.04, 0.5
#: Cooperating units are given until so many working days before the row is due.
SLACK = 40
#: Who will be late asks this many working days before the date, for this many more.
ASK_BEFORE, ASK_FOR = 5, 45


@dataclass(frozen=True)
class Tempo:
    """How one row goes, where it shall not be left to chance.

    `express`: nobody is late, every step of the procedure is done the next working day and
    agreed to. `parts` False: cooperating units do not report yet. `report`: the day the
    lead reports completion; `never`: it does not.
    """

    express: bool = False
    parts: bool = True
    report: dt.date | None = None
    never: bool = False


USUAL = Tempo()


@dataclass(frozen=True)
class Errand:
    """Something somebody will do on a day: act on the task, or ask for an extension."""

    day: dt.date
    order: float
    task: Waiting
    extend: bool = False


@dataclass
class Players:
    """Everybody of a county, played by a program.

    `late` is the share of work that is late. `rows` gives the day each row (by business key)
    is due, for figures that keep up with time since `start`. `tempos` settle single rows;
    `away` are usernames with the first day on which they do nothing any more, `left` keys of
    designs whose tasks are somebody else's story.
    """

    seed: int
    late: float
    calendar: Calendar
    start: dt.date
    rows: Mapping[str, dt.date | None]
    tempos: Mapping[str, Tempo] = field(default_factory=dict)
    away: Mapping[str, dt.date] = field(default_factory=dict)
    left: frozenset[str] = frozenset()
    _known: dict[tuple[int, str], list[User]] = field(default_factory=dict)
    _actors: dict[int, Actor] = field(default_factory=dict)

    def plan(self, task: Waiting) -> list[Errand]:
        """What will be done about a task, and when; nothing where it is left lying."""
        draw, tempo = self._draw(task.name), self.tempos.get(task.row, USUAL)
        order, late = draw.random(), draw.random() < self.late and not tempo.express
        if task.design in self.left:
            return []
        if (task.node == REPORT and tempo.never) or (task.node == PART and not tempo.parts):
            return []
        if tempo.express and task.due - task.opened <= STEP:
            day = self.calendar.workdays_after(task.opened, 1)
        elif task.node == REPORT and tempo.report:
            day = max(tempo.report, self.calendar.workdays_after(task.opened, 1))
        else:
            day = self._day(task, draw, late=late)
        found = [Errand(day, order, task)]
        if task.node == REPORT and late and draw.random() < ASKED:
            ask = self.calendar.workdays_after(task.due, -ASK_BEFORE)
            if task.opened < ask < day:
                found.append(Errand(ask, order, task, extend=True))
        return found

    def act(self, errand: Errand, *, at: dt.datetime) -> bool:
        """Do it in the caller's transaction; False where there is nothing to do any more."""
        task = get_task(errand.task.id)
        person = self._person(task, self._draw(errand.task.name + "/who"))
        if task.status != TaskStatus.open or person is None:
            return False
        if errand.day >= self.away.get(person.username, dt.date.max):
            return False
        actor = self._actor(person)
        if errand.extend:
            return self._extend(errand, actor, at)
        return self._complete(task, errand.task, actor, at)

    def ask(self, row: str, kind: str, data: dict[str, object], *, at: dt.datetime) -> None:
        """The clerk of the row's lead asks for something, in the caller's transaction."""
        plan_id, no = place_of(row)
        view = requests.row_view(requests.get_plan(plan_id or 0), no or 0, today(at))
        clerk = self._holders(requests.lead_of(view) or 0, Role.staff)[0]
        requests.start(plan_id or 0, no or 0, kind, data, by=self._actor(clerk), at=at)

    def _day(self, task: Waiting, draw: Random, *, late: bool) -> dt.date:
        if task.due == NO_DUE:
            return self.calendar.workdays_after(task.opened, draw.randint(1, 5))
        days = max(1, self.calendar.workdays_between(task.opened, task.due))
        if task.due - task.opened <= STEP:
            count = days + draw.randint(*LATE_STEP) if late else draw.randint(1, days)
        else:
            share = draw.uniform(*SHARE)
            count = days + draw.randint(*LATE_WORK) if late else max(1, int(days * share))
        return self.calendar.workdays_after(task.opened, count)

    def _complete(self, task: Task, known: Waiting, actor: Actor, at: dt.datetime) -> bool:
        draw, day = self._draw(known.name + "/what"), today(at)
        express = self.tempos.get(known.row, USUAL).express
        wanted = "" if express else _choice(draw)
        names = [one.name for one in outcomes.parse(task.outcomes)]
        chosen = action_of(task, actor, wanted if wanted in names else names[0])
        if chosen is None:
            return False
        given = answers(
            chosen.fields,
            share=self._share(known.row, day),
            parts_due=self._parts_due(known.row, day),
            day=day,
            draw=draw,
        )
        comment = opinion(draw) if outcomes.needs_opinion(chosen.name) else ""
        operations.act_on_task(task.id, chosen.name, given, comment=comment, by=actor, at=at)
        return True

    def _extend(self, errand: Errand, actor: Actor, at: dt.datetime) -> bool:
        plan_id, no = place_of(errand.task.row)
        view = requests.row_view(requests.get_plan(plan_id or 0), no or 0, today(at))
        if not any(kind.name == "extension" for kind in requests.available(view, actor)):
            return False
        data = extension(self.calendar.workdays_after(errand.task.due, ASK_FOR))
        requests.start(plan_id or 0, no or 0, "extension", data, by=actor, at=at)
        return True

    def _share(self, row: str, day: dt.date) -> float:
        """How far the row's figures have come: about as far as its time, by its own pace."""
        end = self.rows.get(row) or day
        elapsed = (day - self.start).days / max(1, (end - self.start).days)
        return max(0.0, min(1.0, elapsed * self._draw(row).uniform(0.55, 1.15)))

    def _parts_due(self, row: str, day: dt.date) -> dt.date | None:
        end = self.rows.get(row)
        wanted = self.calendar.workdays_after(end, -SLACK) if end else None
        return wanted if wanted and wanted > day + STEP else None

    def _person(self, task: Task, draw: Random) -> User | None:
        if task.owner_id is not None:
            return db.session.get(User, task.owner_id)
        holders = self._holders(task.unit_id, task.role)
        return draw.choice(holders) if holders else None

    def _holders(self, unit_id: int, role: str) -> list[User]:
        if (unit_id, role) not in self._known:
            self._known[unit_id, role] = people(unit_id, role)
        return self._known[unit_id, role]

    def _actor(self, user: User) -> Actor:
        if user.id not in self._actors:
            self._actors[user.id] = actor_of(user)
        return self._actors[user.id]

    def _draw(self, name: str) -> Random:
        return Random(f"{self.seed}/{name}")  # noqa: S311 - a story, not a secret


def extension(until: dt.date) -> dict[str, object]:
    """The answers to the form of an extension."""
    return {
        "new_due": until.isoformat(),
        "reason": "前期手续办理时间超出预期，需顺延后方可保证质量。",
        "progress": "主体工作已完成，正在收尾和核对数据。",
    }


def _choice(draw: Random) -> str:
    """The outcome a person would rather take than the first; most are content with that."""
    number = draw.random()
    if number < RETURNED:
        return "return"
    if number < RETURNED + OBJECTED:
        return "object"
    return "reject" if number < RETURNED + OBJECTED + REFUSED else ""
