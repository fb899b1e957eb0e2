"""What runs by itself: the command, the timetable, the files people attach."""

import datetime as dt
import io
from pathlib import Path

import pytest
from flask import Flask

from sanwei_flow import scheduler
from sanwei_flow.db import transaction
from sanwei_flow.errors import Forbidden, Invalid, NotFound, TooLarge
from sanwei_flow.processes import attachments, sweeps
from tests.processes.conftest import NOW, Office, only


def test_the_command_runs_what_is_due_and_every_sweep(app: Flask, office: Office) -> None:
    instance = office.start("deadline")
    command = app.test_cli_runner()
    answer = command.invoke(args=["jobs", "run", "--until", "2024-08-06"])
    assert answer.output.startswith("0 jobs run\n")
    assert "reminders: " in answer.output
    answer = command.invoke(args=["jobs", "run", "--until", "2024-08-07T09:00:00+08:00"])
    assert answer.output.startswith("1 jobs run\n")
    assert only(instance).node == "rescue"
    answer = command.invoke(args=["jobs", "run", "--until", "soon"])
    assert answer.exit_code == 2
    assert answer.stderr == "“soon”不是 ISO 格式的时间。\n"


def test_the_timetable_holds_the_jobs_and_every_sweep(app: Flask, database: None) -> None:
    running = scheduler.start(app)
    try:
        known = {job.id for job in running.get_jobs()}
        assert {"jobs", *(sweep.name for sweep in sweeps.registered())} <= known
    finally:
        running.shutdown(wait=True)


def test_a_file_is_kept_once_under_its_hash_and_served_under_its_name(
    office: Office, tmp_path: Path
) -> None:
    task = only(office.start("approval"))
    folder = attachments.folder_of(tmp_path)

    def store(content: bytes, name: str, by: object = office.clerk) -> int:
        with transaction():
            source = io.BytesIO(content)
            kept = attachments.store(folder, source, name, task_id=task.id, by=by, at=NOW)  # type: ignore[arg-type]
            return kept.id

    first = store(b"figures", "../../etc/完成情况.xlsx")
    second = store(b"figures", "again\x00.xlsx")
    found, path = attachments.find(folder, first, by=office.clerk)
    assert (found.name, path.read_bytes()) == ("完成情况.xlsx", b"figures")
    assert attachments.find(folder, second, by=office.head)[1] == path
    assert [each.name for each in folder.rglob("*") if each.is_file()] == [path.name]
    with pytest.raises(NotFound):
        attachments.find(folder, first, by=office.stranger)
    with pytest.raises(Forbidden):
        store(b"figures", "x.txt", by=office.stranger)
    with pytest.raises(Invalid):
        store(b"", "empty.txt")
    with pytest.raises(TooLarge):
        store(b"x" * (attachments.MOST_BYTES + 1), "big.bin")
    assert [each.name for each in folder.rglob("*") if each.is_file()] == [path.name]


def test_a_moment_without_a_zone_is_shanghais() -> None:
    from sanwei_flow.processes.commands import moment

    assert moment("2024-08-05T09:00") == NOW
    assert moment("2024-08-05") == dt.datetime(2024, 8, 4, 16, tzinfo=dt.UTC)
