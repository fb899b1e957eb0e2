"""The board counts what the rows themselves say, and every number opens exactly those rows."""

import datetime as dt
import re
from collections import Counter

import pytest

from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.accounts.operations import actor_of
from sanwei_flow.db import db, transaction
from sanwei_flow.notifications.models import Notification
from sanwei_flow.plans import queries
from sanwei_flow.plans.changes import process_of_row
from sanwei_flow.processes.models import ProcessInstance, TaskEvent
from sanwei_flow.processes.suspending import suspend
from sanwei_flow.supervision import board as boards
from sanwei_flow.supervision import ledger, slip_views, urging
from sanwei_flow.supervision.models import Slip
from sanwei_flow.supervision.standing import Scope, Wanted
from tests.counting import counted
from tests.factories import NOW, log_in
from tests.supervision.overview.scene import DOCUMENT, TODAY, do, redate, row_of, task_of, under_way


@pytest.fixture
def plan(desk):
    (plan,) = under_way(desk)
    redate(plan, r1=-3, r2=1, r3=200)
    return plan


def rows_of(wanted: Wanted, sort="") -> list[int]:
    found = [one.no for one in ledger.page(wanted, sort, NOW).entries]
    db.session.rollback()
    return found


def test_the_database_says_of_every_row_what_the_page_of_the_row_says(desk, plan):
    suspend(process_of_row(row_of(plan, 4)).id, reason="等", by=SYSTEM, at=NOW)
    row_of(plan, 5).written_off_at = NOW
    row_of(plan, 6).due_past = True
    db.session.commit()
    found = db.session.execute(db.select(Scope.of(Wanted(), NOW).rows))
    said = {one.no: (one.status, one.light, one.lead) for one in found}
    views = queries.row_views(plan, TODAY)
    assert said == {
        view.no: (view.status, view.light.colour, view.lead[0].unit_id) for view in views
    }
    assert {light for _status, light, _lead in said.values()} == {"red", "yellow", "green", "none"}


def test_the_border_between_the_lights_is_the_same_everywhere(plan):
    for away in range(-2, 12):
        redate(plan, r1=away)
        found = ledger.page(Wanted(), "", NOW).entries[0]
        assert found.light.colour in ("red", "yellow", "green")
        assert rows_of(Wanted(light=found.light.colour)).count(1) == 1


def test_a_figure_that_lags_lights_the_row_alike_on_board_ledger_and_page(plan):
    redate(plan, r1=400)
    (target,) = row_of(plan, 1).targets
    at = NOW + dt.timedelta(days=300)
    with transaction():
        target.reported, target.year = target.value / 13, None
    db.session.expire_all()
    light = queries.row_view(plan, 1, at.date()).light
    assert light.state == "far_behind"
    entry = next(one for one in ledger.page(Wanted(plan=plan.id), "", at).entries if one.no == 1)
    assert entry.light == light
    assert 1 in {one.no for one in ledger.page(Wanted(light=light.colour), "", at).entries}


def test_every_number_of_the_board_opens_its_rows(client, desk, plan):
    page = log_in(client, desk.county.office).get("/supervision/board?by=category").text
    links = re.findall(r'href="(/supervision/ledger[^"]*)">[^<]*<b>(\d+)</b>', page)
    assert len(links) > 5
    for address, number in links:
        rows = client.get(address.replace("&amp;", "&")).text
        assert f"共 {number} 项" in rows, address


def test_the_cells_add_up_to_the_plan_whatever_the_columns(plan):
    for axis in boards.AXES:
        found = boards.board(Wanted(), axis, NOW)
        assert sum(found.total.values()) == len(plan.rows)
        assert sum(found.columns_total.values(), Counter()) == found.total
        assert found.total["red"] == 1
        assert set(found.columns) == set(found.columns_total)


def test_the_oldest_comes_first_and_says_with_whom_it_lies(desk, plan):
    redate(plan, r3=-9)
    found = boards.board(Wanted(), "phase", NOW)
    assert [one.no for one in found.oldest] == [3, 1]
    assert found.oldest[0].holders
    assert [one.no for one in found.next_due] == [2]
    assert found.soon == 1


