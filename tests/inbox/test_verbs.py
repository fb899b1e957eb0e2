"""Every verb has a page: offered in the menu, asked for, done, and told in the trail."""

import datetime as dt
import re

import pytest
from flask import Flask

from sanwei_flow import web
from sanwei_flow.db import db
from sanwei_flow.processes import queries
from sanwei_flow.processes.jobs import run_due_jobs
from sanwei_flow.processes.models import Task
from tests import factories
from tests.inbox.stories import County, make_county
from tests.inbox.test_pages import signed_in


@pytest.fixture
def county(database: None) -> County:
    return make_county()


def menu(page: str) -> set[str]:
    return set(re.findall(r"/tasks/\d+/acts/(\w+)", page))


def test_the_menu_offers_what_the_person_may_do_and_each_has_its_page(
    app: Flask, county: County
) -> None:
    county.act("sign_for", "accept", "熊梅")
    task = county.task("divide")
    clerk = signed_in(app, "xiongmei")
    offered = menu(clerk.get(f"/tasks/{task.id}").text)
    assert {"transfer", "delegate", "add_signer", "copy_to", "comment", "return_to"} <= offered
    for name in offered:
        page = clerk.get(f"/tasks/{task.id}/acts/{name}")
        assert page.status_code == 200
        assert 'name="comment"' in page.text
    assert clerk.get(f"/tasks/{task.id}/acts/withdraw").status_code == 403
    assert clerk.get(f"/tasks/{task.id}/acts/claim").status_code == 403


def test_delegating_shows_who_is_waited_for_and_what_was_asked(app: Flask, county: County) -> None:
    county.act("sign_for", "accept", "熊梅")
    task = county.task("divide")
    clerk = signed_in(app, "xiongmei")
    address = f"/tasks/{task.id}/acts/delegate"
    refused = clerk.post(address, data={"comment": "请代拟"})
    assert refused.status_code == 422
    assert "请选择人员。" in refused.text
    assert "请代拟" in refused.text
    helper = county.people["李伟"].user_id
    done = clerk.post(address, data={"person": helper, "comment": "请代拟"}, follow_redirects=True)
    assert "正在等待李伟答复" in done.text
    (side,) = queries.sides(task.id)
    page = signed_in(app, "liwei").get(f"/tasks/{side.id}").text
    assert "熊梅 请您协助办理。" in page
    assert "请代拟" in page
    assert 'value="answer"' in page


def test_a_verb_sent_twice_is_done_once(app: Flask, county: County) -> None:
    task = county.task("sign_for")
    other = factories.make_user(county.units["县供销合作社"], ("staff",))
    db.session.commit()
    clerk = signed_in(app, "xiongmei")
    for _ in range(2):
        given = {"person": other.id, "idempotency_key": "once"}
        done = clerk.post(f"/tasks/{task.id}/acts/transfer", data=given)
        assert done.status_code == 302
    events = queries.events_of_task(task.id, task.instance_id)
    assert [event.kind for event in events] == ["transfer"]


def test_withdrawing_and_commenting_leave_their_mark_in_the_trail(
    app: Flask, county: County
) -> None:
    task: Task = county.task("sign_for")
    county.act("sign_for", "accept", "熊梅")
    clerk = signed_in(app, "xiongmei")
    page = clerk.get(f"/tasks/{task.id}").text
    assert "withdraw" in menu(page)
    clerk.post(f"/tasks/{task.id}/acts/comment", data={"comment": "稍等，有误"})
    told = clerk.post(f"/tasks/{task.id}/acts/withdraw", data={}, follow_redirects=True).text
    assert "稍等，有误" in told
    assert "撤回" in told
    assert county.task("sign_for").id == task.id


def test_somebody_else_gets_no_menu(app: Flask, county: County) -> None:
    task = county.task("sign_for")
    stranger = factories.make_user(county.units["县财政局"], ("staff",), username="luren")
    db.session.commit()
    client = factories.log_in(app.test_client(), stranger)
    assert client.get(f"/tasks/{task.id}/acts/comment").status_code == 403


def test_the_trail_names_whom_it_was_about_and_says_when_silence_counted(
    app: Flask, county: County
) -> None:
    later = web.now() + dt.timedelta(days=30)
    run_due_jobs(later)
    task = county.task("divide")
    clerk = signed_in(app, "xiongmei")
    helper = county.people["李伟"].user_id
    clerk.post(f"/tasks/{task.id}/acts/delegate", data={"person": helper})
    page = clerk.get(f"/tasks/{task.id}").text
    assert "超过3个工作日未签收，视为签收" in page
    assert "→ 李伟" in page
