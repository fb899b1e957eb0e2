import pytest

from sanwei_flow.accounts.queries import units_by_name
from sanwei_flow.audit.queries import entries
from sanwei_flow.db import transaction
from sanwei_flow.errors import Conflict, Forbidden, Invalid, NotFound
from sanwei_flow.plans import operations, queries
from sanwei_flow.plans.resolving import Expansion
from sanwei_flow.plans.variables import row_variables
from tests.factories import NOW
from tests.journeys.documents import DIVIDED

NAME = "青山县金融监管支局"


def test_a_name_settled_once_holds_for_every_row_and_the_next_plan(desk):
    plan = desk.imports()
    desk.settle(plan, NAME, unit_id=desk.unit("青山金融监管支局"))
    assert operations.ready_to_launch(plan) == []
    assert desk.finding(plan, "unit_ambiguous").choice == "青山金融监管支局"
    assert units_by_name()[NAME].name == "青山金融监管支局"
    again = desk.imports(DIVIDED + "\n")
    assert desk.mention(again, NAME).status == "settled"


def test_a_name_may_be_settled_without_remembering(desk):
    plan = desk.imports()
    desk.settle(plan, NAME, unit_id=desk.unit("青山金融监管支局"), remember=False)
    assert NAME not in units_by_name()


def test_a_name_may_be_a_collective(desk):
    plan = desk.imports()
    towns = desk.mention(plan, "各乡镇").collective_id
    desk.settle(plan, NAME, collective_id=towns)
    assert desk.mention(plan, NAME).kinds == ["town", "township"]


def test_what_is_no_unit_is_left_out(desk):
    plan = desk.imports()
    desk.settle(plan, NAME, drop=True)
    view = queries.row_view(plan, 3, NOW.date())
    assert [str(name) for name in view.cooperating] == ["县供销合作社"]
    assert operations.ready_to_launch(plan) == []


def test_an_answer_must_be_one_known_thing(desk):
    plan = desk.imports()
    unit = desk.unit("县商务委")
    for wrong in ({}, {"unit_id": unit, "drop": True}, {"unit_id": 0}, {"collective_id": 0}):
        with pytest.raises(Invalid):
            desk.settle(plan, NAME, **wrong)
    with transaction(), pytest.raises(NotFound):
        operations.settle_unit(plan.id, 0, drop=True, by=desk.office, at=NOW)
    assert desk.mention(plan, NAME).status == "doubtful"


def test_the_scope_of_a_collective_decides_who_is_asked(desk):
    plan = desk.imports()

    def towns():
        return [one["name"] for one in row_variables(plan.rows[0], Expansion())["cooperating"]]

    assert towns() == ["县农业农村委", "县财政局", "城关街道", "东河镇", "西岭镇", "南坪乡"]
    desk.answer(plan, "collective_scope", "不包括")
    assert towns() == ["县农业农村委", "县财政局", "东河镇", "西岭镇", "南坪乡"]
    with pytest.raises(Invalid):
        desk.answer(plan, "collective_scope", "也许")


def test_a_major_row_may_be_declared_ordinary(desk):
    plan = desk.imports()
    assert plan.rows[0].major
    desk.answer(plan, "major_row", "不需领导审批")
    assert not plan.rows[0].major
    desk.answer(plan, "major_row", "需领导审批")
    assert plan.rows[0].major


def test_assumptions_can_be_accepted_together_but_names_stay_open(desk):
    plan = desk.imports()
    with transaction():
        count = operations.accept_assumptions(plan.id, by=desk.office, at=NOW)
    assert count >= 3
    waiting = [one.code for one in plan.findings if one.settled_at is None and one.assumed]
    assert waiting == []
    assert desk.finding(plan, "unit_ambiguous").settled_at is None


def test_only_the_plans_own_office_settles_and_the_record_says_who(desk):
    plan = desk.imports()
    mention = desk.mention(plan, NAME)
    with transaction(), pytest.raises(Forbidden):
        operations.settle_unit(plan.id, mention.id, drop=True, by=desk.clerk, at=NOW)
    desk.settle(plan, NAME, drop=True)
    entry = entries(f"plan:{plan.id}")[-1]
    assert (entry.kind, entry.by_name, entry.data["field"]) == (
        "settle_unit",
        desk.office.name,
        NAME,
    )


def test_after_launch_nothing_is_settled_here(desk):
    plan = desk.ready()
    desk.launch(plan)
    with pytest.raises(Conflict, match="已经启动"):
        desk.settle(plan, NAME, drop=True)


def test_an_answer_must_be_given_to_a_finding_of_the_plan(desk):
    plan = desk.imports()
    for wrong in ("  ", "长" * 501):
        with pytest.raises(Invalid):
            desk.answer(plan, "phases_default", wrong)
    with transaction(), pytest.raises(NotFound):
        operations.settle_finding(plan.id, 0, "已核对", by=desk.office, at=NOW)
    assert desk.answer(plan, "phases_default", " 已核对 ").choice == "已核对"
