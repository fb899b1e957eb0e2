"""An edited plan is imported again: what changed is shown, and only that is changed."""

import datetime as dt
import io

import pytest

from sanwei_flow.accounts.operations import actor_of
from sanwei_flow.db import db, transaction
from sanwei_flow.errors import Conflict, Forbidden
from sanwei_flow.notifications.models import Notification
from sanwei_flow.plans import reimporting
from sanwei_flow.plans.changes import process_of_row
from sanwei_flow.plans.importing import read_source
from sanwei_flow.plans.models import PlanRow
from sanwei_flow.plans.records import RowDue, RowRequest
from sanwei_flow.processes.jobs import run_due_jobs
from sanwei_flow.processes.queries import open_tasks
from tests.factories import NOW, log_in
from tests.journeys.documents import DIVIDED

#: Row 2 counts more, row 3 has another lead and another helper, row 1 is left out, one is new.
EDITED = (
    DIVIDED.replace("建成流通网点58个。", "建成流通网点66个。")
    .replace("\t县农业农村委\n\t县供销合作社、青山县金融监管支局", "\t县财政局\n\t县供销合作社")
    .replace("\t组建农合联13个。\n\t县供销", "\t开展专项审计并公布结果。\n\t县供销")
)


def keep(desk, plan, text=EDITED, by=None):
    source = read_source("修改稿.txt", text.encode(), by=by or desk.office)
    with transaction():
        return reimporting.keep_revision(plan.id, source, by=by or desk.office, at=NOW)


def apply(desk, plan, revision, by=None):
    with transaction():
        done = reimporting.apply_revision(plan.id, revision.id, by=by or desk.office, at=NOW)
    run_due_jobs(NOW)
    db.session.expire_all()
    return done


def rows(plan) -> dict[int, PlanRow]:
    query = db.select(PlanRow).where(PlanRow.plan_id == plan.id)
    return {row.no: row for row in db.session.scalars(query)}


def units(row, side) -> list[str]:
    return [one.mention.name for one in row.units if one.side == side]


@pytest.fixture
def draft(desk):
    return desk.ready()


@pytest.fixture
def running(desk, draft):
    desk.launch(draft)
    run_due_jobs(NOW)
    db.session.expire_all()
    return draft


def test_the_difference_is_told_row_by_row_and_field_by_field(desk, draft):
    found = reimporting.difference(keep(desk, draft))
    assert [one.task for one in found.added] == ["开展专项审计并公布结果。"]
    assert [one.task for one in found.removed] == ["组建农合联13个。"]
    told = {one.old.no: one.names for one in found.changed}
    assert told == {2: ("task", "figures"), 3: ("lead", "cooperating")}
    assert found.unchanged == 0


def test_a_file_that_says_the_same_changes_nothing(desk, running):
    same = keep(desk, running, DIVIDED + "\n\n")
    assert reimporting.difference(same).empty
    assert apply(desk, running, same).outcomes == []
    with pytest.raises(Conflict):
        keep(desk, running, DIVIDED)


def test_a_draft_takes_everything_over(desk, draft):
    done = apply(desk, draft, keep(desk, draft))
    found = rows(draft)
    assert found[2].task == "建成流通网点66个。"
    assert [int(one.value) for one in found[2].targets] == [66]
    assert units(found[3], "lead") == ["县财政局"]
    assert units(found[3], "cooperating") == ["县供销合作社"]
    assert "组建农合联13个。" not in {row.task for row in found.values()}
    assert "开展专项审计并公布结果。" in {row.task for row in found.values()}
    assert len(done.outcomes) >= 4


