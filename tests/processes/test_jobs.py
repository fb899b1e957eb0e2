"""What waits and what crosses from one process to another: children, timers, services, faults."""

import datetime as dt

import pytest

from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.db import db, transaction
from sanwei_flow.engine import EngineError
from sanwei_flow.errors import Invalid
from sanwei_flow.processes import chain, handlers, incidents, operations, queries
from sanwei_flow.processes.inbox import inbox
from sanwei_flow.processes.jobs import ATTEMPTS, run_due_jobs
from sanwei_flow.processes.models import Job, JobKind, ProcessInstance, Task
from tests import factories
from tests.processes.conftest import NOW, Office, only

DONE = {"summary": "已办结三件"}


def jobs() -> list[Job]:
    return list(db.session.scalars(db.select(Job).execution_options(populate_existing=True)))


def waiting_in(actor: object, box: str) -> list[int]:
    return [row.id for row in inbox(actor, box, limit=100).items]  # type: ignore[arg-type]


def test_26_units_work_side_by_side_and_the_lead_collects(office: Office) -> None:
    with transaction():
        units = [factories.make_unit() for _ in range(26)]
        people = {unit.id: factories.actor(unit, "staff", "reviewer") for unit in units}
    instance = office.start("fan_out", units=list(people))
    children = queries.children(instance.id)
    assert len(children) == 26
    assert children[0].title == f"第{units[0].id}号单位"
    assert {child.root_id for child in children} == {instance.id}
    assert queries.places(instance.id)["active"] == ["each"]

    for child in reversed(children):
        person = people[only(child).unit_id]
        office.act(only(child), "submit", person, data={"summary": f"第{child.id}件"})
        office.act(only(child), "agree", person)
    collect = only(instance)
    parts = collect.data["parts"]
    assert [part["unit"] for part in parts] == list(people)
    assert [part["summary"] for part in parts] == [f"第{child.id}件" for child in children]
    office.act(collect, "conclude", office.clerk)
    db.session.refresh(instance)
    assert instance.status == "finished"
    assert jobs() == []
    assert all(chain.first_broken(each.id) is None for each in [instance, *children])


def test_cancelling_withdraws_what_the_children_wait_for(office: Office) -> None:
    instance = office.start("fan_out", units=[office.unit_id] * 3)
    assert len(waiting_in(office.clerk, "to_accept")) == 3
    with transaction():
        operations.cancel_process(instance.id, reason="任务调整", by=office.head, at=NOW)
    assert waiting_in(office.clerk, "to_accept") == []
    assert {child.status for child in queries.children(instance.id)} == {"cancelled"}
    assert jobs() == []


def test_the_id_of_a_job_done_is_never_given_to_another(office: Office) -> None:
    """A runner may still hold the id of a job that another runner did meanwhile."""
    ids = []
    for _ in range(2):
        with transaction():
            instance = operations.start_process(
                "fan_out", {"units": [office.unit_id]}, by=office.head, at=NOW
            )
            (job,) = jobs()
            ids.append((job.id, instance.id))
        assert jobs() == []
    assert ids[0][0] < ids[1][0]


def test_a_runner_that_comes_late_leaves_other_work_alone(office: Office) -> None:
    with transaction():
        first = operations.start_process(
            "fan_out", {"units": [office.unit_id]}, by=office.head, at=NOW
        )
        (job,) = jobs()
        assert not handlers.run(job.id, JobKind.child_end, first.id, at=NOW)
        assert not handlers.run(job.id, job.kind, first.id + 1, at=NOW)
        assert [each.id for each in jobs()] == [job.id]
    assert len(queries.children(first.id)) == 1


def test_a_cancelled_child_tells_its_parent(office: Office) -> None:
    instance = office.start("fan_out", units=[office.unit_id])
    (child,) = queries.children(instance.id)
    with transaction():
        operations.cancel_process(child.id, reason="单位撤销", by=office.head, at=NOW)
    assert only(instance).node == "collect"


