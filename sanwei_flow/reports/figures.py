"""The figures of a plan with their history, and where the document says one thing twice.

Seven statements whatever the number of figures.
"""

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from sanwei_flow.accounts.models import Unit
from sanwei_flow.calendars import today
from sanwei_flow.db import db
from sanwei_flow.errors import N_
from sanwei_flow.plans.figures import Figure, figures
from sanwei_flow.plans.models import (
    Finding,
    MentionStatus,
    Plan,
    PlanRow,
    RowUnit,
    Side,
    Target,
    UnitMention,
)
from sanwei_flow.plans.records import TargetValue

#: What a figure may be, as it is called; a msgid.
STATES = {
    "done": N_("已达到"),
    "ahead": N_("超进度"),
    "on": N_("达进度"),
    "behind": N_("欠进度"),
    "none": N_("未上报"),
}
#: Findings that say: the document speaks of this figure in several ways.
DISAGREEING = ("figures_disagree", "measure_differs", "operator_differs", "wording_differs")
#: Characters of the source shown on each side of a figure.
AROUND = 40

_LINE = re.compile(r"（第(\d+)行）")


@dataclass(frozen=True)
class Point:
    """What was reported on a day; `period` is empty for a completion report."""

    day: dt.date
    value: Decimal
    period: str


@dataclass(frozen=True)
class Line:
    """A figure with its row's category and lead units, and every value reported for it."""

    figure: Figure
    category: str = ""
    lead: tuple[str, ...] = ()
    points: tuple[Point, ...] = ()

    @property
    def key(self) -> str:
        return self.figure.target.key

    @property
    def lines(self) -> frozenset[int]:
        """Where in the document it stands."""
        return frozenset({self.figure.target.source_line or 0, *self.figure.also} - {0})


@dataclass(frozen=True)
class Place:
    """A line of the document, its words around the figure, and the keys of the figures meant.

    `rows` carry them.
    """

    line: int
    words: str
    keys: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()


@dataclass(frozen=True)
class Dispute:
    """Places of the document that state one figure, and in what they disagree."""

    indicator: str
    places: list[Place]
    findings: list[Finding]


@dataclass(frozen=True)
class Wanted:
    """Which figures to show; empty means all. `category` `-` are those no row carries."""

    state: str = ""
    category: str = ""
    year: int | None = None
    lead: str = ""
    q: str = ""
    disputed: bool = False

    def keep(self, line: Line, disputed: frozenset[str]) -> bool:
        """Tell whether a figure is wanted; `disputed` are the keys of those in dispute."""
        figure = line.figure
        return (
            self.state in ("", figure.state)
            and self.category in ("", line.category or "-")
            and self.year in (None, figure.year)
            and (not self.lead or self.lead in line.lead)
            and self.q in figure.target.indicator
            and (not self.disputed or line.key in disputed)
        )

    def arguments(self, **others: object) -> dict[str, Any]:
        """The address that asks for these, with `others` in place of its own."""
        given: dict[str, Any] = {
            "state": self.state,
            "category": self.category,
            "year": self.year,
            "lead": self.lead,
            "q": self.q,
            "disputed": 1 if self.disputed else None,
        }
        return {name: one for name, one in (given | others).items() if one}


def lines(plan: Plan, day: dt.date) -> list[Line]:
    """Every figure of the plan in the document's order; five statements."""
    found = figures(plan, day)
    categories, leads = _categories(plan.id), _leads(plan.id)
    points = _points(plan.id)
    return [
        Line(
            figure=one,
            category=categories.get(one.row or 0, ""),
            lead=tuple(leads.get(one.row or 0, ())),
            points=tuple(points.get(one.target.id, ())) or _only(one.target),
        )
        for one in found
    ]


def disputes(plan: Plan, of: Sequence[Line]) -> list[Dispute]:
    """The places that state one of these figures in several ways, each set of places once."""
    query = db.select(Finding).where(Finding.plan_id == plan.id, Finding.code.in_(DISAGREEING))
    findings = list(db.session.scalars(query.order_by(Finding.line, Finding.id)))
    if not findings:
        return []
    words = {int(number): text for number, _kind, text in plan.source_lines}
    groups: dict[frozenset[int], list[Finding]] = defaultdict(list)
    for finding in findings:
        at = _places(finding, _indicator(finding, of), of)
        if len(at) > 1:
            groups[at].append(finding)
    return [_dispute(sorted(at), said, words, of) for at, said in groups.items()]


