"""What the review page does, for programs: names of units and findings of a draft plan."""

from flask import Blueprint, Response

from sanwei_flow.accounts.queries import collectives_by_name, units_by_name
from sanwei_flow.api.bodies import FindingAnswer, Nothing, UnitAnswer
from sanwei_flow.api.http import actor, read_body, reply
from sanwei_flow.api.serialise import finding_shape, mention_shape
from sanwei_flow.api.shapes import Accepted
from sanwei_flow.db import transaction
from sanwei_flow.errors import N_, Invalid, NotFound
from sanwei_flow.plans import joining, operations, queries
from sanwei_flow.web import now

bp = Blueprint("settling", __name__)


@bp.post("/plans/<number:plan_id>/units/<number:mention_id>")
def settle_unit(plan_id: int, mention_id: int) -> Response:
    """Say what a name of the document means; in a running plan, of one that joined it later."""
    answer = read_body(UnitAnswer)
    _used_name(plan_id, mention_id)
    with transaction():
        running = operations.get_plan(plan_id).process_id is not None
        settle = joining.settle_name if running else operations.settle_unit
        settle(
            plan_id,
            mention_id,
            unit_id=unit_id_of(answer.unit),
            collective_id=_collective_id(answer.collective),
            drop=answer.drop,
            remember=answer.remember,
            by=actor(),
            at=now(),
        )
    return reply(mention_shape(_used_name(plan_id, mention_id)))


@bp.post("/plans/<number:plan_id>/findings/<number:finding_id>")
def settle_finding(plan_id: int, finding_id: int) -> Response:
    """Write down the decision on a finding."""
    answer = read_body(FindingAnswer)
    with transaction():
        finding = operations.settle_finding(
            plan_id, finding_id, answer.choice, by=actor(), at=now()
        )
        shape = finding_shape(finding)
    return reply(shape)


@bp.post("/plans/<number:plan_id>/findings/accept")
def accept_assumptions(plan_id: int) -> Response:
    """Answer every open finding with what was assumed; names stay open."""
    read_body(Nothing)
    with transaction():
        count = operations.accept_assumptions(plan_id, by=actor(), at=now())
    return reply(Accepted(settled=count))


def _used_name(plan_id: int, mention_id: int) -> queries.UsedName:
    for name in queries.used_names(operations.get_plan(plan_id)):
        if name.mention.id == mention_id:
            return name
    raise NotFound(N_("本方案没有这个单位名称"))


def unit_id_of(given: int | str | None) -> int | None:
    """The unit a program names by id or by name. Raises Invalid for an unknown name."""
    if not isinstance(given, str):
        return given
    unit = units_by_name().get(given.strip())
    if unit is None:
        raise Invalid(N_("单位名册中没有“{name}”"), name=given)
    return unit.id


def _collective_id(given: int | str | None) -> int | None:
    if not isinstance(given, str):
        return given
    collective = collectives_by_name().get(given.strip())
    if collective is None:
        raise Invalid(N_("单位名册中没有“{name}”"), name=given)
    return collective.id
