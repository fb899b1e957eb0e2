"""Rows that run are moved to a version with one more step: who goes, who stays, what they keep."""

import datetime as dt
from typing import Any

import pytest

from sanwei_flow.audit.models import AuditEntry
from sanwei_flow.db import db, transaction
from sanwei_flow.designs.models import DesignVersion
from sanwei_flow.designs.queries import version_of
from sanwei_flow.engine import EngineError
from sanwei_flow.errors import AppError, Conflict, Forbidden, Invalid, NotFound
from sanwei_flow.migrating import jobs, operations, queries
from sanwei_flow.migrating.models import Migration, MigrationItem
from sanwei_flow.processes import chain, history, moving, services, suspending
from sanwei_flow.processes import jobs as process_jobs
from sanwei_flow.processes import operations as processes
from sanwei_flow.processes.incidents import report, retry_incident
from sanwei_flow.processes.models import (
    Attachment,
    Job,
    ProcessInstance,
    Task,
    TaskDraft,
    TaskEvent,
)
from tests.counting import counted
from tests.migrating.stories import KEY, SHIPPED, Division, renamed, with_legal_review


def versions_of(division: Division) -> list[int]:
    db.session.rollback()
    query = db.select(DesignVersion.number).join(
        ProcessInstance, ProcessInstance.version_id == DesignVersion.id
    )
    return list(db.session.scalars(query.order_by(ProcessInstance.id)))


def test_thirty_rows_go_to_the_version_with_the_legal_review_and_one_passes_it(
    division: Division,
) -> None:
    rows = division.start(30)
    division.until(rows[0], "unit_review")
    division.until(rows[1], "office_review")
    division.until(rows[2], "divide")
    division.publish(with_legal_review(), "增加合法性审核")
    done = division.migrate(2, note="统一按新版办理")
    assert division.outcomes(done) == {"moved": 30}
    assert done.finished_at == division.at
    assert versions_of(division) == [2] * 30
    division.act(rows[0], "agree")
    task = division.task(rows[0])
    assert (task.node, task.name, task.unit_id) == ("legal_review", "合法性审核", division.office)
    division.act(rows[0], "agree", by=division.lawyer)
    assert division.task(rows[0]).node == "office_review"
    division.act(rows[0], "agree", by=division.reader)
    assert division.instance(rows[0]).status == "finished"
    # One was past the new step already; it goes on where it was.
    division.act(rows[1], "agree", by=division.reader)
    assert division.instance(rows[1]).status == "finished"
    assert all(chain.first_broken(one) is None for one in rows)


def test_people_keep_what_they_have_and_the_history_tells_of_it(division: Division) -> None:
    (row,) = division.start()
    division.until(row, "completion_report")
    task = division.task(row)
    with transaction():
        processes.act_on_task(task.id, "claim", by=division.clerk, at=division.at)
        draft = {"summary": "写了一半"}
        db.session.add(
            TaskDraft(task_id=task.id, user_id=division.clerk.user_id, data=draft, at=division.at)
        )
    before = division.task(row)
    kept = {n: getattr(before, n) for n in ("id", "owner_id", "due", "opened_at", "remind_on")}
    division.publish(renamed("completion_report", "finish_report"))
    done = division.migrate(2, corrections={"completion_report": "finish_report"}, note="改名")
    assert division.outcomes(done) == {"moved": 1}
    after = division.task(row)
    assert {name: getattr(after, name) for name in kept} == kept
    assert (after.node, after.owner_id) == ("finish_report", division.clerk.user_id)
    assert db.session.scalars(db.select(TaskDraft.data)).one() == draft
    (told,) = [one for one in history.history(division.instance(row)) if one.kind == "migrated"]
    assert (told.who, told.opinion, told.named) == ("设计员", "改名", "第 1 版 → 第 2 版")
    division.act(row, "submit", summary="建成11个")
    assert division.task(row).node == "unit_review"


