"""From the first form to the accepted plan, and what may not be done any more afterwards."""

import datetime as dt

import pytest

from sanwei_flow.closing import operations, queries
from sanwei_flow.db import db, transaction
from sanwei_flow.errors import Conflict, Forbidden, Invalid
from sanwei_flow.notifications.models import Notification
from sanwei_flow.oversight import meetings
from sanwei_flow.oversight.inspecting import Found, inspect
from sanwei_flow.plans import progress, requests
from sanwei_flow.plans.importing import read_source
from sanwei_flow.plans.reimporting import keep_revision
from sanwei_flow.plans.statuses import TERMINATED, WRITTEN_OFF
from sanwei_flow.processes.actions import available_actions
from sanwei_flow.processes.jobs import run_due_jobs
from sanwei_flow.processes.models import InstanceStatus, ProcessInstance, Task
from sanwei_flow.processes.operations import act_on_task, cancel_process
from sanwei_flow.processes.queries import get_instance, open_tasks
from sanwei_flow.reports import operations as bulletins
from sanwei_flow.supervision import cards, slips
from tests.journeys.documents import DIVIDED


def test_every_unit_gets_one_form_filled_in_with_what_is_known(ending):
    ending.strike_off(1)
    lead = next(one for one in operations.parties(ending.plan) if 1 in one.leads)
    ending.start()
    asked = {one.unit_id for one in operations.parties(ending.plan)}
    forms = ending.forms()
    assert set(forms) == asked
    task, due = forms[lead.unit_id], queries.closing_of(ending.plan_id).due
    assert (task.name, task.role, task.due) == ("自查自评", "staff", due)
    first = next(one for one in task.data["rows"] if one["no"] == "1")
    assert (first["side"], first["result"]) == ("牵头", "按时销号")
    assert task.data["counts"].startswith(f"牵头{len(lead.leads)}项：")
    assert ending.status == "concluding"


def test_late_and_open_rows_are_said_as_they_are(ending):
    due = ending.view(1).row.due
    ending.at = dt.datetime.combine(due, dt.time(1), dt.UTC) + dt.timedelta(days=5)
    ending.strike_off(1)
    ending.start()
    lead = next(one for one in operations.parties(ending.plan) if 1 in one.leads)
    results = {one["no"]: one["result"] for one in ending.forms()[lead.unit_id].data["rows"]}
    assert results["1"] == "逾期销号"
    assert {"未销号", "逾期未销号"} & set(results.values()) or len(lead.leads) == 1
    # Whoever does not answer is late like with any other work.
    ending.later(days=60)
    states = queries.unit_states(ending.plan, queries.closing_of(ending.plan_id), ending.at)
    assert {state.light.colour for state in states} == {"red"}


def test_starting_again_changes_nothing_and_only_the_office_may(ending):
    first = ending.start()
    ending.later(days=1)
    assert ending.start().id == first.id
    some = next(iter(ending.forms()))
    with pytest.raises(Forbidden):
        ending.start(by=ending.clerk(some))
    count = db.session.scalar(
        db.select(db.func.count()).where(ProcessInstance.root_id == ending.process.id)
    )
    assert count == len(ending.forms())
    with pytest.raises(Invalid), transaction():
        act_on_task(ending.forms()[some].id, "submit", {}, by=ending.clerk(some), at=ending.at)


def test_what_was_called_off_can_be_started_anew(ending):
    ending.start()
    with transaction():
        cancel_process(ending.process.id, reason="过早", by=ending.office, at=ending.at)
    assert ending.status == "running"
    assert queries.stage_of(queries.closing_of(ending.plan_id)) == "withdrawn"
    with pytest.raises(Invalid, match="今天之后"):
        ending.start(due=ending.at.date())
    ending.start()
    assert ending.status == "concluding"


def test_a_plan_goes_all_the_way(ending):
    numbers = [row.no for row in ending.plan.rows]
    ending.strike_off(*numbers[:-1])
    ending.start()
    ending.answer_all()
    task = ending.waiting
    assert (task.name, task.role) == ("汇总并撰写总结", "office")
    assert task.data["missing"] == "无"
    assert f"分工共{len(numbers)}项" in task.data["progress"]
    assert [one["no"] for one in task.data["unfinished"]] == [str(numbers[-1])]
    assert task.data["targets"][0]["met"] in ("达到", "未达到", "未上报")
    assert task.data["summary"].startswith(f"《{ending.plan.title}》")
    assert len(task.data["reports"]) == len(operations.parties(ending.plan))
    ending.accept()

    plan = ending.plan
    assert plan.accepted_at == ending.at
    assert ending.status == "accepted"
    assert queries.stage_of(queries.closing_of(plan.id)) == "accepted"
    rows = {row.no: row for row in plan.rows}
    assert ending.view(numbers[0]).status == WRITTEN_OFF
    last = rows[numbers[-1]]
    assert ending.view(last.no).status == TERMINATED
    assert (last.result, last.terminated_at) == ("用地未批", ending.at)
    assert not get_instance(plan.process_id).is_open
    open_ones = db.select(ProcessInstance).where(ProcessInstance.finished_at.is_(None))
    assert db.session.scalars(open_ones).all() == []
    told = set(db.session.scalars(db.select(Notification.title)))
    assert "《{title}》已通过验收" in told
    assert ending.archive.state == "waiting"


