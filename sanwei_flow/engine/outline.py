"""What stands in a BPMN file, even in one that is not ready to run: for whoever edits it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sanwei_flow.engine import bpmn
from sanwei_flow.engine.expressions import tokens
from sanwei_flow.engine.reading import read_xml

#: Where expressions stand besides our settings.
WRITTEN = frozenset(
    [
        "conditionExpression",
        "script",
        "loopCardinality",
        "completionCondition",
        "timeDuration",
        "timeDate",
        "timeCycle",
    ]
)


@dataclass(frozen=True)
class Element:
    """A node or a flow: `kind` is its tag, `reads` the variables its expressions name."""

    id: str
    name: str
    kind: str
    settings: Mapping[str, str]
    reads: frozenset[str]


def outline(xml: bytes) -> list[Element]:
    """Every node and flow in the order of the file. Raises DesignError if it cannot be read."""
    found = []
    for element in read_xml(xml).iter():
        kind = bpmn.tag(element)
        if kind in bpmn.FLOW_NODES or kind in ("sequenceFlow", "process"):
            settings = bpmn.settings_of(element)
            reads = frozenset(
                name for text in _expressions(element, settings) for name in names(text)
            )
            name = element.get("name") or ""
            found.append(Element(element.get("id") or "", name, kind, settings, reads))
    return found


def _expressions(element: Any, settings: Mapping[str, str]) -> Iterator[str]:
    for value in settings.values():
        if value.startswith("${"):
            yield value[2:].removesuffix("}")
    for child in element:
        if bpmn.tag(child) in WRITTEN:
            yield child.text or ""
        elif bpmn.tag(child).endswith(("EventDefinition", "LoopCharacteristics")):
            yield from _expressions(child, {})


def names(expression: str) -> Iterator[str]:
    """The names an expression begins with: `row` of `row.due`, whether or not it is complete."""
    before = ""
    for match in tokens(expression):
        if match.lastgroup == "name" and before != ".":
            yield match.group()
        if match.lastgroup != "space":
            before = match.group()
