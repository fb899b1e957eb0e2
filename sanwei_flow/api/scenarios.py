"""Scenarios of designs: list, write, play again."""

from typing import Any

from flask import Blueprint, Response, url_for

from sanwei_flow.api.bodies import NewScenario, Nothing
from sanwei_flow.api.http import actor, read_body, reply
from sanwei_flow.api.serialise import words
from sanwei_flow.api.shapes import (
    Scenario,
    ScenarioPage,
    ScenarioResult,
    ScenarioSummary,
)
from sanwei_flow.db import transaction
from sanwei_flow.designer.queries import one_design
from sanwei_flow.designs.drafting import require_designer
from sanwei_flow.designs.queries import current
from sanwei_flow.scenarios import keeping, models, queries
from sanwei_flow.scenarios.steps import read_given, read_steps
from sanwei_flow.web import now

bp = Blueprint("scenarios", __name__)


@bp.get("/designs/<key>/scenarios")
def index(key: str) -> Response:
    """The scenarios of a design, each with its result with the newest version."""
    version, _draft = one_design(key, actor())
    found = queries.results([version.id]).get(version.id, []) if version else []
    known = {one.scenario_id: one for one in found}
    number = version.number if version else 0
    items = []
    for one in queries.scenarios_of(key):
        seen = known.get(one.id)
        result = _result(seen, key, number) if seen else None
        items.append(ScenarioSummary(**_facts(one), result=result))
    return reply(ScenarioPage(items=items, next=None))


@bp.post("/designs/<key>/scenarios")
def create(key: str) -> Response:
    """Write a scenario; what the newest version does is what it expects."""
    require_designer(actor())
    body = read_body(NewScenario)
    with transaction():
        given, steps = read_given(body.given), read_steps(body.steps)
        made = keeping.create(key, body.name, body.note, given, steps, by=actor(), at=now())
    address = url_for("api.scenarios.show", key=key, scenario_id=made.id)
    return reply(_whole(key, made.id), 201, Location=address)


@bp.get("/designs/<key>/scenarios/<number:scenario_id>")
def show(key: str, scenario_id: int) -> Response:
    """A scenario with all it promises, and its results."""
    one_design(key, actor())
    return reply(_whole(key, scenario_id))


@bp.post("/designs/<key>/scenarios/<number:scenario_id>/replay")
def replay(key: str, scenario_id: int) -> Response:
    """Play it with the newest version."""
    read_body(Nothing)
    with transaction():
        done = keeping.replay_one(key, scenario_id, by=actor(), at=now())
    said = done.difference.said if done.difference else None
    message = words(said.message, said.params) if said else None
    number = current(key).number
    return reply(ScenarioResult(design=key, version=number, green=done.green, message=message))


def _facts(one: models.Scenario) -> dict[str, Any]:
    return {
        "id": one.id,
        "design": one.design_key,
        "name": words(one.name),
        "note": words(one.note),
        "shipped": one.shipped is not None,
        "changed_at": one.changed_at,
    }


def _whole(key: str, scenario_id: int) -> Scenario:
    one = queries.scenario(key, scenario_id)
    content: dict[str, Any] = {"given": one.given, "steps": one.steps, "expected": one.expected}
    return Scenario(**_facts(one), **content, results=_results(scenario_id))


def _results(scenario_id: int) -> list[ScenarioResult]:
    return [
        _result(queries.result_of(one), one.version.design.key, one.version.number)
        for one in queries.results_of(scenario_id)
    ]


def _result(one: queries.Result, design: str, number: int) -> ScenarioResult:
    said = words(one.said.message, one.said.params) if one.said else None
    return ScenarioResult(design=design, version=number, green=one.green, message=said)
