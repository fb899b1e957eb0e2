"""Decision tables published, checked from files, and asked by a running process."""

import json

import pytest

from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.accounts.operations import actor_of
from sanwei_flow.db import transaction
from sanwei_flow.designs import operations, queries
from sanwei_flow.designs.decisions import install_decisions, publish_decision
from sanwei_flow.engine import decide
from sanwei_flow.errors import NotFound
from sanwei_flow.processes.deciding import ask_table
from tests.factories import NOW, make_unit, make_user

SHIPPED = (operations.WORKFLOWS / "escalation.dmn").read_text("utf-8")


def test_a_table_is_versioned_and_a_persons_version_stays(database):
    with transaction():
        operations.install_shipped(by=SYSTEM, at=NOW)
        office = actor_of(make_user(make_unit(), ["office"]))
    first = queries.current_decision("escalation")
    changed = SHIPPED.replace("&gt;= 10", "&gt;= 20")
    with transaction():
        again = publish_decision(SHIPPED, by=office, at=NOW)
        theirs = publish_decision(changed, by=office, at=NOW, note="放宽")
    with transaction():
        install_decisions(operations.WORKFLOWS, by=SYSTEM, at=NOW)
    assert again.id == first.id
    assert queries.current_decision("escalation").id == theirs.id
    assert (theirs.number, theirs.note, theirs.decision.name) == (2, "放宽", "逾期升级")
    late = {"days_past": 12, "major": False, "repeated": 0, "unanswered": 0}
    assert decide(queries.decision(first), late)["level"] == "slip"
    assert decide(queries.decision(theirs), late)["level"] == "red_card"
    with pytest.raises(NotFound):
        queries.current_decision("unknown")


def test_a_process_asks_a_table(database):
    with transaction():
        operations.install_shipped(by=SYSTEM, at=NOW)
    given = {"decision": "escalation", "result": "step", "days_past": 4, "major": False}
    answer = ask_table(given | {"repeated": 0, "unanswered": 0}, instance=None, at=NOW)
    assert answer["step"]["level"] == "yellow_card"


def test_files_of_tables_are_checked_and_published_as_diagrams_are(app, database, tmp_path):
    good, bad = tmp_path / "good.dmn", tmp_path / "bad.dmn"
    good.write_text(SHIPPED, "utf-8")
    bad.write_text(SHIPPED.replace("<text>&gt;= 6</text>", "<text>[6..</text>"), "utf-8")
    run = app.test_cli_runner().invoke
    assert run(args=["design", "check", str(good)]).output == f"{good}: ok\n"

    found = run(args=["design", "check", str(good), str(bad), "--json"])
    assert found.exit_code == 1
    (problem,) = json.loads(found.stdout)
    assert problem["element"] == "rule_5_days_past"
    assert problem["message"].startswith("表「逾期升级」第5条规则「逾期工作日数」：区间应写成")
    printed = run(args=["design", "check", str(bad)]).output
    assert printed.startswith(f"{bad}:{problem['line']}: error: 表「逾期升级」第5条规则")

    assert run(args=["design", "publish", str(good)]).output == "escalation version 1\n"
    assert run(args=["design", "publish", str(bad)]).exit_code == 2
    assert queries.current_decision("escalation").number == 1
