"""A small plan that goes all the way: rows struck off, units assessed, summed up, accepted."""

import datetime as dt
import io

import pytest

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.operations import actor_of
from sanwei_flow.closing import operations
from sanwei_flow.closing.models import PlanArchive
from sanwei_flow.closing.queries import closing_of, unit_of
from sanwei_flow.db import db, transaction
from sanwei_flow.plans import queries
from sanwei_flow.plans.models import Plan
from sanwei_flow.plans.services import write_off_row
from sanwei_flow.processes import attachments
from sanwei_flow.processes.jobs import run_due_jobs
from sanwei_flow.processes.models import ProcessInstance, Task
from sanwei_flow.processes.operations import act_on_task, cancel_process
from sanwei_flow.processes.queries import get_instance, open_tasks
from sanwei_flow.storage import Vault
from tests.factories import NOW
from tests.plans.conftest import Desk, desk  # noqa: F401 - a fixture


class Ending:
    """The last weeks of a launched plan, and everybody who has a say in them."""

    def __init__(self, office: Desk, vault: Vault) -> None:
        self.desk, self.vault, self.at = office, vault, NOW
        self.plan_id = office.launch(office.ready()).id
        county = office.county
        self.office, self.leader = office.office, actor_of(county.leader)
        self.units = {unit.id: name for name, unit in county.units.items()}

    @property
    def plan(self) -> Plan:
        db.session.expire_all()
        return db.session.get_one(Plan, self.plan_id)

    @property
    def status(self) -> str:
        return queries.status_of(self.plan)

    @property
    def archive(self) -> PlanArchive | None:
        db.session.expire_all()
        return db.session.scalar(db.select(PlanArchive))

    def clerk(self, unit_id: int) -> Actor:
        return actor_of(self.desk.county.clerks[self.units[unit_id]])

    def head(self, unit_id: int) -> Actor:
        return actor_of(self.desk.county.heads[self.units[unit_id]])

    def later(self, **delta) -> None:
        self.at += dt.timedelta(**delta)

    def view(self, no: int):
        return queries.row_view(self.plan, no, self.at.date())

    def strike_off(self, *numbers: int, figures=None) -> None:
        """Close rows as their processes would at the end, without playing each to it."""
        for no in numbers:
            instance = get_instance(self.view(no).process_id)
            with transaction():
                given = {"summary": f"第{no}项已完成", "figures": figures or {}}
                write_off_row(given, instance=instance, at=self.at)
                cancel_process(instance.id, reason="已销号", by=self.office, at=self.at)

    def start(self, due: dt.date | None = None, by: Actor | None = None):
        with transaction():
            return operations.start(self.plan_id, due, by=by or self.office, at=self.at)

    @property
    def process(self) -> ProcessInstance:
        return get_instance(closing_of(self.plan_id).process_id)

    def forms(self) -> dict[int, Task]:
        """What waits in each unit, by unit."""
        query = db.select(ProcessInstance).where(
            ProcessInstance.root_id == self.process.id, ProcessInstance.finished_at.is_(None)
        )
        waiting = {}
        for one in db.session.scalars(query.order_by(ProcessInstance.id)).all():
            waiting |= {unit_of(one): task for task in open_tasks(one.id)}
        return waiting

    def do(self, task: Task, action: str, by: Actor, comment="", files=(), **data) -> None:
        with transaction():
            act_on_task(task.id, action, data, comment=comment, files=files, by=by, at=self.at)

    def answer(self, unit_id: int, **data) -> None:
        """The unit's clerk writes, its head agrees."""
        given = {"grade": "good", "work": f"{self.units[unit_id]}做了工作", **data}
        self.do(self.forms()[unit_id], "submit", self.clerk(unit_id), **given)
        self.do(self.forms()[unit_id], "agree", self.head(unit_id))

    def answer_all(self) -> None:
        for unit_id in list(self.forms()):
            self.answer(unit_id)

    def attach(self, task: Task, by: Actor, content: bytes, name: str) -> int:
        with transaction():
            source = io.BytesIO(content)
            return attachments.store(
                self.vault, source, name, task_id=task.id, by=by, at=self.at
            ).id

    @property
    def waiting(self) -> Task:
        """What waits with the office or the leader."""
        (task,) = open_tasks(self.process.id)
        return task

    def accept(self) -> None:
        """The office sums up, the leader accepts."""
        unfinished = [
            {"no": one["no"], "reason": "用地未批"} for one in self.waiting.data["unfinished"]
        ]
        self.do(self.waiting, "submit", self.office, unfinished=unfinished)
        self.do(self.waiting, "agree", self.leader, "同意通过验收")
        run_due_jobs(self.at)


@pytest.fixture
def ending(app, desk) -> Ending:  # noqa: F811 - the fixture above
    return Ending(desk, app.extensions["vault"])
