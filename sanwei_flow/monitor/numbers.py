"""What stands at each element of a design: how much waits, how late, how long it usually stays.

A fixed number of statements, however many processes there are.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Row, Select, case, func, or_, select
from sqlalchemy.orm import aliased

from sanwei_flow.calendars.workdays import Calendar, Phrase
from sanwei_flow.db import db
from sanwei_flow.engine import Design
from sanwei_flow.monitor.spans import Span, day, day_of, seconds_between
from sanwei_flow.processes.models import (
    InstanceStatus,
    Job,
    JobKind,
    JobStatus,
    ProcessInstance,
    Task,
    TaskStatus,
    is_pending,
)

#: Elements at which something can wait, so that they have a line even with nothing there.
WAITING = frozenset(
    {"userTask", "callActivity", "serviceTask", "receiveTask", "intermediateCatchEvent"}
)
#: How far back stays are counted, in days; 0 for ever.
PERIODS = (30, 90, 365, 0)


@dataclass(frozen=True)
class Place:
    """One element: `open` tasks, called processes or jobs wait there now, `overdue` of them late.

    `stays` were counted among what left it in the period; `mean` and `longest` are of those.
    """

    node: str
    name: str
    kind: str = ""
    open: int = 0
    overdue: int = 0
    incidents: int = 0
    oldest: dt.datetime | None = None
    stays: int = 0
    mean: Span | None = None
    longest: Span | None = None

    @property
    def usual(self) -> Phrase | None:
        """The mean stay in words."""
        return self.mean.phrase if self.mean else None


@dataclass
class _Found:
    names: dict[str, str] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)

    def at(self, node: str) -> Place:
        return self.places.setdefault(node, Place(node, ""))

    def put(self, node: str | None, **values: Any) -> None:
        if node:
            self.places[node] = replace(self.at(node), **values)


def places(
    versions: Iterable[int],
    design: Design,
    *,
    on: dt.date,
    since: dt.datetime | None,
    calendar: Calendar,
) -> list[Place]:
    """Every element of `design` where something can wait, and others where something does.

    In the design's order; what only other versions know comes last. `versions` are the ids of
    the versions whose processes count, `on` today, `since` from when on stays count.
    """
    ids = list(versions)
    found = _Found()
    _count_tasks(found, ids, on)
    _count_calls(found, ids)
    _count_jobs(found, ids)
    _count_incidents(found, ids)
    _measure(found, ids, since, calendar)
    listed = []
    for node_id, node in design.nodes.items():
        place = found.places.pop(node_id, None)
        if place is not None or node.kind in WAITING:
            known = place or Place(node_id, "")
            listed.append(replace(known, name=node.name or node_id, kind=node.kind))
    old = [replace(one, name=found.names.get(key, key)) for key, one in found.places.items()]
    return listed + sorted(old, key=lambda place: place.name)


def _of(ids: list[int]) -> Any:
    return ProcessInstance.version_id.in_(ids)


def _count_tasks(found: _Found, ids: list[int], on: dt.date) -> None:
    late = func.sum(case((Task.due < on, 1), else_=0))
    query = (
        select(Task.node, func.max(Task.name), func.count(), late, func.min(Task.opened_at))
        .join(ProcessInstance, ProcessInstance.id == Task.instance_id)
        .where(_of(ids), is_pending, Task.side.is_(None))
        .group_by(Task.node)
    )
    for node, name, count, overdue, oldest in db.session.execute(query):
        found.names[node] = name
        found.put(node, open=count, overdue=int(overdue or 0), oldest=oldest)


def _count_calls(found: _Found, ids: list[int]) -> None:
    called = aliased(ProcessInstance)
    query = (
        select(called.parent_node, func.count(), func.min(called.started_at))
        .join(ProcessInstance, ProcessInstance.id == called.parent_id)
        .where(_of(ids), called.parent_node.is_not(None), called.finished_at.is_(None))
        .group_by(called.parent_node)
    )
    for node, count, oldest in db.session.execute(query):
        found.put(node, open=count, oldest=oldest)


def _count_jobs(found: _Found, ids: list[int]) -> None:
    """Services and called processes that are still to be started, timers that are waited for."""
    node, kind = Job.payload["node"].as_string(), Job.payload["kind"].as_string()
    query = (
        select(node, func.count())
        .join(ProcessInstance, ProcessInstance.id == Job.instance_id)
        .where(
            _of(ids),
            Job.status != JobStatus.failed,
            or_(
                Job.kind.in_((JobKind.service, JobKind.child_start)),
                (Job.kind == JobKind.timer) & (kind == "catch"),
            ),
        )
        .group_by(node)
    )
    for place, count in db.session.execute(query):
        if place:
            found.put(place, open=found.at(place).open + count)


def _count_incidents(found: _Found, ids: list[int]) -> None:
    node = ProcessInstance.incident["node"].as_string()
    query = (
        select(node, func.count())
        .where(_of(ids), ProcessInstance.status == InstanceStatus.incident)
        .group_by(node)
    )
    for place, count in db.session.execute(query):
        found.put(place, incidents=count)


def _measure(found: _Found, ids: list[int], since: dt.datetime | None, calendar: Calendar) -> None:
    """Stays by the days they began and ended: few rows, from which working days are counted."""
    rows: dict[str, list[Row[Any]]] = {}
    for query in (_task_stays(ids, since), _call_stays(ids, since)):
        for row in db.session.execute(query):
            rows.setdefault(row.node, []).append(row)
    for node, mine in rows.items():
        spans = [_span(row, calendar) for row in mine]
        count = sum(row.number for row in mine)
        days = sum(span.workdays * row.number for span, row in zip(spans, mine, strict=True))
        seconds = sum(row.seconds for row in mine)
        longest = max(spans, key=lambda span: (span.workdays, span.seconds))
        mean = Span(days / count, seconds / count)
        found.put(node, stays=count, mean=mean, longest=longest)


def _span(row: Row[Any], calendar: Calendar) -> Span:
    return Span(calendar.workdays_between(day(row.first), day(row.last)), row.longest)


def _task_stays(ids: list[int], since: dt.datetime | None) -> Select[Any]:
    query = (
        _stays(Task.node, Task.opened_at, Task.closed_at)
        .select_from(Task)
        .join(ProcessInstance, ProcessInstance.id == Task.instance_id)
        .where(_of(ids), Task.status == TaskStatus.done, Task.side.is_(None))
    )
    return query if since is None else query.where(Task.closed_at >= since)


def _call_stays(ids: list[int], since: dt.datetime | None) -> Select[Any]:
    called = aliased(ProcessInstance)
    query = (
        _stays(called.parent_node, called.started_at, called.finished_at)
        .select_from(called)
        .join(ProcessInstance, ProcessInstance.id == called.parent_id)
        .where(_of(ids), called.parent_node.is_not(None), called.status == InstanceStatus.finished)
    )
    return query if since is None else query.where(called.finished_at >= since)


def _stays(node: Any, start: Any, end: Any) -> Select[Any]:
    first, last, length = day_of(start), day_of(end), seconds_between(start, end)
    return select(
        node.label("node"),
        first.label("first"),
        last.label("last"),
        func.count().label("number"),
        func.sum(length).label("seconds"),
        func.max(length).label("longest"),
    ).group_by(node, first, last)
