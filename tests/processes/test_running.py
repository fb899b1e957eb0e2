"""What runs by itself: the command, the timetable."""

import datetime as dt

from flask import Flask

from sanwei_flow import scheduler
from sanwei_flow.processes import sweeps
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


def test_a_moment_without_a_zone_is_shanghais() -> None:
    from sanwei_flow.processes.commands import moment

    assert moment("2024-08-05T09:00") == NOW
    assert moment("2024-08-05") == dt.datetime(2024, 8, 4, 16, tzinfo=dt.UTC)
