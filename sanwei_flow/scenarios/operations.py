"""Dry runs: begun, stepped forward and back, thrown away."""

import datetime as dt

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.db import db
from sanwei_flow.designs.drafting import require_designer
from sanwei_flow.designs.queries import version_of
from sanwei_flow.errors import N_, Conflict, Invalid
from sanwei_flow.scenarios import queries
from sanwei_flow.scenarios.material import material_of
from sanwei_flow.scenarios.models import DryRun
from sanwei_flow.scenarios.play import attempt, play
from sanwei_flow.scenarios.steps import (
    MOST_STEPS,
    Given,
    Step,
    as_json,
    check_size,
    given_as_json,
    read_given,
    read_steps,
)
from sanwei_flow.scenarios.values import Played

#: Dry runs kept of one design; the ones untouched the longest go first.
MOST_RUNS = 50


def begin(
    key: str, number: int | None, given: Given, title: str, *, by: Actor, at: dt.datetime
) -> DryRun:
    """Begin a dry run of version `number`, of the draft where that is None.

    Raises Forbidden, NotFound, DesignError for a draft that cannot run.
    """
    require_designer(by)
    version = version_of(key, number) if number is not None else None
    run = DryRun(
        design_key=key,
        version_id=version.id if version else None,
        version=version,
        title=title[:300],
        given=given_as_json(given),
        steps=[],
        begun_by_id=by.user_id,
        begun_at=at,
        changed_at=at,
    )
    # A draft that cannot run is refused now rather than at its first page.
    material_of(key, queries.tried(run))
    db.session.add(run)
    db.session.flush()
    _forget_old(key)
    return run


def _forget_old(key: str) -> None:
    ids = db.select(DryRun.id).where(DryRun.design_key == key)
    ids = ids.order_by(DryRun.changed_at.desc(), DryRun.id.desc()).offset(MOST_RUNS)
    for old in db.session.scalars(ids).all():
        db.session.execute(db.delete(DryRun).where(DryRun.id == old))


def played(run: DryRun, *, upto: int | None = None) -> Played:
    """Play a run as far as its position, or `upto` another step. Raises NotFound, DesignError."""
    steps = read_steps(run.steps)[: run.position if upto is None else upto]
    return play(material_of(run.design_key, queries.tried(run)), read_given(run.given), steps)


def take(key: str, run_id: int, step: Step, *, revision: int, by: Actor, at: dt.datetime) -> DryRun:
    """Take one more step; steps that were stepped back from are forgotten.

    A step at which the design fails is taken: the page then says where it stands still. Raises
    Forbidden, NotFound, Conflict for another revision or a step that does not fit, Invalid with
    what the form refuses by field.
    """
    run = _own(key, run_id, revision, by)
    done = read_steps(run.steps)[: run.position]
    if len(done) >= MOST_STEPS:
        raise Invalid(N_("试运行最多 {most} 步"), most=MOST_STEPS)
    kept = [*run.steps[: run.position], as_json(step)]
    check_size({"steps": kept})
    attempt(material_of(key, queries.tried(run)), read_given(run.given), done, step)
    run.steps, run.position, run.changed_at = kept, len(kept), at
    db.session.flush()
    return run


def move(
    key: str, run_id: int, position: int, *, revision: int, by: Actor, at: dt.datetime
) -> DryRun:
    """Go back (or forward again) to how it stood after step `position`; nothing is lost.

    Raises Forbidden, NotFound, Conflict, Invalid for a step there is not.
    """
    run = _own(key, run_id, revision, by)
    if not 0 <= position <= len(run.steps):
        raise Invalid(N_("没有这一步"))
    run.position, run.changed_at = position, at
    db.session.flush()
    return run


def discard(key: str, run_id: int, *, by: Actor) -> None:
    """Throw a dry run away. Raises Forbidden, NotFound."""
    require_designer(by)
    db.session.delete(queries.dry_run(key, run_id))
    db.session.flush()


def _own(key: str, run_id: int, revision: int, by: Actor) -> DryRun:
    require_designer(by)
    run = queries.dry_run(key, run_id)
    if run.revision != revision:
        raise Conflict(N_("这次试运行在别处又走了一步，请看最新的样子再继续。"))
    return run


def reopen(key: str, scenario_id: int, number: int | None, *, by: Actor, at: dt.datetime) -> DryRun:
    """A scenario as a dry run of a version (the draft for None), at its last step.

    Raises Forbidden, NotFound, DesignError.
    """
    scenario = queries.scenario(key, scenario_id)
    run = begin(key, number, read_given(scenario.given), scenario.name, by=by, at=at)
    run.steps, run.position = list(scenario.steps), len(scenario.steps)
    db.session.flush()
    return run
