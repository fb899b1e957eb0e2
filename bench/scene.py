"""What is measured on: the product on PostgreSQL with a given number of open tasks and timers."""

import datetime as dt
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from flask import Flask
from sqlalchemy import text

from sanwei_flow import create_app
from sanwei_flow.accounts.actor import SYSTEM, Actor
from sanwei_flow.accounts.models import Role, Unit, User
from sanwei_flow.accounts.operations import actor_of, grant
from sanwei_flow.config import load_config
from sanwei_flow.db import db, transaction
from sanwei_flow.designs.operations import install_shipped, publish
from sanwei_flow.processes import operations, queries
from tests import factories
from tests.processes.designs import DEADLINE

NOW = factories.NOW
UNITS = 40
#: The units whose inbox is opened, by somebody who looks after three of them.
INBOX_UNITS = 3
ROLES = ("staff", "reviewer")


@dataclass
class Scene:
    """A database with its application.

    `tasks` are open ones to act on by operation, in turn, `posts` those to act on over HTTP,
    all of one unit: the person who logs in holds two roles there.
    """

    address: str
    app: Flask
    units: list[int] = field(default_factory=list)
    worker: Actor = SYSTEM
    username: str = ""
    tasks: list[int] = field(default_factory=list)
    posts: list[int] = field(default_factory=list)

    @property
    def reader(self) -> Actor:
        """Somebody who only looks, at the units nobody works for meanwhile."""
        grants = frozenset((unit, "staff") for unit in self.units[-INBOX_UNITS:])
        return Actor(None, "值班", grants)


def make_app(address: str, folder: str | None = None) -> Flask:
    """The application on this database, its tables made."""
    place = Path(folder or tempfile.mkdtemp(prefix="sanwei-bench-"))
    app = create_app(load_config(database_url=address, secret_key="bench", instance_path=place))
    with app.app_context():
        db.create_all()
    return app


def build(address: str, open_tasks: int) -> Scene:
    """A county with `open_tasks` open tasks and as many waiting timers, over 40 units.

    One real instance of each kind is started and then copied row by row: every copy has its
    own state, task, trail and timer, and can be acted on like the first.
    """
    scene = Scene(address, make_app(address))
    with scene.app.app_context():
        with transaction():
            install_shipped(by=SYSTEM, at=NOW)
            publish(DEADLINE, {}, by=SYSTEM, at=NOW)
            scene.units = [factories.make_unit().id for _ in range(UNITS)]
            user = factories.make_user()
            scene.username = user.username
            _grant(user, scene.units[1])
        known = actor_of(db.session.get_one(User, user.id))
        posts = ((unit, role) for unit in scene.units[:-INBOX_UNITS] for role in ROLES)
        scene.worker = Actor(known.user_id, known.name, frozenset(posts))
        part = _copy(start_part(scene), open_tasks, scene.units)
        _copy(start_deadline(scene), open_tasks, scene.units)
        chosen = _some_tasks(part, scene, 480)
        scene.tasks, scene.posts = chosen[:400], chosen[400:]
        with transaction():
            move = text("update task set unit_id = :unit where id = any(:ids)")
            db.session.execute(move, {"unit": scene.units[1], "ids": scene.posts})
        with psycopg.connect(address.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute("vacuum analyze")
        db.session.remove()
    return scene


def _grant(user: User, unit_id: int) -> None:
    unit = db.session.get_one(Unit, unit_id)
    for role in (Role.staff, Role.reviewer):
        grant(user, unit, role, by=SYSTEM, at=NOW)


def row_facts(lead: int) -> dict[str, object]:
    """What a row tells its processes."""
    return {
        "no": 7,
        "task": "深化农民合作社规范提升行动，健全农业社会化服务体系",
        "category": "生产合作",
        "item": "规范提升",
        "lead_unit": lead,
        "lead_name": "县农业农村委",
        "due": "2024-12-31",
        "major": False,
        "targets": [],
    }


def start_part(scene: Scene) -> int:
    """One cooperating unit's part, signed for and waiting for its report."""
    lead, unit = scene.units[0], scene.units[1]
    variables = {
        "plan": {"id": 1, "title": "三位一体改革任务推进方案", "office_unit": lead},
        "row": row_facts(lead),
        "lead_unit": lead,
        "part": {"unit": unit, "name": "县商务委", "duty": "做好服务", "due": "2024-11-30"},
        "earlier": [],
        "opinion": "",
    }
    with transaction():
        instance = operations.start_process("cooperation", variables, by=SYSTEM, at=NOW)
    (task,) = queries.open_tasks(instance.id)
    with transaction():
        operations.act_on_task(task.id, "accept", {}, by=scene.worker, at=NOW)
    return instance.id


def start_deadline(scene: Scene) -> int:
    """A task with a timer of two days on it."""
    with transaction():
        variables = {"unit": scene.units[1]}
        return operations.start_process("deadline", variables, by=SYSTEM, at=NOW).id


def _copy(source: int, count: int, units: list[int]) -> int:
    """Copy an instance with its open task, events and timer; returns the copies' first id - 1."""
    with transaction():
        base: int = db.session.scalar(text("select max(id) from process_instance")) or 0
        for table, column, where in (
            ("process_instance", "id", f"id = {source}"),
            ("task", "instance_id", f"instance_id = {source} and status = 'open'"),
            ("task_event", "instance_id", f"instance_id = {source}"),
            ("job", "instance_id", f"instance_id = {source}"),
        ):
            names = [c.name for c in db.metadata.tables[table].c]
            picked = [
                f"{base} + n"
                if name == column
                else f"(array{units})[1 + n % {len(units)}]"
                if name == "unit_id"
                else "due + (n % 60)"
                if name == "due"
                else "due_at + n * interval '1 second'"
                if name == "due_at"
                else name
                for name in names
                if name != "id" or column == "id"
            ]
            into = [name for name in names if name != "id" or column == "id"]
            db.session.execute(
                text(
                    f"insert into {table} ({', '.join(into)}) select {', '.join(picked)}"
                    f" from {table}, generate_series(1, {count}) n where {where}"
                )
            )
        db.session.execute(
            text("select setval('process_instance_id_seq', (select max(id) from process_instance))")
        )
    return base


def _some_tasks(base: int, scene: Scene, count: int) -> list[int]:
    """Open tasks of copies all over the table, of units the worker may act for."""
    query = text(
        "select id from task where status = 'open' and node = 'part_report'"
        " and instance_id > :base and not unit_id = any(:others)"
        " order by md5(id::text) limit :count"
    )
    others = scene.units[-INBOX_UNITS:]
    return list(db.session.scalars(query, {"base": base, "others": others, "count": count}))


def later(days: int) -> dt.datetime:
    return NOW + dt.timedelta(days=days)
