"""The turns a row may take on its way: objections, returns at every desk, no helpers at all."""

from tests.journeys.cast import Cast
from tests.journeys.documents import DIVIDED


def test_a_unit_that_objects_is_replaced_by_the_one_the_office_names(cast: Cast) -> None:
    plan = cast.launched(DIVIDED)
    wrong, right = cast.clerk("县商务委"), cast.clerk("县财政局")
    finance = cast.county.units["县财政局"].id
    wrong.act(wrong.find(row=2), "object", reason="不属于我单位职责", suggested=finance)
    assert cast.row(plan, 2)["status"] == "objected"
    head = cast.head("县商务委")
    head.act(head.find(row=2, name="异议签署"))
    decision = cast.office.find(row=2, name="异议裁定")
    assert decision["data"]["reason"] == "不属于我单位职责"
    cast.office.act(decision, "reassign", "职责在财政", new_lead=finance)
    assert [task for task in wrong.waiting() if task["row"] == 2] == []
    row = cast.row(plan, 2)
    assert (row["lead"], row["status"]) == (["县财政局"], "dispatched")
    right.act(right.find(row=2, name="签收"))
    assert cast.row(plan, 2)["status"] == "in_progress"


def test_an_objection_overruled_comes_back_to_sign_for(cast: Cast) -> None:
    plan = cast.launched(DIVIDED)
    clerk = cast.clerk("县商务委")
    clerk.act(clerk.find(row=2), "object", reason="不属于我单位职责")
    head = cast.head("县商务委")
    head.act(head.find(row=2, name="异议签署"))
    cast.office.act(cast.office.find(row=2), "uphold", "按方案执行")
    assert cast.row(plan, 2)["status"] == "dispatched"
    assert clerk.find(row=2)["name"] == "签收"


def test_whoever_returns_must_say_why_and_the_work_comes_back(cast: Cast) -> None:
    cast.launched(DIVIDED)
    clerk, head = cast.clerk("县商务委"), cast.head("县商务委")
    clerk.act(clerk.find(row=2))
    clerk.act(clerk.find(row=2))
    task = head.find(row=2, name="审核分工")
    silent = head.send(task["id"], "return", {})
    assert silent.status_code == 422
    assert set(silent.get_json()["errors"]) == {"comment"}
    head.act(task, "return", "请增加财政局")
    again = clerk.find(row=2, name="任务分工")
    helper = {"unit": cast.county.units["县财政局"].id, "duty": "落实经费"}
    clerk.act(again, division=[helper])
    head.act(head.find(row=2))
    assert cast.clerk("县财政局").find(row=2)["data"]["part"]["duty"] == "落实经费"


def test_the_office_and_the_leader_return_to_the_lead_who_keeps_what_was_written(
    cast: Cast,
) -> None:
    plan = cast.imported(DIVIDED)
    cast.office.patch(f"/plans/{plan}/rows/2", {"major": True})
    cast.launch(plan)
    clerk, head = cast.clerk("县商务委"), cast.head("县商务委")
    for person in (clerk, clerk, head):
        person.act(person.find(row=2))
    clerk.act(clerk.find(row=2, name="上报办结"), summary="网点全部建成")
    head.act(head.find(row=2))
    cast.office.act(cast.office.find(row=2), "return", "请附名单")
    kept = clerk.action(clerk.find(row=2, name="上报办结"))
    assert next(f for f in kept["fields"] if f["key"] == "summary")["value"] == "网点全部建成"
    for person in (clerk, head, cast.office):
        person.act(person.find(row=2))
    cast.leader.act(cast.leader.find(row=2), "return", "数据再核一次")
    assert cast.row(plan, 2)["status"] == "reporting"
    for person in (clerk, head, cast.office, cast.leader):
        person.act(person.find(row=2))
    row = cast.row(plan, 2)
    assert (row["status"], row["result"]) == ("written_off", "网点全部建成")
