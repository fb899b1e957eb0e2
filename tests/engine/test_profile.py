"""docs/profile.md says what runs; here every line of it is tried."""

import subprocess
import sys
from pathlib import Path

import pytest

from sanwei_flow import engine
from sanwei_flow.engine import ChildStart, ServiceDue, TaskOpened, TimerSet
from tests.engine.player import Player
from tests.engine.profile_table import TABLE, Entry

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("entry", TABLE, ids=lambda one: f"{one.group}: {one.name}")
def test_what_runs_ends_and_what_does_not_is_refused_with_advice(entry: Entry) -> None:
    errors = [one for one in engine.check_design(entry.xml) if one.severity == "error"]
    if entry.does is None:
        assert errors
        return
    assert not errors, [str(one) for one in errors]
    player = Player(entry.xml)
    gone = list(player.step.passed)
    for _ in range(20):
        if player.status != "running":
            break
        gone += _move(player).passed
    assert player.status == "finished"
    assert set(entry.passed) <= set(gone)


def _move(player: Player) -> engine.Step:
    """Do the first thing the process waits for."""
    waits = next(iter(player.open.values()), None)
    match waits:
        case TaskOpened():
            return player.do(waits.node)
        case ServiceDue():
            return player.service_done(waits.node)
        case ChildStart():
            return player.child_done(waits.node)
        case TimerSet():
            return player.fire(waits.node)
    return player.deliver("news")


def test_the_page_is_current() -> None:
    script = ROOT / "scripts" / "write_profile.py"
    told = subprocess.run(
        [sys.executable, script, "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr
