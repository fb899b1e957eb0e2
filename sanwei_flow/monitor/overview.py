"""All designs at a glance: how many processes run, stand still, are late, are over."""

import datetime as dt
from dataclasses import dataclass, replace

from sqlalchemy import func, select

from sanwei_flow.db import db
from sanwei_flow.designs.models import DesignVersion, ProcessDesign
from sanwei_flow.processes.models import InstanceStatus, ProcessInstance, Task, is_pending


@dataclass(frozen=True)
class Standing:
    """One design, or one version of it: processes by where they stand.

    `overdue` are open tasks past their day; `oldest` is when the oldest open process began.
    """

    key: str
    name: str
    version: int = 0
    running: int = 0
    suspended: int = 0
    incidents: int = 0
    finished: int = 0
    cancelled: int = 0
    overdue: int = 0
    oldest: dt.datetime | None = None

    @property
    def open(self) -> int:
        """Processes that are not over."""
        return self.running + self.suspended + self.incidents


_COLUMNS = {
    InstanceStatus.running: "running",
    InstanceStatus.suspended: "suspended",
    InstanceStatus.incident: "incidents",
    InstanceStatus.finished: "finished",
    InstanceStatus.cancelled: "cancelled",
}


def by_version(day: dt.date, key: str | None = None) -> list[tuple[int, Standing]]:
    """The published versions of one design, or of all, with their ids; newest first in a design."""
    versions = (
        select(DesignVersion.id, DesignVersion.number, ProcessDesign.key, ProcessDesign.name)
        .join(ProcessDesign, ProcessDesign.id == DesignVersion.design_id)
        .order_by(ProcessDesign.key, DesignVersion.number.desc())
    )
    if key is not None:
        versions = versions.where(ProcessDesign.key == key)
    rows = db.session.execute(versions).all()
    found = {row.id: Standing(row.key, row.name, row.number) for row in rows}
    count = select(
        ProcessInstance.version_id,
        ProcessInstance.status,
        func.count().label("number"),
        func.min(ProcessInstance.started_at).label("oldest"),
    ).group_by(ProcessInstance.version_id, ProcessInstance.status)
    late = (
        select(ProcessInstance.version_id, func.count().label("number"))
        .join(Task, Task.instance_id == ProcessInstance.id)
        .where(is_pending, Task.side.is_(None), Task.due < day)
        .group_by(ProcessInstance.version_id)
    )
    if key is not None:
        count = count.where(ProcessInstance.version_id.in_(found))
        late = late.where(ProcessInstance.version_id.in_(found))
    for row in db.session.execute(count):
        one = replace(found[row.version_id], **{_COLUMNS[InstanceStatus(row.status)]: row.number})
        if row.status not in (InstanceStatus.finished, InstanceStatus.cancelled):
            one = replace(one, oldest=min(filter(None, (one.oldest, row.oldest))))
        found[row.version_id] = one
    for version, number in db.session.execute(late):
        found[version] = replace(found[version], overdue=number)
    return list(found.items())


def together(standings: list[Standing]) -> Standing:
    """The versions of one design added up; the name is the first one's."""
    numbers = ("running", "suspended", "incidents", "finished", "cancelled", "overdue")
    sums = {name: sum(getattr(one, name) for one in standings) for name in numbers}
    oldest = min((one.oldest for one in standings if one.oldest), default=None)
    return replace(standings[0], version=0, oldest=oldest, **sums)


def designs(day: dt.date) -> list[Standing]:
    """Every design: those with trouble first, then by what is open."""
    groups: dict[str, list[Standing]] = {}
    for _id, one in by_version(day):
        groups.setdefault(one.key, []).append(one)
    sums = [together(versions) for versions in groups.values()]
    return sorted(sums, key=lambda one: (-one.incidents, -one.overdue, -one.open, one.key))
