"""The first page by role, and the page of a unit."""

import datetime as dt
import re

import pytest

from sanwei_flow import web
from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.accounts.deputies import set_deputy
from sanwei_flow.accounts.models import Role
from sanwei_flow.accounts.operations import actor_of, grant
from sanwei_flow.db import db, transaction
from sanwei_flow.plans.changes import process_of_row
from sanwei_flow.plans.models import Target
from sanwei_flow.plans.records import RowDue
from sanwei_flow.processes.models import Task, TaskEvent
from tests.counting import counted
from tests.factories import NOW, log_in, make_user
from tests.plans.conftest import desk
from tests.supervision.overview.scene import DOCUMENT, TODAY, redate, row_of, under_way

__all__ = ["desk"]

LEAD = "县农业农村委"


@pytest.fixture(autouse=True)
def that_morning(monkeypatch):
    monkeypatch.setattr(web, "now", lambda: NOW)


@pytest.fixture
def plan(desk):
    (plan,) = under_way(desk)
    redate(plan, r1=-3, r2=1, r3=200)
    return plan


def lead_of(plan, no):
    return next(one.mention for one in row_of(plan, no).units if one.side == "lead")


def numbers(page):
    """The tiles of a page: words and number."""
    found = re.findall(r'class="kpi [^"]*" href="[^"]*"><span>([^<]*)</span><b>([^<]*)</b>', page)
    return dict(found)


def sections(page):
    return re.findall(r'id="role-(\w+)"', page)


def test_after_log_in_one_is_at_the_workbench_unless_a_page_was_asked_for(client, desk):
    with transaction():
        clerk = make_user(desk.county.units[LEAD], username="zhang")
    given = {"username": clerk.username, "password": "correct horse"}
    assert client.post("/login", data=given).location == "/home"
    client.post("/logout")
    asked = {**given, "next": "/plans"}
    assert client.post("/login", data=asked).location == "/plans"


def test_a_clerk_sees_what_to_sign_for_what_is_late_and_what_came_back(client, desk, plan):
    name = lead_of(plan, 1).name
    clerk = log_in(client, desk.county.clerks[name])
    page = clerk.get("/home").text
    mine = [no for no in range(1, len(plan.rows) + 1) if lead_of(plan, no).name == name]
    assert sections(page) == ["staff"]
    assert numbers(page)["待签收"] == str(len(mine))
    assert numbers(page)["临近到期"] == str(len(mine))
    assert numbers(page)["退回我的"] == "0"
    assert "全县进展" not in page

    task = db.session.scalars(
        db.select(Task).where(Task.instance_id == process_of_row(row_of(plan, 1)).id)
    ).one()
    with transaction():
        db.session.get_one(Task, task.id).due = TODAY - dt.timedelta(days=2)
        given = {"instance_id": task.instance_id, "seq": 90, "kind": "act", "action": "return"}
        event = TaskEvent(**given, by_name="张三", at=task.opened_at, prev_hash="", hash="")
        db.session.add(event)
    page = clerk.get("/home").text
    assert numbers(page)["已超期"] == "1"
    assert numbers(page)["退回我的"] == "1"
    assert "已逾期 1 个工作日" in page
    assert f'href="/tasks/{task.id}"' in page

    # The tiles lead to the very tasks they count.
    assert "/?box=todo&amp;soon=1" in page
    assert "/?box=todo&amp;returned=1" in page
    mine = f'href="/tasks/{task.id}"'
    assert mine in clerk.get("/?box=to_accept&returned=1").text
    assert mine in clerk.get("/?box=to_accept&overdue=1&soon=1").text
    assert mine not in clerk.get("/?box=to_accept&soon=1").text


def test_a_person_with_several_roles_sees_several_sections(client, desk, plan):
    name = lead_of(plan, 1).name
    clerk = desk.county.clerks[name]
    with transaction():
        person = db.session.get_one(type(clerk), clerk.id)
        grant(person, desk.county.units[name], Role.reviewer, by=SYSTEM, at=NOW)
    page = log_in(client, clerk).get("/home").text
    assert sections(page) == ["staff", "reviewer"]
    assert "待我审核" in page


def test_a_deputy_sees_the_work_of_whom_they_stand_for(client, desk, plan):
    name = lead_of(plan, 1).name
    with transaction():
        deputy = make_user(desk.county.units[name], [Role.auditor])
        days = {"from_day": TODAY, "until_day": TODAY}
        by = actor_of(desk.county.clerks[name])
        set_deputy(desk.county.clerks[name].id, deputy.id, **days, by=by, at=NOW)
    page = log_in(client, deputy).get("/home").text
    assert sections(page) == ["staff"]
    assert int(numbers(page)["待签收"]) > 0


