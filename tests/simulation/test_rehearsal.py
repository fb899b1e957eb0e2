"""A plan is rehearsed: years pass in a copy, and nothing happens to the plan itself."""

import datetime as dt
import json

import pytest

from sanwei_flow import create_app
from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.calendars.operations import seed_calendar
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.db import db, transaction
from sanwei_flow.designs.operations import install_shipped
from sanwei_flow.plans import operations as plans
from sanwei_flow.plans.models import Plan
from sanwei_flow.simulation.rehearsal import rehearse
from tests.factories import NOW
from tests.journeys.documents import DIVIDED, make_county

FIRST, LAST = dt.date(2024, 8, 1), dt.date(2025, 2, 28)


@pytest.fixture
def plan(database) -> int:
    """A plan of three rows that has been read and settled, not launched; due within the year."""
    with transaction():
        county = make_county()
        host, bank = (county.units[name].id for name in ("县供销合作社", "青山金融监管支局"))
        seed_calendar()
        install_shipped(by=SYSTEM, at=NOW)
    with transaction():
        made = plans.import_plan(
            "方案.txt", DIVIDED.encode(), office_unit_id=host, by=SYSTEM, at=NOW
        )
        for name in made.mentions:
            if name.status in ("doubtful", "unknown"):
                unit = name.candidates[0] if name.candidates else bank
                plans.settle_unit(made.id, name.id, unit_id=unit, by=SYSTEM, at=NOW)
        for row in made.rows:
            change = {"due": dt.date(2024, 11, 29)}
            plans.correct_row(made.id, row.no, change, by=SYSTEM, at=NOW)
        return made.id


def everything() -> dict[str, list[str]]:
    """All there is in the live database."""
    content = {
        table.name: sorted(map(repr, db.session.execute(db.select(table))))
        for table in db.metadata.sorted_tables
    }
    db.session.rollback()
    return content


def played(plan: int, **given):
    wanted = {"late": 0.4, "seed": 3} | given
    return rehearse(plan, FIRST, LAST, build=create_app, **wanted)


def test_months_pass_in_a_copy_and_the_plan_stays_as_it_is(plan):
    before = everything()

    found = played(plan)

    assert everything() == before
    assert [month for month, _ in found.months] == [
        *(f"2024-{month:02d}" for month in range(8, 13)),
        "2025-01",
        "2025-02",
    ]
    sums = {name: sum(counts[name] for _, counts in found.months) for name in found.months[0][1]}
    assert sums["closed"] == found.rows == 3
    assert sums["reports"] >= 3
    assert sums["reminders"] > 0
    assert found.played.refused == 0


def test_nobody_is_told_of_a_deadline_on_a_free_day(plan):
    found = played(plan, late=1.0)
    calendar = load_calendar()
    kinds = [found.days[kind] for kind in ("due_soon", "overdue", "overdue_digest")]
    assert min(map(len, kinds)) > 5
    told = set.union(*kinds)
    assert [day for day in sorted(told) if not calendar.is_workday(day)] == []
    assert not any(dt.date(2024, 10, 1) <= day <= dt.date(2024, 10, 7) for day in told)


def test_who_is_late_is_chased_and_the_same_seed_tells_the_same_story(plan):
    punctual, late = played(plan, late=0.0), played(plan, late=1.0)

    def cards(found):
        return sum(counts["yellow"] + counts["red"] for _, counts in found.months)

    assert cards(late) > 3 * cards(punctual)
    assert played(plan, late=1.0) == late


def test_the_command_prints_a_table_or_json(app, plan):
    runner = app.test_cli_runner()
    wish = ["plan", "rehearse", str(plan), "--from", "2024-08-01", "--to", "2024-09-30"]

    table = runner.invoke(args=wish)
    assert table.exit_code == 0, table.output
    assert "reminders" in table.output
    assert "2024-09" in table.output

    told = json.loads(runner.invoke(args=[*wish, "--json", "--late", "0"]).output)
    assert [one["month"] for one in told["months"]] == ["2024-08", "2024-09"]
    assert told["rows"] == 3
    assert db.session.scalars(db.select(Plan.launched_at)).all() == [None]


@pytest.mark.parametrize(
    "wrong",
    [
        ["1", "--from", "2024-08-01", "--to", "2024-07-01"],
        ["1", "--from", "2024-08-01", "--to", "2094-07-01"],
        ["1", "--from", "gestern", "--to", "2024-07-01"],
        ["1", "--from", "2024-08-01"],
        ["1", "--from", "2024-08-01", "--to", "2024-09-01", "--late", "2"],
        ["99", "--from", "2024-08-01", "--to", "2024-09-01"],
    ],
)
def test_wrong_arguments_are_one_line(app, database, wrong):
    answer = app.test_cli_runner().invoke(args=["plan", "rehearse", *wrong])
    assert answer.exit_code == 2
    assert len(answer.output.strip().splitlines()) == 1
