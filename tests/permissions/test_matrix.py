"""Every cell of the table in docs/permissions.md, tried; no route and no act is left out."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from sanwei_flow.db import db
from sanwei_flow.processes.verbs import VERBS
from tests.permissions.matrix import ACTS, PEOPLE, ROUTES, YES, ActRow, Route
from tests.permissions.world import SITUATIONS, World, acted, asked, make_world

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def world(app: Flask) -> Iterator[World]:
    """One world for the whole table: what is refused changes nothing."""
    with app.app_context():
        yield make_world(app)
        db.session.rollback()
        db.session.remove()
        with db.engine.begin() as connection:
            for table in reversed(db.metadata.sorted_tables):
                connection.execute(table.delete())


@pytest.mark.parametrize(
    "route", ROUTES, ids=lambda route: f"{route.method} {route.rule} {route.case}".strip()
)
def test_route(route: Route, world: World, app: Flask) -> None:
    assert {who: asked(app, world, route, who) for who in PEOPLE} == route.cells


@pytest.mark.parametrize("row", ACTS, ids=lambda row: row.name)
def test_act(row: ActRow, world: World) -> None:
    people = [who for who in PEOPLE if who != "anonymous"]
    task, seen = SITUATIONS[row.situation](world), {}
    for who in sorted(people, key=lambda who: row.cells[who] == YES):
        if YES in seen.values():
            task = SITUATIONS[row.situation](world)
        seen[who] = acted(world, row, task, who)
    assert seen == {who: row.cells[who] for who in people}


def test_no_route_is_missing(app: Flask) -> None:
    known = {(route.method, route.rule) for route in ROUTES}
    served = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert served == known


def test_no_act_is_missing() -> None:
    assert set(VERBS) <= {row.name for row in ACTS}


def test_the_page_is_the_table() -> None:
    script = ROOT / "scripts" / "write_permissions.py"
    written = subprocess.run(
        [sys.executable, script, "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert written.returncode == 0, written.stdout + written.stderr
