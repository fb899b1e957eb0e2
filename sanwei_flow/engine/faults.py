"""What goes wrong in the engine: designs that cannot run, instances that cannot go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from sanwei_flow.errors import N_, AppError


class EngineError(AppError):
    """An instance cannot go on: a bad value, a bound exceeded. The caller makes an incident.

    `node` is the id of the element at fault where it is known.
    """

    status = 500
    code = "engine_error"

    def __init__(self, message: str, /, node: str | None = None, **params: object) -> None:
        self.node = node
        super().__init__(message, **{"node": node or "", **params})


class NotWaiting(EngineError):
    """The instance does not wait for what the event names: it came too late, too early or twice."""

    status = 409
    code = "not_waiting"


class BadData(EngineError):
    """Data that cannot become variables: not JSON, forbidden names, too deep or too large."""

    status = 422
    code = "bad_data"


class CannotMove(EngineError):
    """The instance cannot be moved to the other version; it stays where it is."""

    status = 409
    code = "cannot_move"


class DesignError(AppError):
    """A design cannot run; `problems` says where and why, and what to draw instead."""

    status = 422
    code = "design_error"

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        for problem in problems:
            self.add_note(f"{problem.rule} at {problem.element_id}, line {problem.line}: {problem}")
        super().__init__(N_("流程图有 {count} 处问题，不能发布"), count=len(problems))


@dataclass(frozen=True)
class Problem:
    """One fault of a design. `rule` is a stable name; `message` is a msgid with `{places}`.

    `setting` names the setting of the element at fault, where it is one: `due`, `condition`.
    """

    rule: str
    severity: Literal["error", "warning"]
    element_id: str | None
    line: int | None
    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    setting: str | None = None

    def __str__(self) -> str:
        return self.message.format(**self.params)
