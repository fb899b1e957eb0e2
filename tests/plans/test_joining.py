"""An edited document changes who does the work of a running plan: units come, go, and are named."""

import datetime as dt
import io

import pytest

from sanwei_flow import engine, web
from sanwei_flow.accounts.operations import actor_of
from sanwei_flow.db import db, transaction
from sanwei_flow.designs.queries import compiled_by_hash
from sanwei_flow.errors import Conflict, Forbidden, Invalid
from sanwei_flow.plans import jobs, joining, queries, reimport_views, reimporting
from sanwei_flow.plans.importing import read_source
from sanwei_flow.plans.models import PlanRow
from sanwei_flow.plans.records import PlanRevision, RowRequest
from sanwei_flow.plans.services import write_off_row
from sanwei_flow.processes.actions import available_actions
from sanwei_flow.processes.jobs import run_due_jobs
from sanwei_flow.processes.models import InstanceStatus, ProcessInstance, Task
from sanwei_flow.processes.queries import get_task, open_tasks
from tests.factories import NOW, log_in
from tests.journeys.documents import DIVIDED
from tests.plans.test_requests import HELPER, NO, OTHER, Story

BANK = "青山金融监管支局"
OTHER_LEAD = DIVIDED.replace(
    "\t县农业农村委\n\t县供销合作社、青山", "\t县财政局\n\t县供销合作社、青山"
)
#: 县财政局 comes, 县供销合作社 goes, a unit nobody knows comes as well.
OTHER_HELP = DIVIDED.replace(
    "\t县供销合作社、青山县金融监管支局", "\t县财政局、青山县金融监管支局、县数据局"
)
#: A row nobody has heard of, led by a unit nobody knows, and one without any lead.
MORE = DIVIDED.rstrip() + "".join(
    f"\n\n\t{no}\n\t{item}\n\t{item}\n\t{task}\n\t{lead}\n\t县财政局\n"
    for no, item, task, lead in (
        (4, "建设数据平台", "建成县级数据平台1个。", "县数据局"),
        (5, "开展专项审计", "开展专项审计并公布结果。", ""),
    )
)


@pytest.fixture
def story(desk):
    told = Story(desk, desk.launch(desk.ready()))
    run_due_jobs(NOW)
    return told


def kept(story, text) -> PlanRevision:
    source = read_source("修改稿.txt", text.encode(), by=story.desk.office)
    with transaction():
        return reimporting.keep_revision(story.plan.id, source, by=story.desk.office, at=story.at)


def applied(story, text, **leads) -> list[str]:
    """Apply a document; what became of each change, in words."""
    revision = kept(story, text)
    with transaction():
        done = reimporting.apply_revision(
            story.plan.id, revision.id, by=story.desk.office, at=story.at, **leads
        )
        said = [web.sentence(message, params) for _no, message, params in done.outcomes]
    run_due_jobs(story.at)
    db.session.expire_all()
    return said


def row_of(story, task: str) -> PlanRow:
    db.session.expire_all()
    return db.session.scalar(db.select(PlanRow).where(PlanRow.task.startswith(task)))


def waits_with(process_id: int) -> set[int]:
    return {task.unit_id for task in open_tasks(process_id)}


def test_a_changed_lead_signs_for_the_row_at_once_where_the_office_says_so(story):
    story.sign_and_divide()
    story.do(story.part(HELPER).id, "accept", "helper")
    before = story.view.process_id

    assert applied(story, OTHER_LEAD, leads={NO: "apply"}) == [
        "已改由县财政局牵头，待其签收；原流程已撤销，已有成果保留"
    ]

    assert story.view.status == "dispatched"
    assert story.view.process_id != before
    assert waits_with(story.view.process_id) == {story.desk.unit(OTHER)}
    assert open_tasks(before) == []
    assert "按修改稿，第3项改由县财政局牵头" in story.told("clerk")
    assert "按修改稿，第3项改由县财政局牵头，请签收" in story.told("other")


def test_otherwise_its_present_lead_finds_the_request_filled_in(story):
    story.sign_and_divide()

    (said,) = applied(story, OTHER_LEAD)

    assert said == "牵头单位应改为县财政局：变更申请已在县农业农村委待办里，经审核和专班裁定后生效"
    asked = db.session.scalar(db.select(RowRequest))
    (task,) = open_tasks(asked.process_id)
    (submit,) = [
        one
        for one in available_actions(get_task(task.id), story.people["clerk"])
        if one.name == "submit"
    ]
    filled = {one["key"]: one["value"] for one in submit.fields}
    assert filled["suggested"] == story.desk.unit(OTHER)
    assert "县财政局" in filled["reason"]
    story.complete(
        task.id, "submit", "clerk", suggested=filled["suggested"], reason=filled["reason"]
    )
    story.do(asked.process_id, "agree", "head")
    story.do(asked.process_id, "reassign", "office", new_lead=story.desk.unit(OTHER))
    run_due_jobs(story.at)
    assert waits_with(story.view.process_id) == {story.desk.unit(OTHER)}