def test_a_deadline_fires_once_rather_late_than_never(office: Office) -> None:
    instance = office.start("deadline")
    (timer,) = jobs()
    assert timer.due_at == NOW + dt.timedelta(days=2)
    assert run_due_jobs(NOW + dt.timedelta(days=1)) == 0
    assert run_due_jobs(NOW + dt.timedelta(days=9)) == 1
    assert run_due_jobs(NOW + dt.timedelta(days=9)) == 0
    assert only(instance).node == "rescue"
    assert waiting_in(office.clerk, "todo") == []
    assert queries.trail(instance.id)[-1][0].kind == "timer"


def test_a_task_done_in_time_takes_its_timer_along(office: Office) -> None:
    instance = office.start("deadline")
    office.act(only(instance), "submit", office.clerk)
    assert jobs() == []
    db.session.refresh(instance)
    assert instance.status == "finished"


def test_a_service_is_called_and_its_answer_used(office: Office) -> None:
    instance = office.start("service")
    office.act(only(instance), "submit", office.clerk)
    assert only(instance).node == "receive"
    assert only(instance).data["parcel"] == 7


def test_a_broken_service_is_retried_then_an_incident_then_repaired(
    office: Office, service: object
) -> None:
    calls = []

    def broken(arguments: dict[str, object], *, instance: ProcessInstance, at: object) -> None:
        calls.append(arguments)
        instance.title = "不该留下"
        raise Invalid("仓库没有开门")

    service(broken)  # type: ignore[operator]
    instance, other = office.start("service"), office.start("service")
    office.act(only(instance), "submit", office.clerk)
    later = NOW
    for _ in range(ATTEMPTS):
        later += dt.timedelta(days=1)
        run_due_jobs(later)
    assert len(calls) == ATTEMPTS
    db.session.refresh(instance)
    assert (instance.status, instance.title) == ("incident", "重点工作")
    assert instance.incident is not None
    assert instance.incident["message"] == "仓库没有开门"
    assert [each.id for each in queries.incidents()] == [instance.id]
    assert queries.failed_jobs(instance.id)[0].attempts == ATTEMPTS

    service(lambda arguments, *, instance, at: {"parcel": 8})  # type: ignore[operator]
    office.act(only(other), "submit", office.clerk)
    assert only(other).data["parcel"] == 8
    with transaction():
        incidents.retry_incident(instance.id, by=office.head, at=later)
    assert only(instance).data["parcel"] == 8
    db.session.refresh(instance)
    assert (instance.status, instance.incident) == ("running", None)
    assert chain.first_broken(instance.id) is None


def test_a_call_of_an_unknown_process_is_an_incident_of_the_caller_alone(office: Office) -> None:
    broken = office.start("fan_out", units=[office.unit_id, "nobody"])
    db.session.refresh(broken)
    assert broken.status == "incident"
    assert len(queries.children(broken.id)) == 1
    assert len(waiting_in(office.clerk, "to_accept")) == 1


def test_an_act_that_cannot_go_on_leaves_an_incident_and_the_task(office: Office) -> None:
    instance = office.start("approval", unit=office.unit_id)
    task = only(instance)
    with transaction():
        db.session.execute(
            db.update(ProcessInstance)
            .values(state=b"broken")
            .where(ProcessInstance.id == instance.id)
        )
    with pytest.raises(EngineError):
        office.act(task, "submit", office.clerk, data=DONE)
    db.session.refresh(instance)
    assert instance.status == "incident"
    assert instance.incident is not None
    assert instance.incident["task_id"] == task.id
    assert only(instance).id == task.id


def test_starting_below_another_process_belongs_to_it(office: Office) -> None:
    parent = office.start("approval")
    with transaction():
        child = operations.start_process(
            "approval", {"unit": office.unit_id}, parent=parent, by=SYSTEM, at=NOW
        )
    assert (child.parent_id, child.root_id, child.title) == (parent.id, parent.id, "approval")
    assert db.session.scalar(db.select(db.func.count(Task.id))) == 2
