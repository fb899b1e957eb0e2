"""A report is written, returned, written again and agreed; everybody sees what they should."""

import datetime as dt
from unittest.mock import patch

import pytest
from sqlalchemy.exc import DBAPIError

from sanwei_flow import postgres
from sanwei_flow.db import db, transaction
from sanwei_flow.engine import Complete
from sanwei_flow.errors import Conflict, Forbidden, Invalid, NotFound
from sanwei_flow.processes import chain, queries
from sanwei_flow.processes.actions import available_actions
from sanwei_flow.processes.advance import Act
from sanwei_flow.processes.drafts import draft_of
from sanwei_flow.processes.inbox import inbox
from sanwei_flow.processes.locking import lock_task
from sanwei_flow.processes.models import NO_DUE, TaskEvent
from sanwei_flow.processes.transitions import transition
from tests.processes.conftest import NOW, Office, only

DONE = {"summary": "已办结三件"}


def test_a_report_is_returned_once_and_then_agreed(office: Office) -> None:
    instance = office.start("approval")
    report = only(instance)
    assert (report.title, report.box, report.due) == (
        "重点工作",
        "to_accept",
        dt.date(2024, 8, 8),  # three working days after Monday
    )
    office.act(report, "submit", office.clerk, data=DONE)
    db.session.refresh(instance)
    assert instance.stage == "unit_review"

    review = only(instance)
    result = office.act(review, "return", office.head, comment="请补充数字")
    again = only(instance)
    assert result.opened == [again.id]
    assert again.data["summary"] == "已办结三件"

    office.act(again, "submit", office.clerk, data={"summary": "已办结四件", "figure": 4})
    office.act(only(instance), "agree", office.head)
    db.session.refresh(instance)
    assert (instance.status, instance.stage) == ("finished", "written_off")
    assert instance.result == {"unit": office.unit_id, "summary": "已办结四件"}

    told = [
        (e.action, e.comment, task.node if task else None) for e, task in queries.trail(instance.id)
    ]
    assert told == [
        ("", "", None),
        ("submit", "", "report"),
        ("return", "请补充数字", "review"),
        ("submit", "", "report"),
        ("agree", "", "review"),
    ]
    assert chain.first_broken(instance.id) is None


def test_snapshots_are_kept_while_open_and_pruned_at_the_end(office: Office) -> None:
    instance = office.start("approval")
    snapshots = db.select(db.func.count(TaskEvent.state_before))
    office.act(only(instance), "submit", office.clerk, data=DONE)
    assert db.session.scalar(snapshots) == 1
    office.act(only(instance), "agree", office.head)
    assert db.session.scalar(snapshots) == 0


def test_only_who_holds_the_role_in_the_unit_may_act(office: Office) -> None:
    task = only(office.start("approval"))
    for person in (office.head, office.stranger):
        with pytest.raises(Forbidden):
            office.act(task, "submit", person, data=DONE)
        offered = available_actions(queries.get_task(task.id), person)
        assert not any(action.completes for action in offered)
    assert available_actions(queries.get_task(task.id), office.stranger) == []
    with pytest.raises(NotFound):
        with_other_id = type("T", (), {"id": task.id + 1000})()
        office.act(with_other_id, "submit", office.clerk)
    names = [action.name for action in available_actions(queries.get_task(task.id), office.clerk)]
    assert names[:3] == ["submit", "save_draft", "claim"]


def test_the_second_person_is_told_who_was_first(office: Office) -> None:
    task = only(office.start("approval"))
    office.act(task, "submit", office.clerk, data=DONE)
    with pytest.raises(Conflict) as told:
        office.act(task, "submit", office.colleague, data=DONE)
    assert office.clerk.name in str(told.value)
    assert "2024-08-05 09:00" in str(told.value)
    assert "提交" in str(told.value)


def test_a_wrong_form_says_which_field_and_changes_nothing(office: Office) -> None:
    instance = office.start("approval")
    task = only(instance)
    with pytest.raises(Invalid) as told:
        office.act(task, "submit", office.clerk, data={"figure": "many"})
    assert set(told.value.fields) == {"summary", "figure"}
    with pytest.raises(Invalid):
        office.act(task, "agree", office.clerk, data=DONE)
    with pytest.raises(Invalid):
        office.act(task, "submit", office.clerk, data={**DONE, "typename": "boom"})
    assert only(instance).id == task.id
    office.act(task, "submit", office.clerk, data=DONE)
    with pytest.raises(Invalid) as told:
        office.act(only(instance), "return", office.head)
    assert set(told.value.fields) == {"comment"}