def test_timers_and_called_processes_go_on_and_report_back(division: Division) -> None:
    with transaction():
        (row,) = [
            processes.start_process(
                KEY,
                {
                    "plan": {"id": 7, "title": "方案", "office_unit": division.office},
                    "row": {"no": 1, "task": "事项", "category": "类", "item": "项",
                            "lead_unit": division.lead, "lead_name": "县供销合作社",
                            "due": "2027-12-31", "major": False, "targets": []},
                    "cooperating": [{"unit": division.office, "name": "专班办公室"}],
                },
                title="有配合单位的", by=division.designer, at=division.at,
            ).id
        ]  # fmt: skip
    (timer,) = jobs_of(row)
    due, node = timer.due_at, timer.payload["node"]
    xml = renamed("cooperate", "joint_work", renamed("silent", "no_answer", with_legal_review()))
    division.publish(xml)
    given = {"silent": "no_answer", "cooperate": "joint_work"}
    division.migrate(2, corrections=given)
    (timer,) = jobs_of(row)
    assert (timer.due_at, node, timer.payload["node"]) == (due, "silent", "no_answer")
    division.until(row, "division_review")
    division.act(row, "agree")
    (child,) = db.session.scalars(
        db.select(ProcessInstance).where(ProcessInstance.parent_id == row)
    )
    assert child.parent_node == "joint_work"
    # And back to the first design while the part is under way: it still reports to the row.
    division.migrate(1, corrections={one: old for old, one in given.items()})
    db.session.refresh(child)
    assert child.parent_node == "cooperate"
    with transaction():
        processes.cancel_process(child.id, reason="不需要", by=division.designer, at=division.at)
    assert division.task(row).node == "completion_report"


