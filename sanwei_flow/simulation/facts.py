"""What simulated people see of the work that waits: one row for each task."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sanwei_flow.accounts.models import Unit
from sanwei_flow.calendars import today
from sanwei_flow.db import db
from sanwei_flow.designs.models import DesignVersion, ProcessDesign
from sanwei_flow.processes.models import ProcessInstance, Task, is_open


@dataclass(frozen=True)
class Waiting:
    """An open task; `row` is the business key of what it belongs to, `unit` a unit's code.

    `opened` and `due` are days in Shanghai.
    """

    id: int
    design: str
    node: str
    row: str
    unit: str
    unit_id: int
    role: str
    owner_id: int | None
    opened: dt.date
    due: dt.date

    @property
    def name(self) -> str:
        """Says which it is among all, whatever numbers the database has given."""
        return f"{self.row}/{self.design}/{self.node}/{self.unit}/{self.opened}"


def waiting_since(last: int) -> Iterator[Waiting]:
    """The open tasks with a higher id than `last`, oldest first."""
    query = (
        db.select(
            Task.id,
            ProcessDesign.key,
            Task.node,
            ProcessInstance.business_key,
            Unit.code,
            Task.unit_id,
            Task.role,
            Task.owner_id,
            Task.opened_at,
            Task.due,
        )
        .join(ProcessInstance, ProcessInstance.id == Task.instance_id)
        .join(DesignVersion, DesignVersion.id == ProcessInstance.version_id)
        .join(ProcessDesign, ProcessDesign.id == DesignVersion.design_id)
        .join(Unit, Unit.id == Task.unit_id)
        .where(is_open, Task.id > last)
        .order_by(Task.id)
    )
    for row in db.session.execute(query):
        yield Waiting(
            id=row[0],
            design=row[1],
            node=row[2],
            row=row[3],
            unit=row[4],
            unit_id=row[5],
            role=row[6],
            owner_id=row[7],
            opened=today(row[8]),
            due=row[9],
        )
