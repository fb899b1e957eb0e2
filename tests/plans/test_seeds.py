"""The two official plans, from their texts to running rows."""

import datetime as dt

import pytest

from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.db import db, transaction
from sanwei_flow.demo.county import load_county
from sanwei_flow.designs.operations import install_shipped
from sanwei_flow.plans import operations, queries
from sanwei_flow.processes.models import ProcessInstance
from tests.conftest import SEEDS
from tests.factories import NOW

pytestmark = pytest.mark.seeds


@pytest.fixture
def county(database):
    with transaction():
        load_county(NOW)
        install_shipped(by=SYSTEM, at=NOW)


def imported(name):
    with transaction():
        return operations.import_plan(name, (SEEDS / name).read_bytes(), by=SYSTEM, at=NOW)


def test_wushan_one_name_to_settle_then_34_rows_run(county):
    plan = imported("wushan-2024.txt")
    assert (len(plan.rows), len(plan.majors), len(plan.targets)) == (34, 6, 44)
    (open_name,) = [used for used in queries.used_names(plan) if used.open]
    assert open_name.mention.name == "巫山县金融监管支局"
    assert open_name.rows == (21, 22)
    unit = open_name.candidates[0]
    assert unit.name == "巫山金融监管支局"
    with transaction():
        operations.settle_unit(plan.id, open_name.mention.id, unit_id=unit.id, by=SYSTEM, at=NOW)
    with transaction():
        operations.launch(plan.id, by=SYSTEM, at=NOW)
    assert queries.launch_progress(plan) == queries.Progress(34, 34)
    views = queries.row_views(plan, NOW.date())
    assert {view.status for view in views} == {"dispatched"}
    assert {view.light.colour for view in views} == {"green"}
    assert [name.text for name in views[20].cooperating][-1] == "巫山金融监管支局"
    assert views[18].row.open_ended


def test_wushan_major_rows_are_those_of_the_list(county):
    plan = imported("wushan-2024.txt")
    assert 2 in {row.no for row in plan.rows if row.major}
    assert [one for one in plan.findings if one.code == "major_row"]


def test_fengdu_eight_rows_are_assigned_before_three_phases_run(county):
    plan = imported("fengdu-2022.txt")
    assert [(phase.name, phase.implementing) for phase in plan.phases] == [
        ("安排部署", False),
        ("试点实施", True),
        ("总结验收", False),
    ]
    assert [one.code for one in operations.ready_to_launch(plan)] == ["no_lead"] * 8
    for row in plan.rows:
        with transaction():
            lead = {"lead": ["丰都县供销合作社联合社"]}
            operations.correct_row(plan.id, row.no, lead, by=SYSTEM, at=NOW)
    with transaction():
        operations.launch(plan.id, by=SYSTEM, at=NOW)
    assert queries.launch_progress(plan) == queries.Progress(8, 8)
    assert db.session.get(ProcessInstance, plan.process_id).status == "running"


def test_fengdu_read_today_raises_no_alarm_for_what_is_past(county):
    late = dt.datetime(2026, 11, 21, 8, tzinfo=dt.UTC)
    with transaction():
        content = (SEEDS / "fengdu-2022.txt").read_bytes()
        plan = operations.import_plan("fengdu-2022.txt", content, by=SYSTEM, at=late)
    assert all(row.due_past for row in plan.rows)
    colours = {view.light.colour for view in queries.row_views(plan, late.date())}
    assert colours == {"none"}
