"""What differs between two drawings of a process: by element, in plain values.

Works on what was drawn, not on what runs; so a draft that could not run yet can be compared too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sanwei_flow.engine import bpmn
from sanwei_flow.engine.reading import read_xml

DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
What = Literal["added", "removed", "changed", "moved"]
#: Attributes of elements that mean something; the others are references the drawing keeps.
ATTRIBUTES = {"name": "name", "calledElement": "called", "cancelActivity": "interrupting"}
FLOW_ENDS = {"sourceRef": "source", "targetRef": "target"}


@dataclass(frozen=True)
class Drawn:
    """An element as it was drawn: `kind` is its tag, `facts` everything that matters of it.

    Facts are called as in the file: `name`, `lane`, `parent`, `condition`, `timer.duration`, …;
    our own settings as `set.<name>`. `at` is where its shape stands.
    """

    id: str
    kind: str
    facts: Mapping[str, str]
    at: tuple[float, float] | None = None


@dataclass(frozen=True)
class Change:
    """What has become of one element; `details` are (fact, before, after), sorted by fact."""

    id: str
    what: What
    old: Drawn | None
    new: Drawn | None
    details: tuple[tuple[str, str, str], ...] = field(default=())


def compare(old: bytes, new: bytes) -> list[Change]:
    """Return what differs, removed and added first. Raises DesignError for what is no BPMN."""
    before, after = drawn(old), drawn(new)
    changes = [Change(i, "removed", one, None) for i, one in before.items() if i not in after]
    changes += [Change(i, "added", None, one) for i, one in after.items() if i not in before]
    for element_id, one in after.items():
        change = _change(before.get(element_id), one)
        if change is not None:
            changes.append(change)
    return changes


def drawn(xml: bytes) -> dict[str, Drawn]:
    """Return the elements of a drawing by id, the process itself included."""
    root = read_xml(xml)
    process = bpmn.process_of(root)
    if process is None:
        return {}
    names, lanes, places = bpmn.event_names(root), bpmn.lane_names(process), _places(root)
    found: dict[str, Drawn] = {}
    for element in [process, *process.iterdescendants()]:
        kind, element_id = bpmn.tag(element), element.get("id")
        if element_id and (kind in bpmn.FLOW_NODES or kind in ("process", "sequenceFlow", "lane")):
            facts = dict(_facts(element, kind, names))
            if lanes.get(element_id):
                facts["lane"] = lanes[element_id]
            found[element_id] = Drawn(element_id, kind, facts, places.get(element_id))
    return found


def _change(old: Drawn | None, new: Drawn) -> Change | None:
    if old is None:
        return None
    facts = sorted(old.facts.keys() | new.facts.keys())
    pairs = [(name, old.facts.get(name, ""), new.facts.get(name, "")) for name in facts]
    details = tuple(pair for pair in pairs if pair[1] != pair[2])
    if old.kind != new.kind:
        details = (("kind", old.kind, new.kind), *details)
    if details:
        return Change(new.id, "changed", old, new, details)
    return Change(new.id, "moved", old, new) if old.at != new.at else None


def _facts(element: Any, kind: str, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for attribute, fact in {**ATTRIBUTES, **(FLOW_ENDS if kind == "sequenceFlow" else {})}.items():
        if element.get(attribute):
            yield fact, element.get(attribute)
    if kind not in ("process", "sequenceFlow", "lane"):
        yield "parent", "" if bpmn.tag(element.getparent()) == "process" else _parent(element)
    for name, value in bpmn.settings_of(element).items():
        yield f"set.{name}", value
    for tag, fact in (("conditionExpression", "condition"), ("script", "script")):
        text = bpmn.child_text(element, tag)
        if text:
            yield fact, text
    if element.get("default"):
        yield "default", element.get("default")
    yield from _events(element, names)
    yield from _repeats(element)


def _parent(element: Any) -> str:
    return str(element.getparent().get("id") or "")


def _events(element: Any, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for definition in bpmn.event_definitions(element):
        kind = bpmn.event_kind(definition)
        if kind == "timer":
            form, text = bpmn.timer_of(definition)
            yield f"timer.{form}", text
        else:
            reference = definition.get(f"{kind}Ref") or ""
            yield "event", f"{kind} {names.get(reference, reference)}".strip()


def _repeats(element: Any) -> Iterator[tuple[str, str]]:
    loop = bpmn.loop_of(element)
    if loop is None:
        return
    if bpmn.tag(loop) == "standardLoopCharacteristics":
        yield "loop", bpmn.child_text(loop, "loopCondition") or loop.get("loopMaximum") or "…"
        return
    yield "several", "sequential" if loop.get("isSequential") == "true" else "parallel"
    for tag, fact in (
        ("loopDataInputRef", "collection"),
        ("loopCardinality", "cardinality"),
        ("completionCondition", "completion"),
    ):
        text = bpmn.child_text(loop, tag)
        if text:
            yield fact, text


def _places(root: Any) -> dict[str, tuple[float, float]]:
    """Where each shape stands; the lines between them follow."""
    found = {}
    for shape in root.iter(f"{{{DI}}}BPMNShape"):
        bounds = shape.find(f"{{{DC}}}Bounds")
        if bounds is not None:
            found[shape.get("bpmnElement")] = float(bounds.get("x", 0)), float(bounds.get("y", 0))
    return found