def jobs_of(instance_id: int) -> list[Job]:
    db.session.rollback()
    query = db.select(Job).where(Job.instance_id == instance_id).order_by(Job.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def test_a_timer_fires_by_the_new_version_at_the_old_moment(division: Division) -> None:
    (row,) = division.start()
    division.publish(with_legal_review())
    division.migrate(2)
    process_jobs.run_due_jobs(division.at + dt.timedelta(days=10))
    assert division.task(row).node == "divide"


def test_those_that_cannot_go_stay_with_a_reason(division: Division) -> None:
    first, second, third = division.start(3)
    division.until(second, "unit_review")
    division.until(third, "divide")
    xml = renamed("unit_review", "head_review")
    division.publish(xml)
    states = {one: division.instance(one).state for one in (first, second, third)}
    done = division.migrate(2)
    assert division.outcomes(done) == {"moved": 2, "stays": 1}
    assert division.reasons(done) == ["正在办理的「单位审核」在新版里没有对应的环节"]
    assert versions_of(division) == [2, 1, 2]
    assert division.instance(second).state == states[second]
    assert division.task(second).node == "unit_review"
    # A correction takes it along after all.
    again = division.migrate(2, corrections={"unit_review": "head_review"})
    assert division.outcomes(again) == {"moved": 1}
    division.act(second, "agree")
    assert division.task(second).node == "office_review"


def test_a_dry_run_changes_nothing(division: Division) -> None:
    rows = division.start(3)
    division.until(rows[0], "unit_review")
    division.publish(renamed("unit_review", "head_review"))
    before = [(division.instance(one).state, division.instance(one).version) for one in rows]
    events = db.session.scalar(db.select(db.func.count()).select_from(TaskEvent))
    done = division.migrate(2, dry_run=True)
    assert division.outcomes(done) == {"able": 2, "stays": 1}
    assert [
        (division.instance(one).state, division.instance(one).version) for one in rows
    ] == before
    assert db.session.scalar(db.select(db.func.count()).select_from(TaskEvent)) == events
    assert versions_of(division) == [1, 1, 1]


def test_one_killed_in_the_middle_goes_on_and_nobody_is_moved_twice(
    division: Division, monkeypatch: pytest.MonkeyPatch
) -> None:
    division.start(12)
    division.publish(with_legal_review())
    with transaction():
        begun = operations.begin(KEY, 2, token="k", by=division.designer, at=division.at)
    calls: list[int] = []
    move = moving.move

    def killed(instance_id: int, *args: Any, **more: Any) -> int:
        found = move(instance_id, *args, **more)
        calls.append(instance_id)
        if len(calls) == 5:
            raise KeyboardInterrupt  # after the writes, before the commit
        return found

    with monkeypatch.context() as patch:
        patch.setattr(moving, "move", killed)
        with pytest.raises(KeyboardInterrupt):
            jobs.run(begun.id, division.at)
    db.session.rollback()
    assert versions_of(division).count(2) == 4
    assert division.outcomes(begun) == {"moved": 4, "waiting": 8}
    assert jobs.sweep(division.at) == 8
    assert division.outcomes(begun) == {"moved": 12}
    moved = db.select(db.func.count()).where(TaskEvent.kind == "migrated")
    assert db.session.scalar(moved) == 12
    assert jobs.sweep(division.at) == 0


def test_an_act_that_comes_in_between_is_not_lost(
    division: Division, monkeypatch: pytest.MonkeyPatch
) -> None:
    (row,) = division.start()
    division.publish(with_legal_review())
    task = division.task(row)
    migrate = moving.engine.migrate

    def meanwhile(*args: Any, **more: Any) -> Any:
        # As if a second connection had come between reading and writing.
        found = migrate(*args, **more)
        db.session.execute(
            db.update(ProcessInstance)
            .where(ProcessInstance.id == row)
            .values(version=ProcessInstance.version + 1)
        )
        return found

    with transaction():
        begun = operations.begin(KEY, 2, token="c", by=division.designer, at=division.at)
    with monkeypatch.context() as patch:
        patch.setattr(moving.engine, "migrate", meanwhile)
        assert jobs.run(begun.id, division.at) == 0
    assert division.outcomes(begun) == {"waiting": 1}
    assert versions_of(division) == [1]
    with transaction():
        processes.act_on_task(task.id, "accept", by=division.clerk, at=division.at)
    assert jobs.run(begun.id, division.at) == 1
    assert (versions_of(division), division.task(row).node) == ([2], "divide")


def test_undo_brings_back_those_in_which_nobody_has_acted(division: Division) -> None:
    first, second, third = division.start(3)
    before = {one: division.instance(one).state for one in (first, second, third)}
    division.publish(renamed("sign_for", "receive", with_legal_review()))
    done = division.migrate(2, corrections={"sign_for": "receive"})
    assert division.task(first).node == "receive"
    division.act(second, "claim")
    with transaction():
        processes.act_on_task(division.task(third).id, "accept", by=division.clerk, at=division.at)
    undone = division.undo(done)
    assert division.outcomes(undone) == {"back": 2, "stays": 1}
    (why,) = division.reasons(undone)
    assert why.startswith("熊梅已于")
    assert versions_of(division) == [1, 1, 2]
    for row in (first, second):
        assert division.instance(row).state == before[row]
        assert division.task(row).node == "sign_for"
        assert chain.first_broken(row) is None
    assert division.task(second).owner_id == division.clerk.user_id
    division.act(first, "accept")
    assert division.task(first).node == "divide"
    twice = division.undo(done, token="again")
    assert division.outcomes(twice) == {"stays": 3}
    assert any("已经撤销" in one for one in division.reasons(twice))


def test_suspended_stays_suspended_and_an_incident_is_mended_by_the_version(
    division: Division,
) -> None:
    still, broken = division.start(2)
    place = {"task_id": division.task(broken).id}
    with transaction():
        suspending.suspend(still, reason="等通知", by=division.designer, at=division.at)
        report(broken, AppError("坏了"), place, by=division.designer, at=division.at)
    division.publish(with_legal_review())
    preview = queries.preview(*_sides(), {}, division.at)
    assert preview.statuses == {"suspended": 1, "incident": 1}
    assert division.outcomes(division.migrate(2)) == {"moved": 2}
    assert division.instance(still).status == "suspended"
    assert [job.status for job in jobs_of(still)] == ["held"]
    assert division.instance(broken).status == "incident"
    with transaction():
        suspending.resume(still, days=3, by=division.designer, at=division.at)
        retry_incident(broken, by=division.designer, at=division.at)
    for row in (still, broken):
        division.act(row, "accept")
        assert division.task(row).node == "divide"


def fails(_arguments: Any, *, instance: Any, at: dt.datetime) -> None:
    raise EngineError("坏了")


def test_a_service_that_failed_is_done_as_the_new_version_has_it(
    division: Division, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(services._services, "test.broken", fails)
    (row,) = division.start()
    wrong = SHIPPED.replace('value="plans.write_off_row"', 'value="test.broken"')
    assert wrong != SHIPPED
    division.publish(wrong)
    division.migrate(2)
    division.until(row, "office_review")
    division.act(row, "agree", by=division.reader)
    assert division.instance(row).status == "incident"
    division.migrate(1)
    (job,) = jobs_of(row)
    assert job.payload["operation"] == "plans.write_off_row"
    with transaction():
        retry_incident(row, by=division.designer, at=division.at)
    assert division.instance(row).status == "finished"


def test_old_answers_are_shown_with_the_form_they_were_given_in(division: Division) -> None:
    (row,) = division.start()
    division.until(row, "unit_review")
    gone = SHIPPED.replace('value="completion_report"', 'value="progress_report"')
    assert gone != SHIPPED
    division.publish(gone)
    division.migrate(2)
    told = [one for one in history.history(division.instance(row)) if one.name == "上报办结"]
    assert [entry["text"] for entry in told[0].answers if entry["label"] == "完成情况"] == [
        "建成11个"
    ]


def test_work_can_be_sent_back_to_a_step_that_was_renamed(division: Division) -> None:
    (row,) = division.start()
    division.until(row, "unit_review")
    report = db.session.scalars(db.select(Task).where(Task.node == "completion_report")).one().id
    division.publish(renamed("completion_report", "finish_report"))
    division.migrate(2, corrections={"completion_report": "finish_report"})
    division.act(row, "return_to", target=str(report), resubmit="next", comment="补充数字")
    assert division.task(row).node == "finish_report"


def test_what_was_begun_beside_the_process_must_have_its_place(division: Division) -> None:
    (row,) = division.start()
    division.until(row, "unit_review")
    report = db.session.scalars(db.select(Task).where(Task.node == "completion_report")).one().id
    division.act(row, "return_to", target=str(report), resubmit="returner", comment="补充")
    division.publish(renamed("completion_report", "finish_report"))
    assert division.reasons(division.migrate(2)) == ["退回到「上报办结」的补正还没有办完"]
    done = division.migrate(2, corrections={"completion_report": "finish_report"})
    assert division.outcomes(done) == {"moved": 1}


def test_a_file_stays_with_its_task(division: Division) -> None:
    (row,) = division.start()
    task = division.task(row).id
    with transaction():
        file = Attachment(instance_id=row, task_id=task, name="附件.pdf", size=1, sha256="0" * 64)
        file.uploaded_by_id, file.uploaded_at = division.clerk.user_id, division.at
        db.session.add(file)
    division.publish(renamed("sign_for", "receive"))
    division.migrate(2, corrections={"sign_for": "receive"})
    db.session.rollback()
    query = db.select(Attachment.task_id, Attachment.name, Attachment.instance_id)
    assert db.session.execute(query).all() == [(division.task(row).id, "附件.pdf", row)]
    assert division.task(row).id == task


def test_who_may_and_what_is_refused(division: Division) -> None:
    division.start(2)
    division.publish(with_legal_review())
    given = {"token": "x", "at": division.at}
    for by in (division.head, division.reader):
        with pytest.raises(Forbidden), transaction():
            operations.begin(KEY, 2, **given, by=by)
    with pytest.raises(NotFound), transaction():
        operations.begin(KEY, 9, **given, by=division.designer)
    with pytest.raises(Invalid), transaction():
        operations.begin(
            KEY, 2, corrections={"sign_for": "write_off"}, **given, by=division.designer
        )
    with pytest.raises(Invalid), transaction():
        operations.begin(KEY, 2, corrections={"nothing": ""}, **given, by=division.designer)
    with pytest.raises(Invalid, match="没有可以迁移"), transaction():
        operations.begin(KEY, 1, **given, by=division.designer)
    with transaction():
        begun = operations.begin(KEY, 2, **given, by=division.designer)
        assert operations.begin(KEY, 2, **given, by=division.designer).id == begun.id
    with pytest.raises(Conflict, match="还没有完成"), transaction():
        operations.undo(KEY, begun.id, token="u", by=division.designer, at=division.at)


def test_one_that_ended_meanwhile_and_one_that_was_moved_elsewhere_stay(
    division: Division,
) -> None:
    ended, elsewhere, there = division.start(3)
    division.publish(with_legal_review())
    division.publish(renamed("divide", "share_out"))
    with transaction():
        begun = operations.begin(KEY, 2, token="b", by=division.designer, at=division.at)
        processes.cancel_process(ended, reason="停办", by=division.designer, at=division.at)
        two, three = version_of(KEY, 2), version_of(KEY, 3)
        moving.move(elsewhere, three, {}, by=division.designer, at=division.at)
        moving.move(there, two, {}, by=division.designer, at=division.at)
    done = division.finish(begun.id)
    assert sorted(division.reasons(done)) == [
        "已经是这一版。",
        "这个流程已经换到别的版本。",
        "这个流程已经结束。",
    ]


def test_the_audit_says_what_was_done(division: Division) -> None:
    division.start(2)
    division.publish(with_legal_review())
    division.migrate(2, note="统一办理")
    query = db.select(AuditEntry).where(AuditEntry.kind == "instances_migrated")
    (entry,) = db.session.scalars(query)
    assert (entry.by_name, entry.data["outcomes"], entry.data["note"]) == (
        "设计员", {"moved": 2}, "统一办理",
    )  # fmt: skip


def test_a_bug_in_one_instance_stops_no_other(
    division: Division, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _second = division.start(2)
    division.publish(with_legal_review())
    move = moving.move

    def broken(instance_id: int, *args: Any, **more: Any) -> int:
        if instance_id == first:
            raise ZeroDivisionError
        return move(instance_id, *args, **more)

    monkeypatch.setattr(moving, "move", broken)
    done = division.migrate(2)
    assert (division.outcomes(done), division.reasons(done)) == (
        {"moved": 1, "stays": 1}, ["系统出错，没有迁移。"],
    )  # fmt: skip


def _sides() -> tuple[list[DesignVersion], DesignVersion]:
    return [version_of(KEY, 1)], version_of(KEY, 2)


def test_a_preview_groups_reasons_and_takes_as_many_statements_for_many_as_for_few(
    division: Division, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = division.start(23)
    division.until(rows[0], "unit_review")
    division.publish(renamed("unit_review", "head_review"))
    sources, to = _sides()
    with counted() as many:
        found = queries.preview(sources, to, {}, division.at)
    assert (found.total, found.seen, found.able) == (23, 23, 22)
    assert [(one.error is None, one.count) for one in found.reasons] == [(True, 22), (False, 1)]
    (asked,) = [line for line in found.lines if line.asks]
    assert (asked.node.id, asked.waiting, asked.target) == ("unit_review", 1, "")
    assert [one.id for one in asked.choices if one.id == "head_review"] == ["head_review"]
    monkeypatch.setattr(queries, "MOST", 2)
    sources, to = _sides()
    with counted() as few:
        assert queries.preview(sources, to, {}, division.at).seen == 2
    assert len(few) <= len(many) <= 12


def test_items_are_written_down_once(division: Division) -> None:
    division.start(2)
    division.publish(with_legal_review())
    done = division.migrate(2)
    assert db.session.scalar(db.select(db.func.count()).select_from(MigrationItem)) == 2
    assert db.session.scalar(db.select(db.func.count()).select_from(Migration)) == 1
    assert queries.migration_of(KEY, done.id, division.designer).id == done.id
    with pytest.raises(NotFound):
        queries.migration_of("cooperation", done.id, division.designer)
