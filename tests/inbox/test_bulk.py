"""Several tasks at once: each has its own answer, and one refusal spoils nothing for the others."""

import re
from typing import Any

import pytest
from flask import Flask

from sanwei_flow import web
from sanwei_flow.db import db
from sanwei_flow.processes import queries
from sanwei_flow.processes.models import Task
from sanwei_flow.processes.operations import ActResult, act_on_task
from tests import factories
from tests.inbox.stories import County, make_county
from tests.inbox.test_pages import signed_in


@pytest.fixture
def county(database: None) -> County:
    return make_county()


def open_tasks(county: County) -> list[Task]:
    db.session.rollback()
    query = db.select(Task).where(Task.status == "open", Task.node == "sign_for")
    return list(db.session.scalars(query.order_by(Task.id)))


def state(task: Task) -> str:
    db.session.rollback()
    db.session.refresh(task)
    return task.status


def ticked(page: str) -> list[int]:
    return [int(one) for one in re.findall(r'name="task" value="(\d+)" checked', page)]


def test_signing_for_several_tells_of_each_and_keeps_what_failed(
    app: Flask, county: County
) -> None:
    for no in (4, 5):
        county.start_row(web.now(), no)
    first, second, third = open_tasks(county)
    county.act("sign_for", "accept", "熊梅")
    clerk = signed_in(app, "xiongmei")
    ids = [first.id, second.id, third.id, 99999]
    given = {"box": "to_accept", "action": "accept", "task": ids, "idempotency_key": "k"}
    answer = clerk.post("/bulk", data=given)
    assert "已办理 2 件，2 件未办成。" in answer.text
    assert "熊梅已于" in answer.text
    assert "没有这个任务。" in answer.text
    assert ticked(answer.text) == [first.id, 99999]
    assert {state(second), state(third)} == {"done"}
    again = clerk.post("/bulk", data=given)
    assert ticked(again.text) == [first.id, 99999]
    assert len(queries.events_of_task(second.id, second.instance_id)) == 1


