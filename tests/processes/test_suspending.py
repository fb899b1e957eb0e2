"""A process that stands still has nothing running below it, whoever was starting what just then."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.db import db, transaction
from sanwei_flow.processes import handlers, outbox, queries
from sanwei_flow.processes.jobs import run_due_jobs
from sanwei_flow.processes.models import ProcessInstance
from sanwei_flow.processes.suspending import resume, suspend
from tests.processes.conftest import NOW, Office

#: Long enough for the other thread to get as far as it can.
WHILE = 1.5


@pytest.fixture
def parent(office: Office, monkeypatch: pytest.MonkeyPatch) -> ProcessInstance:
    """Its three children are still to be started."""
    monkeypatch.setattr(outbox.waker, "run", None)
    parent = office.start("fan_out", units=[office.unit_id] * 3)
    assert queries.children(parent.id) == []
    db.session.rollback()
    return parent


class Suspender(threading.Thread):
    """Somebody else who suspends the process meanwhile."""

    def __init__(self, app: Flask, instance_id: int) -> None:
        super().__init__()
        self.app, self.instance_id = app, instance_id
        self.errors: list[Exception] = []

    def run(self) -> None:
        with self.app.app_context():
            try:
                with transaction():
                    suspend(self.instance_id, reason="等待文件", by=SYSTEM, at=NOW)
            except Exception as error:  # noqa: BLE001 - the test tells of it
                self.errors.append(error)

    def meanwhile(self) -> None:
        """Begin, and go as far as the database lets it."""
        self.start()
        self.join(WHILE)


def before(function: Callable[..., Any], do: Callable[[], None]) -> Callable[..., Any]:
    called = []

    def instead(*args: Any, **more: Any) -> Any:
        if not called:
            called.append(True)
            do()
        return function(*args, **more)

    return instead


def after(function: Callable[..., Any], do: Callable[[], None]) -> Callable[..., Any]:
    def instead(*args: Any, **more: Any) -> Any:
        result = function(*args, **more)
        if not called:
            called.append(True)
            do()
        return result

    called: list[bool] = []
    return instead


@pytest.mark.parametrize(
    ("moment", "name"),
    [(before, "_claim"), (after, "_claim"), (before, "start_all"), (after, "start_all")],
)
def test_a_child_being_started_does_not_run_on_below_a_suspended_parent(
    app: Flask,
    parent: ProcessInstance,
    monkeypatch: pytest.MonkeyPatch,
    moment: Callable[..., Callable[..., Any]],
    name: str,
) -> None:
    other = Suspender(app, parent.id)
    monkeypatch.setattr(handlers, name, moment(getattr(handlers, name), other.meanwhile))
    run_due_jobs(NOW)
    other.join(30)
    assert not other.is_alive()
    assert other.errors == []
    db.session.expire_all()
    assert parent.status == "suspended"
    assert {child.status for child in queries.children(parent.id)} <= {"suspended"}
    run_due_jobs(NOW)
    with transaction():
        resume(parent.id, days=0, by=SYSTEM, at=NOW)
    run_due_jobs(NOW)
    db.session.expire_all()
    assert [child.status for child in queries.children(parent.id)] == ["running"] * 3
