"""Board, ledger and export over plans of 500 rows each, all under way."""

import datetime as dt
import time
from collections.abc import Iterator
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy import insert, text

from bench.scene import NOW, make_app
from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.calendars import today
from sanwei_flow.db import db, transaction
from sanwei_flow.designs.operations import install_shipped
from sanwei_flow.designs.queries import current
from sanwei_flow.plans.models import Plan, PlanPhase, PlanRow, RowUnit, Target, UnitMention
from sanwei_flow.processes.models import ProcessInstance, Task
from sanwei_flow.supervision import board, columns, ledger
from sanwei_flow.supervision.sheet import write_sheet
from sanwei_flow.supervision.standing import Wanted
from sanwei_flow.supervision.wording import words
from tests import factories

ROWS = 500
UNITS = 30
EVENTS = 12


def build(address: str, plans: int) -> Flask:
    """A county with this many plans; every row has a process, units, a figure, a task, a trail."""
    app = make_app(address)
    with app.app_context():
        with transaction():
            install_shipped(by=SYSTEM, at=NOW)
            units = [factories.make_unit().id for _ in range(UNITS)]
            factories.make_user()
            version = current("task_division").id
            for number in range(1, plans + 1):
                _add_plan(number, version, units)
            _add_events()
        with psycopg.connect(address.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute("vacuum analyze")
        db.session.remove()
    return app


def _add_plan(number: int, version: int, units: list[int]) -> None:
    root = _put(ProcessInstance, [_instance(version, f"plan:{number}", None)])[0]
    facts = {"title": f"第{number}号方案", "source_name": "x", "source_hash": f"{number}"}
    facts |= {"source_lines": [], "imported_at": NOW, "launched_at": NOW, "process_id": root}
    (plan,) = _put(Plan, [facts])
    phase = {"plan_id": plan, "stated": True, "implementing": True, "milestones": []}
    _put(PlanPhase, [{**phase, "position": 0, "name": "组织实施", "end": dt.date(2027, 12, 31)}])
    names = [{"plan_id": plan, "name": f"单位{one}", "unit_id": one} for one in units]
    mentions = _put(UnitMention, [one | {"status": "settled", "count": 1} for one in names])
    rows = _put(PlanRow, list(_rows(plan)))
    places = [
        {"row_id": row, "side": side, "position": at, "mention_id": mentions[(row + at) % UNITS]}
        for row in rows
        for side, at in (("lead", 0), ("cooperating", 1), ("cooperating", 2))
    ]
    _put(RowUnit, places)
    figure = {"plan_id": plan, "key": "t", "indicator": "示范社", "value": 100, "unit": "家"}
    _put(Target, [{**figure, "row_id": row, "reported": row % 120} for row in rows])
    keys = [f"plan:{plan}/row:{no}" for no in range(1, ROWS + 1)]
    processes = _put(ProcessInstance, [_instance(version, key, root) for key in keys])
    _put(Task, [_task(one, units[one % UNITS]) for one in processes])


def _put(model: Any, values: list[dict[str, Any]]) -> list[int]:
    query = insert(model).returning(model.id, sort_by_parameter_order=True)
    return list(db.session.scalars(query, values))


def _rows(plan: int) -> Iterator[dict[str, Any]]:
    for no in range(1, ROWS + 1):
        words = {"category": f"第{no // 80}类", "item": f"第{no // 12}项"}
        due = today(NOW) + dt.timedelta(days=no % 90 - 12)
        task = f"{no}．健全农业社会化服务体系，建成为农服务中心，发展农民合作社"
        yield {"plan_id": plan, "no": no, "task": task, "due": due, **words}


def _instance(version: int, key: str, parent: int | None) -> dict[str, Any]:
    facts = {"version_id": version, "state": b"", "title": key, "business_key": key}
    facts |= {"parent_id": parent, "root_id": parent, "stage": "in_progress", "started_at": NOW}
    return facts | {"chain_head": ""}


def _task(instance: int, unit: int) -> dict[str, Any]:
    facts = {"instance_id": instance, "ref": "1", "node": "report", "name": "上报", "title": "x"}
    return facts | {"unit_id": unit, "role": "staff", "opened_at": NOW, "due": today(NOW)}


def _add_events() -> None:
    """A trail for every row; one act in ten was a return."""
    db.session.execute(
        text(
            "insert into task_event (instance_id, seq, kind, action, by_name, at, comment, data,"
            " passed, prev_hash, hash) select id, n, 'act',"
            " case when (id + n) % 10 = 0 then 'return' else 'agree' end, '张三', :at, '', '{}',"
            f" '[]', '', '' from process_instance, generate_series(1, {EVENTS}) n"
            " where parent_id is not null"
        ),
        {"at": NOW},
    )


def board_of(app: Flask, plan: int | None, count: int) -> float:
    """Count the board of one plan, or of all of them: seconds each."""
    return _timed(app, count, lambda: board.board(Wanted(plan=plan), "phase", NOW).open)


def ledger_of(app: Flask, plan: int, count: int) -> float:
    """A page of 50 lines of one plan and their number: seconds each."""

    def page() -> int:
        ledger.count(Wanted(plan=plan), NOW)
        return len(ledger.page(Wanted(plan=plan), "due", NOW).entries)

    return _timed(app, count, page)


def export(app: Flask) -> float:
    """The whole ledger as a sheet with every column: seconds per row."""
    chosen = columns.COLUMNS
    with app.test_request_context():
        lines = ledger.count(Wanted(), NOW)
        begun = time.perf_counter()
        entries = ledger.everything(Wanted(), "", NOW)
        labels = [one.label for one in chosen]
        write_sheet("台账", entries, chosen, labels, words, merge=True)
        spent = time.perf_counter() - begun
        db.session.remove()
    return spent / lines


def _timed(app: Flask, count: int, work: Any) -> float:
    with app.app_context():
        begun = time.perf_counter()
        for _ in range(count):
            if not work():
                raise RuntimeError("nothing was found")
            db.session.rollback()
        spent = time.perf_counter() - begun
        db.session.remove()
    return spent / count
