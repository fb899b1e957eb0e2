"""Doubts about division rows and majors: what is missing, and where deadlines come from."""

from collections.abc import Iterator

from ..assignments import unlabelled
from ..catalogue import finding
from ..chinese import numeral
from ..draft import Draft
from ..model import Finding, Row
from ..similar import overlap
from .facts import Facts

_LIKE_NAME = 0.6
_SHOWN = 60


def columns(facts: Facts) -> Iterator[Finding]:
    for grid in facts.reading.grids:
        if grid.majors or not grid.columns.divides:
            continue
        names = (("责任单位", grid.columns.lead), ("序号", grid.columns.no))
        for name, index in names:
            if index is None:
                yield finding("column_missing", grid.line, column=name)
        if not grid.columns.cooperating:
            yield finding("column_missing", grid.line, column="配合单位")
        if grid.columns.due is None:
            yield finding("no_due_column", grid.line)
        if grid.columns.responsible_helps:
            yield finding("responsible_as_cooperating", grid.line)
        for side, label in grid.columns.labels.items():
            count = sum(side in entry.filled for entry in grid.entries)
            if count:
                yield finding("blank_filled_down", grid.line, column=label, count=count)


def numbers(facts: Facts) -> Iterator[Finding]:
    for row, draft in facts.pairs():
        stated = draft.entry.number if draft.entry and draft.entry.numbered else str(row.no)
        if numeral(stated.strip(".．、")) != row.no:
            yield finding("rows_renumbered", row.line, [stated] if stated else ())
            return


def gaps(facts: Facts) -> Iterator[Finding]:
    for row, draft in facts.pairs():
        lines = draft.entry.lines if draft.entry else {}
        if draft.entry and draft.entry.short:
            yield finding("cells_missing", row.line, no=row.no)
        if not row.lead:
            yield _without_lead(facts, row, draft)
        if not row.task:
            yield finding("row_without_task", draft.task_line, no=row.no)
        if row.open_ended:
            line = lines.get("cooperating", draft.assignment.line or row.line)
            yield finding("open_ended_units", line, no=row.no)
        if len(row.lead) > 1:
            yield _several(row.item or row.task[:_SHOWN], row.lead, row.line)
        if draft.entry and row.sub_items:
            count = len(row.sub_items)
            yield finding(
                "several_sub_items", draft.task_line, row.sub_items, no=row.no, count=count
            )


def _without_lead(facts: Facts, row: Row, draft: Draft) -> Finding:
    section = draft.section if not draft.entry else None
    for line, text in reversed(list(section.raw) if section else []):
        if names := unlabelled(text):
            quoted = "、".join(f"“{name}”" for name in names)
            return finding("lead_unmarked", line, names, no=row.no, names=quoted)
    line = draft.entry.lines.get("lead", row.line) if draft.entry else row.line
    return finding("row_without_lead", line, _lead_elsewhere(facts, row), no=row.no)


def _lead_elsewhere(facts: Facts, row: Row) -> tuple[str, ...]:
    section = facts.matched.get(row.no)
    return tuple(n for _, found in section.assignments for n in found.lead) if section else ()


def _several(name: str, lead: tuple[str, ...], line: int) -> Finding:
    return finding("several_leads", line, lead, name=name, count=len(lead), first=lead[0])


def majors(facts: Facts) -> Iterator[Finding]:
    entries = [e for grid in facts.reading.grids if grid.majors for e in grid.entries]
    for major, entry in zip(facts.reading.majors, entries, strict=True):
        line = entry.task_line
        if not major.lead:
            rows = (r for r in facts.rows if overlap(major.name, r.task) >= _LIKE_NAME)
            others = [name for row in rows for name in row.lead]
            below = next((m.lead for m in facts.reading.majors if m.line > major.line), ())
            yield finding("major_without_lead", line, [*others, *below], no=major.no)
        if len(major.lead) > 1:
            yield _several(major.name, major.lead, line)


def deadlines(facts: Facts) -> Iterator[Finding]:
    assumed = [row for row in facts.rows if facts.dues[row.no].origin == "default" and row.due]
    if assumed:
        listed = "、".join(str(row.no) for row in assumed)
        yield finding(
            "due_inferred", assumed[0].line, count=len(assumed), rows=listed, day=assumed[0].due
        )
    dated = facts.reading.front.doc_date
    for row, draft in facts.pairs():
        line = draft.entry.lines.get("due", row.line) if draft.entry else row.line
        yield from _deadline(row, facts.dues[row.no].origin, line)
        if row.due and dated and row.due < dated:
            yield finding("due_before_document", line, no=row.no, day=row.due, date=dated)
        later = max((t.year for t in draft.targets if t.year), default=0)
        if row.due and row.due_text and not row.due_inferred and later > row.due.year:
            yield finding(
                "due_disagrees", line, [f"{later}-12-31"], no=row.no, day=row.due, year=later
            )


_ORIGINS = {
    "body": "due_from_body",
    "recurring": "due_recurring",
    "open": "due_open",
    "unclear": "due_unclear",
    "elided": "due_year_assumed",
}


def _deadline(row: Row, origin: str, line: int) -> Iterator[Finding]:
    if origin in _ORIGINS:
        day = row.due or "—"
        yield finding(_ORIGINS[origin], line, no=row.no, text=row.due_text, day=day)
    elif origin == "default" and row.due is None:
        yield finding("due_unknown", line, no=row.no)


CHECKS = (columns, numbers, gaps, majors, deadlines)
