"""A person finds work, does it, and is told clearly where it cannot be done."""

import html
import io
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sanwei_flow import web
from sanwei_flow.accounts.models import User
from sanwei_flow.db import db
from tests import factories
from tests.counting import counted
from tests.inbox.stories import County, make_county


@pytest.fixture
def county(database: None) -> County:
    return make_county()


def signed_in(app: Flask, username: str) -> FlaskClient:
    user = db.session.scalars(db.select(User).where(User.username == username)).one()
    return factories.log_in(app.test_client(), user)


@pytest.fixture
def clerk(app: Flask, county: County) -> FlaskClient:
    return signed_in(app, "xiongmei")


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """The SQL that is sent from here on."""
    with app.app_context(), counted("SELECT") as sent:
        yield sent


def test_new_work_waits_to_be_signed_for(clerk: FlaskClient) -> None:
    page = clerk.get("/")
    assert "健全完善基层组织体系" in page.text
    assert "还有 3 个工作日" in page.text
    assert 'aria-current="page" href="/?box=to_accept"' in page.text


def test_the_inbox_takes_few_statements_however_much_waits(
    clerk: FlaskClient, county: County, statements: list[str]
) -> None:
    clerk.get("/")
    few = len(statements)
    for no in range(10, 20):
        county.start_row(web.now(), no)
    statements.clear()
    page = clerk.get("/")
    assert page.text.count("row-link") == 11
    assert len(statements) == few
    assert few <= 9


def test_a_task_page_takes_as_many_statements_after_a_long_story(
    clerk: FlaskClient, county: County, statements: list[str]
) -> None:
    county.act("sign_for", "accept", "熊梅")
    send_back(county)
    clerk.get(f"/tasks/{county.task('divide').id}")
    statements.clear()
    clerk.get(f"/tasks/{county.task('divide').id}")
    few = len(statements)
    for _ in range(4):
        send_back(county)
    statements.clear()
    page = clerk.get(f"/tasks/{county.task('divide').id}")
    assert page.text.count("请再核对") >= 4
    assert len(statements) <= few
    assert few <= 22


def send_back(county: County) -> None:
    county.act("divide", "submit", "熊梅")
    county.act("division_review", "return", "陈建", comment="请再核对")


def test_long_boxes_go_on_by_key(clerk: FlaskClient, county: County) -> None:
    for no in range(10, 45):
        county.start_row(web.now(), no)
    first = clerk.get("/?box=to_accept")
    assert first.text.count("row-link") == 30
    onwards = re.findall(r'rel="next" href="([^"]+)"', first.text)[0]
    second = clerk.get(html.unescape(onwards))
    assert second.text.count("row-link") == 6
    assert "回到第一页" in second.text
    assert clerk.get("/?box=to_accept&after=nonsense").status_code == 422


def test_signing_for_leads_on_to_the_next_step(clerk: FlaskClient, county: County) -> None:
    task = county.task("sign_for")
    answer = clerk.post(f"/tasks/{task.id}", data={"action": "accept"}, follow_redirects=True)
    assert "请接着办理“任务分工”" in answer.text
    assert answer.request.path == f"/tasks/{county.task('divide').id}"
    assert "县财政局" in answer.text


def test_an_objection_without_a_reason_keeps_what_was_typed(
    clerk: FlaskClient, county: County
) -> None:
    task = county.task("sign_for")
    data = {"action": "object", "comment": "不属本单位职责", "reason": ""}
    answer = clerk.post(f"/tasks/{task.id}", data=data)
    assert answer.status_code == 422
    assert "有 1 处需要改正" in answer.text
    assert '<a href="#reason">异议理由：该项必填。</a>' in answer.text
    assert "不属本单位职责</textarea>" in answer.text


def test_a_task_done_by_a_colleague_says_who_and_when(clerk: FlaskClient, county: County) -> None:
    task = county.task("sign_for")
    county.act("sign_for", "accept", "熊梅")
    answer = clerk.post(f"/tasks/{task.id}", data={"action": "accept"})
    assert answer.status_code == 409
    assert "熊梅已于" in answer.text
    page = clerk.get(f"/tasks/{task.id}")
    assert "熊梅 已于" in page.text
    assert 'name="action"' not in page.text