def test_what_is_asked_for_waits_on_the_board(desk, plan):
    row = row_of(plan, 1)
    clerk = actor_of(desk.county.clerks[queries.row_view(plan, 1, TODAY).lead[0].text])
    do(task_of(process_of_row(row).id).id, "object", clerk, reason="不属本单位职责")
    db.session.expire_all()
    head = actor_of(desk.county.heads[queries.row_view(plan, 1, TODAY).lead[0].text])
    do(task_of(process_of_row(row).id).id, "agree", head)
    assert boards.board(Wanted(), "phase", NOW).requests["objection"] == 1
    assert rows_of(Wanted(waiting="objection")) == [1]
    assert rows_of(Wanted(waiting="any")) == [1]
    assert rows_of(Wanted(waiting="extension")) == []


def test_what_was_returned_twice_is_worth_a_look(desk, plan):
    process = process_of_row(row_of(plan, 2))
    for number in range(2):
        assert rows_of(Wanted(returned=True)) == []
        with transaction():
            assert process.root_id == plan.process_id
            event = TaskEvent(instance_id=process.id, seq=90 + number, kind="act", action="return")
            event.by_name, event.at, event.prev_hash, event.hash = "张三", NOW, "", ""
            db.session.add(event)
    assert rows_of(Wanted(returned=True)) == [2]
    assert boards.board(Wanted(), "phase", NOW).returned == 1
    assert next(one for one in ledger.page(Wanted(), "", NOW).entries if one.no == 2).returned == 2


def test_more_plans_cost_no_more_statements(client, desk, plan):
    log_in(client, desk.county.office)
    addresses = "/supervision/board", "/supervision/ledger", "/supervision/urge?light=red"
    for address in addresses:
        client.get(address)
    before = []
    for address in addresses:
        with counted() as sent:
            client.get(address)
        before.append(len(sent))
    for number in range(1, 3):
        other = desk.ready(DOCUMENT + "\n" * number)
        desk.launch(other)
        redate(other, r1=-5, r2=-4)
    after = []
    for address in addresses:
        with counted() as sent:
            assert client.get(address).status_code == 200
        after.append(len(sent))
    assert after == before
    assert max(before) < 30


