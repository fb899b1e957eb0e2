"""The division table against the body it was drawn from: other units, items left out."""

from collections.abc import Iterator

from ..catalogue import finding
from ..chinese import sentences
from ..model import Finding, Row
from ..outline import Section
from ..similar import coverage
from .facts import Facts

_LIKE_SENTENCE = 0.4


def differences(facts: Facts) -> Iterator[Finding]:
    """Rows whose units are not those of the body item they repeat."""
    for row, draft in facts.pairs():
        section = facts.matched.get(row.no)
        if section is None or draft.entry is None:
            continue
        lines = draft.entry.lines
        if section.assignments:
            yield from _against_assignment(row, section, lines)
        else:
            yield from _against_sentence(facts, row, section, lines)


def _against_assignment(row: Row, section: Section, lines: dict[str, int]) -> Iterator[Finding]:
    stated = section.assignments[-1][1]
    if tuple(stated.lead) != row.lead and stated.lead:
        yield _lead(row, section.line, tuple(stated.lead), lines)
    others = set(stated.cooperating) | set(stated.lead)
    own = set(row.cooperating) | set(row.lead)
    if stated.cooperating and (others != own or stated.open_ended != row.open_ended):
        line = lines.get("cooperating", row.line)
        names = [*stated.cooperating, *(["等"] if stated.open_ended else [])]
        yield finding("cooperating_differs_from_body", line, names, no=row.no, line=section.line)


def _against_sentence(
    facts: Facts, row: Row, section: Section, lines: dict[str, int]
) -> Iterator[Finding]:
    """A body without units in brackets: the unit that opens the sentence is the one who acts."""
    best = max(sentences(section.text), key=lambda s: coverage(row.task, s), default="")
    if coverage(row.task, best) < _LIKE_SENTENCE:
        return
    named = [unit.name for unit in facts.units if unit.kind != "collective"]
    actor = max((name for name in named if best.startswith(name)), key=len, default=None)
    if actor and actor not in row.lead:
        yield _lead(row, section.line, (actor,), lines)


def _lead(row: Row, line: int, other: tuple[str, ...], lines: dict[str, int]) -> Finding:
    return finding(
        "lead_differs_from_body",
        lines.get("lead", row.line),
        other,
        no=row.no,
        lead="、".join(row.lead) or "空白",
        line=line,
        other="、".join(other),
    )


def left_out(facts: Facts) -> Iterator[Finding]:
    """Body items with units that no row of the table was drawn from."""
    if not facts.reading.tabled or not facts.matched:
        return
    taken = {section.line for section in facts.matched.values()}
    for item in facts.reading.items:
        if item.assignment and item.section.line not in taken:
            yield finding("item_without_row", item.line, title=item.title or item.task[:30])


CHECKS = (differences, left_out)
