"""The record of acts: it grows, and whoever touches it is found out."""

import threading

import pytest

from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.audit import queries
from sanwei_flow.audit.models import AuditEntry
from sanwei_flow.audit.operations import record
from sanwei_flow.db import db, transaction
from tests.factories import NOW


def three_acts() -> None:
    with transaction():
        for amount in (1, 2, 3):
            record("paid", "plan:1", by=SYSTEM, at=NOW, data={"amount": amount, "on": NOW.date()})
        record("paid", "plan:2", by=SYSTEM, at=NOW)


def test_an_untouched_record_is_whole(database):
    three_acts()

    assert [entry.number for entry in queries.entries("plan:1")] == [1, 2, 3]
    assert [entry.data.get("on") for entry in queries.entries("plan:1")] == ["2024-08-05"] * 3
    assert list(queries.broken()) == []


def test_who_writes_to_the_same_record_at_once_comes_after_it(app, database):
    def second():
        with app.app_context(), transaction():
            record("paid", "plan:1", by=SYSTEM, at=NOW, data={"amount": 2})

    other = threading.Thread(target=second, daemon=True)
    with transaction():
        record("paid", "plan:1", by=SYSTEM, at=NOW, data={"amount": 1})
        other.start()
        other.join(0.3)
        assert other.is_alive()
    other.join(10)
    found = queries.entries("plan:1")
    assert [(entry.number, entry.data["amount"]) for entry in found] == [(1, 1), (2, 2)]
    assert list(queries.broken()) == []


@pytest.mark.parametrize(
    "tampering",
    [
        db.update(AuditEntry).values(data={"amount": 1000}),
        db.update(AuditEntry).values(by_name="somebody else"),
        db.update(AuditEntry).values(at=NOW.replace(year=2023)),
        db.delete(AuditEntry),
    ],
)
def test_a_changed_or_removed_act_is_found(database, tampering):
    three_acts()
    table = AuditEntry.__table__
    with transaction():
        db.session.execute(tampering.where(table.c.subject == "plan:1", table.c.number == 2))

    assert [entry.subject for entry in queries.broken()] == ["plan:1"]
    assert list(queries.broken("plan:2")) == []


def test_the_program_itself_cannot_rewrite_the_record(database):
    three_acts()
    entry = queries.entries("plan:1")[0]
    with pytest.raises(RuntimeError, match="append-only"), transaction():
        entry.kind = "refunded"


def test_the_auditor_has_a_command_for_it(app, database):
    three_acts()
    runner = app.test_cli_runner()
    assert runner.invoke(args=["audit", "verify"]).stdout == "the record is whole\n"

    with transaction():
        db.session.execute(db.update(AuditEntry).values(kind="refunded"))
    told = runner.invoke(args=["audit", "verify"])
    assert told.exit_code == 1
    assert "plan:1 #1 (refunded" in told.stdout
