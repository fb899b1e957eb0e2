"""Doubts about the document as a whole: its head, its phases, tables that could not be read."""

from collections.abc import Iterator
from itertools import pairwise

from ..catalogue import finding
from ..chinese import clean
from ..dates import find_dates
from ..model import Finding, Phase
from .facts import Facts


def head(facts: Facts) -> Iterator[Finding]:
    front = facts.reading.front
    if front.doc_number is None:
        yield finding("no_doc_number", front.title_line)
    if front.issuer is None:
        yield finding("no_issuer", front.title_line)
    if front.doc_date is None:
        yield finding("no_doc_date", front.title_line)
    if not front.title_found:
        yield finding("title_unclear", front.title_line, title=front.title)


def phases(facts: Facts) -> Iterator[Finding]:
    found = facts.reading.phases
    for phase in found:
        yield from _phase(phase, facts)
    for before, after in pairwise(found):
        if before.end and after.start and (after.start - before.end).days != 1:
            yield finding(
                "phases_apart", after.line, name=after.name, start=after.start, end=before.end
            )


def _phase(phase: Phase, facts: Facts) -> Iterator[Finding]:
    dated = facts.reading.front.doc_date
    if phase.start is None and phase.end is None:
        yield finding("phase_without_dates", phase.line, name=phase.name)
    if phase.start and phase.end and phase.end < phase.start:
        yield finding("phase_dates_reversed", phase.line, name=phase.name)
    if phase.start and dated and phase.start < dated:
        yield finding(
            "phase_before_document", phase.line, name=phase.name, start=phase.start, date=dated
        )
    if phase.end and _elided(phase, facts):
        next_year = phase.end.replace(year=phase.end.year + 1, day=min(phase.end.day, 28))
        yield finding(
            "phase_year_elided",
            phase.line,
            [f"{next_year.year}年{next_year.month}月"],
            name=phase.name,
            end=phase.end,
        )


def _elided(phase: Phase, facts: Facts) -> bool:
    text = next((clean(p.text) for p in facts.reading.body if p.line == phase.line), "")
    dates = list(find_dates(text[:80]))
    return len(dates) > 1 and dates[1].elided and dates[1].last == phase.end


def tables(facts: Facts) -> Iterator[Finding]:
    if facts.reading.assumed:
        yield finding("tasks_assumed", facts.rows[0].line)
    for table in facts.reading.unread:
        yield finding("table_not_read", table.rows[0][0].line)
    for grid in facts.reading.grids:
        if not grid.majors and not grid.columns.divides:
            yield finding("table_without_units", grid.line)


CHECKS = (head, phases, tables)
