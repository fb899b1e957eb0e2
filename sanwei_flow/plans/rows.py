"""The rows of plans as people see them; the statements do not grow with the rows."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, and_, case
from sqlalchemy import Row as Record
from sqlalchemy.orm import aliased, contains_eager

from sanwei_flow.accounts.models import Unit
from sanwei_flow.calendars import today
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.db import db
from sanwei_flow.errors import N_, NotFound
from sanwei_flow.plans.lights import Light, Rules, light, pace, rules
from sanwei_flow.plans.models import (
    MentionStatus,
    Plan,
    PlanRow,
    RowUnit,
    Side,
    Target,
    UnitMention,
    row_key,
)
from sanwei_flow.plans.statuses import CLOSED, SUSPENDED, TERMINATED, row_status
from sanwei_flow.processes.models import InstanceStatus, Job, JobKind, ProcessInstance

#: Without a light for a reason of their own.
UNLIT = {SUSPENDED: N_("已中止，不计时限"), TERMINATED: N_("已终止")}


@dataclass(frozen=True)
class Name:
    """A unit's name in a row: the register's name once settled, else the document's."""

    text: str
    mention_id: int
    unit_id: int | None
    settled: bool
    #: The kinds of unit a collective name covers; empty for a single unit.
    kinds: frozenset[str] = frozenset()

    @property
    def collective(self) -> bool:
        return bool(self.kinds)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class RowView:
    """A row as people see it: the record with its units, figures, status and light."""

    row: PlanRow
    lead: tuple[Name, ...]
    cooperating: tuple[Name, ...]
    targets: tuple[Target, ...]
    status: str
    light: Light
    process_id: int | None
    incident: bool

    @property
    def no(self) -> int:
        return self.row.no

    @property
    def closed(self) -> bool:
        return self.status in CLOSED

    @property
    def names(self) -> tuple[Name, ...]:
        return self.lead + self.cooperating


@dataclass(frozen=True)
class Somebody:
    """The units a person belongs to, and their kinds: whose rows are "mine"."""

    units: frozenset[int]
    kinds: frozenset[str]

    def is_in(self, view: "RowView") -> bool:
        """True if a unit of theirs leads or helps, by name or within a collective."""
        return any(name.unit_id in self.units or name.kinds & self.kinds for name in view.names)


@dataclass(frozen=True)
class Filters:
    """Which rows to show; empty means all. `lead` is a unit id, `q` words of the row."""

    status: str = ""
    light: str = ""
    category: str = ""
    lead: int | None = None
    q: str = ""
    mine: Somebody | None = None

    def keep(self, view: RowView) -> bool:
        """Tell whether a row is wanted. `status` `open` means every row not yet closed."""
        row = view.row
        wanted_status = self.status in ("", view.status) or (
            self.status == "open" and not view.closed
        )
        words = f"{row.category} {row.item} {row.task}"
        return (
            wanted_status
            and self.light in ("", view.light.colour)
            and self.category in ("", row.category)
            and (self.lead is None or any(name.unit_id == self.lead for name in view.lead))
            and self.q in words
            and (self.mine is None or self.mine.is_in(view))
        )


@dataclass(frozen=True)
class Counts:
    """How many rows there are of each status and each light, and how many are closed."""

    total: int = 0
    closed: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    lights: Counter[str] = field(default_factory=Counter)


def row_views(plan: Plan, day: dt.date, filters: Filters | None = None) -> list[RowView]:
    """The plan's rows in order, those the filters keep; three statements for any number."""
    records = _records([plan.id])
    places = _places(plan.id)
    figures = _figures([plan.id])
    wanted, lit = filters or Filters(), rules()
    views = (_view(record, day, places, figures, lit) for record in records)
    return [view for view in views if wanted.keep(view)]


def row_view(plan: Plan, no: int, day: dt.date) -> RowView:
    """One row of the plan. Raises NotFound."""
    for record in _records([plan.id], no):
        return _view(record, day, _places(plan.id, no), _figures([plan.id]), rules())
    raise NotFound(N_("本方案没有第{no}项"), no=no)


def somebody(unit_ids: Iterable[int]) -> Somebody:
    """The units of a person, for asking which rows are theirs."""
    ids = frozenset(unit_ids)
    kinds = db.session.scalars(db.select(Unit.kind).where(Unit.id.in_(ids)))
    return Somebody(ids, frozenset(str(kind) for kind in kinds))


def count_rows(views: Iterable[RowView]) -> Counts:
    """Count rows by status and light."""
    views = list(views)
    return Counts(
        total=len(views),
        closed=sum(view.closed for view in views),
        statuses=Counter(view.status for view in views),
        lights=Counter(view.light.colour for view in views),
    )


