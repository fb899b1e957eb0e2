import json
import os
import subprocess
import sys

import pytest
from flask import Flask

from sanwei_flow.plans import commands, queries
from sanwei_flow.plans.operations import get_plan
from sanwei_flow.processes import outbox
from tests.journeys.documents import DIVIDED, UNDIVIDED


@pytest.fixture
def run(app: Flask, tmp_path):
    def go(*arguments, text=None):
        file = tmp_path / "方案.txt"
        if text is not None:
            file.write_text(text, "utf-8")
            arguments = (*arguments, str(file))
        return app.test_cli_runner().invoke(args=["plan", *arguments])

    return go


def test_reading_needs_no_database_and_prints_json(run):
    result = run("read", "--json", text=DIVIDED)
    assert result.exit_code == 0
    said = json.loads(result.stdout)
    assert len(said["rows"]) == 3
    assert said["rows"][0]["lead"] == ["县供销合作社"]


def test_reading_prints_a_table_people_can_read(run):
    said = run("read", text=UNDIVIDED).stdout
    assert "试点实施  2027-05-01 — 2029-06-30" in said
    assert "3 rows" in said


def test_a_file_that_is_no_plan_is_one_clear_line_and_exit_2(run):
    result = run("read", "--json", text="今天天气很好。")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_missing_file_and_a_folder_are_one_clear_line_and_exit_2(run, tmp_path):
    for path in (tmp_path / "没有.txt", tmp_path):
        result = run("read", "--json", str(path))
        assert result.exit_code == 2
        assert result.stdout == ""
        assert result.stderr == f"打不开文件“{path}”\n"


def test_reading_needs_no_folder_of_our_own(tmp_path):
    (tmp_path / "方案.txt").write_text(DIVIDED, "utf-8")
    (tmp_path / "file").write_text("")
    said = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "plan", "read", tmp_path / "方案.txt"],
        env=os.environ
        | {"SANWEI_INSTANCE": str(tmp_path / "file" / "none"), "DATABASE_URL": "postgresql://x@/x"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (said.returncode, said.stderr) == (0, "")


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("number", ["999", "0", str(10**20)])
def test_launching_what_is_no_plan_is_exit_2(run, number):
    assert run("launch", number).exit_code == 2


def test_import_says_what_is_left_and_launch_starts_everything(run, desk):
    result = run("import", text=DIVIDED)
    assert result.exit_code == 0, result.output
    assert "青山县金融监管支局" in result.stdout
    number = int(result.stdout.split("\t")[0])
    refused = run("launch", str(number))
    assert refused.exit_code == 2
    assert "青山县金融监管支局" in refused.stderr
    plan = get_plan(number)
    desk.settle(plan, "青山县金融监管支局", drop=True)
    assert "3/3" in run("launch", str(number)).stdout
    assert run("launch", str(number)).exit_code == 0
    assert queries.status_of(get_plan(number)) == "running"


def test_an_unknown_office_and_an_unknown_plan_are_said(run, desk):
    assert run("import", "--office", "没有这个局", text=DIVIDED).exit_code == 2
    assert run("launch", "999").exit_code == 2


def test_an_interrupted_launch_is_finished_from_the_command_line(run, desk, monkeypatch):
    plan = desk.ready()
    monkeypatch.setattr(outbox.waker, "run", None)  # the process died right after the commit
    desk.launch(plan)
    assert queries.launch_progress(plan).started == 0
    result = run("launch", str(plan.id))
    assert result.exit_code == 0, result.output
    assert "0/3" in result.stdout
    assert "3/3" in result.stdout


def test_rows_that_cannot_start_end_the_command_with_a_sentence(run, desk, monkeypatch):
    plan = desk.ready()
    monkeypatch.setattr(outbox.waker, "run", None)
    desk.launch(plan)
    monkeypatch.setattr(commands, "run_jobs_of", lambda *_: 0)
    result = run("launch", str(plan.id))
    assert result.exit_code == 1
    assert "流程监控" in result.stderr