def test_the_office_sees_the_county_and_every_number_opens_its_rows(client, desk, plan):
    office = log_in(client, desk.county.office)
    page = office.get("/home").text
    assert sections(page) == ["office"]
    assert numbers(page)["已超期"] == "1" or "全县进展" in page
    county = page.split('id="role-office"')[0]
    tiles = re.findall(r'class="kpi [^"]*" href="([^"]*)"><span>([^<]*)</span><b>(\d+)</b>', county)
    assert {words for _, words, _ in tiles} >= {
        "在办",
        "逾期或严重滞后",
        "临期或滞后",
        "申请待处理",
    }
    for address, words, number in tiles:
        if int(number):
            rows = office.get(address.replace("&amp;", "&")).text
            assert f"共 {number} 项" in rows, words
    assert f'href="/plans/{plan.id}/rows/1"' in county
    assert f'href="/units/{lead_of(plan, 1).unit_id}"' in county
    assert "指标完成情况" not in county


def test_a_leader_sees_the_red_list_and_the_figures(client, desk, plan):
    with transaction():
        of_rows = db.select(Target).where(Target.plan_id == plan.id, Target.row_id.is_not(None))
        target = db.session.scalars(of_rows).first()
        target.reported = target.value / 2
    page = log_in(client, desk.county.leader).get("/home").text
    assert "指标完成情况" in page
    assert target.indicator in page
    assert "50%" in page
    assert "超期最久的分工" in page


def test_who_has_no_post_is_told_so(client, desk):
    with transaction():
        nobody = make_user()
    assert "这里还没有您的事项" in log_in(client, nobody).get("/home").text


def test_the_page_of_a_unit(client, desk, plan):
    mention = lead_of(plan, 1)
    unit, clerk = mention.unit_id, desk.county.clerks[mention.name]
    task = db.session.scalars(
        db.select(Task).where(Task.instance_id == process_of_row(row_of(plan, 1)).id)
    ).one()
    with transaction():
        db.session.get_one(Task, task.id).owner_id = clerk.id
    page = log_in(client, clerk).get(f"/units/{unit}").text
    assert "牵头的分工" in page
    assert "已逾期" in page
    assert clerk.name in page
    assert f'href="/tasks/{task.id}"' in page
    assert "0 项延期两次以上" in page

    row, instance = row_of(plan, 1), task.instance_id
    with transaction():
        for number in range(2):
            asked = NOW - dt.timedelta(days=30 * number)
            due = RowDue(row_id=row.id, kind="extension", old=TODAY, new=TODAY, asked_at=asked)
            due.granted_at, due.by_name, due.process_id = NOW, "李四", instance
            db.session.add(due)
            given = {"instance_id": instance, "seq": 90 + number, "kind": "act"}
            event = TaskEvent(**given, action="return", by_name="x", at=NOW, prev_hash="", hash="")
            db.session.add(event)
    page = log_in(client, desk.county.office).get(f"/units/{unit}").text
    assert "1 项延期两次以上" in page
    assert "1 次在到期前 1 个工作日内或到期后才提出" in page
    assert "1 项被退回两次以上" in page


def test_a_township_finds_the_rows_that_name_all_townships(client, desk, plan):
    helped = {
        (one.row.no, kind)
        for row in plan.rows
        for one in row.units
        if one.side == "cooperating"
        for kind in one.mention.kinds or ()
    }
    assert helped, "the plan names a collective"
    no, kind = sorted(helped)[0]
    unit = next(one for one in desk.county.units.values() if one.kind == kind)
    page = log_in(client, desk.county.office).get(f"/units/{unit.id}").text
    assert f'href="/plans/{plan.id}/rows/{no}"' in page.split("配合的分工", 1)[1]


def test_strangers_do_not_look_into_a_unit(client, desk, plan):
    unit = lead_of(plan, 1)
    other = next(name for name in desk.county.clerks if name != unit.name)
    refused = log_in(client, desk.county.clerks[other]).get(f"/units/{unit.unit_id}")
    assert refused.status_code == 403
    assert log_in(client, desk.county.office).get("/units/999999").status_code == 404


def test_more_plans_cost_no_more_statements(client, desk, plan):
    unit = lead_of(plan, 1).unit_id
    people = (desk.county.clerks[lead_of(plan, 1).name], desk.county.office, desk.county.leader)
    addresses = ("/home", f"/units/{unit}")

    def cost():
        found = []
        for person in people:
            log_in(client, person)
            for address in addresses:
                client.get(address)
                with counted() as sent:
                    assert client.get(address).status_code == 200
                found.append(len(sent))
        return found

    before = cost()
    for number in range(1, 3):
        other = desk.ready(DOCUMENT + "\n" * number)
        desk.launch(other)
        redate(other, r1=-5, r2=-4)
    assert cost() == before
    assert max(before) < 50
