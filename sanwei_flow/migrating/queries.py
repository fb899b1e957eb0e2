"""Which instances a migration would touch, and what has become of those it did."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.db import db
from sanwei_flow.designs.drafting import require_designer
from sanwei_flow.designs.models import DesignVersion, ProcessDesign
from sanwei_flow.designs.queries import compiled
from sanwei_flow.engine import Node
from sanwei_flow.errors import N_, AppError, NotFound
from sanwei_flow.migrating.models import Migration, MigrationItem, Outcome
from sanwei_flow.processes import moving
from sanwei_flow.processes.models import InstanceStatus, ProcessInstance, Task, is_pending

#: Instances a preview looks into; a dry run looks into all of them.
MOST = 200
PAGE = 50
CLOSED = (InstanceStatus.finished, InstanceStatus.cancelled)
#: Elements nobody and nothing ever waits at.
PASSED = frozenset(
    (
        "startEvent",
        "endEvent",
        "intermediateThrowEvent",
        "exclusiveGateway",
        "scriptTask",
        "sendTask",
        "task",
    )
)


@dataclass(frozen=True)
class Standing:
    """A version and how many open instances run by it."""

    version: DesignVersion
    running: int


@dataclass(frozen=True)
class Line:
    """An element of the old versions and what becomes of it; `waiting` instances stand there.

    `target` is "" while it has no counterpart; `by_hand` where a person has said so.
    """

    node: Node
    waiting: int
    target: str
    by_hand: bool
    choices: list[Node]

    @property
    def asks(self) -> bool:
        """Whether a person has to look at it."""
        return not self.target or self.by_hand


@dataclass(frozen=True)
class Reason:
    """Why some of the instances looked into stay; `None` for those that can go."""

    error: AppError | None
    count: int
    examples: list[tuple[int, str]]


@dataclass(frozen=True)
class Preview:
    """What a migration would do. `total` instances are open, `seen` of them were looked into."""

    lines: list[Line]
    reasons: list[Reason]
    total: int
    seen: int
    statuses: dict[str, int] = field(default_factory=dict)

    @property
    def able(self) -> int:
        """How many of those looked into can go."""
        return sum(one.count for one in self.reasons if one.error is None)


def design_of(key: str, by: Actor) -> ProcessDesign:
    """The design with its versions. Raises Forbidden, NotFound."""
    require_designer(by)
    query = select(ProcessDesign).where(ProcessDesign.key == key)
    found = db.session.scalar(query.options(joinedload(ProcessDesign.versions)))
    if found is None:
        raise NotFound(N_("没有流程 {key}"), key=key)
    return found


def standings(design: ProcessDesign) -> list[Standing]:
    """Every version, the newest first, with its open instances: one statement."""
    query = (
        select(ProcessInstance.version_id, db.func.count())
        .join(DesignVersion, DesignVersion.id == ProcessInstance.version_id)
        .where(DesignVersion.design_id == design.id, ProcessInstance.status.not_in(CLOSED))
        .group_by(ProcessInstance.version_id)
    )
    running: dict[int, int] = dict(db.session.execute(query).all())
    return [Standing(one, running.get(one.id, 0)) for one in reversed(design.versions)]


def preview(
    sources: Sequence[DesignVersion],
    to: DesignVersion,
    corrections: Mapping[str, str],
    at: dt.datetime,
) -> Preview:
    """Which instances of these versions would go to the other one, and why others would not."""
    own = ProcessInstance.version_id.in_([one.id for one in sources])
    open_ones = own, ProcessInstance.status.not_in(CLOSED)
    counted = select(ProcessInstance.status, db.func.count()).where(*open_ones)
    statuses: dict[str, int] = dict(
        db.session.execute(counted.group_by(ProcessInstance.status)).all()
    )
    query = select(ProcessInstance.id, ProcessInstance.title).where(*open_ones)
    rows = db.session.execute(query.order_by(ProcessInstance.id).limit(MOST)).all()
    tried = moving.try_moves([row.id for row in rows], to, corrections, at=at)
    titles = [(row.id, row.title) for row in rows]
    reasons = _reasons([(number, title, tried[number]) for number, title in titles])
    lines = mapping_lines(sources, to, corrections)
    return Preview(lines, reasons, sum(statuses.values()), len(rows), statuses)


def _reasons(tried: Iterable[tuple[int, str, AppError | None]]) -> list[Reason]:
    """The same reasons together, the most frequent first, with a few instances each."""
    groups: dict[str, list[tuple[int, str, AppError | None]]] = {}
    for one in tried:
        groups.setdefault("" if one[2] is None else str(one[2]), []).append(one)
    found = [
        Reason(group[0][2], len(group), [(number, title) for number, title, _ in group[:3]])
        for group in groups.values()
    ]
    return sorted(found, key=lambda one: (one.error is not None, -one.count))


def mapping_lines(
    sources: Sequence[DesignVersion], to: DesignVersion, corrections: Mapping[str, str]
) -> list[Line]:
    """What becomes of every element something can wait at; what a person has to say comes first."""
    new = compiled(to)
    waiting = _waiting([one.id for one in sources])
    lines: dict[str, Line] = {}
    for source in sources:
        old = compiled(source)
        mapping = moving.whole_mapping(old, new, corrections)
        for node in old.nodes.values():
            if node.kind in PASSED or node.id in lines:
                continue
            choices = [one for one in new.nodes.values() if one.kind == node.kind]
            target, by_hand = mapping.get(node.id, ""), node.id in corrections
            lines[node.id] = Line(node, waiting.get(node.id, 0), target, by_hand, choices)
    return sorted(lines.values(), key=lambda line: (not line.asks, -line.waiting))


def _waiting(version_ids: Sequence[int]) -> Counter[str]:
    """How many open tasks and called processes there are at each element of these versions."""
    caller = db.aliased(ProcessInstance)
    tasks = (
        select(Task.node, db.func.count())
        .join(ProcessInstance, ProcessInstance.id == Task.instance_id)
        .where(is_pending, ProcessInstance.version_id.in_(version_ids))
        .group_by(Task.node)
    )
    called = (
        select(ProcessInstance.parent_node, db.func.count())
        .join(caller, caller.id == ProcessInstance.parent_id)
        .where(caller.version_id.in_(version_ids), ProcessInstance.status.not_in(CLOSED))
        .where(ProcessInstance.parent_node.is_not(None))
        .group_by(ProcessInstance.parent_node)
    )
    found: Counter[str] = Counter(dict(db.session.execute(tasks).all()))
    found.update(dict(db.session.execute(called).all()))
    return found


def migrations(design: ProcessDesign, limit: int = 20) -> list[Migration]:
    """The latest migrations of a design."""
    query = select(Migration).where(Migration.design_id == design.id)
    query = query.options(joinedload(Migration.to_version)).order_by(Migration.id.desc())
    return list(db.session.scalars(query.limit(limit)))


def migration_of(key: str, migration_id: int, by: Actor) -> Migration:
    """One migration of the design. Raises Forbidden, NotFound."""
    require_designer(by)
    query = (
        select(Migration)
        .join(Migration.design)
        .where(Migration.id == migration_id, ProcessDesign.key == key)
        .options(contains_eager(Migration.design), joinedload(Migration.to_version))
    )
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(N_("没有这次迁移。"))
    return found


def tally(migration_ids: Sequence[int]) -> dict[int, Counter[str]]:
    """How many instances of each migration have come to which outcome."""
    query = (
        select(MigrationItem.migration_id, MigrationItem.outcome, db.func.count())
        .where(MigrationItem.migration_id.in_(migration_ids))
        .group_by(MigrationItem.migration_id, MigrationItem.outcome)
    )
    found: dict[int, Counter[str]] = {one: Counter() for one in migration_ids}
    for migration_id, outcome, count in db.session.execute(query):
        found[migration_id][outcome] = count
    return found


def items_of(
    migration_id: int, *, outcome: str | None = None, after: int = 0, limit: int = PAGE
) -> list[MigrationItem]:
    """The instances of a migration in order, those after an id."""
    query = select(MigrationItem).where(
        MigrationItem.migration_id == migration_id, MigrationItem.id > after
    )
    if outcome is not None:
        query = query.where(MigrationItem.outcome == outcome)
    query = query.options(joinedload(MigrationItem.from_version)).order_by(MigrationItem.id)
    found: list[MigrationItem] = list(
        db.session.scalars(query.limit(limit).execution_options(populate_existing=True))
    )
    return found


def why_staying(migration_id: int) -> list[Reason]:
    """The reasons of those that stay, the most frequent first."""
    one = MigrationItem
    query = select(one.instance_id, one.title, one.reason, one.params)
    query = query.where(one.migration_id == migration_id, one.outcome == Outcome.stays)
    rows = db.session.execute(query.order_by(one.id)).all()
    return _reasons(
        (row.instance_id, row.title, AppError(row.reason, **row.params)) for row in rows
    )