def test_the_same_key_gives_the_first_answer(office: Office) -> None:
    instance = office.start("approval")
    task = only(instance)
    first = office.act(task, "submit", office.clerk, data=DONE, idempotency_key="k1")
    second = office.act(task, "submit", office.clerk, data=DONE, idempotency_key="k1")
    assert (first.replayed, second.replayed) == (False, True)
    assert first.opened == second.opened == [only(instance).id]
    with pytest.raises(Invalid):
        office.act(only(instance), "agree", office.head, idempotency_key="k1")
    assert len(queries.trail(instance.id)) == 2


def test_claiming_keeps_others_out_until_released(office: Office) -> None:
    instance = office.start("approval")
    task = only(instance)
    office.act(task, "claim", office.clerk)
    assert [row.id for row in inbox(office.clerk, "to_accept").items] == [task.id]
    assert inbox(office.colleague, "to_accept").items == []
    with pytest.raises(Conflict) as told:
        office.act(task, "submit", office.colleague, data=DONE)
    assert office.clerk.name in str(told.value)
    office.act(task, "release", office.clerk)
    office.act(task, "submit", office.colleague, data=DONE)
    assert [row.id for row in inbox(office.colleague, "done").items] == [task.id]
    assert chain.first_broken(instance.id) is None


def test_a_draft_is_kept_with_its_time(office: Office) -> None:
    task = only(office.start("approval"))
    half = {"summary": "办了一半", "unknown": 1}
    office.act(task, "save_draft", office.clerk, data=half)
    kept = draft_of(task.id, office.clerk.user_id)
    assert kept is not None
    assert (kept.data, kept.at) == ({"summary": "办了一半"}, NOW)
    assert draft_of(task.id, office.colleague.user_id) is None
    assert task.status == "open"


def test_tampering_with_the_trail_shows(office: Office) -> None:
    instance = office.start("approval")
    office.act(only(instance), "submit", office.clerk, data=DONE)
    office.act(only(instance), "return", office.head, comment="重写")
    assert chain.first_broken(instance.id) is None
    db.session.execute(
        db.update(TaskEvent).where(TaskEvent.action == "return").values(comment="同意")
    )
    broken = chain.first_broken(instance.id)
    assert broken is not None
    assert broken.comment == "同意"
    db.session.rollback()
    last = queries.trail(instance.id)[-1][0]
    db.session.execute(db.delete(TaskEvent).where(TaskEvent.id == last.id))
    assert chain.first_broken(instance.id) is not None


def test_a_task_without_a_due_date_sorts_last(office: Office) -> None:
    task = only(office.start("deadline"))
    assert task.due == NO_DUE
    assert task.remind_on is None


def test_an_act_waits_twice_for_the_database(office: Office) -> None:
    """BEGIN goes along with the lock, COMMIT with everything that is written."""
    if db.engine.dialect.name != "postgresql":
        return
    office.act(only(office.start("approval")), "submit", office.clerk, data=DONE)
    report = only(office.start("approval"))
    db.session.remove()
    driver = postgres.Connection
    with (
        patch.object(driver, "_exchange", autospec=True, side_effect=driver._exchange) as together,
        patch.object(driver, "_tell", autospec=True, side_effect=driver._tell) as alone,
    ):
        result = office.act(report, "submit", office.clerk, data=DONE)
    assert together.call_count == 2
    assert [call.args[1] for call in alone.call_args_list] == [b"COMMIT"]
    assert result.opened


def test_a_step_of_an_instance_that_has_moved_on_writes_nothing(office: Office) -> None:
    """Its lock rules that out; should it happen nevertheless, no part of it may be kept."""
    instance = office.start("approval")
    task = only(instance)
    act = Act("act", office.clerk, NOW, "submit", task_id=task.id, data=DONE)
    with pytest.raises((Conflict, DBAPIError)), transaction():
        found = lock_task(db.session.connection(), task.id, None)
        assert found is not None
        running, row = found
        running.version -= 1
        transition(running, Complete(row.ref, {**DONE, "outcome": "submit"}), act)
    assert only(instance).id == task.id
    assert [event.action for event, _ in queries.trail(instance.id)] == [""]
