"""What the templates are given."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from sanwei_flow.accounts.models import ROLE_NAMES
from sanwei_flow.accounts.queries import people
from sanwei_flow.calendars.workdays import Phrase, today
from sanwei_flow.designs import outcomes
from sanwei_flow.designs.models import DesignDraft, DesignVersion
from sanwei_flow.processes.history import STEPS
from sanwei_flow.processes.history import Step as Drawn
from sanwei_flow.scenarios import queries
from sanwei_flow.scenarios.forms import PlayForm
from sanwei_flow.scenarios.material import material_of
from sanwei_flow.scenarios.models import DryRun, Scenario
from sanwei_flow.scenarios.play import Player, play
from sanwei_flow.scenarios.steps import Act, Given, read_given, read_steps
from sanwei_flow.scenarios.steps import Step as RunStep
from sanwei_flow.scenarios.values import Material, Open, Part, Played, Shot

#: Characters of a variable that are shown at once.
SHOWN = 400


@dataclass(frozen=True)
class Waiting:
    """An open task on the page: who that would be, how long they have."""

    number: int
    task: Open
    unit: str
    role: str
    who: str
    nobody: bool
    left: Phrase | None
    late: bool
    part: str


@dataclass(frozen=True)
class Taken:
    """A step in the list of steps."""

    number: int
    what: str
    shot: Shot | None
    current: bool


@dataclass(frozen=True)
class Variable:
    """A variable as text; `changed` in the last step."""

    name: str
    text: str
    changed: bool


@dataclass(frozen=True)
class RunPage:
    """A dry run as it stands after step `position`."""

    run: DryRun
    tried: DesignVersion | DesignDraft
    given: Given
    seen: Played
    day: dt.date
    waiting: list[Waiting]
    steps: list[Taken]
    part: Part
    drawn: list[Drawn]
    variables: list[Variable]
    chosen: Waiting | None
    form: PlayForm | None

    @property
    def position(self) -> int:
        return len(self.seen.shots) - 1 if self.seen.trouble is None else self.run.position

    @property
    def stopped(self) -> bool:
        """Whether the run has come to its end or to a stand."""
        return self.seen.trouble is not None or self.seen.last.status != "running"

    @property
    def actions(self) -> list[outcomes.Outcome]:
        """The ways out of the chosen task."""
        return outcomes.parse(self.chosen.task.outcomes) if self.chosen else []

    @property
    def returns(self) -> bool:
        return any(outcomes.needs_opinion(one.name) for one in self.actions)


def run_page(
    run: DryRun, *, task: int | None, path: str | None, form: PlayForm | None = None
) -> RunPage:
    """Everything the page of a dry run shows. Raises NotFound, DesignError for what it tries."""
    tried = queries.tried(run)
    material, given = material_of(run.design_key, tried), read_given(run.given)
    every = read_steps(run.steps)
    seen = play(material, given, every[: run.position])
    day = today(seen.last.at)
    waiting = _waiting(seen, given, material, day)
    chosen = _chosen(waiting, task, form, stopped=seen.trouble is not None)
    if chosen is not None and form is None:
        form = form_of(material, given, chosen.task)
    part = next((one for one in seen.parts if one.path == path), None)
    part = part or (_of_task(seen, chosen) if chosen else seen.parts[0])
    return RunPage(
        run=run,
        tried=tried,
        given=given,
        seen=seen,
        day=day,
        waiting=waiting,
        steps=_steps(every, seen, material, run.position),
        part=part,
        drawn=drawn(part, [one for one in waiting if one.late]),
        variables=_variables(part, seen.before.get(part.path)),
        chosen=chosen,
        form=form if chosen is not None else None,
    )


def form_of(material: Material, given: Given, task: Open, posted: Any = None) -> PlayForm:
    """The form of a task of the run, with the run's own units to choose from."""
    player = Player(material, given)
    schema = material.form_for(task)
    return PlayForm(task, schema, player.choices, posted)


def _chosen(
    waiting: list[Waiting], number: int | None, form: PlayForm | None, *, stopped: bool
) -> Waiting | None:
    """The task to answer: the one asked for, the one just answered wrongly, a lone one."""
    if stopped:
        return None
    if form is not None:
        key = (form.task.path, form.task.ref)
        return next((one for one in waiting if (one.task.path, one.task.ref) == key), None)
    if number is None:
        return waiting[0] if len(waiting) == 1 else None
    return next((one for one in waiting if one.number == number), None)


def _of_task(seen: Played, chosen: Waiting) -> Part:
    return next(one for one in seen.parts if one.path == chosen.task.path)