def test_a_running_row_takes_words_figures_and_date_and_asks_for_the_rest(desk, running):
    text = EDITED.replace("2029", "2028")
    before = {no: (row.due, units(row, "lead")) for no, row in rows(running).items()}
    done = apply(desk, running, keep(desk, running, text))
    found = rows(running)
    assert found[2].task == "建成流通网点66个。"
    task = open_tasks(process_of_row(found[2]).id)[0]
    assert task.data["row"]["task"] == "建成流通网点66个。"
    assert [one["value"] for one in task.data["row"]["targets"]] == [66]
    # Nobody's work is taken away or given to others behind their backs.
    assert units(found[3], "lead") == before[3][1]
    told = db.session.scalars(
        db.select(Notification).where(
            Notification.user_id == desk.county.clerks["县农业农村委"].id,
            Notification.kind == "row_changed",
        )
    ).all()
    assert {one.params["units"] for one in told} == {"县财政局", "县供销合作社"}
    # The row that was left out waits for the office to say why it ends.
    (asked,) = db.session.scalars(db.select(RowRequest))
    assert (asked.kind, asked.row_id) == ("termination", found[1].id)
    assert open_tasks(asked.process_id)[0].owner_id == desk.office.user_id
    # The new row is under way.
    new = next(row for row in found.values() if row.task.startswith("开展专项审计"))
    assert process_of_row(new).stage == "dispatched"
    assert {entry[0] for entry in done.outcomes} >= {1, 2, 3, new.no}


def test_a_date_moves_with_its_history_and_the_work_that_hangs_on_it(desk, running):
    revision = keep(desk, running, DIVIDED + "\n")
    new = dt.date(2025, 6, 30)
    with transaction():
        said = [dict(one) for one in revision.rows]
        said[1]["due"] = new.isoformat()
        db.session.get(type(revision), revision.id).rows = said
    old = rows(running)[2].due
    apply(desk, running, revision)
    row = rows(running)[2]
    assert row.due == new
    (moved,) = db.session.scalars(db.select(RowDue).where(RowDue.row_id == row.id))
    assert (moved.kind, moved.old, moved.new) == ("document", old, new)
    assert moved.by_name == desk.office.name
    task = open_tasks(process_of_row(row).id)[0]
    assert task.data["row"]["due"] == new.isoformat()


def test_applied_twice_it_is_done_once(desk, running):
    revision = keep(desk, running)
    first = apply(desk, running, revision).outcomes
    count = len(rows(running))
    assert apply(desk, running, revision).outcomes == first
    assert len(rows(running)) == count
    assert keep(desk, running).id == revision.id
    # The next edit is compared with this one, not with the first file.
    assert reimporting.difference(keep(desk, running, EDITED + "\n")).empty


def test_what_the_office_corrected_is_no_change_of_the_document(desk, draft):
    desk.correct(draft, 2, task="建成流通网点58个（含村级）。", lead=["县财政局"])
    assert reimporting.difference(keep(desk, draft, DIVIDED + "\n\n")).empty


def test_only_the_plans_office_may(desk, running):
    other = actor_of(desk.county.clerks["县商务委"])
    source = read_source("修改稿.txt", EDITED.encode(), by=desk.office)
    with pytest.raises(Forbidden), transaction():
        reimporting.keep_revision(running.id, source, by=other, at=NOW)


def test_the_pages_show_the_difference_then_what_became_of_it(client, desk, running):
    log_in(client, desk.county.office)
    assert "导入修改稿" in client.get(f"/plans/{running.id}").text
    sent = {"file": (io.BytesIO(EDITED.encode()), "修改稿.txt")}
    page = client.post(f"/plans/{running.id}/reimport", data=sent, follow_redirects=True)
    assert "建成流通网点66个。" in page.text
    assert "走变更程序：由现牵头单位提交申请" in page.text
    address = page.request.path
    done = client.post(f"{address}/apply", follow_redirects=True).text
    assert "文字和指标已更新" in done
    assert "已新增并启动" in done


def test_a_file_that_is_no_plan_is_refused_in_words(client, desk, running):
    log_in(client, desk.county.office)
    sent = {"file": (io.BytesIO(b"nothing"), "x.txt")}
    answer = client.post(f"/plans/{running.id}/reimport", data=sent)
    assert answer.status_code == 422
    assert "没有在文件里找到工作任务" in answer.text


def test_the_command_shows_first_and_changes_when_told_to(app, desk, draft, tmp_path):
    file = tmp_path / "edited.txt"
    file.write_text(EDITED)
    runner = app.test_cli_runner()
    shown = runner.invoke(args=["plan", "reimport", str(draft.id), str(file)])
    assert "~ 2  task, figures" in shown.output
    assert rows(draft)[2].task == "建成流通网点58个。"
    db.session.rollback()
    done = runner.invoke(args=["plan", "reimport", str(draft.id), str(file), "--apply"])
    assert done.exit_code == 0, done.output
    db.session.expire_all()
    assert rows(draft)[2].task == "建成流通网点66个。"
