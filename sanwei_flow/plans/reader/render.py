"""A `PlanDocument` as the JSON that `plan read --json` prints."""

from datetime import date
from decimal import Decimal
from typing import Any

from .model import Finding, Line, Major, Phase, PlanDocument, Row, Target, Translate


def to_json(document: PlanDocument, translate: Translate = str) -> dict[str, Any]:
    """Plain lists, strings and numbers; dates in ISO form, null where unknown.

    `translate` turns the messages' msgids into the reader's language; as given they stay Chinese.
    """
    return {
        "title": document.title,
        "doc_number": document.doc_number,
        "issuer": document.issuer,
        "doc_date": _day(document.doc_date),
        "phases": [_phase(phase) for phase in document.phases],
        "rows": [_row(row) for row in document.rows],
        "majors": [_major(major) for major in document.majors],
        "targets": [_target(target) for target in document.targets],
        "units": [{"name": unit.name, "mentions": unit.mentions} for unit in document.units],
        "findings": [_finding(finding, translate) for finding in document.findings],
    }


def source_blocks(document: PlanDocument) -> tuple[Line, ...]:
    """The document line by line, for a page that shows it with an anchor per line."""
    return document.lines


def _phase(phase: Phase) -> dict[str, Any]:
    return {"name": phase.name, "start": _day(phase.start), "end": _day(phase.end)}


def _row(row: Row) -> dict[str, Any]:
    return {
        "no": row.no,
        "category": row.category,
        "item": row.item,
        "task": row.task,
        "lead": list(row.lead),
        "cooperating": list(row.cooperating),
        "open_ended": row.open_ended,
        "due": _day(row.due),
        "due_inferred": row.due_inferred,
        "source": {"line": row.line},
    }


def _major(major: Major) -> dict[str, Any]:
    return {"no": major.no, "kind": major.kind, "name": major.name, "lead": list(major.lead)}


def _target(target: Target) -> dict[str, Any]:
    return {
        "indicator": target.indicator,
        "op": target.op,
        "value": _number(target.value),
        "unit": target.unit,
        "year": target.year,
        "annual": target.annual,
        "source": {"line": target.line},
    }


def _finding(finding: Finding, translate: Translate) -> dict[str, Any]:
    return {
        "code": finding.code,
        "line": finding.line,
        "message": finding.text(translate),
        "assumed": finding.assumption(translate),
        "alternatives": list(finding.alternatives),
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
