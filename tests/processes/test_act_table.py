"""Every cell of the table in docs/acts.md, tried; and the page is the table."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from sanwei_flow.db import db
from sanwei_flow.notifications.models import Notification
from sanwei_flow.processes.models import ProcessInstance, Task, TaskCopy, TaskDraft
from tests.processes.act_table import SITUATIONS, TABLE, Row, outcome
from tests.processes.cases import Team, check_whole, lasting_team

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def lasting(app: Flask) -> Iterator[Team]:
    with lasting_team(app) as team:
        yield team


@pytest.fixture
def team(lasting: Team) -> Iterator[Team]:
    last = db.session.scalar(db.select(db.func.max(ProcessInstance.id))) or 0
    team = replace(lasting)
    yield team
    own = db.select(ProcessInstance.id).where(ProcessInstance.id > last)
    for instance_id in db.session.scalars(own).all():
        check_whole(instance_id, team.at)
    db.session.rollback()
    db.session.execute(db.delete(Notification))
    for table in (TaskCopy, TaskDraft):
        db.session.execute(db.delete(table))
    db.session.execute(db.update(Task).values(status="cancelled"))
    db.session.commit()


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_cell(row: Row, situation: str, team: Team) -> None:
    assert outcome(row, situation, team) == row.cells[situation][1]


def test_the_page_is_the_table() -> None:
    script = ROOT / "scripts" / "write_acts.py"
    written = subprocess.run(
        [sys.executable, script, "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert written.returncode == 0, written.stdout + written.stderr
