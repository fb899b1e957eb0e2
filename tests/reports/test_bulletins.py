"""A bulletin: numbers from the data, words from the office, and what was issued stays."""

import datetime as dt
import hashlib
import io
import sys

import pytest
from docx import Document

from sanwei_flow import web
from sanwei_flow.audit.models import AuditEntry
from sanwei_flow.db import db, transaction
from sanwei_flow.errors import Conflict, Forbidden, Invalid
from sanwei_flow.plans import leads, progress
from sanwei_flow.plans.access import record
from sanwei_flow.plans.models import PlanRow
from sanwei_flow.processes.queries import get_instance
from sanwei_flow.reports import operations, paper
from sanwei_flow.reports.models import Bulletin
from sanwei_flow.reports.numbers import facts, share
from tests.counting import counted
from tests.factories import NOW, log_in
from tests.journeys.documents import DIVIDED
from tests.plans.test_requests import ASKED, LEAD, NEW, NO, OTHER

TODAY = NOW.date()


@pytest.fixture
def plan(story):
    """Row 1 is struck off; row 3, led by the agriculture unit, is three days late."""
    with transaction():
        rows = {row.no: row for row in db.session.scalars(db.select(PlanRow))}
        rows[1].written_off_at = NOW
        rows[NO].due, rows[NO].due_past = TODAY - dt.timedelta(days=3), False
    return story.plan


def drafted(story, kind="monthly", at=NOW) -> Bulletin:
    with transaction():
        return operations.draft(story.plan.id, kind, by=story.people["office"], at=at)


def issued(story, **more) -> Bulletin:
    bulletin = drafted(story, **more)
    with transaction():
        return operations.issue(bulletin.id, by=story.people["office"], at=more.get("at", NOW))


def words_of(content: bytes) -> str:
    document = Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([one.text for one in document.paragraphs] + cells)


