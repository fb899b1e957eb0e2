"""A unit with a clerk, a colleague and a head; designs published; the time they live in."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from flask import Flask

from sanwei_flow.accounts.actor import SYSTEM, Actor
from sanwei_flow.db import db, transaction
from sanwei_flow.designs.operations import publish
from sanwei_flow.notifications.models import Notification
from sanwei_flow.processes import operations, queries, services
from sanwei_flow.processes.models import ProcessInstance, Task, TaskCopy, TaskDraft
from tests import factories
from tests.processes import designs
from tests.processes.cases import Team, check_whole, lasting_team

NOW = factories.NOW


@dataclass
class Office:
    """Who acts in these stories."""

    unit_id: int
    clerk: Actor
    colleague: Actor
    head: Actor
    stranger: Actor

    def start(self, key: str, **variables: Any) -> ProcessInstance:
        given = {"unit": self.unit_id, **variables}
        with transaction():
            return operations.start_process(key, given, title="重点工作", by=self.head, at=NOW)

    def act(
        self, task: Task, action: str, by: Actor, at: dt.datetime = NOW, **more: Any
    ) -> operations.ActResult:
        data = more.pop("data", {})
        with transaction():
            return operations.act_on_task(task.id, action, data, by=by, at=at, **more)


@pytest.fixture
def office(database: None) -> Office:
    with transaction():
        unit, other = factories.make_unit("县财政局"), factories.make_unit("县商务委")
        office = Office(
            unit.id,
            factories.actor(unit, "staff"),
            factories.actor(unit, "staff"),
            factories.actor(unit, "reviewer"),
            factories.actor(other, "staff"),
        )
        services.register("test.deliver", lambda arguments, *, instance, at: {"parcel": 7})
        for xml in (designs.APPROVAL, designs.FAN_OUT, designs.DEADLINE, designs.SERVICE):
            publish(xml, designs.FORMS, by=SYSTEM, at=NOW)
    return office


@pytest.fixture(scope="module")
def lasting(app: Flask) -> Iterator[Team]:
    with lasting_team(app) as team:
        yield team


@pytest.fixture
def team(lasting: Team) -> Iterator[Team]:
    """The module's team; whatever a test did must leave every process whole."""
    last = db.session.scalar(db.select(db.func.max(ProcessInstance.id))) or 0
    team = replace(lasting)
    yield team
    own = db.select(ProcessInstance.id).where(ProcessInstance.id > last)
    for instance_id in db.session.scalars(own).all():
        check_whole(instance_id, team.at)
    db.session.rollback()
    db.session.execute(db.delete(Notification))
    for table in (TaskCopy, TaskDraft):
        db.session.execute(db.delete(table))
    db.session.execute(db.update(Task).values(status="cancelled"))
    db.session.commit()


@pytest.fixture
def service() -> Iterator[Callable[[Any], None]]:
    """Put another operation behind `test.deliver`."""

    def put(function: Any) -> None:
        services.register("test.deliver", function)

    yield put
    services.register("test.deliver", lambda arguments, *, instance, at: {})


def only(instance: ProcessInstance) -> Task:
    """The one open task of the instance."""
    (task,) = queries.open_tasks(instance.id)
    return task
