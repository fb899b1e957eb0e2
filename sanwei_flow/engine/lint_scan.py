"""One walk over what is written into a design: the names read, and those written."""

from __future__ import annotations

from typing import Any

from sanwei_flow.engine.expressions import (
    AMBIENT,
    LOOP,
    NAME,
    RESERVED,
    Expression,
    ExpressionError,
    compile_expression,
    compile_template,
    expressions_in,
    strip_marks,
)
from sanwei_flow.engine.model import Names
from sanwei_flow.engine.reporting import Report
from sanwei_flow.errors import N_


class Scan:
    """One walk over the settings: what is read where, and what is written."""

    def __init__(self, report: Report, names: Names) -> None:
        self.report = report
        self.names = names
        # Element, what it reads, and in which setting.
        self.reads: list[tuple[Any, Expression, str]] = []
        self.writes: set[str] = set()
        self.complete = names.variables is not None  # whether all written names can be known

    def template(self, node: Any, text: str, setting: str) -> None:
        """Compile a setting that may hold `${…}`."""
        try:
            template = compile_template(text)
        except ExpressionError as error:
            self.report.error("expression", node, error.args[0], setting=setting, **error.params)
            return
        self.reads += [(node, expression, setting) for expression in expressions_in(template)]

    def expression(self, node: Any, text: str | None, setting: str) -> None:
        """Compile an expression, with or without `${…}`."""
        if text is None:
            return
        try:
            self.reads.append((node, compile_expression(strip_marks(text)), setting))
        except ExpressionError as error:
            self.report.error("expression", node, error.args[0], setting=setting, **error.params)

    def name(self, node: Any, text: str, setting: str) -> None:
        """Check and note the name of a variable that is written."""
        if not NAME.fullmatch(text) or text in RESERVED or text in LOOP:
            self.report.error(
                "name-invalid",
                node,
                N_(
                    "「{element}」里的变量名「{name}」不能用；只能是字母、数字和下划线，也不能是保留字"
                ),
                setting=setting,
                name=text,
            )
        self.writes.add(text)

    def check_reads(self) -> None:
        """Report names nobody writes, where it can be known who writes what."""
        if not self.complete:
            return
        known = self.writes | (self.names.variables or frozenset()) | AMBIENT | LOOP
        for node, expression, setting in self.reads:
            for name in sorted(expression.names - known):
                self.report.error(
                    "variable-unknown",
                    node,
                    N_("「{element}」的表达式用了不存在的变量「{name}」，请从可用的名称里选"),
                    setting=setting,
                    name=name,
                )
