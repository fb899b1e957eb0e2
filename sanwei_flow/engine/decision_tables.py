"""Decision tables, checked and compiled: input cells are unary tests (`unary.py`), the rest CEL."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any, Literal

from sanwei_flow.engine.dmn import Cell, Rule, Table, read_table
from sanwei_flow.engine.expressions import (
    AMBIENT,
    NAME,
    RESERVED,
    Expression,
    ExpressionError,
    compile_expression,
)
from sanwei_flow.engine.model import DesignError, Problem
from sanwei_flow.engine.unary import VALUE, is_any, unary_to_cel
from sanwei_flow.errors import N_

#: One rule may answer, or several.
SINGLE = frozenset({"UNIQUE", "FIRST", "ANY", "PRIORITY"})
SEVERAL = frozenset({"RULE ORDER", "COLLECT"})
AGGREGATIONS = frozenset({"", "SUM", "MIN", "MAX", "COUNT"})


@dataclass(frozen=True)
class Row:
    """A compiled rule; None stands for an input cell that lets everything pass."""

    tests: tuple[Expression | None, ...]
    outputs: tuple[Expression | None, ...]


@dataclass(frozen=True)
class Decision:
    """A compiled table. Immutable: it may be shared between threads.

    `variables` are the names it reads, `outputs` the keys of what it returns, `hash` (SHA-256,
    hex) is of the XML as given. `priorities` holds each output's values, the weightiest first.
    """

    key: str
    name: str
    hash: str
    policy: str
    aggregation: str
    inputs: tuple[Expression, ...]
    outputs: tuple[str, ...]
    rows: tuple[Row, ...]
    variables: frozenset[str]
    table: Table = field(repr=False)
    priorities: tuple[tuple[Any, ...], ...] = ()
    reads_time: bool = False
    warnings: tuple[Problem, ...] = ()


def check_decision(xml: bytes) -> list[Problem]:
    """Return every problem of a DMN file, errors first; without an error it can be asked."""
    try:
        return list(compile_decision(xml).warnings)
    except DesignError as error:
        return error.problems


def compile_decision(xml: bytes) -> Decision:
    """Check and compile a DMN file with one table. Raises DesignError with every problem found.

    Each problem names the table, the number of the rule (from 1) and the column of the cell.
    """
    table = read_table(xml)
    work = _Compiling(table)
    work.shape()
    inputs = tuple(work.head(number) for number in range(len(table.inputs)))
    rows = tuple(work.row(number, rule) for number, rule in enumerate(table.rules, 1))
    priorities = tuple(work.priority(number) for number in range(len(table.outputs)))
    work.repeated_rules()
    if any(problem.severity == "error" for problem in work.problems):
        raise DesignError(sorted(work.problems, key=lambda one: one.severity != "error"))
    return Decision(
        key=table.key,
        name=table.name,
        hash=hashlib.sha256(xml).hexdigest(),
        policy=table.policy,
        aggregation=table.aggregation,
        inputs=tuple(one for one in inputs if one is not None),
        outputs=tuple(column.name for column in table.outputs),
        rows=rows,
        variables=frozenset(work.names) - AMBIENT - {VALUE},
        table=table,
        priorities=priorities,
        reads_time=bool(work.names & AMBIENT),
        warnings=tuple(work.problems),
    )


class _Compiling:
    """One table on its way: the problems met, the names read."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.problems: list[Problem] = []
        self.names: set[str] = set()

    def say(
        self,
        rule: str,
        place: Cell | Rule | Table,
        message: str,
        severity: Literal["error", "warning"] = "error",
        **params: object,
    ) -> None:
        element_id = getattr(place, "element_id", None)
        params = {"table": self.table.name, **params}
        self.problems.append(Problem(rule, severity, element_id, place.line, message, params))

    def shape(self) -> None:
        """What is wrong with the table before any cell is read."""
        table = self.table
        if table.policy not in SINGLE | SEVERAL:
            self.say(
                "hit-policy",
                table,
                N_("表「{table}」的命中规则 {policy} 不支持"),
                policy=table.policy,
            )
        if table.aggregation not in AGGREGATIONS or (
            table.aggregation and table.policy != "COLLECT"
        ):
            self.say(
                "aggregation",
                table,
                N_(
                    "表「{table}」的汇总方式 {how} 不支持，只有 COLLECT 可以用 SUM、MIN、MAX、COUNT"
                ),
                how=table.aggregation,
            )
        if table.aggregation and len(table.outputs) != 1:
            self.say("aggregation", table, N_("表「{table}」要汇总，只能有一列结果"))
        names = [column.name for column in table.outputs]
        for column in table.outputs:
            if not NAME.fullmatch(column.name) or column.name in RESERVED:
                self.say(
                    "output-name",
                    column.expression,
                    N_("表「{table}」的结果列「{column}」要有英文名称，不能用保留的名称"),
                    column=column.label or column.name,
                )
            elif names.count(column.name) > 1:
                self.say(
                    "output-name",
                    column.expression,
                    N_("表「{table}」有两列结果都叫「{column}」"),
                    column=column.name,
                )
        if table.policy == "PRIORITY" and not any(column.values for column in table.outputs):
            self.say(
                "priority", table, N_("表「{table}」按优先级取值，请列出结果列的可选值，重的在前")
            )

    def head(self, number: int) -> Expression | None:
        """What an input column tests."""
        column = self.table.inputs[number]
        try:
            return self._compiled(column.expression.text)
        except ExpressionError as error:
            self._wrong(
                error,
                column.expression,
                N_("表「{table}」条件列「{column}」：{detail}"),
                column.label,
            )
            return None

    def row(self, number: int, rule: Rule) -> Row:
        """Compile a rule; its cells stand under the columns of the same place."""
        table = self.table
        if len(rule.inputs) != len(table.inputs) or len(rule.outputs) != len(table.outputs):
            self.say(
                "rule-width",
                rule,
                N_("表「{table}」第{number}条规则的格数与列数不符"),
                number=number,
            )
            return Row((), ())
        tests = [
            self._cell(number, column.label, cell, test=True)
            for column, cell in zip(table.inputs, rule.inputs, strict=True)
        ]
        outputs = [
            self._cell(number, column.label, cell, test=False)
            for column, cell in zip(table.outputs, rule.outputs, strict=True)
        ]
        return Row(tuple(tests), tuple(outputs))

    def priority(self, number: int) -> tuple[Any, ...]:
        """The values an output may have, evaluated: they may read nothing."""
        column = self.table.outputs[number]
        found: list[Any] = []
        for text in column.values:
            try:
                expression = compile_expression(text)
                if expression.names or expression.functions:
                    raise ExpressionError(N_("可选值只能是固定的值：{text}"), text=text)
                found.append(expression.program.execute({}))
            except ExpressionError as error:
                message = N_("表「{table}」结果列「{column}」：{detail}")
                self._wrong(error, column.expression, message, column.label)
        return tuple(found)

    def repeated_rules(self) -> None:
        """Two rules that ask the same: one never answers, or they contradict each other."""
        seen: dict[tuple[str, ...], int] = {}
        for number, rule in enumerate(self.table.rules, 1):
            asked = tuple("" if is_any(cell.text) else cell.text for cell in rule.inputs)
            before = seen.setdefault(asked, number)
            if before != number and self.table.policy in ("UNIQUE", "FIRST"):
                self.say(
                    "same-rule",
                    rule,
                    N_("表「{table}」第{number}条规则与第{before}条的条件相同"),
                    "error" if self.table.policy == "UNIQUE" else "warning",
                    number=number,
                    before=before,
                )

    def _cell(self, number: int, column: str, cell: Cell, *, test: bool) -> Expression | None:
        if test and is_any(cell.text):
            return None
        try:
            if not cell.text:
                raise ExpressionError(N_("结果是空的"))
            return self._compiled(unary_to_cel(cell.text) if test else cell.text)
        except ExpressionError as error:
            message = N_("表「{table}」第{number}条规则「{column}」：{detail}")
            self._wrong(error, cell, message, column, number=number)
            return None

    def _compiled(self, source: str) -> Expression:
        expression = compile_expression(source)
        self.names |= expression.names
        return expression

    def _wrong(
        self, error: ExpressionError, cell: Cell, message: str, column: str, number: int = 0
    ) -> None:
        # A sentence in a sentence: whoever shows it renders both in the reader's language.
        detail = Problem("expression", "error", None, cell.line, error.args[0], error.params)
        self.say("cell", cell, message, column=column, detail=detail, number=number)
