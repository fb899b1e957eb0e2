"""The official texts as they were issued, in the demo county, by its own people."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.accounts.models import Role
from sanwei_flow.accounts.queries import all_users
from sanwei_flow.db import transaction
from sanwei_flow.demo.county import load_county
from sanwei_flow.designs.operations import install_shipped
from tests.conftest import SEEDS
from tests.factories import NOW
from tests.journeys.cast import Cast
from tests.journeys.documents import County
from tests.journeys.test_robot import play

pytestmark = pytest.mark.seeds

#: Rows of the 巫山 plan without every township in them: enough to play to their end in seconds.
FEW_UNITS = {16, 19, 21, 22, 23, 24, 25, 26, 34}


@pytest.fixture
def wushan(client: FlaskClient) -> Cast:
    """The demo county, as `demo load` makes it, without its plan."""
    with transaction():
        load_county(NOW)
        install_shipped(by=SYSTEM, at=NOW)
    county = County()
    for user in all_users():
        for grant in user.roles:
            match grant.role:
                case Role.staff:
                    county.clerks.setdefault(grant.unit.name, user)
                case Role.reviewer:
                    county.heads.setdefault(grant.unit.name, user)
                case Role.office:
                    county.office = user
                case Role.leader:
                    county.leader = user
            county.units[grant.unit.name] = grant.unit
    return Cast(client, county)


def imported(cast: Cast, name: str) -> int:
    answer = cast.office.upload("/plans", (SEEDS / name).read_bytes(), name)
    assert answer.status_code == 201, answer.text
    number: int = answer.get_json()["id"]
    return number


def lead_of(row: dict[str, Any]) -> str:
    name: str = row["lead"][0]
    return name


def units_of(cast: Cast, plan: int) -> set[str]:
    """The units that the few rows name."""
    rows = [row for row in cast.office.listed(f"/plans/{plan}/rows") if row["no"] in FEW_UNITS]
    return {name for row in rows for name in row["lead"] + row["cooperating"]}


def test_wushan_is_read_settled_once_launched_and_worked_off(wushan: Cast) -> None:
    plan = imported(wushan, "wushan-2024.txt")
    whole = wushan.office.get(f"/plans/{plan}")
    assert (whole["counts"]["rows"], len(whole["majors"]), len(whole["targets"])) == (34, 6, 44)
    doubtful = [name for name in whole["units"] if name["status"] != "settled"]
    assert [(name["name"], name["rows"]) for name in doubtful] == [("巫山县金融监管支局", [21, 22])]
    assert doubtful[0]["candidates"][0]["name"] == "巫山金融监管支局"
    wushan.launch(plan)
    whole = wushan.office.get(f"/plans/{plan}")
    assert whole["progress"] == {"started": 34, "total": 34}
    assert whole["counts"]["by_status"] == {"dispatched": 34}

    play(wushan, FEW_UNITS, units_of(wushan, plan))
    done = wushan.office.listed(f"/plans/{plan}/rows?status=written_off")
    assert {row["no"] for row in done} == FEW_UNITS
    assert wushan.office.get(f"/plans/{plan}")["counts"]["closed"] == len(FEW_UNITS)


def test_every_township_is_asked_in_a_row_for_all_of_them(wushan: Cast) -> None:
    plan = imported(wushan, "wushan-2024.txt")
    wushan.launch(plan)
    row = wushan.row(plan, 20)
    clerk, head = wushan.clerk(lead_of(row)), wushan.head(lead_of(row))
    clerk.act(clerk.find(row=20, name="签收"))
    clerk.act(clerk.find(row=20, name="任务分工"))
    head.act(head.find(row=20, name="审核分工"))
    children = clerk.get(f"/processes/{row['process']}")["children"]
    assert len(children) == 26
    assert [t["row"] for t in wushan.clerk("邓家土家族乡").tasks("to_accept")] == [20]


def test_fengdu_waits_for_the_office_to_name_units(wushan: Cast) -> None:
    plan = imported(wushan, "fengdu-2022.txt")
    whole = wushan.office.get(f"/plans/{plan}")
    assert [phase["name"] for phase in whole["phases"]] == ["安排部署", "试点实施", "总结验收"]
    assert [(p["start"], p["end"]) for p in whole["phases"]] == [
        ("2022-07-01", "2022-09-30"),
        ("2022-10-01", "2025-06-30"),
        ("2025-07-01", "2025-12-31"),
    ]
    assert len(whole["blockers"]) == 8
    assert wushan.office.ask("POST", f"/plans/{plan}/launch").status_code == 422
    for row in wushan.office.listed(f"/plans/{plan}/rows"):
        assert (row["light"], row["due_past"]) == ("none", True)
        change = {"lead": ["县供销合作社"], "cooperating": ["县农业农村委"]}
        wushan.office.patch(f"/plans/{plan}/rows/{row['no']}", change)
    wushan.launch(plan)
    play(wushan, units=("县供销合作社", "县农业农村委"))
    assert wushan.office.get(f"/plans/{plan}")["status"] == "done"
