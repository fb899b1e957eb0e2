"""What is asked for a running row, from the request to what it does to the row."""

import datetime as dt
import io

import pytest

from sanwei_flow.accounts.operations import actor_of
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.db import db, transaction
from sanwei_flow.errors import Conflict, Forbidden, Invalid, NotFound
from sanwei_flow.inbox import queries as inbox_queries
from sanwei_flow.notifications.models import Notification
from sanwei_flow.plans import changes, queries, requests, row_page
from sanwei_flow.plans.models import Plan, PlanRow
from sanwei_flow.plans.records import RowDue
from sanwei_flow.plans.services import write_off_row
from sanwei_flow.plans.trail import row_trail
from sanwei_flow.processes import actions, attachments
from sanwei_flow.processes.jobs import run_due_jobs
from sanwei_flow.processes.models import Job, ProcessInstance, Task
from sanwei_flow.processes.operations import act_on_task
from sanwei_flow.processes.queries import children, get_instance, open_tasks, places
from sanwei_flow.storage import FolderStore, Vault
from tests.factories import NOW

LEAD, HELPER, OTHER = "县农业农村委", "县供销合作社", "县财政局"
NO = 3


class Story:
    """A launched plan whose row 3 is led by 县农业农村委, and everybody who has a say in it."""

    def __init__(self, desk, plan) -> None:
        self.desk, self.plan, self.at = desk, plan, NOW
        county = desk.county
        self.people = {
            "clerk": actor_of(county.clerks[LEAD]),
            "head": actor_of(county.heads[LEAD]),
            "office": desk.office,
            "leader": actor_of(county.leader),
            "helper": actor_of(county.clerks[HELPER]),
            "helper_head": actor_of(county.heads[HELPER]),
            "other": actor_of(county.clerks[OTHER]),
            "stranger": actor_of(county.clerks["东河镇"]),
        }

    @property
    def row(self) -> PlanRow:
        db.session.expire_all()
        return db.session.scalar(
            db.select(PlanRow).where(PlanRow.plan_id == self.plan.id, PlanRow.no == NO)
        )

    @property
    def view(self):
        db.session.expire_all()
        return queries.row_view(self.plan, NO, self.at.date())

    def later(self, **delta) -> None:
        self.at += dt.timedelta(**delta)

    def may(self, who: str) -> list[str]:
        return [kind.name for kind in requests.available(self.view, self.people[who])]

    def ask(self, kind: str, who="clerk", data=None) -> int:
        with transaction():
            asked = requests.start(self.plan.id, NO, kind, data, by=self.people[who], at=self.at)
            return asked.process_id

    def do(self, process_id: int, action: str, who: str, comment="", **data) -> None:
        """Complete the one open task of a process."""
        (task,) = open_tasks(process_id)
        self.complete(task.id, action, who, comment, **data)

    def complete(self, task_id: int, action: str, who: str, comment="", **data) -> None:
        with transaction():
            act_on_task(task_id, action, data, comment=comment, by=self.people[who], at=self.at)

    def sign_and_divide(self) -> None:
        """The row gets to work: signed for, divided, each cooperating unit asked."""
        for action, who in (("accept", "clerk"), ("submit", "clerk"), ("agree", "head")):
            self.do(self.view.process_id, action, who)

    def parts(self) -> list[ProcessInstance]:
        query = db.select(ProcessInstance).where(ProcessInstance.parent_id == self.view.process_id)
        return list(db.session.scalars(query.order_by(ProcessInstance.id)))

    def part(self, unit: str) -> ProcessInstance:
        """The cooperating unit's part."""
        wanted = self.desk.unit(unit)
        return next(
            one for one in self.parts() if wanted in {task.unit_id for task in open_tasks(one.id)}
        )

    def grant(self, process_id: int, **office_says) -> None:
        """Head, office and (where it takes one) the leader agree."""
        self.do(process_id, "agree", "head")
        self.do(process_id, "agree", "office", **office_says)
        if open_tasks(process_id):
            self.do(process_id, "agree", "leader")

    def told(self, who: str) -> list[str]:
        query = db.select(Notification).where(Notification.user_id == self.people[who].user_id)
        found = db.session.scalars(query.order_by(Notification.id))
        return [one.title.format(**one.params) for one in found if one.kind == "row_changed"]


@pytest.fixture
def story(desk):
    return Story(desk, desk.launch(desk.ready()))


def workdays(day: dt.date, count: int) -> dt.date:
    return load_calendar().workdays_after(day, count)


ASKED = {"new_due": "2031-12-31", "reason": "用地审批未完成", "progress": "已选址"}
NEW = dt.date(2031, 6, 30)


