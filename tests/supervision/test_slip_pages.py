"""Slips as people see them: the list, issuing, one slip, what a row says of them."""

import re

import pytest

from sanwei_flow import web
from sanwei_flow.db import db
from sanwei_flow.supervision.models import Card, Slip
from tests.counting import counted
from tests.factories import log_in
from tests.plans.test_requests import LEAD, NO


@pytest.fixture
def office(client, story):
    return log_in(client, story.desk.county.office)


def page(client, address, status=200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return " ".join(answer.text.split())


def send(client, story, rows=None, **more):
    ids = [story.row.id] if rows is None else rows
    given = {"reason": "进度滞后，请整改", "due": "2999-01-04", **more}
    return client.post("/supervision/slips/new", data={"row": ids, **given})


def test_the_office_issues_from_a_row_and_everybody_concerned_finds_it(client, story, office):
    assert "没有督办单" in page(office, "/supervision/slips")
    row = page(office, f"/plans/{story.plan.id}/rows/{NO}")
    address = re.search(r'href="(/supervision/slips/new\?row=\d+)"', row)[1]
    form = page(office, address)
    clerk = story.desk.county.clerks[LEAD]
    assert "将发出 1 张督办单" in form
    assert clerk.name in form
    answer = send(office, story)
    assert answer.status_code == 302
    slip = db.session.scalars(db.select(Slip)).one()
    listed = page(office, "/supervision/slips")
    assert "已发出督办单：" + slip.number in listed
    assert LEAD in listed
    assert slip.number in page(office, f"/plans/{story.plan.id}/rows/{NO}")
    shown = page(office, f"/supervision/slips/{slip.id}")
    assert "进度滞后，请整改" in shown
    assert "承办人 → 单位负责人 → 组长" in shown

    theirs = log_in(client, clerk)
    assert slip.number in page(theirs, "/supervision/slips")
    mine = page(theirs, f"/supervision/slips/{slip.id}")
    task = re.search(r'href="(/tasks/\d+)"', mine)[1]
    assert "进度滞后，请整改" in page(theirs, task)

    stranger = log_in(client, story.desk.county.clerks["东河镇"])
    assert slip.number not in page(stranger, "/supervision/slips")
    page(stranger, f"/supervision/slips/{slip.id}", 404)


def test_what_cannot_be_issued_is_said_and_nothing_is_lost(story, office):
    answer = send(office, story, due="")
    assert answer.status_code == 422
    assert "请填写回复时限" in answer.text
    assert "进度滞后，请整改" in answer.text
    answer = send(office, story, due="2020-01-01")
    assert answer.status_code == 422
    assert "回复时限应在今天之后" in answer.text
    assert "请至少选择一项" in send(office, story, rows=[]).text
    send(office, story)
    assert send(office, story).status_code == 409
    again = page(office, f"/supervision/slips/new?row={story.row.id}")
    assert "第3项已有一张督办单正在办理" in again
    assert "将发出 0 张督办单" in again


def test_rows_are_chosen_from_a_plan(story, office):
    assert story.plan.title in page(office, "/supervision/slips/new")
    chosen = page(office, f"/supervision/slips/new?plan={story.plan.id}")
    assert f'value="{story.row.id}"' in chosen
    assert "没有未办结的事项" in page(office, "/supervision/slips/new?plan=999")


def test_a_card_is_issued_from_the_row(story, office):
    address = f"/plans/{story.plan.id}/rows/{NO}"
    office.post(f"{address}/cards", data={"colour": "red", "card_reason": "屡催不办"})
    card = db.session.scalars(db.select(Card)).one()
    shown = page(office, address)
    assert card.number.startswith("红牌〔")
    assert f"已发{card.number}" in shown
    assert "屡催不办" in shown
    office.post(f"{address}/cards", data={"colour": "red", "card_reason": ""})
    assert "请写明发牌理由" in page(office, address)


def test_filters_live_in_the_address_and_the_list_costs_the_same_however_long(app, story, office):
    rows = [row.id for row in story.plan.rows]
    send(office, story, rows=rows[:1])
    db.session.rollback()
    with counted() as few:
        page(office, "/supervision/slips")
    send(office, story, rows=rows[1:])
    db.session.rollback()
    with counted() as many:
        assert page(office, "/supervision/slips?state=open").count('class="row-link"') == len(rows)
    assert len(many) <= len(few)
    assert "没有督办单" in page(office, "/supervision/slips?state=closed")
    assert f"〔{web.now().year}〕" in page(office, f"/supervision/slips?plan={story.plan.id}")
