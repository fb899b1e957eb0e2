"""Reads of dry runs, scenarios and their results."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import contains_eager, joinedload, undefer

from sanwei_flow.accounts.queries import all_units
from sanwei_flow.calendars.workdays import Phrase
from sanwei_flow.db import db
from sanwei_flow.designs.drafting import draft_of
from sanwei_flow.designs.models import DesignDraft, DesignVersion, ProcessDesign
from sanwei_flow.errors import N_, NotFound
from sanwei_flow.scenarios.comparing import from_stored
from sanwei_flow.scenarios.models import DryRun, Scenario, ScenarioResult

#: Dry runs a page lists.
LISTED = 20


@dataclass(frozen=True)
class Result:
    """How one scenario did with one version; `said` is None where it did as expected."""

    scenario_id: int
    design_key: str
    name: str
    green: bool
    said: Phrase | None


def results(version_ids: Iterable[int]) -> dict[int, list[Result]]:
    """By version id, how each scenario did with it, by name; versions never played are left out.

    Scenarios of designs that call the version's process count as well. One statement.
    """
    query = (
        db.select(ScenarioResult)
        .join(ScenarioResult.scenario)
        .where(ScenarioResult.version_id.in_(list(version_ids)))
        .options(contains_eager(ScenarioResult.scenario))
        .order_by(Scenario.design_key, Scenario.name)
    )
    found: dict[int, list[Result]] = {}
    for one in db.session.scalars(query):
        found.setdefault(one.version_id, []).append(result_of(one))
    return found


def result_of(one: ScenarioResult) -> Result:
    said = from_stored(one.said) if one.said else None
    return Result(one.scenario_id, one.scenario.design_key, one.scenario.name, one.green, said)


def results_of(scenario_id: int) -> list[ScenarioResult]:
    """How a scenario did with every version it was played with, the newest first."""
    query = (
        db.select(ScenarioResult)
        .where(ScenarioResult.scenario_id == scenario_id)
        .options(joinedload(ScenarioResult.version).joinedload(DesignVersion.design))
        .order_by(ScenarioResult.version_id.desc())
    )
    return list(db.session.scalars(query))


def scenarios_of(key: str) -> list[Scenario]:
    """The scenarios of a design by name."""
    query = db.select(Scenario).where(Scenario.design_key == key).order_by(Scenario.name)
    return list(db.session.scalars(query.options(joinedload(Scenario.made_by))))


def scenarios() -> list[Scenario]:
    """Every scenario, without its content."""
    return list(
        db.session.scalars(db.select(Scenario).order_by(Scenario.design_key, Scenario.name))
    )


def scenarios_through(keys: Iterable[str]) -> list[Scenario]:
    """Every scenario that goes through one of these processes, content included."""
    wanted = set(keys)
    light = db.session.execute(db.select(Scenario.id, Scenario.design_key, Scenario.passes))
    ids = [row.id for row in light if wanted & {row.design_key, *row.passes}]
    content = (undefer(Scenario.given), undefer(Scenario.steps), undefer(Scenario.expected))
    query = db.select(Scenario).where(Scenario.id.in_(ids)).options(*content)
    return list(db.session.scalars(query.order_by(Scenario.design_key, Scenario.name)))


def scenario(key: str, scenario_id: int) -> Scenario:
    """A scenario of this design, content included. Raises NotFound."""
    content = (undefer(Scenario.given), undefer(Scenario.steps), undefer(Scenario.expected))
    query = db.select(Scenario).where(Scenario.id == scenario_id, Scenario.design_key == key)
    found: Scenario | None = db.session.scalar(query.options(*content))
    if found is None:
        raise NotFound(N_("没有这个情形"))
    return found


def runs_of(key: str) -> list[DryRun]:
    """The dry runs of a design, the last changed first."""
    query = db.select(DryRun).where(DryRun.design_key == key)
    eager = joinedload(DryRun.version), joinedload(DryRun.begun_by)
    query = query.options(*eager).order_by(DryRun.changed_at.desc(), DryRun.id.desc())
    return list(db.session.scalars(query.limit(LISTED)))


def dry_run(key: str, run_id: int) -> DryRun:
    """A dry run of this design, content included. Raises NotFound."""
    content = (undefer(DryRun.given), undefer(DryRun.steps), joinedload(DryRun.version))
    query = db.select(DryRun).where(DryRun.id == run_id, DryRun.design_key == key)
    found: DryRun | None = db.session.scalar(query.options(*content))
    if found is None:
        raise NotFound(N_("没有这次试运行"))
    return found


def tried(run: DryRun) -> DesignVersion | DesignDraft:
    """What a dry run tries. Raises NotFound once its draft is gone."""
    found = run.version if run.version_id is not None else draft_of(run.design_key)
    if found is None:
        raise NotFound(N_("这次试运行用的草稿已经发布或放弃，请用新版本重新开始。"))
    return found


def versions_of(key: str) -> list[DesignVersion]:
    """Every version of a design, the newest first, without its content."""
    query = db.select(DesignVersion).join(ProcessDesign).where(ProcessDesign.key == key)
    return list(db.session.scalars(query.order_by(DesignVersion.number.desc())))


def register() -> dict[int, str]:
    """The names of all active units by id, as a run keeps them."""
    return {unit.id: unit.name for unit in all_units()}
