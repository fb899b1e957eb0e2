"""Rehearsing a plan: its years in a minute or two, in a database that is thrown away."""

import datetime as dt
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from sqlalchemy import event

from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.calendars import today
from sanwei_flow.calendars.queries import forget_calendar, load_calendar
from sanwei_flow.config import Config
from sanwei_flow.db import db, transaction
from sanwei_flow.migrations import upgrade_database
from sanwei_flow.notifications.models import Notification
from sanwei_flow.plans import operations as plans
from sanwei_flow.plans.access import get_plan
from sanwei_flow.plans.keys import business_key
from sanwei_flow.plans.models import PlanRow
from sanwei_flow.plans.records import RowDue, RowReport
from sanwei_flow.simulation.clock import Played, moment, play
from sanwei_flow.simulation.copying import Content, read_plan, write_plan
from sanwei_flow.simulation.players import Players
from sanwei_flow.supervision.models import Card, Slip

#: What is counted by month, in the order of the table.
COLUMNS = ("reminders", "digests", "yellow", "red", "slips", "reports", "extensions", "closed")
#: The kinds of notice that remind of one deadline.
REMINDERS = ("due_soon", "overdue")


@dataclass(frozen=True)
class Rehearsal:
    """What would happen: `months` are (`2024-08`, counts by COLUMNS), without a gap.

    `days` are the days on which notices of each kind were given; `rows` counts the rows.
    """

    title: str
    rows: int
    played: Played
    months: list[tuple[str, dict[str, int]]]
    days: dict[str, set[dt.date]] = field(default_factory=dict)


def rehearse(
    plan_id: int,
    first: dt.date,
    last: dt.date,
    *,
    late: float,
    seed: int,
    build: Callable[[Config], Flask],
    tell: Callable[[dt.date], None] = lambda _day: None,
) -> Rehearsal:
    """Launch a copy of the plan on the day `first` and live through it to the end of `last`.

    `late` is the share of work that is late. The live database is only read. `build` makes an
    application for the copy. Raises NotFound for the plan, Invalid if it could not be launched.
    """
    title = get_plan(plan_id).title
    content = read_plan(plan_id, first)
    config: Config = current_app.config["SANWEI"]
    with tempfile.TemporaryDirectory(prefix="sanwei-rehearsal-") as folder:
        copy = replace(
            config, database_url=f"sqlite:///{Path(folder) / 'copy.db'}", runner=False, mail=""
        )
        with _context(build(copy)):
            played = _live(
                plan_id, content, first=first, last=last, late=late, seed=seed, tell=tell
            )
            return _summary(title, played, first, last)


@contextmanager
def _context(app: Flask) -> Iterator[None]:
    """The copy's own context, engine and working days."""
    with app.app_context():
        event.listen(db.engine, "connect", _never_wait_for_the_disk)
        forget_calendar()
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()
            forget_calendar()


def _never_wait_for_the_disk(connection: Any, _record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF")


def _live(
    plan_id: int,
    content: Content,
    *,
    first: dt.date,
    last: dt.date,
    late: float,
    seed: int,
    tell: Callable[[dt.date], None],
) -> Played:
    upgrade_database()
    with transaction():
        write_plan(content)
    with transaction():
        plans.launch(plan_id, by=SYSTEM, at=moment(first, dt.time(7)))
    rows = db.session.execute(db.select(PlanRow.no, PlanRow.due)).all()
    dates = {business_key(plan_id, no): due for no, due in rows}
    db.session.rollback()
    players = Players(seed, late, load_calendar(), first, dates)
    return play(players, until=moment(last, dt.time(23, 59)), tell=tell)


def _summary(title: str, played: Played, first: dt.date, last: dt.date) -> Rehearsal:
    notices = db.session.execute(db.select(Notification.kind, Notification.created_at)).all()
    cards = db.session.execute(db.select(Card.colour, Card.issued_at)).all()
    reminded = [at for kind, at in notices if kind in REMINDERS]
    counts = {
        "reminders": _by_month(reminded),
        "digests": _by_month(at for kind, at in notices if kind == "overdue_digest"),
        "yellow": _by_month(at for colour, at in cards if colour == "yellow"),
        "red": _by_month(at for colour, at in cards if colour == "red"),
        "slips": _by_month(db.session.scalars(db.select(Slip.issued_at))),
        "reports": _by_month(db.session.scalars(db.select(RowReport.reported_at))),
        "extensions": _by_month(db.session.scalars(db.select(RowDue.granted_at))),
        "closed": _by_month(db.session.scalars(db.select(PlanRow.written_off_at))),
    }
    months = [
        (month, {name: counts[name][month] for name in COLUMNS}) for month in _months(first, last)
    ]
    rows = db.session.scalar(db.select(db.func.count()).select_from(PlanRow)) or 0
    days: dict[str, set[dt.date]] = {}
    for kind, at in notices:
        days.setdefault(kind, set()).add(today(at))
    return Rehearsal(title, rows, played, months, days)


def _by_month(moments: Iterable[dt.datetime | None]) -> Counter[str]:
    return Counter(f"{today(at):%Y-%m}" for at in moments if at is not None)


def _months(first: dt.date, last: dt.date) -> Iterator[str]:
    for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        yield f"{number // 12}-{number % 12 + 1:02d}"
