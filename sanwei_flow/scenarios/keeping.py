"""Scenarios: dry runs kept as promises, and replayed."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.audit.operations import record
from sanwei_flow.calendars.workdays import Phrase
from sanwei_flow.db import db
from sanwei_flow.designs.drafting import draft_of, require_designer
from sanwei_flow.designs.models import DesignDraft, DesignVersion
from sanwei_flow.designs.queries import current
from sanwei_flow.errors import N_, Conflict, Invalid
from sanwei_flow.scenarios import queries
from sanwei_flow.scenarios.comparing import Difference, as_stored, compare, expect
from sanwei_flow.scenarios.material import Content, material_of
from sanwei_flow.scenarios.models import Scenario, ScenarioResult
from sanwei_flow.scenarios.operations import played
from sanwei_flow.scenarios.play import play
from sanwei_flow.scenarios.steps import Given, Step, as_json, given_as_json, read_given, read_steps
from sanwei_flow.scenarios.values import Material, Played

#: Scenarios one design may have: all of them are played at every publish.
MOST_SCENARIOS = 50
LONGEST_NAME, LONGEST_NOTE = 120, 2000


def save(
    key: str, run_id: int, name: str, note: str = "", *, by: Actor, at: dt.datetime
) -> Scenario:
    """Keep a dry run, as far as it has come, as a scenario of its design.

    What is seen now is what is expected from now on. Raises Forbidden, NotFound, Invalid for a
    name that is missing or taken, and for a run that stopped half-way.
    """
    require_designer(by)
    run = queries.dry_run(key, run_id)
    seen = played(run)
    if seen.trouble is not None and not seen.trouble.fault:
        raise Invalid(N_("有一步已经做不了，请先退回到那一步之前再保存。"))
    given, steps = read_given(run.given), run.steps[: run.position]
    made = _add(key, name, note, given=given, steps=steps, seen=seen, by=by, at=at)
    if run.version is not None:
        _note_result(made, run.version, None, at)
    return made


def create(
    key: str,
    name: str,
    note: str,
    given: Given,
    steps: Sequence[Step],
    *,
    by: Actor,
    at: dt.datetime,
) -> Scenario:
    """Write a scenario without a dry run: what the newest version does is what is expected.

    Raises Forbidden, NotFound, Invalid also for a step that cannot be taken.
    """
    require_designer(by)
    return write(key, name, note, given, steps, by=by, at=at)


def write(
    key: str,
    name: str,
    note: str,
    given: Given,
    steps: Sequence[Step],
    *,
    expected: list[dict[str, Any]] | None = None,
    shipped: str | None = None,
    by: Actor,
    at: dt.datetime,
) -> Scenario:
    """Like `create`, for the scenarios we ship as well; asks nobody's permission.

    `expected` is what shall be seen, if that is known already.
    """
    version = current(key)
    material = material_of(key, version)
    seen = play(material, given, list(steps))
    if expected is None and seen.trouble is not None and not seen.trouble.fault:
        raise Invalid(
            N_("第 {step} 步做不了：{why}"), step=seen.trouble.step, why=seen.trouble.said
        )
    kept = [as_json(step) for step in steps]
    made = _add(key, name, note, given=given, steps=kept, seen=seen, by=by, at=at)
    made.shipped = shipped
    made.expected = made.expected if expected is None else expected
    _note_result(made, version, compare(made.expected, seen, given.units), at)
    return made


def _add(
    key: str,
    name: str,
    note: str,
    *,
    given: Given,
    steps: list[dict[str, Any]],
    seen: Played,
    by: Actor,
    at: dt.datetime,
) -> Scenario:
    name, note = name.strip(), note.strip()
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(
            N_("请给情形起一个名字，最多 {most} 个字"),
            fields={"name": [Phrase(N_("请填写名称") if not name else N_("名称太长"))]},
            most=LONGEST_NAME,
        )
    others = {one.name for one in queries.scenarios_of(key)}
    if name in others:
        raise Invalid(
            N_("已有名为“{name}”的情形"), fields={"name": [Phrase(N_("名称已被使用"))]}, name=name
        )
    if len(others) >= MOST_SCENARIOS:
        raise Invalid(N_("一个流程最多保存 {most} 个情形"), most=MOST_SCENARIOS)
    made = Scenario(
        design_key=key,
        name=name,
        note=note[:LONGEST_NOTE],
        given=given_as_json(_used(given, steps, seen)),
        steps=steps,
        made_by_id=by.user_id,
        changed_at=at,
    )
    _expect(made, seen)
    db.session.add(made)
    db.session.flush()
    record("scenario_saved", f"scenario:{key}/{made.id}", by=by, at=at, data={"name": name})
    return made


def _used(given: Given, steps: list[dict[str, Any]], seen: Played) -> Given:
    """The same with only the units it speaks of: a register of hundreds says nothing here."""
    spoken = _numbers(given.variables) | _numbers(steps)
    spoken |= {task.unit for shot in seen.shots for task in shot.open}
    return replace(given, units={k: name for k, name in given.units.items() if k in spoken})


def _numbers(value: Any) -> set[int]:
    """Every whole number in a JSON value, numbers written as text included."""
    if isinstance(value, dict):
        return set().union(*map(_numbers, value.values()))
    if isinstance(value, list):
        return set().union(*map(_numbers, value))
    if isinstance(value, str) and value.isdecimal() and len(value) < 10:
        return {int(value)}
    return {value} if isinstance(value, int) and not isinstance(value, bool) else set()


def _expect(scenario: Scenario, seen: Played) -> None:
    scenario.expected = expect(seen)
    scenario.passes = sorted({part.process for part in seen.parts})


def accept(key: str, scenario_id: int, *, by: Actor, at: dt.datetime) -> Scenario:
    """Expect from now on what the newest version does.

    Raises Forbidden, NotFound, and Invalid where one of the steps cannot be taken any more: then
    it has to be played anew.
    """
    require_designer(by)
    scenario, version = queries.scenario(key, scenario_id), current(key)
    seen = _replayed(scenario, material_of(key, version))
    if seen.trouble is not None and not seen.trouble.fault:
        raise Invalid(
            N_("第 {step} 步做不了：{why}"), step=seen.trouble.step, why=seen.trouble.said
        )
    _expect(scenario, seen)
    scenario.shipped, scenario.made_by_id, scenario.changed_at = None, by.user_id, at
    _note_result(scenario, version, None, at)
    told = {"name": scenario.name, "version": version.number}
    record("scenario_accepted", f"scenario:{key}/{scenario.id}", by=by, at=at, data=told)
    return scenario


def remove(key: str, scenario_id: int, *, by: Actor, at: dt.datetime) -> None:
    """Give a scenario up, with its results. Raises Forbidden, NotFound."""
    require_designer(by)
    scenario = queries.scenario(key, scenario_id)
    told = {"name": scenario.name}
    record("scenario_removed", f"scenario:{key}/{scenario.id}", by=by, at=at, data=told)
    forget(scenario)


def forget(scenario: Scenario) -> None:
    """Delete a scenario with its results."""
    own = ScenarioResult.scenario_id == scenario.id
    db.session.execute(db.delete(ScenarioResult).where(own))
    db.session.delete(scenario)
    db.session.flush()


@dataclass(frozen=True)
class Replay:
    """A scenario played again: `difference` None where it did as expected."""

    scenario: Scenario
    difference: Difference | None
    seen: Played

    @property
    def green(self) -> bool:
        return self.difference is None


def replay(
    scenario: Scenario, tried: DesignVersion | DesignDraft | Content, *, by_key: str | None = None
) -> Replay:
    """Play a scenario with `tried` in the place of its process (default: the scenario's own).

    Raises DesignError for a draft that cannot run.
    """
    material = material_of(scenario.design_key, tried, by_key=by_key)
    seen = _replayed(scenario, material)
    units = read_given(scenario.given).units
    return Replay(scenario, compare(scenario.expected, seen, units), seen)


def _replayed(scenario: Scenario, material: Material) -> Played:
    return play(material, read_given(scenario.given), read_steps(scenario.steps))


def replay_all(versions: Iterable[DesignVersion], *, at: dt.datetime) -> list[Replay]:
    """Play every scenario that goes through one of these versions' processes; keep the results.

    For whoever was allowed to publish them; asks nobody's permission itself.
    """
    found = []
    for version in versions:
        key = version.design.key
        for scenario in queries.scenarios_through([key]):
            done = replay(scenario, version, by_key=key)
            _note_result(scenario, version, done.difference, at)
            found.append(done)
    return found


def replay_one(key: str, scenario_id: int, *, by: Actor, at: dt.datetime) -> Replay:
    """Play one scenario with the newest version of its design and keep the result.

    Raises Forbidden, NotFound.
    """
    require_designer(by)
    scenario, version = queries.scenario(key, scenario_id), current(key)
    done = replay(scenario, version)
    _note_result(scenario, version, done.difference, at)
    return done


def _note_result(
    scenario: Scenario, version: DesignVersion, difference: Difference | None, at: dt.datetime
) -> None:
    same = (
        ScenarioResult.scenario_id == scenario.id,
        ScenarioResult.version_id == version.id,
    )
    known = db.session.scalar(db.select(ScenarioResult).where(*same))
    result = known or ScenarioResult(scenario_id=scenario.id, version_id=version.id)
    result.green, result.played_at = difference is None, at
    result.step = difference.step if difference else None
    result.said = as_stored(difference.said) if difference else None
    db.session.add(result)
    db.session.flush()


def replay_draft(key: str, *, by: Actor) -> list[Replay]:
    """Play the scenarios that go through a design with its draft; nothing is kept.

    Raises Forbidden, NotFound without a draft, DesignError if it cannot run.
    """
    require_designer(by)
    draft = draft_of(key)
    if draft is None:
        raise Conflict(N_("这个流程没有草稿。"))
    return [replay(one, draft, by_key=key) for one in queries.scenarios_through([key])]