def test_the_office_concludes_what_is_left_of_the_plans_own_process(ending):
    """Every row struck off the usual way: the phases after them are concluded with the plan."""
    ending.strike_off(*[row.no for row in ending.plan.rows])
    run_due_jobs(ending.at)
    ending.start()
    ending.answer_all()
    ending.accept()
    assert get_instance(ending.plan.process_id).status == InstanceStatus.finished


def test_a_straggler_is_not_waited_for_and_an_empty_form_comes_back(ending):
    ending.start()
    first, second, *_rest = ending.forms()
    ending.answer(first)
    with pytest.raises(Invalid):
        _stop(ending, " ")
    with pytest.raises(Forbidden):
        _stop(ending, "不等了", by=ending.clerk(first))
    _stop(ending, "已两次催报")
    states = {
        state.party.unit_id: state.stage
        for state in queries.unit_states(ending.plan, queries.closing_of(ending.plan_id), ending.at)
    }
    assert (states[first], states[second]) == ("done", "withdrawn")
    assert ending.units[second] in ending.waiting.data["missing"]
    with pytest.raises(Conflict):
        _stop(ending, "再不等了")
    ending.do(ending.waiting, "return_units", ending.office, "数据不实", units=[first])
    form = ending.forms()[first]
    assert form.data["opinion"] == "数据不实"
    assert form.data["earlier"][0]["work"] == f"{ending.units[first]}做了工作"
    ending.answer(first, work="核实后重写")
    (report,) = ending.waiting.data["reports"]
    assert report["work"] == "核实后重写"


def _stop(ending, reason, by=None):
    with transaction():
        operations.stop_waiting(ending.plan_id, reason, by=by or ending.office, at=ending.at)
    run_due_jobs(ending.at)


def test_what_the_leader_returns_keeps_the_offices_words(ending):
    ending.strike_off(*[row.no for row in ending.plan.rows])
    ending.start()
    ending.answer_all()
    targets = ending.waiting.data["targets"]
    noted = [{"key": one["key"], "note": "详见台账"} for one in targets]
    ending.do(ending.waiting, "submit", ending.office, summary="写好的总结", targets=noted)
    ending.do(ending.waiting, "return", ending.leader, "补充经费情况")
    task = ending.waiting
    assert task.data["summary"] == "写好的总结"
    assert {one["note"] for one in task.data["targets"]} == {"详见台账"}
    assert ending.plan.accepted_at is None


def test_an_accepted_plan_is_only_read(ending):
    ending.start()
    ending.answer_all()
    ending.accept()
    plan, office, at = ending.plan, ending.office, ending.at
    row = plan.rows[0]
    lead = next(one for one in operations.parties(plan) if row.no in one.leads)
    attempts = {
        "cycle": lambda: progress.set_cycle(plan.id, "none", 1, by=office, at=at),
        "request": lambda: requests.start(
            plan.id, row.no, "extension", by=ending.clerk(lead.unit_id), at=at
        ),
        "slip": lambda: slips.issue([row.id], "x", at.date() + dt.timedelta(9), by=office, at=at),
        "bulletin": lambda: bulletins.draft(plan.id, "closing", by=office, at=at),
        "edited": lambda: keep_revision(
            plan.id, read_source("改.txt", (DIVIDED + "\n").encode(), by=office), by=office, at=at
        ),
        "meeting": lambda: meetings.draft(
            plan.id, meetings.Words("会商", at.date()), by=office, at=at
        ),
        "inspection": lambda: inspect(
            Found(plan.id, row.no, None, at.date(), "王某", "good", "很好"), by=office, at=at
        ),
        "again": lambda: operations.start(plan.id, by=office, at=at),
        "on": lambda: operations.stop_waiting(plan.id, "x", by=office, at=at),
    }
    for name, attempt in attempts.items():
        with pytest.raises(Conflict, match="通过验收"), transaction():
            attempt()
            pytest.fail(name)
    with pytest.raises(Conflict), transaction():
        cards.issue_card(plan.id, row.no, "red", "x", by=office, at=at)
    assert progress.plans_to_ask(at) == []


def test_nothing_is_added_to_the_trails_of_an_accepted_plan(ending):
    """Its archive holds them as they were: a comment made later would be missing there."""
    task = open_tasks(ending.view(3).process_id)[0]
    ending.do(task, "comment", ending.office, "请抓紧")
    ending.start()
    ending.answer_all()
    ending.accept()
    late = db.session.get_one(Task, task.id, populate_existing=True)
    assert "comment" not in {one.name for one in available_actions(late, ending.office)}
    with pytest.raises(Conflict, match="通过验收"):
        ending.do(late, "comment", ending.office, "补充一句")
