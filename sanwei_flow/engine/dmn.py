"""Reading a DMN file: one decision, one table, as plain values with the lines they stand on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from sanwei_flow.engine.model import DesignError, Problem
from sanwei_flow.engine.reading import check_shape, parse_xml, refuse
from sanwei_flow.engine.unary import split
from sanwei_flow.errors import N_

#: DMN 1.3, and its neighbours whose tables are written alike.
NAMESPACES = frozenset(
    {
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    }
)
MAX_RULES = 500
MAX_COLUMNS = 40


@dataclass(frozen=True)
class Cell:
    """A place of the table: its text, and where it stands in the file."""

    text: str
    element_id: str | None
    line: int | None


@dataclass(frozen=True)
class Column:
    """`expression` is what an input column tests; an output column has none.

    `name` is the key of an output, `label` what people call the column. `values` are those
    the column may hold, as CEL, in the order of their priority.
    """

    label: str
    name: str
    expression: Cell
    values: tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """A row of the table; numbered from 1 in messages."""

    inputs: tuple[Cell, ...]
    outputs: tuple[Cell, ...]
    note: str
    line: int | None


@dataclass(frozen=True)
class Table:
    """A decision as it is written down."""

    key: str
    name: str
    policy: str
    aggregation: str
    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]
    rules: tuple[Rule, ...]
    element_id: str | None
    line: int | None


def table_head(xml: bytes) -> tuple[str, str]:
    """The key and the name of the one decision of a DMN file, finished or not.

    Raises DesignError if it is no DMN, or holds no single decision with a key.
    """
    decision = _decision(xml)
    key = decision.get("id") or ""
    if not key:
        raise refuse("id-missing", N_("决策表没有编号"), decision.sourceline)
    return key, decision.get("name") or key


def read_table(xml: bytes) -> Table:
    """Read the one decision table of a DMN file. Raises DesignError if there is no such thing."""
    decision = _decision(xml)
    table = next(_children(decision, "decisionTable"), None)
    key = decision.get("id") or ""
    if table is None:
        raise refuse("no-table", N_("决策「{key}」没有决策表"), decision.sourceline, key=key)
    found = Table(
        key=key,
        name=decision.get("name") or key,
        policy=table.get("hitPolicy") or "UNIQUE",
        aggregation=table.get("aggregation") or "",
        inputs=tuple(_input(one) for one in _children(table, "input")),
        outputs=tuple(_output(one) for one in _children(table, "output")),
        rules=tuple(_rule(one) for one in _children(table, "rule")),
        element_id=table.get("id"),
        line=table.sourceline,
    )
    _check_size(found)
    return found


def _decision(xml: bytes) -> Any:
    """The only decision element of a file."""
    root = parse_xml(xml)
    namespace = root.tag[1:].partition("}")[0] if str(root.tag).startswith("{") else ""
    if _tag(root) != "definitions" or namespace not in NAMESPACES:
        raise refuse("not-dmn", N_("这不是 DMN 1.3 文件：最外层应当是 definitions"))
    check_shape(root)
    decisions = list(_children(root, "decision"))
    if len(decisions) != 1:
        raise refuse("one-decision", N_("一个文件应当正好有一张决策表"))
    return decisions[0]


def with_rules(xml: bytes, rules: Sequence[tuple[str, Sequence[str], Sequence[str]]]) -> bytes:
    """The file with other rules: (note, input cells, output cells) each, as texts, in order.

    Columns, names and the diagram stay. What the cells say is not checked here.
    """
    root = parse_xml(xml)
    table = next(one for one in root.iter() if _tag(one) == "decisionTable")
    space = table.tag[: table.tag.index("}") + 1]
    for one in list(_children(table, "rule")):
        table.remove(one)
    for number, (note, inputs, outputs) in enumerate(rules, 1):
        rule = etree.SubElement(table, f"{space}rule", id=f"rule_{number}")
        if note:
            etree.SubElement(rule, f"{space}description").text = note
        for kind, cells in (("inputEntry", inputs), ("outputEntry", outputs)):
            for place, cell in enumerate(cells, 1):
                entry = etree.SubElement(rule, f"{space}{kind}", id=f"{kind}_{number}_{place}")
                etree.SubElement(entry, f"{space}text").text = cell
    etree.indent(root)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return written


def _check_size(table: Table) -> None:
    def no(rule: str, message: str, **params: object) -> DesignError:
        params = {"table": table.name, **params}
        return DesignError([Problem(rule, "error", table.element_id, table.line, message, params)])

    if not table.key:
        raise no("id-missing", N_("决策表没有编号"))
    if not table.inputs or not table.outputs or not table.rules:
        raise no("empty-table", N_("表「{table}」至少要有一列条件、一列结果和一条规则"))
    if len(table.rules) > MAX_RULES or len(table.inputs) + len(table.outputs) > MAX_COLUMNS:
        raise no(
            "table-too-large",
            N_("表「{table}」太大（最多 {rules} 条规则、{columns} 列）"),
            rules=MAX_RULES,
            columns=MAX_COLUMNS,
        )


def _input(element: Any) -> Column:
    expression = next(_children(element, "inputExpression"), None)
    cell = _cell(expression) if expression is not None else Cell("", element.get("id"), None)
    label = element.get("label") or cell.text
    return Column(label, "", Cell(cell.text, cell.element_id, element.sourceline), ())


def _output(element: Any) -> Column:
    name = element.get("name") or ""
    listed = next(_children(element, "outputValues"), None)
    text = _cell(listed).text if listed is not None else ""
    values = tuple(part.strip() for part in split(text) if part.strip())
    place = Cell("", element.get("id"), element.sourceline)
    return Column(element.get("label") or name, name, place, values)


def _rule(element: Any) -> Rule:
    note = next(_children(element, "description"), None)
    return Rule(
        tuple(_cell(one) for one in _children(element, "inputEntry")),
        tuple(_cell(one) for one in _children(element, "outputEntry")),
        ((note.text or "") if note is not None else "").strip(),
        element.sourceline,
    )


def _cell(element: Any) -> Cell:
    text = next(_children(element, "text"), None)
    said = (text.text or "").strip() if text is not None else ""
    return Cell(said, element.get("id"), element.sourceline)


def _tag(element: Any) -> str:
    name = element.tag
    return name.rpartition("}")[2] if isinstance(name, str) else ""


def _children(element: Any, name: str) -> Iterator[Any]:
    return (child for child in element if _tag(child) == name)