def test_a_fault_in_one_is_its_own_line_and_the_others_are_done(
    app: Flask,
    county: County,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for no in (4, 5):
        county.start_row(web.now(), no)
    first, broken, third = open_tasks(county)

    def act(task_id: int, *args: Any, **more: Any) -> ActResult:
        result = act_on_task(task_id, *args, **more)
        if task_id == broken.id:
            raise ZeroDivisionError  # after it has written: nothing of it may stay
        return result

    monkeypatch.setattr("sanwei_flow.inbox.bulk_views.act_on_task", act)
    ids = [first.id, broken.id, third.id]
    given = {"box": "to_accept", "action": "accept", "task": ids, "idempotency_key": "k"}
    clerk = signed_in(app, "xiongmei")
    answer = clerk.post("/bulk", data=given)
    assert answer.status_code == 200
    assert "已办理 2 件，1 件未办成。" in answer.text
    assert "系统出了点问题，已记录（编号 " in answer.text
    assert f"task {broken.id} in bulk" in caplog.text
    assert ticked(answer.text) == [broken.id]
    assert [state(one) for one in (first, broken, third)] == ["done", "open", "done"]
    monkeypatch.undo()
    again = clerk.post("/bulk", data=given | {"task": ticked(answer.text)})
    assert "已办理 1 件，0 件未办成。" in again.text
    assert state(broken) == "done"


def test_one_comes_back_to_the_list_as_it_was_narrowed(app: Flask, county: County) -> None:
    (task,) = open_tasks(county)
    clerk = signed_in(app, "xiongmei")
    assert 'name="q" value="体系"' in clerk.get("/?box=to_accept&q=体系").text
    given = {"box": "to_accept", "action": "accept", "task": [task.id, 99999], "q": "体系"}
    answer = clerk.post("/bulk", data=given)
    assert 'href="/?box=to_accept&amp;q=%E4%BD%93%E7%B3%BB"' in answer.text
    assert '<input type="hidden" name="q" value="体系">' in answer.text


def test_strangers_change_nothing(app: Flask, county: County) -> None:
    (task,) = open_tasks(county)
    stranger = signed_in(app, "wangfang")
    for box, action in (("to_accept", "accept"), ("unit", "urge")):
        answer = stranger.post("/bulk", data={"box": box, "action": action, "task": task.id})
        assert ticked(answer.text) == [task.id]
        assert task.title not in answer.text
    assert state(task) == "open"
    assert queries.events_of_task(task.id, task.instance_id) == []


def test_transferring_asks_for_a_person_first(app: Flask, county: County) -> None:
    county.start_row(web.now(), 4)
    other = factories.make_user(county.units["县供销合作社"], ("staff",), name="周兰")
    db.session.commit()
    ids = [task.id for task in open_tasks(county)]
    head = signed_in(app, "chenjian")
    given = {"box": "unit", "action": "transfer", "task": ids}
    asked = head.post("/bulk", data=given)
    assert "周兰" in asked.text
    assert ticked(asked.text) == ids
    done = head.post("/bulk", data=given | {"person": other.id, "idempotency_key": "k"})
    assert "已办理 2 件，0 件未办成。" in done.text
    twice = head.post("/bulk", data=given | {"person": other.id, "idempotency_key": "k"})
    assert "已办理 2 件，0 件未办成。" in twice.text
    assert {task.owner_id for task in open_tasks(county)} == {other.id}


def test_urging_my_units_tasks_and_agreeing(app: Flask, county: County) -> None:
    (task,) = open_tasks(county)
    head = signed_in(app, "chenjian")
    given = {"box": "unit", "action": "urge", "task": task.id}
    assert "已办理 1 件" in head.post("/bulk", data=given | {"idempotency_key": "1"}).text
    assert "催办过" in head.post("/bulk", data=given | {"idempotency_key": "2"}).text
    county.act("sign_for", "accept", "熊梅")
    county.act("divide", "submit", "熊梅")
    review = county.task("division_review")
    given = {"box": "todo", "action": "agree", "task": review.id, "idempotency_key": "3"}
    assert "已办理 1 件" in head.post("/bulk", data=given).text
    assert state(review) == "done"


def test_nothing_selected_or_an_odd_act_is_refused(app: Flask, county: County) -> None:
    (task,) = open_tasks(county)
    clerk = signed_in(app, "xiongmei")
    page = clerk.post("/bulk", data={"box": "to_accept", "action": "accept"})
    assert page.status_code == 422
    assert "请先勾选要办理的事项。" in page.text
    odd = {"box": "to_accept", "action": "object", "task": task.id}
    assert clerk.post("/bulk", data=odd).status_code == 422


def test_the_ticked_are_printed_with_facts_form_and_trail(app: Flask, county: County) -> None:
    county.start_row(web.now(), 4)
    county.act("sign_for", "accept", "熊梅")
    first, second = county.task("divide"), open_tasks(county)[0]
    county.act("divide", "save_draft", "熊梅", data={"comment": "先这样"})
    clerk = signed_in(app, "xiongmei")
    given = {"box": "todo", "action": "print", "task": [first.id, second.id, first.id, 99999]}
    there = clerk.post("/bulk", data=given)
    assert there.status_code == 302
    page = clerk.get(there.location)
    assert re.findall(r'id="sheet-(\d+)"', page.text) == [str(first.id), str(second.id)]
    assert "有 1 件不存在" in page.text
    sheet = page.text.split('id="sheet-')[1]
    for words in ("任务分工", "县供销合作社", "县财政局", "签收", "熊梅", "签字："):
        assert words in sheet
    assert "<form" not in sheet.split("</article>")[0]
    stranger = signed_in(app, "wangfang").get(there.location)
    assert first.title not in stranger.text
    assert "没有可打印的事项" in stranger.text