def rows_by_plan(plan_ids: list[int], day: dt.date) -> dict[int, list[RowView]]:
    """The rows of several plans without units and figures, for counting."""
    views: dict[int, list[RowView]] = defaultdict(list)
    figures, lit = _figures(plan_ids), rules()
    for record in _records(plan_ids):
        views[record.PlanRow.plan_id].append(_view(record, day, {}, figures, lit))
    return views


def _records(plan_ids: list[int], no: int | None = None) -> list[Record]:
    """Rows with their plan's root and their own newest process, in the plan's order."""
    instance = aliased(ProcessInstance)
    query = (
        db.select(
            PlanRow,
            Plan.process_id.label("root_id"),
            Plan.launched_at.label("launched_at"),
            instance.id.label("process_id"),
            instance.status.label("instance_status"),
            instance.stage.label("stage"),
            is_starting(instance).label("starting"),
        )
        .join(Plan, Plan.id == PlanRow.plan_id)
        .outerjoin(
            instance,
            and_(instance.parent_id == Plan.process_id, instance.business_key == row_key()),
        )
        .where(PlanRow.plan_id.in_(plan_ids))
        .order_by(PlanRow.plan_id, PlanRow.no, instance.id)
    )
    if no is not None:
        query = query.where(PlanRow.no == no)
    newest = {record.PlanRow.id: record for record in db.session.execute(query)}
    return list(newest.values())


def is_starting(instance: type[ProcessInstance]) -> ColumnElement[bool]:
    """Whether a row's process, not there yet, is among those the plan's has asked for.

    The engine asks for all rows of a phase at once, so any that waits says so of each.
    """
    asked = db.select(Job.id).where(
        Job.instance_id == Plan.process_id, Job.kind == JobKind.child_start
    )
    return case((instance.id.is_(None), asked.correlate(Plan).exists()), else_=False)


def _places(plan_id: int, no: int | None = None) -> dict[int, list[tuple[str, Name]]]:
    query = (
        db.select(RowUnit, Unit.name.label("unit_name"))
        .join(RowUnit.row)
        .join(RowUnit.mention)
        .outerjoin(Unit, Unit.id == UnitMention.unit_id)
        .where(PlanRow.plan_id == plan_id)
        .options(contains_eager(RowUnit.mention))
        .order_by(RowUnit.row_id, RowUnit.side, RowUnit.position)
    )
    if no is not None:
        query = query.where(PlanRow.no == no)
    found: dict[int, list[tuple[str, Name]]] = defaultdict(list)
    for place, unit_name in db.session.execute(query):
        mention = place.mention
        if mention.status == MentionStatus.DROPPED:
            continue
        name = Name(
            text=unit_name or mention.name,
            mention_id=mention.id,
            unit_id=mention.unit_id,
            settled=mention.status == MentionStatus.SETTLED,
            kinds=frozenset(mention.kinds or ()),
        )
        found[place.row_id].append((place.side, name))
    return found


def _figures(plan_ids: list[int]) -> dict[int, list[Target]]:
    query = db.select(Target).where(Target.plan_id.in_(plan_ids), Target.row_id.is_not(None))
    found: dict[int, list[Target]] = defaultdict(list)
    for target in db.session.scalars(query.order_by(Target.id)):
        found[target.row_id or 0].append(target)
    return found


def _view(
    record: Record,
    day: dt.date,
    places: dict[int, list[tuple[str, Name]]],
    figures: dict[int, list[Target]],
    lit: Rules,
) -> RowView:
    row: PlanRow = record.PlanRow
    status = row_status(
        # A row that joined the running plan and waits for its units stands where a draft's does.
        launched=record.root_id is not None and not (row.added_at and record.process_id is None),
        starting=record.starting,
        instance_status=record.instance_status,
        stage=record.stage,
        written_off=row.written_off_at is not None,
    )
    names, targets = places.get(row.id, []), figures.get(row.id, [])
    return RowView(
        row=row,
        lead=tuple(name for side, name in names if side == Side.LEAD),
        cooperating=tuple(name for side, name in names if side == Side.COOPERATING),
        targets=tuple(targets),
        status=status,
        light=_light(record, targets, status, day, lit),
        process_id=record.process_id,
        incident=record.instance_status == InstanceStatus.incident,
    )


def _light(record: Record, targets: list[Target], status: str, day: dt.date, lit: Rules) -> Light:
    if status in UNLIT:
        return Light("none", UNLIT[status])
    row: PlanRow = record.PlanRow
    launched = record.launched_at
    return light(
        row.due,
        day,
        closed=status in CLOSED,
        past_at_import=row.due_past,
        calendar=load_calendar(),
        by=lit,
        pace=pace(targets, today(launched), row.due, day) if launched else None,
    )
