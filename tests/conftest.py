"""The application on a real database. `--db sqlite` (default) or `--db postgresql`.

Tests commit for real; after each test that asked for `database` every table is emptied.
"""

import os
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings
from sqlalchemy import event

from sanwei_flow import create_app
from sanwei_flow.config import load_config
from sanwei_flow.db import db
from sanwei_flow.migrations import upgrade_database

# A busy machine is slow, not wrong.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT.parent / "shared" / "seeds"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--db", default="sqlite", choices=["sqlite", "postgresql"])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out tests on the official texts where a lone clone has none beside it."""
    if not SEEDS.exists():
        items[:] = [item for item in items if item.get_closest_marker("seeds") is None]


@pytest.fixture(scope="session")
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="sanwei-test-") as folder:
        if request.config.getoption("--db") == "sqlite":
            yield f"sqlite:///{folder}/test.db"
            return
        Path(folder).chmod(0o755)
        cluster = f"{folder}/pg"
        script = str(ROOT / "scripts" / "postgres.sh")
        # Tests kill our own processes, never the machine: waiting for the disk proves nothing.
        hasty = os.environ | {"PG_OPTIONS": "-c fsync=off -c full_page_writes=off"}
        start = [script, "start", cluster]
        started = subprocess.run(start, check=True, stdout=subprocess.PIPE, env=hasty)
        yield started.stdout.decode().strip()
        subprocess.run([script, "stop", cluster], check=True)


class Browser(FlaskClient):
    """Every request gets an application context of its own, as it would from a server."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        db.session.rollback()  # what the test read before must not hide what the request does
        with self.application.app_context():
            return super().open(*args, **kwargs)


@pytest.fixture(scope="session")
def app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = create_app(
        load_config(
            database_url=database_url,
            secret_key="test",
            instance_path=tmp_path_factory.mktemp("instance"),
            overrides={"TESTING": True, "WTF_CSRF_ENABLED": False},
        )
    )
    with app.app_context():
        event.listen(db.engine, "connect", _never_wait_for_the_disk)
        upgrade_database()
    app.test_client_class = Browser
    yield app
    with app.app_context():
        db.engine.dispose()


def _never_wait_for_the_disk(connection: Any, _record: object) -> None:
    # As above: what is committed need only outlive a process of ours.
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture
def database(app: Flask) -> Iterator[None]:
    """An application context on an empty database."""
    with app.app_context():
        yield
        db.session.rollback()
        db.session.remove()
        with db.engine.begin() as connection:
            for table in reversed(db.metadata.sorted_tables):
                connection.execute(table.delete())


@pytest.fixture
def client(app: Flask, database: None) -> FlaskClient:
    return app.test_client()
