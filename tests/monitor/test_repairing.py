"""The repair desk: what stopped is understood, put right and runs on; everything is on record."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from sanwei_flow import web
from sanwei_flow.accounts.actor import SYSTEM, Actor
from sanwei_flow.accounts.models import Role
from sanwei_flow.accounts.operations import actor_of
from sanwei_flow.audit.queries import entries
from sanwei_flow.db import db, transaction
from sanwei_flow.designs.operations import publish
from sanwei_flow.errors import Conflict, Forbidden, Invalid
from sanwei_flow.monitor import repairing
from sanwei_flow.notifications.models import Notification
from sanwei_flow.processes import chain, operations, queries, rewinding, services
from sanwei_flow.processes.jobs import ATTEMPTS, run_due_jobs
from sanwei_flow.processes.models import ProcessInstance, Task, TaskEvent
from tests import factories
from tests.inbox.stories import County, make_county
from tests.inbox.test_pages import signed_in
from tests.processes.cases import check_whole
from tests.processes.designs import END, FORMS, START, design, node, user

DELIVERY = design(
    "delivery",
    [
        START,
        node("serviceTask", "send", operation="test.send", arg__address="${address}"),
        user("after", unit="${unit}"),
        END,
    ],
    "start send\nsend after\nafter end",
)


def send(arguments: dict[str, Any], *, instance: ProcessInstance, at: dt.datetime) -> Any:
    if not arguments.get("address"):
        raise ValueError("no address")
    return {"sent_to": arguments["address"]}


@pytest.fixture
def county(database: None) -> County:
    services.register("test.send", send)
    county = make_county()
    with transaction():
        unit = factories.make_unit("县数据中心")
        for name, role in (("designer", Role.designer), ("second", Role.designer)):
            user_ = factories.make_user(unit, (role,), username=name, name=name)
            county.people[name] = actor_of(user_)
        factories.make_user(unit, (Role.sys_admin,), username="sysadmin")
        publish(DELIVERY, FORMS, by=SYSTEM, at=web.now())
    return county


def stopped(county: County) -> ProcessInstance:
    """A process whose service failed as often as it is tried."""
    at = web.now()
    with transaction():
        given = {"unit": county.units["县财政局"].id, "address": ""}
        begun = operations.start_process("delivery", given, by=county.people["赵敏"], at=at)
    for _ in range(ATTEMPTS):
        at += dt.timedelta(hours=2)
        run_due_jobs(at)
    found: ProcessInstance = db.session.get_one(ProcessInstance, begun.id, populate_existing=True)
    assert found.status == "incident"
    return found


def fresh(instance: ProcessInstance) -> ProcessInstance:
    db.session.rollback()
    found: ProcessInstance = db.session.get_one(
        ProcessInstance, instance.id, populate_existing=True
    )
    return found


def kinds(instance: ProcessInstance) -> list[str]:
    return [event.kind for event, _task in queries.trail(instance.id)]


def test_a_service_that_fails_is_understood_put_right_and_runs_on(
    app: Flask, county: County
) -> None:
    broken = stopped(county)
    client = signed_in(app, "designer")
    desk = client.get("/repair").text
    assert "ValueError: no address" in desk
    assert "后台作业多次失败" in desk
    place = f"/repair/{broken.id}/variables/address"
    preview = client.post(place, data={"kind": "text", "value": "建平乡"})
    assert "将这样更正" in preview.text
    assert fresh(broken).status == "incident"
    given = {"kind": "text", "value": "建平乡", "confirm": "1"}
    assert client.post(place, data=given).status_code == 422
    assert (
        "已更正变量"
        in client.post(place, data={**given, "reason": "地址漏填"}, follow_redirects=True).text
    )
    answer = client.post("/repair/retry", data={"process": [broken.id, 999], "reason": "已补地址"})
    assert "已重试" in answer.text
    assert "没有这个流程" in answer.text
    assert fresh(broken).status == "running"
    (task,) = queries.open_tasks(broken.id)
    assert task.name == "after"
    assert task.data["sent_to"] == "建平乡"
    assert kinds(broken) == ["start", "incident", "correct", "retry", "service"]
    assert chain.first_broken(broken.id) is None
    told = entries(f"process_instance:{broken.id}")
    assert [one.kind for one in told] == ["repair.correct", "repair.retry"]
    assert told[0].data["reason"] == "地址漏填"
    assert (told[0].data["old"], told[0].data["new"]) == ("", "建平乡")
    assert "更正变量" in client.get(f"/processes/{broken.id}").text


def test_incidents_are_found_by_design_cause_and_age(app: Flask, county: County) -> None:
    broken = stopped(county)
    client = signed_in(app, "sysadmin")
    for query, found in {
        "": True,
        "?design=delivery": True,
        "?design=task_division": False,
        "?cause=NO+address": True,
        "?cause=100%25": False,
        "?days=7": False,
    }.items():
        assert (f"/repair/{broken.id}" in client.get(f"/repair{query}").text) == found, query


def test_a_row_goes_back_two_acts_with_its_parts(app: Flask, county: County) -> None:
    county.up_to_cooperation()
    county.act("sign_for", "accept", "李伟", unit="县财政局")
    acts = rewinding.earlier_acts(county.row.id)
    divided = next(event for event, task in acts if task is not None and task.node == "divide")
    client = signed_in(app, "designer")
    place = f"/repair/{county.row.id}/rewind/{divided.id}"
    page = client.get(place).text
    assert "取消的下级流程" in page
    assert "熊梅、陈建" in page or "陈建、熊梅" in page
    assert [task.node for task in queries.open_tasks(county.row.id)] == []
    assert client.post(place, data={"reason": " "}).status_code == 422
    assert client.post(place, data={"reason": "分工漏了单位"}).status_code == 302
    (task,) = queries.open_tasks(county.row.id)
    assert task.node == "divide"
    assert fresh(county.row).stage == "in_progress"
    assert {child.status for child in queries.children(county.row.id)} == {"cancelled"}
    check_whole(county.row.id, web.now())
    told = db.session.scalars(db.select(Notification.user_id)).all()
    assert county.people["陈建"].user_id in told
    # From there the row is worked as ever.
    county.act("divide", "submit", "熊梅")
    county.act("division_review", "agree", "陈建")
    open_parts = [one for one in queries.children(county.row.id) if one.is_open]
    assert len(open_parts) == 2
    assert chain.first_broken(county.row.id) is None


def test_what_has_ended_meanwhile_hands_its_result_over_again(county: County) -> None:
    """A part that is finished stays so: the row takes up its result once more."""
    county.up_to_completion()
    acts = rewinding.earlier_acts(county.row.id)
    reviewed = next(
        event for event, task in acts if task is not None and task.node == "division_review"
    )
    with transaction():
        repairing.rewind(
            county.row.id,
            reviewed.id,
            reason="重新审核",
            by=county.people["designer"],
            at=web.now(),
        )
    (task,) = queries.open_tasks(county.row.id)
    assert task.node == "division_review"
    check_whole(county.row.id, web.now())


def test_two_operators_at_once(app: Flask, county: County) -> None:
    broken = stopped(county)
    first, second = signed_in(app, "designer"), signed_in(app, "second")
    act = {"act": "suspend", "reason": "先停下"}
    assert first.post(f"/repair/{broken.id}", data=act).status_code == 302
    late = second.post(f"/repair/{broken.id}", data=act)
    assert late.status_code == 409
    assert "已经中止" in late.text
    again = {"act": "resume", "reason": "继续", "days": 2}
    assert second.post(f"/repair/{broken.id}", data=again).status_code == 302
    assert fresh(broken).status == "incident"
    with transaction():
        repairing.retry(broken.id, reason="一", by=county.people["designer"], at=web.now())
    with pytest.raises(Conflict), transaction():
        repairing.retry(broken.id, reason="二", by=county.people["second"], at=web.now())


def test_what_was_stopped_by_decision_is_not_resumed_at_the_desk(county: County) -> None:
    from sanwei_flow.processes.suspending import suspend

    with transaction():
        suspend(county.row.id, reason="经批准", by=SYSTEM, at=web.now())
    place = {"days": 0, "reason": "x", "by": county.people["designer"], "at": web.now()}
    with pytest.raises(Conflict), transaction():
        repairing.resume(county.row.id, **place)


def test_an_answer_is_given_for_somebody_and_both_are_named(app: Flask, county: County) -> None:
    county.act("sign_for", "accept", "熊梅")
    task = county.task("divide")
    client = signed_in(app, "designer")
    page = client.get(f"/repair/tasks/{task.id}").text
    assert "熊梅" in page
    owner = county.people["熊梅"].user_id
    given = {"action": "submit", "person": owner, "reason": "本人住院"}
    stranger = {**given, "person": county.people["李伟"].user_id}
    assert client.post(f"/repair/tasks/{task.id}", data=stranger).status_code == 422
    work = db.session.get_one(Task, task.id).data
    assert work
    with transaction():
        repairing.complete_for(
            task.id,
            owner or 0,
            "submit",
            {},
            reason="本人住院",
            by=county.people["designer"],
            at=web.now(),
        )
    event = queries.events_of_task(task.id, county.row.id)[-1]
    assert (event.kind, event.by_name, event.on_behalf_of_id) == ("act", "designer", owner)
    assert "designer 代 熊梅" in client.get(f"/processes/{county.row.id}").text
    assert chain.first_broken(county.row.id) is None
    review = county.task("division_review")
    boss = county.people["陈建"].user_id or 0
    place: dict[str, Any] = {"reason": "x", "at": web.now()}
    with pytest.raises(Conflict), transaction():
        repairing.complete_for(review.id, boss, "agree", {}, by=county.people["designer"], **place)
    with transaction():
        repairing.complete_for(review.id, boss, "agree", {}, by=county.people["second"], **place)


def test_who_works_or_approves_does_not_mend(county: County) -> None:
    """The same person never changes a process and approves in it."""
    mender: Actor = county.people["designer"]
    unit = county.units["县供销合作社"].id
    both = replace(mender, grants=mender.grants | {(unit, Role.reviewer)})
    office = replace(mender, grants=mender.grants | {(unit, Role.office)})
    place: dict[str, Any] = {"reason": "x", "at": web.now()}
    for who in (both, office, county.people["赵敏"], county.people["熊梅"]):
        with pytest.raises(Forbidden), transaction():
            repairing.correct(county.row.id, "outcome", "agree", by=who, **place)
        with pytest.raises(Forbidden), transaction():
            repairing.cancel(county.row.id, str(county.row.id), by=who, **place)


def test_cancelling_asks_for_the_number(app: Flask, county: County) -> None:
    county.up_to_cooperation()
    client = signed_in(app, "designer")
    desk = client.get(f"/repair/{county.row.id}").text
    assert "将结束 3 个流程，撤回 2 项待办任务" in desk
    given = {"act": "cancel", "reason": "重复立项", "number": "0"}
    refused = client.post(f"/repair/{county.row.id}", data=given)
    assert refused.status_code == 422
    given["number"] = str(county.row.id)
    assert client.post(f"/repair/{county.row.id}", data=given).status_code == 302
    assert fresh(county.row).status == "cancelled"
    assert {child.status for child in queries.children(county.row.id)} == {"cancelled"}


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("number", "12 drops"),
        ("number", "NaN"),
        ("list", "[" * 50_000),
        ("object", "[1]"),
        ("bool", "vielleicht"),
        ("text", "x" * 200_000),
    ],
)
def test_a_value_that_is_none_is_refused_with_a_sentence(kind: str, text: str) -> None:
    with pytest.raises(Invalid):
        repairing.read_value(kind, text)


def test_a_secret_stays_masked_in_record_and_preview(app: Flask, county: County) -> None:
    at = web.now()
    with transaction():
        given = {"unit": 1, "address": "x", "api_token": "old-s3cret"}
        begun = operations.start_process("delivery", given, by=county.people["赵敏"], at=at)
    client = signed_in(app, "designer")
    place = f"/repair/{begun.id}/variables/api_token"
    given = {"kind": "text", "value": "new-s3cret", "confirm": "1", "reason": "换密钥"}
    assert "old-s3cret" not in client.get(place).text
    assert client.post(place, data=given).status_code == 302
    event = db.session.scalars(db.select(TaskEvent).where(TaskEvent.kind == "correct")).one()
    assert "s3cret" not in str(event.data)
    assert "s3cret" not in str(entries(f"process_instance:{begun.id}")[0].data)


def test_a_state_from_elsewhere_becomes_an_incident_and_the_worker_lives(county: County) -> None:
    at = web.now()
    with transaction():
        given = {"unit": county.units["县财政局"].id, "address": "乡"}
        begun = operations.start_process("delivery", given, by=county.people["赵敏"], at=at)
        healthy = operations.start_process("delivery", given, by=county.people["赵敏"], at=at)
        db.session.get_one(ProcessInstance, begun.id).state = b'{"v": 1, "k": "elsewhere"}'
    run_due_jobs(at)
    assert fresh(begun).status == "incident"
    assert "流程状态" in (fresh(begun).incident or {})["message"]
    assert [task.name for task in queries.open_tasks(healthy.id)] == ["after"]


def test_a_program_lists_incidents_and_tries_again(app: Flask, county: County) -> None:
    from sanwei_flow.accounts.sessions import create_token

    broken = stopped(county)
    with transaction():
        token = create_token("sysadmin", by=SYSTEM, at=web.now())
    given = {"headers": {"Authorization": f"Bearer {token}"}}
    client = app.test_client()
    (one,) = client.get("/api/v1/incidents?design=delivery", **given).json["items"]
    assert (one["process"], one["node"]) == (broken.id, "send")
    assert "no address" in one["cause"]
    address = f"/api/v1/incidents/{broken.id}/retry"
    assert client.post(address, json={"reason": ""}, **given).status_code == 422
    answer = client.post(address, json={"reason": "again"}, **given)
    assert (answer.status_code, answer.json["cause"]) == (200, None)
    assert client.post(address, json={"reason": "again"}, **given).status_code == 409
