"""The archive of an accepted plan: what it holds, that it can be checked, who may have it."""

import datetime as dt
import hashlib
import io
import json
import re
import zipfile

import pytest

from sanwei_flow.closing import jobs, operations
from sanwei_flow.closing.archive import zipping
from sanwei_flow.closing.archive.contents import parts_of, safe_name
from sanwei_flow.closing.archive.verifying import verify
from sanwei_flow.db import db, transaction
from sanwei_flow.errors import Conflict, Forbidden
from sanwei_flow.oversight import meetings
from sanwei_flow.oversight.inspecting import Found, inspect
from sanwei_flow.oversight.minutes import Wording
from sanwei_flow.plans.models import Plan
from sanwei_flow.processes import clearing
from sanwei_flow.processes.models import Attachment
from sanwei_flow.reports import operations as bulletins
from sanwei_flow.supervision import slips

PROOF = b"%PDF-1.4 " + b"proof " * 50_000


@pytest.fixture
def closed(ending):
    """A plan with a slip, a bulletin and files, accepted; one row was open to the end."""
    rows = ending.plan.rows
    due = ending.at.date() + dt.timedelta(days=9)
    with transaction():
        slips.issue([rows[0].id], "进度滞后", due, by=ending.office, at=ending.at)
        report = bulletins.draft(ending.plan_id, "monthly", by=ending.office, at=ending.at)
        bulletins.issue(report.id, by=ending.office, at=ending.at)
    with transaction():
        words = meetings.Words("会商", ending.at.date(), decisions=[Wording("选址", "县商务委")])
        meeting = meetings.draft(ending.plan_id, words, by=ending.office, at=ending.at)
        meetings.issue(meeting.id, revision=1, by=ending.office, at=ending.at)
        found = Found(
            ending.plan_id, 2, None, ending.at.date(), "王某", "problem", "少一本台账", due
        )
        inspect(found, by=ending.office, at=ending.at)
    ending.strike_off(*[row.no for row in rows[:-1]])
    ending.start()
    first = next(iter(ending.forms()))
    clerk = ending.clerk(first)
    file = ending.attach(ending.forms()[first], clerk, PROOF, "../佐证 材料?.pdf")
    ending.answer(first, evidence=[file], problems="人手不足")
    ending.answer_all()
    ending.accept()
    return ending


def written(ending, tmp_path):
    assert jobs.sweep(ending.at) == 1
    path = tmp_path / "archive.zip"
    with path.open("wb") as target:
        for piece in operations.archive_pieces(ending.vault, ending.archive):
            target.write(piece)
    return path


def test_it_holds_everything_of_the_plan_and_of_each_row(closed, tmp_path):
    path = written(closed, tmp_path)
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        manifest = json.loads(archive.read("manifest.json"))
        plan_page = archive.read("plan/record.html").decode()
        row_page = archive.read("rows/001/record.html").decode()
        row = json.loads(archive.read("rows/001/record.json"))
        look = next(one for one in names if one.startswith("rows/002/papers/inspection-"))
        looked_at = archive.read(look).decode()
        last = json.loads(archive.read(f"rows/{len(closed.plan.rows):03d}/record.json"))
    assert manifest["plan"]["title"] == closed.plan.title
    assert manifest["made_at"].startswith(closed.at.date().isoformat())
    assert {one["path"] for one in manifest["files"]} == set(names) - {"manifest.json"}
    assert "人手不足" in plan_page
    assert "同意通过验收" in plan_page
    assert "进度滞后" in row_page
    assert "督办〔" in row_page
    assert row["status"] == "written_off"
    assert row["slips"][0]["number"].startswith("督办〔")
    assert (last["status"], last["result"]) == ("terminated", "用地未批")
    (proof,) = [one for one in manifest["files"] if one["what"] == "附件"]
    assert re.fullmatch(r"plan/files/\d+-[\w.]+\.pdf", proof["path"])
    assert proof["size"] == len(PROOF)
    assert f'href="{proof["path"].removeprefix("plan/")}"' in plan_page
    papers = [one for one in names if "/papers/" in one]
    assert [one.rsplit("/", 1)[0] for one in papers] == [
        *["plan/papers"] * 2,
        "rows/001/papers",
        "rows/002/papers",
    ]
    assert "少一本台账" in looked_at
    assert any(one.startswith("designs/self_assessment-") for one in names)


def test_it_is_whole_and_says_where_it_is_not(closed, tmp_path):
    path = written(closed, tmp_path)
    archive = closed.archive
    assert (archive.state, archive.size) == ("done", path.stat().st_size)
    found = verify(path)
    assert found.problems == []
    assert (found.digest, found.files) == (archive.digest, archive.files - 1)
    assert found.events > 20
    assert closed.status == "archived"

    changed = altered(path, "rows/001/record.html", lambda text: text.replace(b"<h1>", b"<h1>x"))
    assert verify(changed).problems == ["rows/001/record.html: changed"]
    (lost,) = verify(altered(path, "plan/record.json", lambda _text: None)).problems
    assert lost == "plan/record.json: missing"
    (tmp_path / "no.zip").write_bytes(b"no zip")
    assert "not a readable zip" in verify(tmp_path / "no.zip").problems[0]