def test_the_same_press_twice_counts_once(clerk: FlaskClient, county: County) -> None:
    task = county.task("sign_for")
    data = {"action": "accept", "idempotency_key": "a" * 32}
    first = clerk.post(f"/tasks/{task.id}", data=data)
    second = clerk.post(f"/tasks/{task.id}", data=data)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.location == second.location


def test_other_units_neither_see_nor_act(app: Flask, county: County) -> None:
    stranger = signed_in(app, "wangfang")
    task = county.task("sign_for")
    assert stranger.get(f"/tasks/{task.id}").status_code == 403
    assert stranger.post(f"/tasks/{task.id}", data={"action": "accept"}).status_code == 403
    assert stranger.get(f"/processes/{county.row.id}").status_code == 403
    assert stranger.get(f"/processes/{county.row.id}/diagram.bpmn").status_code == 403
    assert stranger.get("/tasks/999999").status_code == 404


def test_a_draft_waits_until_it_is_sent(clerk: FlaskClient, county: County) -> None:
    county.act("sign_for", "accept", "熊梅")
    task = county.task("divide")
    data = {"action": "save_draft", "comment": "先征求意见", "division-0-duty": "配合资金"}
    data |= {"division-0-unit": str(county.units["建平乡"].id), "division-0-due": "2027-06-30"}
    clerk.post(f"/tasks/{task.id}", data=data)
    page = clerk.get(f"/tasks/{task.id}")
    assert "先征求意见</textarea>" in page.text
    assert "配合资金</textarea>" in page.text
    assert "有草稿" in clerk.get("/?box=todo").text


def test_a_file_survives_a_refused_form(app: Flask, clerk: FlaskClient, county: County) -> None:
    county.up_to_cooperation()
    person = signed_in(app, "liwei")
    county.act("sign_for", "accept", "李伟", unit="县财政局")
    task = county.task("part_report", "县财政局")
    files = {"action": "submit", "evidence": (io.BytesIO(b"%PDF-1.7"), "拨款凭证.pdf")}
    refused = person.post(f"/tasks/{task.id}", data=files)
    assert refused.status_code == 422
    assert "拨款凭证.pdf" in refused.text
    kept = refused.text.split('name="evidence-kept" value="')[1].split('"')[0]
    data = {"action": "submit", "summary": "资金已到位", "evidence-kept": kept}
    assert person.post(f"/tasks/{task.id}", data=data).status_code == 302
    review = person.get(f"/tasks/{county.task('unit_review', '县财政局').id}")
    assert "资金已到位" in review.text
    with person.get(f"/attachments/{kept}") as fetched:
        assert fetched.data == b"%PDF-1.7"
        assert fetched.headers["Content-Disposition"].startswith("attachment")
    outsider = signed_in(app, "wangfang")
    assert outsider.get(f"/attachments/{kept}").status_code == 404


def test_an_expired_log_in_keeps_what_was_typed(app: Flask, county: County) -> None:
    nobody = app.test_client()
    address = f"/tasks/{county.task('sign_for').id}"
    answer = nobody.post(address, data={"action": "accept", "comment": "已与财政局对接"})
    assert answer.status_code == 401
    assert "已与财政局对接" in answer.text
    assert 'href="/login" target="_blank"' in answer.text
    assert nobody.post("/logout", data={"csrf_token": "x"}).status_code == 302
    assert nobody.get(address).location == f"/login?next={address}"


def test_boxes_are_narrowed_by_words_plan_and_lateness(clerk: FlaskClient) -> None:
    assert "健全完善" in clerk.get("/?box=to_accept&q=基层组织").text
    assert "没有符合条件的事项" in clerk.get("/?box=to_accept&q=高速公路").text
    assert "健全完善" in clerk.get("/?box=to_accept&plan=1").text
    assert "没有符合条件的事项" in clerk.get("/?box=to_accept&plan=2").text
    assert "没有符合条件的事项" in clerk.get("/?box=to_accept&overdue=1").text
    assert clerk.get("/?box=nothing").status_code == 404


def test_the_process_page_tells_the_whole_story(app: Flask, county: County) -> None:
    county.up_to_cooperation()
    office = signed_in(app, "zhaomin")
    page = office.get(f"/processes/{county.row.id}")
    assert "下属事项办理情况" in page.text
    assert "建平乡" in page.text
    drawing = office.get(f"/processes/{county.row.id}/diagram.bpmn")
    assert drawing.mimetype == "application/xml"
    assert "<bpmn:process" in drawing.text