def test_a_row_not_signed_for_says_why_it_cannot_be_asked(story):
    (said,) = applied(story, OTHER_LEAD)
    assert "变更程序未能启动：第3项尚未签收" in said
    with pytest.raises(Invalid), transaction():
        reimporting.begin(
            story.plan.id, 1, leads={NO: "perhaps"}, by=story.desk.office, at=story.at
        )


def test_units_that_come_and_go_before_the_division_are_lines_of_it(story):
    said = applied(story, OTHER_HELP)
    assert said == [
        "不再配合：县供销合作社，其任务已撤回并说明原因",
        "新增配合单位县财政局：已列入牵头单位的分工",
        "单位名册中没有县数据局：请在本页确认后加入",
    ]
    story.do(story.view.process_id, "accept", "clerk")
    (task,) = open_tasks(story.view.process_id)
    listed = {one["name"] for one in task.data["cooperating"]}
    assert listed == {OTHER, BANK}


def test_after_the_division_a_unit_gets_its_part_and_another_is_let_go(story):
    story.sign_and_divide()
    gone, stays = story.part(HELPER), story.part(BANK)

    said = applied(story, OTHER_HELP)

    assert "不再配合：县供销合作社，其任务已撤回并说明原因" in said
    assert "新增配合单位县财政局：已向其交办，待签收" in said
    assert db.session.get(ProcessInstance, gone.id).status == InstanceStatus.cancelled
    mine = open_tasks(story.part(OTHER).id)
    assert [(one.name, one.box) for one in mine] == [("签收", "to_accept")]
    # The row goes on as soon as those it still waits for are done, with what is said of the other.
    bank = actor_of(story.desk.county.clerks[BANK])
    head = actor_of(story.desk.county.heads[BANK])
    story.people |= {"bank": bank, "bank_head": head}
    story.do(stays.id, "accept", "bank")
    story.do(stays.id, "submit", "bank", summary="已完成")
    story.do(stays.id, "agree", "bank_head")
    story.do(stays.id, "confirm", "clerk")
    run_due_jobs(story.at)
    assert story.view.status == "reporting"
    (task,) = open_tasks(story.view.process_id)
    reports = {one["name"]: one["summary"] for one in task.data["reports"]}
    assert reports == {BANK: "已完成", HELPER: "修改稿不再把本单位列为配合单位"}
    # Who came late holds nobody up, and is let go when the row is struck off.
    late = story.part(OTHER)
    with transaction():
        running = db.session.get_one(ProcessInstance, story.view.process_id)
        write_off_row({}, instance=running, at=story.at)
    assert open_tasks(late.id) == []


def test_a_name_that_is_settled_later_lets_its_unit_in(story):
    story.sign_and_divide()
    applied(story, OTHER_HELP)
    (name,) = joining.waiting(story.plan).names
    assert name.mention.name == "县数据局"
    with transaction():
        unit = story.desk.unit("县商务委")
        assert (
            joining.settle_name(
                story.plan.id, name.mention.id, unit_id=unit, by=story.desk.office, at=story.at
            )
            == []
        )
    assert waits_with(story.part("县商务委").id) == {unit}
    with pytest.raises(Conflict), transaction():
        joining.settle_name(
            story.plan.id, name.mention.id, unit_id=unit, by=story.desk.office, at=story.at
        )