def test_refreshing_answers_with_the_part_that_changes(client, desk, plan):
    log_in(client, desk.county.office)
    part = client.get("/supervision/board", headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert "超期最久" in part


def test_the_wall_has_no_controls_and_is_dark(client, desk, plan):
    page = log_in(client, desk.county.office).get("/supervision/board?wall=1").text
    assert 'data-bs-theme="dark"' in page
    main = page[page.index("<main") :]
    assert "<a " not in main
    assert "<button" not in main
    assert "<select" not in main
    assert "超期" in main


def test_nothing_under_way_is_said_and_breaks_nothing(client, desk):
    log_in(client, desk.county.office)
    assert "还没有启动的方案" in client.get("/supervision/board").text
    assert "台账还是空的" in client.get("/supervision/ledger").text
    assert "没有可以催办的事项" in client.get("/supervision/urge").text


def test_urging_says_who_is_told_before_anybody_is(client, desk, plan):
    log_in(client, desk.county.office)
    lead = queries.row_view(plan, 1, TODAY).lead[0].text
    told = db.session.scalar(db.select(db.func.count()).select_from(Notification))
    page = client.get("/supervision/urge?light=red").text
    assert desk.county.clerks[lead].name in page
    assert db.session.scalar(db.select(db.func.count()).select_from(Notification)) == told

    task = task_of(process_of_row(row_of(plan, 1)).id)
    sent = {"task": [task.id], "idempotency_key": "k"}
    assert "已催办 1 件，0 件未催办" in client.post("/supervision/urge", data=sent).text
    again = client.post("/supervision/urge", data={**sent, "idempotency_key": "other"}).text
    assert "已催办 0 件，1 件未催办" in again
    assert "小时内不再催办" in again
    query = db.select(Notification).where(Notification.kind == "urge")
    assert {one.user_id for one in db.session.scalars(query)} == {desk.county.clerks[lead].id}
    assert "刚刚催办过" in client.get("/supervision/urge?light=red").text


def test_one_that_cannot_be_urged_keeps_no_other_waiting(client, desk, plan):
    log_in(client, desk.county.office)
    task = task_of(process_of_row(row_of(plan, 1)).id)
    page = client.post("/supervision/urge", data={"task": [999_999, task.id]}).text
    assert "已催办 1 件，1 件未催办" in page
    assert "没有这个任务" in page


def test_who_may_not_urge_is_told_so_in_the_preview(desk, plan):
    stranger = actor_of(desk.county.clerks["东河镇"])
    ids = ledger.row_ids(Wanted(light="red"), NOW, 50)
    (found,) = urging.prospects(ids, by=stranger, at=NOW)
    assert found.refusal == "您不能催办这件事项"


def test_a_row_of_another_lead_is_counted_with_its_new_process(desk, plan):
    old = process_of_row(row_of(plan, 1))
    with transaction():
        newer = ProcessInstance(
            version_id=old.version_id,
            state=b"",
            title=old.title,
            business_key=old.business_key,
            parent_id=old.parent_id,
            stage="in_progress",
            started_at=NOW + dt.timedelta(days=1),
            chain_head="",
        )
        db.session.add(newer)
        old.status = "cancelled"
    assert rows_of(Wanted(status="in_progress")) == [1]
    assert boards.board(Wanted(), "status", NOW).columns_total["in_progress"]["red"] == 1


def test_a_cell_of_the_board_leads_to_slips_for_all_its_rows(client, desk, plan):
    redate(plan, r3=-4)
    office = log_in(client, desk.county.office)
    cells = re.findall(
        r'light is-red" href="(/supervision/ledger[^"]*)">[^<]*<b>(\d+)</b>',
        office.get("/supervision/board").text,
    )
    asked: dict[int, int] = {}
    for address, number in cells:
        rows = office.get(address.replace("&amp;", "&")).text
        offer = re.search(r'href="(/supervision/slips/new\?all=1[^"]*)"', rows)[1]
        assert f"给这 {number} 项发督办单" in rows
        form = office.get(offer.replace("&amp;", "&")).text
        assert f"将发出 {number} 张督办单" in form
        asked[int(number)] = len(re.findall(r'name="row" value="\d+"', form))
    assert asked == {number: number for number in asked}
    chosen = re.findall(r'name="row" value="(\d+)"', form)
    given = {"row": chosen, "reason": "超期未办结", "due": "2999-01-04"}
    assert office.post("/supervision/slips/new", data=given).status_code == 302
    found = db.session.scalars(db.select(Slip)).all()
    assert sorted(str(one.row_id) for one in found) == sorted(chosen)
    assert len(found) > 1
    assert "将发出 0 张督办单" in office.get(offer.replace("&amp;", "&")).text


def test_slips_are_offered_for_open_rows_to_those_who_issue_them(client, desk, plan):
    office = log_in(client, desk.county.office)
    assert "给这" not in office.get("/supervision/ledger").text
    assert "给这" not in office.get("/supervision/ledger?status=closed").text
    assert "给这" in office.get("/supervision/ledger?light=red").text
    clerk = log_in(client, desk.county.clerks["县财政局"])
    assert "给这" not in clerk.get("/supervision/ledger?light=red").text
    assert clerk.get("/supervision/slips/new?all=1&light=red").status_code == 403


def test_more_rows_than_go_at_once_are_cut_and_it_is_said(client, desk, plan, monkeypatch):
    monkeypatch.setattr(slip_views, "MOST_ROWS", 2)
    office = log_in(client, desk.county.office)
    page = office.get(f"/supervision/slips/new?all=1&plan={plan.id}").text
    assert "一次最多给 2 项分工发督办单" in page
    assert "将发出 2 张督办单" in page