def test_an_extension_moves_the_row_and_all_that_follows_its_date(story):
    story.sign_and_divide()
    old = story.row.due
    part = story.part(HELPER)
    story.do(part.id, "accept", "helper")
    assert open_tasks(part.id)[0].due == old
    asked = story.ask("extension", data=ASKED)
    story.do(asked, "agree", "head")
    story.later(days=1)
    assert story.row.due == old  # the clock runs on until it is granted
    story.do(asked, "agree", "office", granted_due=NEW.isoformat())
    assert story.row.due == NEW
    assert get_instance(asked).stage == "granted"
    (kept,) = db.session.scalars(db.select(RowDue))
    assert (kept.kind, kept.old, kept.new, kept.late) == ("extension", old, NEW, False)
    assert (kept.reason, kept.by_id) == ("用地审批未完成", story.people["office"].user_id)
    assert (kept.asked_at, kept.granted_at) == (NOW, story.at)
    assert story.told("clerk") == ["第3项的延期申请已批准，新的时限为2031-06-30"]
    # Work under way has the new date, with its first reminder; so has work that comes later.
    (report,) = open_tasks(part.id)
    assert (report.due, report.remind_on) == (NEW, NEW - dt.timedelta(days=90))
    assert report.data["part"]["due"] == NEW.isoformat()
    other = next(one for one in story.parts() if one.id != part.id)
    assert open_tasks(other.id)[0].due == workdays(NOW.date(), 3)  # days to sign are its own
    with transaction():
        act_on_task(
            open_tasks(other.id)[0].id,
            "accept",
            {},
            by=actor_of(story.desk.county.clerks["青山金融监管支局"]),
            at=story.at,
        )
    assert open_tasks(other.id)[0].due == NEW


def test_an_extension_asked_late_is_said_to_be_late_and_is_no_less_late(story):
    story.sign_and_divide()
    story.at = dt.datetime.combine(story.row.due, NOW.timetz()) + dt.timedelta(days=9)
    assert story.view.light.colour == "red"
    asked = story.ask("extension", data=ASKED | {"new_due": "2032-12-31"})
    (review,) = open_tasks(asked)
    assert review.data["late"] is True
    story.grant(asked, granted_due="2032-12-31")
    assert story.view.light.colour == "green"
    assert db.session.scalar(db.select(RowDue)).late


def test_a_refused_extension_changes_nothing_and_says_why(story):
    story.sign_and_divide()
    old = story.row.due
    with pytest.raises(Invalid) as refused:
        story.ask("extension", data=ASKED | {"new_due": old.isoformat()})
    assert refused.value.fields == {"new_due": [f"应晚于 {old}。"]}
    asked = story.ask("extension", data=ASKED)
    story.do(asked, "return", "head", "写清理由")
    story.do(asked, "submit", "clerk", reason="用地审批未完成，预计三月办结")
    story.do(asked, "agree", "head")
    with pytest.raises(Invalid):
        story.do(asked, "reject", "office")
    story.do(asked, "reject", "office", "时限不变，请抓紧")
    assert (story.row.due, get_instance(asked).stage) == (old, "refused")
    assert db.session.scalar(db.select(RowDue)) is None
    assert story.told("clerk")[0].startswith("第3项的“〔3〕延期申请")
    assert "extension" in story.may("clerk")  # it may be asked again


def test_who_may_ask_what_and_when(story):
    """Before signing for it the lead objects; then it may ask, and the office may stop it."""
    assert story.may("clerk") == ["suspension", "termination"]
    story.sign_and_divide()
    every = ["extension", "reassignment", "suspension", "termination"]
    assert story.may("clerk") == every
    assert story.may("office") == ["suspension", "termination"]
    for nobody in ("head", "leader", "helper", "stranger"):
        assert story.may(nobody) == []
        with pytest.raises(Forbidden):
            story.ask("extension", who=nobody)
    story.ask("extension")
    assert "extension" not in story.may("clerk")
    with pytest.raises(Conflict, match="同类申请正在办理"):
        story.ask("extension")
    with pytest.raises(Conflict, match="没有中止"):
        story.ask("resumption")
    with pytest.raises(NotFound):
        story.ask("holiday")


def test_a_request_is_filled_in_later_or_taken_back(story):
    story.sign_and_divide()
    asked = story.ask("extension")
    (form,) = open_tasks(asked)
    assert (form.owner_id, form.data["present_due"]) == (
        story.people["clerk"].user_id,
        story.row.due.isoformat(),
    )
    story.complete(form.id, "cancel", "clerk", "已可按期完成")
    assert row_page.stage_of(get_instance(asked))[0] == "withdrawn"
    assert "extension" in story.may("clerk")