def test_new_rows_wait_for_their_names_and_the_plan_waits_for_them(client, story):
    said = applied(story, MORE)
    assert said == ["已新增，但有单位名称还没有确认，尚未启动：请在本页确认"] * 2
    platform, audit = row_of(story, "建成县级数据平台"), row_of(story, "开展专项审计")
    revision = db.session.scalar(db.select(PlanRevision.id))
    # The launch is not under way again because of them.
    assert queries.status_of(story.plan) == "running"

    office = log_in(client, story.desk.county.office)
    address = f"/plans/{story.plan.id}/revisions/{revision}"
    page = office.get(address).text
    assert "县数据局" in page
    assert f"第{audit.no}项没有牵头单位" in page
    (name,) = joining.waiting(story.plan).names
    unit = story.desk.unit("县商务委")
    answer = office.post(
        f"{address}/units/{name.mention.id}",
        data={"choice": f"unit:{unit}"},
        follow_redirects=True,
    )
    assert f"第{platform.no}项已启动" in answer.text
    answer = office.post(
        f"{address}/rows/{audit.no}/lead", data={"lead": unit}, follow_redirects=True
    )
    assert f"第{audit.no}项已启动" in answer.text
    assert "还要确认的单位" not in answer.text
    query = (
        db.select(Task.id)
        .join(ProcessInstance)
        .where(
            ProcessInstance.business_key.in_([platform.business_key, audit.business_key]),
            Task.unit_id == unit,
        )
    )
    assert len(db.session.scalars(query).all()) == 2
    db.session.rollback()

    with transaction():
        root = db.session.get_one(ProcessInstance, story.plan.process_id)
        root.status, root.finished_at = InstanceStatus.finished, story.at
    assert queries.status_of(story.plan) == "running"
    shown = office.get(f"/plans/{story.plan.id}").text
    assert f"启动后新增的第{platform.no}、{audit.no}项还在办理" in shown
    with transaction():
        for one in (platform.id, audit.id):
            db.session.get_one(PlanRow, one).written_off_at = story.at
    assert queries.status_of(story.plan) == "done"


def test_a_later_edit_that_names_a_known_unit_starts_the_row_as_well(story):
    applied(story, MORE)
    said = applied(story, MORE.replace("县数据局", "县商务委"))
    assert said == ["单位已改为县商务委", "已启动"]
    query = db.select(ProcessInstance).where(
        ProcessInstance.business_key == row_of(story, "建成县级数据平台").business_key
    )
    assert waits_with(db.session.scalar(query).id) == {story.desk.unit("县商务委")}


def test_a_row_whose_phase_has_not_come_is_changed_for_when_it_does(story):
    """As a designer may draw it: no process yet, and nobody about to start one."""
    with transaction():
        row = db.session.get_one(PlanRow, story.row.id)
        db.session.execute(
            db.update(ProcessInstance)
            .where(ProcessInstance.business_key == row.business_key)
            .values(business_key="plan:0/row:0")
        )
    assert applied(story, OTHER_LEAD) == ["单位已改为县财政局"]
    root = db.session.get_one(ProcessInstance, story.plan.process_id)
    known = engine.variables(compiled_by_hash(root.design_version.hash), root.state)
    assert known["row_3"]["lead_unit"] == story.desk.unit(OTHER)
    assert known["row_2"]["lead_unit"] == story.desk.unit("县商务委")


def test_a_row_that_runs_is_given_no_lead_here_and_strangers_none_at_all(story):
    applied(story, MORE)
    audit = row_of(story, "开展专项审计")
    with pytest.raises(Conflict), transaction():
        joining.assign_lead(story.plan.id, NO, 1, by=story.desk.office, at=story.at)
    with pytest.raises(Forbidden), transaction():
        joining.assign_lead(story.plan.id, audit.no, 1, by=story.people["clerk"], at=story.at)
    with pytest.raises(Invalid), transaction():
        joining.assign_lead(story.plan.id, audit.no, 10**6, by=story.desk.office, at=story.at)


def test_long_work_is_done_piece_by_piece_and_finished_when_nobody_looks(
    client, story, monkeypatch
):
    monkeypatch.setattr(reimport_views, "PATIENCE", 0.0)
    office = log_in(client, story.desk.county.office)
    sent = {"file": (io.BytesIO(MORE.encode()), "修改稿.txt")}
    page = office.post(f"/plans/{story.plan.id}/reimport", data=sent, follow_redirects=True)
    address = page.request.path
    shown = office.post(f"{address}/apply", follow_redirects=True).text
    assert "已应用 0/2 处" in shown
    assert "继续" in shown
    db.session.rollback()

    assert jobs.apply_revisions(story.at + dt.timedelta(minutes=1)) == 1
    assert jobs.apply_revisions(story.at + dt.timedelta(minutes=2)) == 0
    db.session.expire_all()
    done = db.session.scalar(db.select(PlanRevision))
    assert (done.done, done.applied_by_id) == (2, story.desk.office.user_id)
    assert done.applied_at is not None
    assert len(done.outcomes) == 2


def test_one_change_that_is_refused_stops_no_other(story, monkeypatch):
    def refuse(self, said):
        raise Conflict("第{no}项不行", no=said.no)

    monkeypatch.setattr("sanwei_flow.plans.renewing.Renewal.remove", refuse)
    text = OTHER_LEAD.replace("\t组建农合联13个。\n", "\t完全另外的一件事情，与以前无关。\n")
    said = applied(story, text, leads={NO: "apply"})
    assert "未能应用：第1项不行" in said
    assert any("已新增并启动" in one for one in said)
    assert story.view.status == "dispatched"
