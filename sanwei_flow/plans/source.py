"""The document as the review page shows it: lines that know which row they belong to."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sanwei_flow.plans.models import Finding, Plan
from sanwei_flow.plans.rows import RowView


@dataclass(frozen=True)
class SourceLine:
    """One line that is not blank. `row` is the row it belongs to, `first` if that starts here."""

    number: int
    kind: str
    text: str
    row: int | None
    first: bool
    findings: tuple[Finding, ...]


def source_lines(
    plan: Plan, rows: Sequence[RowView], findings: Iterable[Finding]
) -> list[SourceLine]:
    """The lines of the document with the rows and findings that point at them."""
    at: dict[int, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.line is not None:
            at[finding.line].append(finding)
    owner: dict[int, int] = {}
    starts: dict[int, int] = {}
    for view in rows:
        first, last = view.row.source_line or 0, view.row.source_end or 0
        owner.update(dict.fromkeys(range(first, last + 1), view.no))
        starts.setdefault(first, view.no)
    return [
        SourceLine(
            number=number,
            kind=kind,
            text=text.strip(),
            row=owner.get(number),
            first=number in starts,
            findings=tuple(at.get(number, ())),
        )
        for number, kind, text in plan.source_lines
        if text.strip() or number in at
    ]