def test_another_lead_begins_anew_and_keeps_what_was_delivered(story):
    story.sign_and_divide()
    part, first = story.part(HELPER), story.view.process_id
    story.do(part.id, "accept", "helper")
    story.do(part.id, "submit", "helper", summary="已建60家")
    story.do(part.id, "agree", "helper_head")
    story.do(part.id, "confirm", "clerk")
    pending = story.ask("extension", data=ASKED)
    asked = story.ask("reassignment", data={"reason": "职能已划转县财政局"})
    story.do(asked, "agree", "head")
    story.do(asked, "reassign", "office", new_lead=story.desk.unit(OTHER))
    assert [str(name) for name in story.view.lead] == [OTHER]
    second = story.view.process_id
    assert second != first
    assert story.view.status == "dispatched"
    assert get_instance(first).status == "cancelled"
    assert get_instance(pending).status == "cancelled"  # the old lead's affair
    assert {get_instance(one.id).is_open for one in children(first)} == {False}
    story.do(second, "accept", "other")
    story.do(second, "submit", "other")
    with transaction():
        head = actor_of(story.desk.county.heads[OTHER])
        act_on_task(open_tasks(second)[0].id, "agree", {}, by=head, at=story.at)
    again = open_tasks(story.part(HELPER).id)[0]
    assert again.node == "part_report"
    offered = actions.available_actions(again, story.people["helper"])[0].fields
    assert {"已建60家"} <= {field["value"] for field in offered if field["type"] == "textarea"}
    told = [(one.kind, one.opinion) for one in row_trail(story.plan, NO, second)]
    words = "变更责任单位：县农业农村委 → 县财政局"
    assert ("cancel", f"{words}（#{second}）") in told
    assert ("continue", f"{words}（#{first}）") in told


def test_the_new_lead_reads_what_the_old_one_had_filed_and_nobody_else_does(story, tmp_path):
    story.sign_and_divide()
    vault, at = Vault(FolderStore(tmp_path)), story.at

    def filed(task, who):
        given = {"task_id": task.id, "by": story.people[who], "at": at}
        with transaction():
            kept = attachments.store(vault, io.BytesIO(b"%PDF-1.7"), f"{who}.pdf", **given)
            act_on_task(action="comment", comment="佐证", files=[kept.id], **given)
        return kept

    mine = db.select(Task).where(Task.instance_id == story.view.process_id, Task.node == "divide")
    files = [filed(open_tasks(story.part(HELPER).id)[0], "helper")]
    files.append(filed(db.session.scalars(mine).one(), "clerk"))

    def read_by(who):
        return sorted(attachments.readable(files, story.people[who]))

    every = sorted(one.id for one in files)
    assert (read_by("clerk"), read_by("other"), read_by("stranger")) == (every, [], [])
    asked = story.ask("reassignment", data={"reason": "职能已划转"})
    story.do(asked, "agree", "head")
    story.do(asked, "reassign", "office", new_lead=story.desk.unit(OTHER))
    assert (read_by("clerk"), read_by("other"), read_by("stranger")) == (every, every, [])


def test_the_plan_waits_for_the_new_lead_and_not_for_the_old_one(story):
    story.sign_and_divide()
    asked = story.ask("reassignment", data={"reason": "职能已划转"})
    story.do(asked, "agree", "head")
    story.do(asked, "reassign", "office", new_lead=story.desk.unit(OTHER))
    ends = db.select(Job).where(Job.kind == "child_end")
    run_due_jobs(story.at)
    assert list(db.session.scalars(ends)) == []
    root = db.session.get_one(Plan, story.plan.id).process_id
    assert f"row_{NO}" in places(root)["active"]
    assert queries.status_of(story.plan) == "running"


def test_the_office_may_leave_the_lead_where_it_is(story):
    story.sign_and_divide()
    asked, before = story.ask("reassignment", data={"reason": "职能已划转"}), story.view
    story.do(asked, "agree", "head")
    story.do(asked, "reassign", "office", new_lead=story.desk.unit(LEAD))
    assert get_instance(asked).stage == "refused"
    assert story.view.process_id == before.process_id


