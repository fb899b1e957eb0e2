"""Collecting the problems of a design."""

from __future__ import annotations

from typing import Any, Literal

from sanwei_flow.engine.model import Problem


class Report:
    """The problems found so far."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def error(
        self,
        rule: str,
        element: Any,
        message: str,
        *,
        setting: str | None = None,
        **params: object,
    ) -> None:
        """Note what keeps the design from being published."""
        self._add("error", rule, element, message, setting=setting, params=params)

    def warning(
        self,
        rule: str,
        element: Any,
        message: str,
        *,
        setting: str | None = None,
        **params: object,
    ) -> None:
        """Note what the designer should look at."""
        self._add("warning", rule, element, message, setting=setting, params=params)

    def _add(
        self,
        severity: Literal["error", "warning"],
        rule: str,
        element: Any,
        message: str,
        *,
        params: dict[str, object],
        setting: str | None,
    ) -> None:
        element_id = line = None
        if element is not None:
            element_id, line = element.get("id"), element.sourceline
            params.setdefault("element", label(element))
        self.problems.append(Problem(rule, severity, element_id, line, message, params, setting))


def label(element: Any) -> str:
    """Return what people know an element by: its name, else its id."""
    return element.get("name") or element.get("id") or ""
