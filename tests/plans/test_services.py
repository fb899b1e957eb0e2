"""What a running row may ask of its plan; reached through the row's own process only."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from sanwei_flow.audit.queries import entries
from sanwei_flow.db import db, transaction
from sanwei_flow.errors import Invalid, NotFound
from sanwei_flow.plans import queries
from sanwei_flow.plans.resolving import Expansion
from sanwei_flow.plans.services import reassign_row, write_off_row
from sanwei_flow.plans.variables import row_variables
from sanwei_flow.processes.queries import get_instance
from tests.factories import NOW

DAY = NOW.date()


@pytest.fixture
def plan(desk):
    return desk.launch(desk.ready())


def instance(plan, no):
    return get_instance(queries.row_view(plan, no, DAY).process_id)


def call(service, plan, no, **arguments):
    with transaction():
        return service(arguments, instance=instance(plan, no), at=NOW)


def test_writing_off_keeps_the_figures_and_the_words(plan):
    key = plan.rows[0].targets[0].key
    call(write_off_row, plan, 1, figures=[{"key": key, "value": "12.5"}], summary="已组建。")
    view = queries.row_view(plan, 1, DAY)
    assert view.status == "written_off"
    assert str(view.light) == "已销号"
    assert view.row.result == "已组建。"
    assert view.targets[0].reported == Decimal("12.5")
    figure = next(one for one in queries.figures(plan, DAY) if one.row == 1)
    assert (figure.reached, figure.state) == (96, "ahead")
    assert entries(f"plan:{plan.id}")[-1].kind == "write_off_row"


def test_writing_off_twice_keeps_the_first_time(plan):
    first = call(write_off_row, plan, 1, summary="一")
    second = call(write_off_row, plan, 1, summary="二")
    assert first == second
    assert plan.rows[0].result == "一"


@pytest.mark.parametrize(
    "figures", [None, "x", 7, [1], [{"key": "t1", "value": "很多"}], {"t9": 1}]
)
def test_figures_that_are_none_are_passed_over(plan, figures):
    call(write_off_row, plan, 1, figures=figures)
    assert [target.reported for target in plan.targets] == [None] * len(plan.targets)


def test_a_new_lead_shows_in_the_plan(desk, plan):
    answer = call(reassign_row, plan, 2, unit=desk.unit("县财政局"))
    assert (answer["lead_unit"], answer["lead_name"]) == (desk.unit("县财政局"), "县财政局")
    assert [str(name) for name in queries.row_view(plan, 2, DAY).lead] == ["县财政局"]
    change = entries(f"plan:{plan.id}")[-1].data
    assert (change["before"], change["after"]) == ("县商务委", "县财政局")


def test_a_cooperating_unit_that_takes_the_lead_helps_no_more(plan):
    facts = (row_variables(row, Expansion()) for row in plan.rows)
    row = next(row for row in facts if len(row["cooperating"]) > 1)
    first, *others = row["cooperating"]
    answer = call(reassign_row, plan, row["no"], unit=first["unit"])
    assert answer["lead_unit"] == first["unit"]
    assert answer["cooperating"] == others


def test_a_lead_must_be_in_the_register(plan):
    with pytest.raises(Invalid):
        call(reassign_row, plan, 2, unit=0)


def test_a_process_that_is_no_row_of_a_plan_is_refused(plan):
    stranger = SimpleNamespace(parent_id=None, business_key="plan:1/row:1", title="别的流程")
    with transaction(), pytest.raises(NotFound):
        write_off_row({}, instance=stranger, at=NOW)
    assert db.session.get(type(plan.rows[0]), plan.rows[0].id).written_off_at is None
