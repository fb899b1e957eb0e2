"""Example rows of decision tables: asked of a table, and compared with what it said before."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.engine import Decision, EngineError, decide, matching
from sanwei_flow.errors import N_, Invalid

#: As many as anybody looks through before publishing.
MOST_EXAMPLES = 50
MOST_TEXT = 500


@dataclass(frozen=True)
class Tried:
    """One example with what the table says now.

    `rules` are the numbers (from 1) of those that fit; `before` is the answer accepted earlier,
    None where there is none; `error` says why there is no answer.
    """

    name: str
    inputs: Mapping[str, Any]
    rules: list[int] = field(default_factory=list)
    answer: Any = None
    before: Any = None
    error: EngineError | None = None

    @property
    def changed(self) -> bool:
        """Whether it was answered otherwise before."""
        return self.before is not None and (self.error is not None or self.answer != self.before)


def check_examples(examples: Sequence[Any]) -> list[dict[str, Any]]:
    """The examples as they are kept. Raises Invalid for odd ones."""
    if len(examples) > MOST_EXAMPLES:
        raise Invalid(N_("例子最多 {limit} 个"), limit=MOST_EXAMPLES)
    for one in examples:
        inputs = one.get("inputs") if isinstance(one, dict) else None
        if not isinstance(inputs, dict) or len(str(inputs)) > MOST_TEXT * 10:
            raise Invalid(N_("例子应写明每个条件的值"))
    return [
        {
            "name": str(one.get("name") or "")[:MOST_TEXT],
            "inputs": {str(name): value for name, value in one["inputs"].items()},
            **({"answer": one["answer"]} if one.get("answer") is not None else {}),
        }
        for one in examples
    ]


def ask(
    decision: Decision,
    inputs: Mapping[str, Any],
    *,
    at: dt.datetime,
    name: str = "",
    before: Any = None,
) -> Tried:
    """Ask the table once; a fault of the row is part of the result."""
    calendar = load_calendar()
    known = {key: value for key, value in inputs.items() if key in decision.variables}
    try:
        rules = matching(decision, known, at=at, functions=calendar)
        answer = decide(decision, known, at=at, functions=calendar)
    except EngineError as error:
        return Tried(name, known, before=before, error=error)
    return Tried(name, known, rules, answer, before)


def replay(
    decision: Decision, examples: Sequence[Mapping[str, Any]], *, at: dt.datetime
) -> list[Tried]:
    """Ask the table every example."""
    return [
        ask(decision, one["inputs"], at=at, name=str(one.get("name", "")), before=one.get("answer"))
        for one in examples
    ]


def accepted(tried: Sequence[Tried]) -> list[dict[str, Any]]:
    """The examples with the answers they have now."""
    return [
        {
            "name": one.name,
            "inputs": dict(one.inputs),
            **({"answer": one.answer} if one.error is None else {}),
        }
        for one in tried
    ]