def page(client, address, status=200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return " ".join(answer.text.split())


def test_every_number_is_counted_from_the_rows(story, plan):
    found = facts(plan, TODAY).numbers
    total = len(plan.rows)
    assert (found["任务总数"].value, found["办结数"].value) == (str(total), "1")
    assert found["办结率"].value == share(1, total)
    assert (found["办结数"].rows, found["逾期数"].rows) == ((1,), (NO,))
    assert found["逾期名单"].value == f"由{LEAD}牵头的第{NO}项"
    assert int(found["在办数"].value) == total - 1
    names = ("已达到数", "超进度数", "达进度数", "欠进度数", "未上报数")
    assert sum(int(found[name].value) for name in names) == int(found["指标总数"].value)


def test_shares_are_computed():
    assert [share(162, 222), share(17, 222), share(1, 2), share(0, 0)] == [
        "73%",
        "7.7%",
        "50%",
        "0%",
    ]


def test_the_office_drafts_edits_and_issues(client, story, plan):
    office = log_in(client, story.desk.county.office)
    answer = office.post("/reports", data={"plan": plan.id, "kind": "monthly"})
    address = answer.headers["Location"]
    shown = page(office, address)
    assert f'<a href="#逾期名单">由{LEAD}牵头的第{NO}项</a>' in shown
    assert f'href="/plans/{plan.id}/rows/{NO}"' in shown
    # The same draft is gone on with, not a second one made.
    again = office.post("/reports", data={"plan": plan.id, "kind": "monthly"})
    assert again.headers["Location"] == address
    sent = {"title": "推进情况通报", "text": "一、总体\n共【任务总数】项。【办结好】"}
    refused = office.post(address, data=sent)
    assert refused.status_code == 422
    assert "没有名为“办结好”的数据" in refused.text
    assert "共【任务总数】项。【办结好】" in refused.text
    sent["text"] = "一、总体\n共【任务总数】项，办结【办结率】。\n请抓紧。"
    assert office.post(address, data=sent).status_code == 302
    assert office.post(f"{address}/issue").status_code == 302
    shown = page(office, address)
    assert "通报〔" in shown
    assert "修改文字" not in shown
    bulletin = db.session.scalars(db.select(Bulletin)).one()
    assert bulletin.digest in shown
    stranger = log_in(client, story.desk.county.clerks["东河镇"])
    assert bulletin.number in page(stranger, "/reports")
    file = stranger.get(f"{address}.docx").data
    words = words_of(file)
    assert f"共{len(plan.rows)}项，办结{share(1, len(plan.rows))}。" in words
    assert "请抓紧。" in words
    assert bulletin.number in words
    assert "附件1　进度滞后的事项" in words
    assert hashlib.sha256(file).hexdigest() == bulletin.digest


def test_what_was_issued_never_changes(story, plan):
    bulletin = issued(story)
    before = operations.file_of(bulletin, TODAY), operations.numbers_of(bulletin, TODAY)
    with transaction():
        db.session.get_one(PlanRow, plan.rows[1].id).written_off_at = NOW
    db.session.expire_all()
    kept = db.session.get_one(Bulletin, bulletin.id)
    later = TODAY + dt.timedelta(days=400)
    assert (operations.file_of(kept, later), operations.numbers_of(kept, later)) == before
    office = story.people["office"]
    with transaction(), pytest.raises(Conflict):
        operations.revise(bulletin.id, "x", "y", by=office, at=NOW)
    with transaction(), pytest.raises(Conflict):
        operations.issue(bulletin.id, by=office, at=NOW)
    with transaction(), pytest.raises(Conflict):
        operations.discard(bulletin.id, by=office)
    with pytest.raises(RuntimeError), transaction():
        db.session.get_one(Bulletin, bulletin.id).title = "改"
    with pytest.raises(RuntimeError), transaction():
        db.session.delete(db.session.get_one(Bulletin, bulletin.id))
    # Even behind our back: the file no longer fits its digest.
    with transaction():
        db.session.execute(db.update(Bulletin).values(content=b"other"))
    db.session.expire_all()
    with pytest.raises(Conflict):
        operations.file_of(db.session.get_one(Bulletin, bulletin.id), TODAY)


def test_numbers_run_by_kind_and_year(story, plan):
    later = NOW + dt.timedelta(days=31)
    numbers = [issued(story).number, issued(story, at=later).number]
    numbers.append(issued(story, kind="closing").number)
    numbers.append(issued(story, at=NOW.replace(year=NOW.year + 1)).number)
    year = NOW.year
    assert numbers == [
        f"通报〔{year}〕1号",
        f"通报〔{year}〕2号",
        f"总结〔{year}〕1号",
        f"通报〔{year + 1}〕1号",
    ]
    event = db.session.scalars(
        db.select(AuditEntry)
        .where(AuditEntry.kind == "bulletin_issued")
        .order_by(AuditEntry.id)
        .limit(1)
    ).one()
    assert event.data["number"] == numbers[0]


@pytest.fixture
def autumn(story):
    """In August row 3 is late and row 1 under way; by October nothing of that is so any more."""
    september = dt.datetime(2024, 9, 10, 2, tzinfo=dt.UTC)
    target = next(one for one in story.plan.targets if one.row_id and one.value > 0)
    first = story.view.process_id
    story.do(first, "accept", "clerk")
    with transaction():
        rows = {row.no: row for row in db.session.scalars(db.select(PlanRow))}
        rows[NO].due, rows[NO].due_past = dt.date(2024, 8, 20), False
        progress.keep_figures(
            story.plan.id, {target.key: target.value / 2}, process_id=first, at=NOW
        )
    story.at = september
    asked = story.ask("extension", data=ASKED)
    story.grant(asked, granted_due=NEW.isoformat())
    with transaction():
        running = get_instance(story.view.process_id)
        other = story.desk.county.units[OTHER]
        leads.hand_to(story.row, running, other, by=story.people["office"], at=september)
        progress.keep_figures(
            story.plan.id, {target.key: target.value}, process_id=running.id, at=september
        )
        db.session.get_one(PlanRow, rows[1].id).written_off_at = september
    story.at = dt.datetime(2024, 10, 9, 2, tzinfo=dt.UTC)
    return target


def test_a_past_month_is_told_as_it_stood_at_its_end(story, autumn):
    office, at = story.people["office"], story.at
    with transaction():
        august = operations.draft(story.plan.id, "monthly", month="2024-08", by=office, at=at)
        september = operations.draft(story.plan.id, "monthly", month="2024-09", by=office, at=at)
    assert "（2024年8月）" in august.title
    then, after = (operations.numbers_of(one, at.date()) for one in (august, september))
    assert [one["截至日期"].value for one in (then, after)] == ["2024年8月31日", "2024年9月30日"]
    assert (then["办结数"].value, after["办结数"].rows) == ("0", (1,))
    # Late under its old date and its old lead; since then it has another date and lead.
    assert then["逾期名单"].value == f"由{LEAD}牵头的第{NO}项"
    assert after["逾期数"].value == "0"
    row = autumn.row.no
    assert row not in then["已达到数"].rows
    assert row in after["已达到数"].rows
    sums = ("办结数", "在办数", "终止数")
    for found in (then, after):
        assert sum(int(found[name].value) for name in sums) == len(story.plan.rows)

    with transaction():
        out = operations.issue(august.id, by=office, at=at)
    words = words_of(operations.file_of(out, at.date()))
    assert "截至2024年8月31日" in words
    assert "2024年10月9日" in words  # issued today, and says so
    assert LEAD in words
    assert "按截至日期还原" in words
    assert "2024年8月20日" in words
    assert operations.numbers_of(out, at.date()) == then


def test_what_stood_still_in_a_month_was_not_late_in_it(story, plan):
    august, later = dt.datetime(2024, 8, 12, 2, tzinfo=dt.UTC), dt.date(2024, 8, 31)
    with transaction():
        record(plan, "suspend_row", row=NO, by=story.people["office"], at=august)
        record(
            plan,
            "resume_row",
            row=NO,
            by=story.people["office"],
            at=august + dt.timedelta(days=40),
        )
    assert facts(plan, later, past=True).numbers["逾期数"].value == "0"
    assert facts(plan, dt.date(2024, 8, 11), past=True).numbers["逾期数"].rows == (NO,)
    assert facts(plan, dt.date(2024, 9, 30), past=True).numbers["逾期数"].rows == (NO,)


def test_a_row_that_joined_later_is_not_told_of(story, plan):
    with transaction():
        row = db.session.get_one(PlanRow, plan.rows[-1].id)
        row.added_at = dt.datetime(2024, 9, 10, 2, tzinfo=dt.UTC)
    august = facts(plan, dt.date(2024, 8, 31), past=True).numbers
    assert row.no not in august["任务总数"].rows
    assert row.no not in august["指标总数"].rows
    assert row.no in facts(plan, dt.date(2024, 9, 30), past=True).numbers["任务总数"].rows


def test_a_month_has_one_bulletin_from_the_launch_to_the_present(
    client, story, autumn, monkeypatch
):
    monkeypatch.setattr(web, "now", lambda: story.at)
    office, plan = log_in(client, story.desk.county.office), story.plan
    shown = page(office, "/reports")
    assert [month in shown for month in ("2024-10", "2024-08", "2024-07", "2024-11")] == [
        True,
        True,
        False,
        False,
    ]
    given = {"plan": plan.id, "kind": "monthly", "month": "2024-08"}
    address = office.post("/reports", data=given).headers["Location"]
    shown = page(office, address)
    assert "数字按2024-08-31的情况还原" in shown
    assert office.post("/reports", data=given).headers["Location"] == address
    assert office.post("/reports", data=given | {"month": "2024-09"}).headers["Location"] != address
    assert office.post(f"{address}/issue").status_code == 302
    assert "数字按2024-08-31的情况还原" not in page(office, address)
    answer = office.post("/reports", data=given)
    assert answer.status_code == 409
    assert "2024年8月的通报已经印发（通报〔2024〕1号），每月只印发一次" in answer.text
    assert '<option value="2024-08" disabled>2024-08（已印发）' in page(office, "/reports")
    for month in ("2024-07", "2024-11", "2024-13", "9999-12", "x"):
        assert office.post("/reports", data=given | {"month": month}).status_code == 422
    # The report of the end has no month, whatever the form sent.
    office.post("/reports", data=given | {"kind": "closing"})
    assert (
        db.session.scalars(db.select(Bulletin).where(Bulletin.kind == "closing")).one().month
        is None
    )


def test_a_draft_of_a_month_that_is_out_is_not_issued(story, plan):
    """As an older version let them be made."""
    office = story.people["office"]
    first = drafted(story)
    with transaction():
        second = Bulletin(
            plan=plan, kind="monthly", month=first.month, title="又一份", text="x", made_at=NOW
        )
        db.session.add(second)
    with transaction():
        operations.issue(first.id, by=office, at=NOW)
    with transaction(), pytest.raises(Conflict, match="每月只印发一次"):
        operations.issue(second.id, by=office, at=NOW)


def test_only_the_plans_office_drafts(story, plan, client):
    for who in ("clerk", "head", "leader"):
        with transaction(), pytest.raises(Forbidden):
            operations.draft(plan.id, "monthly", by=story.people[who], at=NOW)
    with transaction(), pytest.raises(Invalid):
        operations.draft(plan.id, "weekly", by=story.people["office"], at=NOW)
    bulletin = drafted(story)
    page(log_in(client, story.desk.county.leader), f"/reports/{bulletin.id}", 404)
    office = log_in(client, story.desk.county.office)
    assert office.post(f"/reports/{bulletin.id}/discard").status_code == 302
    assert db.session.scalars(db.select(Bulletin)).all() == []
    unlaunched = story.desk.imports(DIVIDED + "\n", "b.txt")
    with transaction(), pytest.raises(Conflict):
        operations.draft(unlaunched.id, "monthly", by=story.people["office"], at=NOW)


def test_pdf_comes_from_libreoffice_or_a_sentence_says_why_not(
    client, story, plan, tmp_path, monkeypatch
):
    bulletin = issued(story)
    office = log_in(client, story.desk.county.office)
    monkeypatch.setenv("PATH", str(tmp_path))
    shown = page(office, f"/reports/{bulletin.id}")
    assert "没有安装 LibreOffice" in shown
    assert ".pdf" not in shown
    assert "没有安装 LibreOffice" in page(office, f"/reports/{bulletin.id}.pdf", 503)
    program = tmp_path / "soffice"
    program.write_text(
        f"#!{sys.executable}\nimport pathlib, sys\n"
        "source = pathlib.Path(sys.argv[-1])\n"
        "source.with_suffix('.pdf').write_bytes(b'%PDF-' + source.read_bytes()[:2])\n"
    )
    program.chmod(0o755)
    assert f"/reports/{bulletin.id}.pdf" in page(office, f"/reports/{bulletin.id}")
    assert office.get(f"/reports/{bulletin.id}.pdf").data == b"%PDF-PK"
    program.write_text(f"#!{sys.executable}\nraise SystemExit(1)\n")
    assert "LibreOffice 没有转成 PDF" in page(office, f"/reports/{bulletin.id}.pdf", 503)
    assert paper.office_program() == str(program)


def test_the_pages_speak_english(client, story, plan):
    bulletin = issued(story)
    office = log_in(client, story.desk.county.office)
    assert "Where the numbers come from" in page(office, f"/reports/{bulletin.id}?lang=en")
    assert "Monthly bulletin" in page(office, "/reports?lang=en")


def test_the_statements_do_not_grow_with_what_was_issued(client, story, plan):
    office = log_in(client, story.desk.county.office)

    def sent(address: str) -> int:
        page(office, address)
        with counted() as statements:
            page(office, address)
        return len(statements)

    drafted(story)
    first = issued(story)
    drafted(story, kind="closing")
    before = sent("/reports"), sent(f"/reports/{first.id}")
    for months_later in range(1, 6):
        issued(story, at=NOW + dt.timedelta(days=31 * months_later))
    assert (sent("/reports"), sent(f"/reports/{first.id}")) == before