def altered(path, name, change, *, sign=False):
    """A copy of the archive with one file changed or left out; with `sign` its hash as well."""
    target = path.with_name("altered.zip")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as again:
        manifest = json.loads(source.read("manifest.json"))
        for entry in source.namelist():
            content = source.read(entry)
            if entry == name:
                content = change(content)
                if content is None:
                    continue
                told = next(one for one in manifest["files"] if one["path"] == name)
                if sign:
                    told["size"] = len(content)
                    told["sha256"] = hashlib.sha256(content).hexdigest()
            if entry != "manifest.json":
                again.writestr(entry, content)
        again.writestr("manifest.json", json.dumps(manifest))
    return target


def test_a_forged_opinion_breaks_the_chain(closed, tmp_path):
    path = written(closed, tmp_path)
    acceptance = f"plan/processes/{closed.process.id}.json"
    forged = altered(
        path,
        acceptance,
        lambda text: text.replace("同意通过验收".encode(), "不同意".encode()),
        sign=True,
    )
    (problem,) = verify(forged).problems
    assert problem.startswith(f"{acceptance}: event ")


def test_the_same_content_is_the_same_bytes(closed):
    facts = jobs.facts_of(closed.plan, "某人", closed.at)
    once, again = io.BytesIO(), io.BytesIO()
    for target in (once, again):
        db.session.expire_all()
        list(zipping.write(target, parts_of(closed.plan, closed.vault), facts))
    assert once.getvalue() == again.getvalue()


def test_a_row_has_a_file_of_its_own(closed, tmp_path):
    path = tmp_path / "row.zip"
    with path.open("wb") as target:
        operations.write_row(
            closed.plan_id, 1, closed.vault, target, by=closed.office, at=closed.at
        )
    found = verify(path)
    assert found.problems == []
    assert found.manifest["row"] == 1
    with zipfile.ZipFile(path) as archive:
        assert {name.split("/")[0] for name in archive.namelist()} == {
            "rows",
            "designs",
            "manifest.json",
        }


def test_only_the_office_and_the_auditor_take_it_away(closed):
    with pytest.raises(Conflict):
        operations.archive_to_fetch(closed.plan_id, by=closed.office)
    jobs.sweep(closed.at)
    assert operations.archive_to_fetch(closed.plan_id, by=closed.office).state == "done"
    for unit in closed.units:
        with pytest.raises(Forbidden):
            operations.archive_to_fetch(closed.plan_id, by=closed.clerk(unit))
    with pytest.raises(Forbidden):
        operations.archive_to_fetch(closed.plan_id, by=closed.leader)


def test_nobody_clears_it_away_and_a_lost_file_is_named(closed, tmp_path):
    attachment = db.session.scalars(db.select(Attachment)).one()
    closed.vault.store.delete(attachment.sha256)
    path = written(closed, tmp_path)
    found = verify(path)
    assert found.problems == []
    assert [one.rsplit("/", 1)[-1].startswith(str(attachment.id)) for one in found.missing] == [
        True
    ]
    clearing.clear(closed.vault, at=closed.at + dt.timedelta(days=30_000))
    assert closed.vault.store.read(closed.archive.digest) is not None


def test_a_store_that_does_not_answer_is_tried_again_and_then_said(closed, monkeypatch):
    def broken(*_):
        raise OSError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr(type(closed.vault.store), "put", broken)
        for _ in range(jobs.ATTEMPTS):
            assert jobs.sweep(closed.at) == 0
            closed.later(days=1)
    assert closed.archive.state == "failed"
    assert "disk full" in closed.archive.error
    assert jobs.sweep(closed.at) == 0
    with transaction():
        operations.write_archive_again(closed.plan_id, by=closed.office, at=closed.at)
    assert jobs.sweep(closed.at) == 1
    assert db.session.get_one(Plan, closed.plan_id, populate_existing=True).archived_at


def test_names_are_safe_everywhere():
    assert safe_name("../../etc/passwd") == "etc_passwd"
    assert safe_name("佐证 材料?.pdf") == "佐证_材料_.pdf"
    assert safe_name("...") == "file"
    assert len(safe_name("长" * 200 + ".docx")) == 80
    assert safe_name("长" * 200 + ".docx").endswith(".docx")


def test_the_command_checks_a_file(app, closed, tmp_path):
    path = written(closed, tmp_path)
    runner = app.test_cli_runner()
    good = runner.invoke(args=["archive", "verify", "--recorded", str(path)])
    assert good.exit_code == 0
    assert closed.archive.digest in good.output
    assert closed.plan.title in good.output
    bad = altered(path, "rows/001/record.json", lambda text: text + b" ")
    told = runner.invoke(args=["archive", "verify", "--recorded", str(bad)])
    assert told.exit_code == 1
    assert "rows/001/record.json: changed" in told.output
    assert "no record of an archive" in told.output