def test_a_suspended_row_stands_still_and_goes_on_later_by_as_many_days(story):
    story.sign_and_divide()
    part, old = story.part(HELPER), story.row.due
    (signing,) = open_tasks(part.id)
    due = signing.due
    asked = story.ask("suspension", data={"reason": "资金尚未下达"})
    story.grant(asked)
    assert (story.view.status, str(story.view.light)) == ("suspended", "已中止，不计时限")
    told = [one for one in row_trail(story.plan, NO, story.view.process_id) if one.when]
    assert [one.kind for one in told[-2:]] == ["act", "suspend"]  # decided first, then done
    assert story.may("clerk") == ["resumption", "termination"]
    with pytest.raises(Conflict, match="已暂停"):
        story.do(part.id, "accept", "helper")
    offered = actions.available_actions(open_tasks(part.id)[0], story.people["helper"])
    assert {one.name for one in offered} <= {"copy_to", "comment"}
    assert open_tasks(part.id)[0].remind_on is None
    box = inbox_queries.box(story.people["helper"], "to_accept", due + dt.timedelta(days=30))
    stopped = next(line for line in box.lines if line.task.id == signing.id)
    assert (stopped.deadline.look, stopped.deadline.words) == ("none", "已中止，不计时限")
    story.later(days=7)  # five working days
    asked = story.ask("resumption", who="office", data={"reason": "资金已到位"})
    story.do(asked, "agree", "leader")
    assert story.view.status == "cooperating"
    (signing,) = open_tasks(part.id)
    assert signing.due == workdays(due, 5)
    assert story.row.due == workdays(old, 5)
    assert db.session.scalar(db.select(RowDue)).kind == "resumption"
    story.do(part.id, "accept", "helper")
    assert open_tasks(part.id)[0].due == workdays(old, 5)


def test_an_extension_asked_for_starts_from_the_date_the_row_has_meanwhile(story):
    story.sign_and_divide()
    old = story.row.due
    asked = story.ask("extension", data=ASKED | {"new_due": workdays(old, 3).isoformat()})
    story.do(asked, "agree", "head")
    story.grant(story.ask("suspension", data={"reason": "资金尚未下达"}))
    story.later(days=7)  # five working days
    story.do(story.ask("resumption", who="office", data={"reason": "已到位"}), "agree", "leader")
    now = story.row.due
    assert now == workdays(old, 5)
    assert open_tasks(asked)[0].data["present_due"] == now.isoformat()
    with pytest.raises(Invalid) as refused:
        story.do(asked, "agree", "office")  # the date once asked for would shorten it by now
    assert refused.value.fields == {"granted_due": [f"应晚于 {now}。"]}
    story.do(asked, "agree", "office", granted_due=workdays(now, 1).isoformat())
    assert story.row.due == workdays(now, 1)


def test_silence_does_not_count_while_a_row_stands_still(story):
    """Three working days to sign are three working days of a row that runs."""
    (signing,) = open_tasks(story.view.process_id)
    asked = story.ask("suspension", who="office", data={"reason": "等待文件"})
    story.do(asked, "agree", "leader")
    story.later(days=14)
    run_due_jobs(story.at)
    assert open_tasks(story.view.process_id)[0].id == signing.id
    asked = story.ask("resumption", who="office", data={"reason": "文件已到"})
    story.do(asked, "agree", "leader")
    run_due_jobs(story.at)
    assert story.view.status == "dispatched"
    assert open_tasks(story.view.process_id)[0].due == workdays(story.at.date(), 3)
    story.later(days=7)
    run_due_jobs(story.at)
    assert story.view.status == "in_progress"  # now silence counted as signed for


def test_a_terminated_row_ends_with_its_basis_and_everything_below_it(story, tmp_path):
    story.sign_and_divide()
    pending = story.ask("extension", data=ASKED)
    with transaction():
        asked = requests.start(
            story.plan.id, NO, "termination", by=story.people["office"], at=story.at
        ).process_id
    (form,) = open_tasks(asked)
    with pytest.raises(Invalid):
        story.complete(form.id, "submit", "office", reason="任务已取消", basis="青府发〔2024〕9号")
    with transaction():
        by = story.people["office"]
        file = attachments.store(
            Vault(FolderStore(tmp_path)),
            io.BytesIO(b"%PDF-1.7"),
            "依据.pdf",
            task_id=form.id,
            by=by,
            at=story.at,
        ).id
    paper = {"basis": "青府发〔2024〕9号", "basis_files": [file], "reason": "任务已取消"}
    story.complete(form.id, "submit", "office", **paper)
    row = story.view.process_id
    story.do(asked, "agree", "leader")
    assert (story.view.status, story.may("clerk"), story.may("office")) == ("terminated", [], [])
    assert (story.row.basis, story.row.basis_files) == ("青府发〔2024〕9号", [file])
    assert get_instance(pending).status == "cancelled"
    assert all(not one.is_open for one in children(row))
    root = db.session.get_one(Plan, story.plan.id).process_id
    assert f"row_{NO}" in places(root)["passed"]


def test_a_request_for_a_row_that_ended_meanwhile_is_withdrawn(story):
    story.sign_and_divide()
    asked = story.ask("extension", data=ASKED)
    with transaction():
        write_off_row({}, instance=get_instance(story.view.process_id), at=story.at)
    assert get_instance(asked).status == "cancelled"


def test_a_process_that_is_no_request_cannot_touch_a_row(story):
    stranger = get_instance(story.view.process_id)
    with transaction(), pytest.raises(NotFound):
        changes.apply_extension({"due": "2030-01-01"}, instance=stranger, at=story.at)