def _waiting(seen: Played, given: Given, material: Material, day: dt.date) -> list[Waiting]:
    real = queries.register()
    titles = {part.path: part.title for part in seen.parts}
    holders: dict[tuple[int, str], list[str]] = {}
    found = []
    for number, task in enumerate(seen.last.open, start=1):
        name = given.units.get(task.unit, "")
        post = (task.unit, task.role)
        # A unit of another name is not the one that is meant: nobody of it is named.
        meant = bool(name) and real.get(task.unit) == name
        if meant and post not in holders:
            holders[post] = [user.name for user in people(*post)]
        who = holders.get(post, [])
        left = material.calendar.remaining(task.due, day) if task.due else None
        found.append(
            Waiting(
                number,
                task,
                name or str(task.unit),
                gettext(ROLE_NAMES.get(task.role, task.role)),
                gettext("、").join(who),
                meant and not who,
                left,
                task.due is not None and task.due < day,
                titles[task.path] if task.path != seen.parts[0].path else "",
            )
        )
    return found


def _steps(
    every: Sequence[RunStep], seen: Played, material: Material, position: int
) -> list[Taken]:
    """The start and every step, those stepped back from included."""
    found = [Taken(0, gettext("启动"), seen.shots[0], position == 0)]
    for number, step in enumerate(every, start=1):
        shot = seen.shots[number] if number < len(seen.shots) else None
        found.append(Taken(number, _what(step, material), shot, number == position))
    return found


def _what(step: RunStep, material: Material) -> str:
    return told(step, Player(material, _NOTHING).name(step))


def told(step: RunStep, name: str) -> str:
    """A step in words; `name` is what its task is called."""
    if isinstance(step, Act):
        return gettext(
            "%(task)s：%(outcome)s", task=gettext(name), outcome=outcomes.label(step.outcome)
        )
    if step.days is None:
        return gettext("等到下一件事")
    return gettext("过 %(n)s 个工作日", n=step.days)


_NOTHING = Given(dt.datetime(2000, 1, 1, tzinfo=dt.UTC), {}, {})


def drawn(part: Part, late: Sequence[Waiting] = ()) -> list[Drawn]:
    """The elements an instance reached, as the drawing marks them; those that wait first."""
    overdue = {one.task.node for one in late if one.task.path == part.path}
    reached = dict.fromkeys([*part.passed, *(n for n in part.design.nodes if n in part.active)])
    found = []
    for node_id in reached:
        node = part.design.nodes.get(node_id)
        state = "done"
        if node_id in part.active:
            state = "overdue" if node_id in overdue else "active"
        named = node is not None and node.kind in STEPS
        found.append(Drawn(node_id, node.name if node and named else "", state))
    return sorted(found, key=lambda step: step.state not in ("active", "overdue"))


def _variables(part: Part, before: Mapping[str, Any] | None) -> list[Variable]:
    return [
        Variable(name, _text(value), before is not None and before.get(name, _MISSING) != value)
        for name, value in sorted(part.variables.items())
    ]


_MISSING = object()


def _text(value: object) -> str:
    deep = isinstance(value, dict | list)
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1 if deep else None)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def as_text(data: Mapping[str, Any]) -> str:
    """Arguments and answers, as compact JSON."""
    return _text(dict(data))


@dataclass(frozen=True)
class Expectation:
    """A step of a scenario: what it is, and what is expected after it."""

    number: int
    what: str
    open: list[str]
    reminders: int
    status: str


def expectations(scenario: Scenario, material: Material) -> list[Expectation]:
    """What a scenario promises, step by step, in words."""
    units = read_given(scenario.given).units
    steps = [None, *read_steps(scenario.steps)]
    found = []
    for number, (step, wanted) in enumerate(zip(steps, scenario.expected, strict=False)):
        what = _what(step, material) if step else gettext("启动")
        listed = [_task_words(one, units) for one in wanted["open"]]
        status = wanted["status"]
        found.append(Expectation(number, what, listed, len(wanted["reminders"]), status))
    return found


def _task_words(task: Mapping[str, Any], units: Mapping[int, str]) -> str:
    called = str(task["name"])
    given = {
        "name": gettext(called),
        "unit": units.get(task["unit"], str(task["unit"])),
        "role": gettext(ROLE_NAMES.get(task["role"], task["role"])),
    }
    if task["due"] is None:
        return gettext("%(name)s（%(unit)s · %(role)s）", **given)
    return gettext("%(name)s（%(unit)s · %(role)s，%(due)s 到期）", due=task["due"], **given)
