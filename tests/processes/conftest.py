"""A unit with a clerk, a colleague and a head; designs published; the time they live in."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from sanwei_flow.accounts.actor import SYSTEM, Actor
from sanwei_flow.db import transaction
from sanwei_flow.designs.operations import publish
from sanwei_flow.processes import operations, queries, services
from sanwei_flow.processes.models import ProcessInstance, Task
from tests import factories
from tests.processes import designs

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
