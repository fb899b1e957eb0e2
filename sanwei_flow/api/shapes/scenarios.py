"""Scenarios of designs."""

import datetime as dt
from typing import Any

from pydantic import Field

from .common import Shape


class ScenarioResult(Shape):
    """How a scenario did with a version of `design`; `message` says where it first differed."""

    design: str
    version: int
    green: bool
    message: str | None


class ScenarioSummary(Shape):
    """A dry run that is replayed at every publish; `result` is with the newest version."""

    id: int
    design: str
    name: str
    note: str
    shipped: bool
    changed_at: dt.datetime
    result: ScenarioResult | None


class ScenarioPage(Shape):
    items: list[ScenarioSummary]
    next: str | None


class Scenario(Shape):
    """A scenario: what it starts from, its steps, and what is seen after the start and each."""

    id: int
    design: str
    name: str
    note: str
    shipped: bool
    changed_at: dt.datetime
    given: dict[str, Any] = Field(description="begun, variables, units, reminders")
    steps: list[dict[str, Any]]
    expected: list[dict[str, Any]]
    results: list[ScenarioResult]