def by_category(of: Iterable[Line]) -> dict[str, Counter[str]]:
    """How many figures of each category are in each state, in the document's order."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for line in of:
        found[line.category][line.figure.state] += 1
    return dict(found)


def _categories(plan_id: int) -> dict[int, str]:
    query = select(PlanRow.no, PlanRow.category).where(PlanRow.plan_id == plan_id)
    return {one.no: one.category for one in db.session.execute(query)}


def _leads(plan_id: int) -> dict[int, list[str]]:
    name = func.coalesce(Unit.name, UnitMention.name)
    query = (
        select(PlanRow.no, name)
        .join(RowUnit, RowUnit.row_id == PlanRow.id)
        .join(UnitMention, UnitMention.id == RowUnit.mention_id)
        .outerjoin(Unit, Unit.id == UnitMention.unit_id)
        .where(
            PlanRow.plan_id == plan_id,
            RowUnit.side == Side.LEAD,
            UnitMention.status != MentionStatus.DROPPED,
        )
        .order_by(PlanRow.no, RowUnit.position)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for no, unit in db.session.execute(query):
        found[no].append(unit)
    return found


def _points(plan_id: int) -> dict[int, list[Point]]:
    query = (
        db.select(TargetValue)
        .join(Target, Target.id == TargetValue.target_id)
        .where(Target.plan_id == plan_id)
        .order_by(TargetValue.at, TargetValue.id)
    )
    found: dict[int, list[Point]] = defaultdict(list)
    for one in db.session.scalars(query):
        found[one.target_id].append(Point(today(one.at), one.value, one.period))
    return found


def _only(target: Target) -> tuple[Point, ...]:
    """The value of a figure whose history is not known."""
    if target.reported is None or target.reported_at is None:
        return ()
    return (Point(today(target.reported_at), target.reported, ""),)


def _indicator(finding: Finding, of: Iterable[Line]) -> str:
    """What a finding speaks of: it says so, or it quotes words that name the figure."""
    if name := finding.params.get("indicator"):
        return str(name)
    quoted = str(finding.params.get("words", ""))
    named = [
        one.figure.target.indicator
        for one in of
        if one.figure.target.indicator in quoted and finding.line in one.lines
    ]
    return max(named, key=len, default=quoted)


def _places(finding: Finding, indicator: str, of: Iterable[Line]) -> frozenset[int]:
    """The lines a finding sets against each other, and those that repeat one of them exactly."""
    said = {finding.line or 0, int(finding.params.get("line") or 0)} - {0}
    for other in finding.alternatives:
        said |= {int(number) for number in _LINE.findall(other)}
    for one in of:
        if one.figure.target.indicator == indicator and one.lines & said:
            said |= one.lines
    return frozenset(said)


def _dispute(
    at: Iterable[int], findings: list[Finding], words: dict[int, str], of: Sequence[Line]
) -> Dispute:
    """The lines with their words; of what else a line states, nothing is in dispute here."""
    indicator = _indicator(findings[0], of)
    said = " ".join(
        text
        for one in findings
        for text in (*one.alternatives, *(str(value) for value in one.params.values()))
    )
    meant = [one for one in of if one.figure.target.indicator in said]
    places = []
    for line in at:
        here = [one for one in meant if line in one.lines]
        named = max((one.figure.target.indicator for one in here), key=len, default=indicator)
        rows = dict.fromkeys(one.figure.row for one in here if one.figure.row)
        text = _excerpt(words.get(line, ""), named)
        places.append(Place(line, text, tuple(one.key for one in here), tuple(rows)))
    return Dispute(indicator, places, findings)


def _excerpt(text: str, indicator: str) -> str:
    text = " ".join(text.split())
    middle = text.find(indicator[:6])
    start = max(middle - AROUND, 0)
    end = max(middle, 0) + len(indicator) + AROUND
    return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")
