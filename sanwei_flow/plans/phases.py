"""The phases of a plan: as stated, or the usual three where the document names none."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sanwei_flow.errors import N_
from sanwei_flow.plans.models import Plan, PlanPhase
from sanwei_flow.plans.reader import PlanDocument

#: A phase with one of these words carries the division rows.
IMPLEMENTING_WORDS = ("实施", "推进", "试点", "攻坚", "整改", "落实")

DEFAULT_NAMES = (N_("安排部署阶段"), N_("组织实施阶段"), N_("总结评估阶段"))


def last_day(document: PlanDocument) -> dt.date | None:
    """The last day the plan speaks of: of its phases, figures, rows, else of its own year."""
    days = [phase.end for phase in document.phases if phase.end]
    days += [row.due for row in document.rows if row.due]
    days += [dt.date(target.year, 12, 31) for target in document.targets if target.year]
    if not days and document.doc_date:
        days = [dt.date(document.doc_date.year, 12, 31)]
    return max(days, default=None)


def make_phases(document: PlanDocument, imported: dt.date) -> list[PlanPhase]:
    """The plan's phases in order, one of them marked as carrying the rows.

    Without stated phases: deployment to the end of the month after the issue, conclusion in
    the last quarter of the last year, implementation between, with the milestone years.
    """
    if document.phases:
        phases = [
            PlanPhase(name=phase.name, start=phase.start, end=phase.end, source_line=phase.line)
            for phase in document.phases
        ]
    else:
        first = document.doc_date or imported
        phases = _default_phases(first, max(last_day(document) or first, first))
    for position, phase in enumerate(phases):
        phase.position, phase.stated = position, bool(document.phases)
    carrier = _implementing(phases)
    years = {target.year for target in document.targets if target.year}
    years |= {row.due.year for row in document.rows if row.due}
    for phase in phases:
        phase.implementing = phase is carrier
        phase.milestones = sorted(years) if phase is carrier else []
    return phases


def _default_phases(first: dt.date, last: dt.date) -> list[PlanPhase]:
    deployed = _month_end(_month_end(first) + dt.timedelta(days=1))
    concluding = dt.date(last.year, 10, 1)
    if concluding <= deployed + dt.timedelta(days=30):
        # Too short for whole months: thirds keep the order without gaps.
        third = (last - first) // 3
        deployed, concluding = first + third, last - third
    day = dt.timedelta(days=1)
    room = concluding - deployed > day
    middle = (deployed + day, concluding - day) if room else (deployed, concluding)
    spans = ((first, deployed), middle, (concluding, last))
    return [
        PlanPhase(name=name, start=start, end=end)
        for name, (start, end) in zip(DEFAULT_NAMES, spans, strict=True)
    ]


def _implementing(phases: Sequence[PlanPhase]) -> PlanPhase:
    """The phase that carries the rows: named so, else the longest, else the only one."""
    named = [
        phase
        for phase in phases
        if any(word in phase.name for word in IMPLEMENTING_WORDS) and "总结" not in phase.name
    ]
    if named:
        return named[0]
    return max(
        phases,
        key=lambda phase: (
            (phase.end - phase.start) if phase.start and phase.end else dt.timedelta()
        ),
    )


def _month_end(day: dt.date) -> dt.date:
    following = (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    return following - dt.timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """A phase on the time line; `left` and `width` in percent of the whole."""

    phase: PlanPhase
    left: float
    width: float
    state: str  # past | present | future


@dataclass(frozen=True)
class Mark:
    """A day on the time line, `left` in percent of the whole."""

    day: dt.date
    left: float


@dataclass(frozen=True)
class Timeline:
    """The plan's phases in proportion, the ends of its milestone years, and today."""

    spans: tuple[Span, ...]
    milestones: tuple[Mark, ...]
    today: Mark | None


def timeline(plan: Plan, day: dt.date) -> Timeline | None:
    """Lay out the dated phases; None if there are none. Today is left out beyond the ends."""
    dated = [(phase, phase.start, phase.end) for phase in plan.phases]
    spans = [(phase, start, end) for phase, start, end in dated if start and end and start <= end]
    if not spans:
        return None
    first = min(start for _, start, _ in spans)
    last = max(end for _, _, end in spans) + dt.timedelta(days=1)
    whole = (last - first).days

    def at(when: dt.date) -> float:
        return round(100 * (when - first).days / whole, 2)

    years = [dt.date(year, 12, 31) for phase in plan.phases for year in phase.milestones]
    return Timeline(
        spans=tuple(
            Span(
                phase,
                at(start),
                round(at(end + dt.timedelta(days=1)) - at(start), 2),
                "past" if end < day else "future" if start > day else "present",
            )
            for phase, start, end in spans
        ),
        milestones=tuple(Mark(one, at(one)) for one in years if first <= one < last),
        today=Mark(day, at(day)) if first <= day < last else None,
    )
