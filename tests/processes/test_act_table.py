"""Every cell of the table in docs/acts.md, tried; and the page is the table."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes.act_table import SITUATIONS, TABLE, Row, outcome
from tests.processes.cases import Team

ROOT = Path(__file__).parents[2]


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
