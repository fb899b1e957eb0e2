"""The demo plan: it reads as the county's division of work says, and runs."""

from collections import Counter
from pathlib import Path

import pytest

from sanwei_flow.accounts.operations import actor_of
from sanwei_flow.accounts.queries import user_by_name
from sanwei_flow.db import db, transaction
from sanwei_flow.demo.plan import DOCUMENT
from sanwei_flow.designs.operations import publish
from sanwei_flow.designs.queries import newest
from sanwei_flow.plans.models import Plan
from sanwei_flow.plans.reader import read_plan
from sanwei_flow.processes.models import Job, ProcessInstance, Task
from tests.factories import NOW

LEADS = {
    "县供销合作社": {1, 2, 5, 9, 11, 12, 15, 16, 17, 24, 28, 34},
    "县农业农村委": {3, 4, 6, 7, 8, 14, 25, 26, 27, 29, 30, 33},
    "县政府办公室": {19, 20, 21, 22, 23},
    "县商务委": {10, 31, 32},
    "县交通运输委": {13},
    "县发展改革委": {18},
}


def test_the_document_divides_the_work_as_the_county_did():
    plan = read_plan(DOCUMENT.read_bytes(), DOCUMENT.name)

    assert [row.no for row in plan.rows] == list(range(1, 35))
    assert {row.no: row.lead for row in plan.rows} == {
        no: (unit,) for unit, rows in LEADS.items() for no in rows
    }
    helping = Counter(name for row in plan.rows for name in row.cooperating)
    assert (helping["各乡镇"], helping["县供销合作社"], helping["县农业农村委"]) == (25, 19, 11)
    assert sum(helping.values()) == 60 + 25
    assert [row.no for row in plan.rows if row.open_ended] == [19]
    assert len({row.category for row in plan.rows}) == 6
    assert len({row.item for row in plan.rows}) == 16
    assert len(plan.majors) == 6


@pytest.mark.seeds
def test_no_sentence_is_the_originals():
    seed = Path(__file__).resolve().parents[3] / "shared" / "seeds" / "wushan-2024.txt"
    original = read_plan(seed.read_bytes(), seed.name)
    ours = read_plan(DOCUMENT.read_bytes(), DOCUMENT.name)
    assert not {row.task for row in ours.rows} & {row.task for row in original.rows}


def everything() -> tuple[int, ...]:
    counts = tuple(
        db.session.scalar(db.select(db.func.count()).select_from(table))
        for table in (Plan, ProcessInstance, Task)
    )
    db.session.rollback()
    return counts


def test_one_command_loads_launches_and_prints_who_may_log_in(app, database):
    runner = app.test_cli_runner()

    first = runner.invoke(args=["demo", "load", "--fresh"])

    assert first.exit_code == 0, first.output
    assert "sanwei2024" in first.output
    assert "gongxiao.staff" in first.output
    assert everything() == (1, 1 + 34, 34)
    waiting = db.select(db.func.count()).select_from(Job).where(Job.kind != "timer")
    assert db.session.scalar(waiting) == 0
    clerk = user_by_name("gongxiao.staff")
    mine = db.select(Task).where(Task.unit_id == clerk.roles[0].unit_id)
    assert len(db.session.scalars(mine).all()) == 12

    with transaction():
        db.session.scalars(db.select(Plan)).one().title = "改过的标题"
    assert runner.invoke(args=["demo", "load", "--fresh"]).exit_code == 0
    assert everything() == (1, 1 + 34, 34)


def test_a_design_changed_by_a_person_is_not_put_back(app, database):
    runner = app.test_cli_runner()
    runner.invoke(args=["demo", "load", "--fresh"])
    shipped = newest("cooperation")
    with transaction():
        designer = actor_of(user_by_name("designer"))
        changed = shipped.xml.replace("签收", "接收", 1)
        theirs = publish(changed, shipped.forms, by=designer, at=NOW, together=["task_division"])
    assert theirs.number == 2

    runner.invoke(args=["demo", "load", "--fresh"])

    assert newest("cooperation").id == theirs.id
