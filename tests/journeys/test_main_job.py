"""From the issued document to a row struck off, told by the people who do it."""

from typing import Any

from tests.journeys.cast import Cast
from tests.journeys.documents import DIVIDED

HELPERS = ("县农业农村委", "县财政局", "城关街道", "东河镇", "西岭镇", "南坪乡")


def test_the_office_settles_what_is_doubtful_and_launches(cast: Cast) -> None:
    office = cast.office
    answer = office.imports(DIVIDED)
    assert answer.status_code == 201
    plan = office.get(answer.headers["Location"])
    assert plan["title"] == "青山县推进“三位一体”改革工作方案"
    assert plan["status"] == "draft"
    rows = office.get(f"/plans/{plan['id']}/rows")["items"]
    assert [row["lead"] for row in rows] == [["县供销合作社"], ["县商务委"], ["县农业农村委"]]
    assert rows[0]["cooperating"] == ["县农业农村委", "县财政局", "各乡镇"]

    assert [row["major"] for row in rows] == [True, False, False]

    refused = office.ask("POST", f"/plans/{plan['id']}/launch")
    assert refused.status_code == 422
    assert "青山县金融监管支局" in refused.get_json()["detail"]
    [doubtful] = [name for name in plan["units"] if name["status"] != "settled"]
    assert [unit["name"] for unit in doubtful["candidates"]] == ["青山金融监管支局"]
    settled = office.post(
        f"/plans/{plan['id']}/units/{doubtful['id']}", {"unit": doubtful["candidates"][0]["id"]}
    )
    assert settled["status"] == "settled"
    [scope] = [f for f in plan["findings"] if f["code"] == "collective_scope"]
    office.post(f"/plans/{plan['id']}/findings/{scope['id']}", {"choice": scope["assumed"]})

    changed = office.patch(f"/plans/{plan['id']}/rows/2", {"due": "2028-06-30"})
    assert changed["due"] == "2028-06-30"
    launch = office.post(f"/plans/{plan['id']}/launch")
    assert launch["progress"] == {"started": 3, "total": 3}
    again = office.post(f"/plans/{plan['id']}/launch")
    assert again["process"] == launch["process"]
    late = office.ask("PATCH", f"/plans/{plan['id']}/rows/2", json={"due": None})
    assert late.status_code == 409


def test_the_main_job(cast: Cast) -> None:
    plan = cast.launched(DIVIDED)
    divide(cast, plan)
    cooperate(cast, plan)
    report(cast)
    office_returns_to_one_unit(cast, plan)
    close(cast, plan)


def divide(cast: Cast, plan: int) -> None:
    """The lead's clerk signs and divides; 各乡镇 has become every township; the head agrees."""
    lead = cast.clerk("县供销合作社")
    assert cast.row(plan, 1)["status"] == "dispatched"
    [waiting] = [task for task in lead.tasks("to_accept") if task["row"] == 1]
    assert (waiting["unit"], waiting["role"], waiting["plan"]) == ("县供销合作社", "staff", plan)
    lead.act(lead.find(row=1, name="签收"))
    task = lead.find(row=1, name="任务分工")
    [table] = [f for f in lead.action(task)["fields"] if f["type"] == "table"]
    assert [row["name"] for row in table["value"]] == list(HELPERS)
    lead.act(task)
    assert cast.row(plan, 1)["status"] == "division_review"
    cast.head("县供销合作社").act(cast.head("县供销合作社").find(row=1, name="审核分工"))
    assert cast.row(plan, 1)["status"] == "cooperating"


def cooperate(cast: Cast, plan: int) -> None:
    """Each unit does its part; the lead confirms one, returns another, then has them all."""
    lead = cast.clerk("县供销合作社")
    for unit in HELPERS:
        cast.work_off(unit, 1)
    lead.act(confirmation(cast, "县农业农村委"), "confirm")
    lead.act(confirmation(cast, "县财政局"), "return", "请补充资金到位情况")
    finance = cast.clerk("县财政局")
    again = finance.find(row=1, name="办理并上报")
    trail = finance.get(f"/processes/{again['process']}")["trail"]
    assert trail[-1]["comment"] == "请补充资金到位情况"
    cast.work_off("县财政局", 1)
    for unit in HELPERS[1:]:
        lead.act(confirmation(cast, unit), "confirm")
    assert cast.row(plan, 1)["status"] == "reporting"


def confirmation(cast: Cast, unit: str) -> Any:
    """The lead's task to confirm this unit's part."""
    lead = cast.clerk("县供销合作社")
    for task in lead.tasks():
        if task["row"] == 1 and task["name"] == "牵头单位确认":
            whole = lead.get(f"/tasks/{task['id']}")
            if whole["data"]["part"]["name"] == unit:
                return whole
    raise AssertionError(f"nothing to confirm from {unit}")


def report(cast: Cast) -> None:
    """The lead reports completion with the figure and a file; its head agrees."""
    lead = cast.clerk("县供销合作社")
    task = lead.find(row=1, name="上报办结")
    proof = lead.upload("/attachments", "验收单".encode(), "验收单.txt", task=str(task["id"]))
    assert proof.status_code == 201
    [table] = [f for f in lead.action(task)["fields"] if f["key"] == "figures"]
    figures = [row | {"reported": 14} for row in table["value"]]
    lead.act(task, summary="农合联已全部建成", figures=figures, evidence=[proof.get_json()["id"]])
    head = cast.head("县供销合作社")
    head.act(head.find(row=1, name="单位审核"))


def office_returns_to_one_unit(cast: Cast, plan: int) -> None:
    """The office wants one township's part again; only that unit works, then all see it again."""
    office = cast.office
    task = office.find(row=1, name="专班审核")
    township = cast.county.units["东河镇"].id
    office.act(task, "return_units", "东河镇的数据请核实", units=[township])
    assert cast.row(plan, 1)["status"] == "cooperating"
    assert not [task for task in cast.clerk("西岭镇").waiting() if task["row"] == 1]
    cast.work_off("东河镇", 1)
    cast.clerk("县供销合作社").act(confirmation(cast, "东河镇"), "confirm")
    lead = cast.clerk("县供销合作社")
    lead.act(lead.find(row=1, name="上报办结"))
    head = cast.head("县供销合作社")
    head.act(head.find(row=1, name="单位审核"))


def close(cast: Cast, plan: int) -> None:
    """The office agrees, the leader agrees because the row is major, and it is struck off."""
    cast.office.act(cast.office.find(row=1, name="专班审核"))
    assert cast.row(plan, 1)["status"] == "leader_review"
    cast.leader.act(cast.leader.find(row=1, name="组长审批"))
    row = cast.row(plan, 1)
    assert row["status"] == "written_off"
    assert row["result"] == "农合联已全部建成"
    assert [(t["value"], t["reported"]) for t in row["targets"]] == [(13, 14)]
    [struck] = cast.office.listed(f"/plans/{plan}/rows?status=written_off")
    assert struck["no"] == 1
    counts = cast.office.get(f"/plans/{plan}")["counts"]
    assert counts["closed"] == 1
    process = cast.office.get(f"/processes/{row['process']}")
    assert (process["status"], process["stage_label"]) == ("finished", "已销号")
    assert "东河镇的数据请核实" in [event["comment"] for event in process["trail"]]
