"""People and designs to try the verbs on: a line, joint decisions, a parallel branch."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask

from sanwei_flow.accounts.actor import SYSTEM, Actor
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.db import db, transaction
from sanwei_flow.designs.operations import publish
from sanwei_flow.designs.queries import compiled_by_hash
from sanwei_flow.engine import TaskOpened, waiting
from sanwei_flow.processes import chain, operations, queries
from sanwei_flow.processes.models import ProcessInstance, Task, is_pending
from tests import factories
from tests.processes.designs import END, FORMS, START, call, design, node, timer, user

NOW = factories.NOW
REPORT = {"form": "report"}


def multi(*, until: str = "", sequential: bool = False) -> str:
    condition = (
        f'<bpmn:completionCondition xsi:type="bpmn:tFormalExpression">{until}'
        "</bpmn:completionCondition>"
        if until
        else ""
    )
    kind = "multiInstanceLoopCharacteristics"
    return f'<bpmn:{kind} isSequential="{str(sequential).lower()}">{condition}</bpmn:{kind}>'


def votes(key: str, mark: str) -> str:
    """write, then everybody in `units` decides together, then the end is confirmed."""
    vote = node(
        "userTask",
        "vote",
        mark,
        candidate_unit="${one}",
        candidate_role="reviewer",
        outcomes="agree,reject",
        due="3",
        collection="${units}",
        item="one",
        result="votes",
    )
    nodes = [START, user("write", due="3", **REPORT), vote, user("after", due="3"), END]
    return design(key, nodes, "start write\nwrite vote\nvote after\nafter end")


#: write -> check (head) -> approve (head): three steps in a row; 不同意 ends it.
LINE = design(
    "line",
    [
        START,
        user("write", due="3", stage="writing", **REPORT),
        user("check", role="reviewer", due="3", stage="checking", outcomes="agree,reject"),
        node("exclusiveGateway", "checked"),
        user("approve", role="reviewer", due="3", stage="approving", outcomes="agree"),
        END,
        node("endEvent", "rejected"),
    ],
    """
    start write
    write check
    check checked
    checked approve
    checked rejected: outcome == "reject"
    approve end
    """,
)
ALL = votes("all", multi())
ANY = votes("any", multi(until="nrOfCompletedInstances >= 1"))
IN_ORDER = votes("in_order", multi(sequential=True))
RATIO = votes("ratio", multi(until="nrOfCompletedInstances * 3 >= nrOfInstances * 2"))

#: write, then a branch of two steps beside a called process and a timer, then the end.
BRANCHES = design(
    "branches",
    [
        START,
        user("write", due="3", **REPORT),
        node("parallelGateway", "fork"),
        user("first", due="3"),
        user("second", role="reviewer", due="3"),
        timer("late", "second", "P2D", interrupts=False),
        user("chase", role="reviewer"),
        call("helper", "line", input__unit="${unit}"),
        node("parallelGateway", "join"),
        user("after", role="reviewer", due="3"),
        END,
        node("endEvent", "chased"),
    ],
    """
    start write
    write fork
    fork first
    first second
    fork helper
    helper join
    second join
    join after
    after end
    late chase
    chase chased
    """,
)
DESIGNS = (LINE, ALL, ANY, IN_ORDER, RATIO, BRANCHES)


@dataclass
class Team:
    """Two clerks and two heads of one unit, two heads of others, and whoever looks on."""

    unit_id: int
    others: list[int]
    clerk: Actor
    colleague: Actor
    head: Actor
    deputy: Actor
    second: Actor
    third: Actor
    office: Actor
    stranger: Actor
    at: dt.datetime = NOW

    @property
    def people(self) -> list[Actor]:
        four = [self.clerk, self.colleague, self.head, self.deputy]
        return [*four, self.second, self.third, self.office, self.stranger]

    def start(self, key: str, by: Actor | None = None) -> ProcessInstance:
        units = [self.unit_id, *self.others]
        with transaction():
            given = {"unit": self.unit_id, "units": units}
            started = by or self.clerk
            return operations.start_process(key, given, title="重点工作", by=started, at=self.at)

    def do(
        self, task: Task, action: str, by: Actor, comment: str = "", **data: Any
    ) -> operations.ActResult:
        key = data.pop("key", None)
        with transaction():
            return operations.act_on_task(
                task.id, action, data, comment=comment, by=by, at=self.at, idempotency_key=key
            )

    def write(self, instance: ProcessInstance, **data: Any) -> operations.ActResult:
        given = {"summary": "已办结三件", **data}
        return self.do(self.task(instance, "write"), "submit", self.clerk, **given)

    def task(self, instance: ProcessInstance, name: str, index: int = 0) -> Task:
        """An open or held task of the process itself by its name, in the order of opening."""
        return self.tasks(instance, name)[index]

    def tasks(self, instance: ProcessInstance, name: str | None = None) -> list[Task]:
        query = db.select(Task).where(Task.instance_id == instance.id, is_pending)
        query = query.where(Task.side.is_(None)).order_by(Task.id)
        found = list(db.session.scalars(query.execution_options(populate_existing=True)))
        return [task for task in found if name in (None, task.name)]

    def side(self, task: Task, index: int = 0) -> Task:
        """A side task of this one that is still to be answered."""
        return queries.sides(task.id, pending=True)[index]

    def names(self, instance: ProcessInstance) -> list[str]:
        return [task.name for task in self.tasks(instance)]


def make_team() -> Team:
    """The team, with every design published; to be called inside a transaction."""
    unit, second, third = (
        factories.make_unit(name) for name in ("县财政局", "县商务委", "县民政局")
    )
    centre, far = factories.make_unit("专班办公室"), factories.make_unit("县林业局")
    for xml in DESIGNS:
        publish(xml, FORMS, by=SYSTEM, at=NOW)
    return Team(
        unit.id,
        [second.id, third.id],
        factories.actor(unit, "staff"),
        factories.actor(unit, "staff"),
        factories.actor(unit, "reviewer"),
        factories.actor(unit, "reviewer"),
        factories.actor(second, "reviewer"),
        factories.actor(third, "reviewer"),
        factories.actor(centre, "office"),
        factories.actor(far, "staff"),
    )


def check_whole(instance_id: int, at: dt.datetime) -> None:
    """What must hold after anything at all: rows, engine and trail agree with each other."""
    instance = db.session.get_one(ProcessInstance, instance_id, populate_existing=True)
    query = db.select(Task).where(Task.instance_id == instance_id)
    rows = list(db.session.scalars(query.execution_options(populate_existing=True)))
    pending = [row for row in rows if row.status in ("open", "held")]
    mains = sorted(row.ref for row in pending if row.side is None)
    design = compiled_by_hash(instance.design_version.hash)
    effects = waiting(design, instance.state, at, functions=load_calendar())
    assert mains == sorted(e.ref for e in effects if isinstance(e, TaskOpened))
    by_id = {row.id: row for row in rows}
    for row in pending:
        sides = [one for one in pending if one.side_of_id == row.id]
        assert row.sides == len(sides), (row.name, row.sides, len(sides))
        if row.side is not None:
            main = by_id[row.side_of_id]
            assert main.status in ("open", "held")
            assert main.ref == row.ref
        elif row.status == "held":
            assert any(one.status == "open" for one in sides), f"{row.name} waits for nobody"
    assert chain.first_broken(instance_id) is None


@contextmanager
def lasting_team(app: Flask) -> Iterator[Team]:
    """A team for many tests: publishing the designs for each would cost more than the tests."""
    with app.app_context():
        with transaction():
            team = make_team()
        yield team
        db.session.rollback()
        db.session.remove()
        with db.engine.begin() as connection:
            for table in reversed(db.metadata.sorted_tables):
                connection.execute(table.delete())
