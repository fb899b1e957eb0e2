"""Reading BPMN XML: names, references and our settings. Nothing here judges or changes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"

FLOW_NODES = frozenset(
    [
        "startEvent",
        "endEvent",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "boundaryEvent",
        "implicitThrowEvent",
        "task",
        "userTask",
        "manualTask",
        "serviceTask",
        "scriptTask",
        "sendTask",
        "receiveTask",
        "businessRuleTask",
        "callActivity",
        "subProcess",
        "adHocSubProcess",
        "transaction",
        "exclusiveGateway",
        "parallelGateway",
        "inclusiveGateway",
        "eventBasedGateway",
        "complexGateway",
    ]
)
EVENT_DEFINITIONS = frozenset(
    [
        "timer",
        "message",
        "signal",
        "error",
        "escalation",
        "terminate",
        "link",
        "conditional",
        "compensate",
        "cancel",
    ]
)


_OURS = f"{{{MODEL}}}"


def q(name: str) -> str:
    """Return the qualified name of a BPMN element."""
    return f"{{{MODEL}}}{name}"


# lxml looks for qualified names by itself, much faster than we could name by name.
FLOW_TAGS = tuple(q(name) for name in FLOW_NODES)
EVENT_TAGS = tuple(q(f"{name}EventDefinition") for name in EVENT_DEFINITIONS)
SCOPE_TAGS = q("subProcess"), q("transaction"), q("adHocSubProcess")
LOOP_TAGS = q("standardLoopCharacteristics"), q("multiInstanceLoopCharacteristics")


def tag(element: Any) -> str:
    """Return the local name of a BPMN element, an empty text for anything else."""
    name = element.tag
    return name[len(_OURS) :] if isinstance(name, str) and name.startswith(_OURS) else ""


def child_text(element: Any, name: str) -> str | None:
    """Return the text of the first child of that name, None where there is none or it is blank."""
    child = element.find(q(name))
    text = (child.text or "").strip() if child is not None else ""
    return text or None


def settings_of(element: Any) -> dict[str, str]:
    """Return the `spiffworkflow:property` pairs of an element."""
    path = f"{q('extensionElements')}/{{{SPIFF}}}properties/{{{SPIFF}}}property"
    return {
        item.get("name"): (item.get("value") or "").strip()
        for item in element.iterfind(path)
        if item.get("name")
    }


def processes(root: Any) -> list[Any]:
    return list(root.iterfind(q("process")))


def process_of(root: Any) -> Any:
    return root.find(q("process"))


def scopes(process: Any) -> Iterator[Any]:
    """Iterate over the process and the sub-processes in it, outermost first."""
    yield process
    yield from process.iterdescendants(*SCOPE_TAGS)


def flow_nodes(scope: Any) -> list[Any]:
    return list(scope.iterchildren(*FLOW_TAGS))


def flows(scope: Any) -> list[Any]:
    return list(scope.iterfind(q("sequenceFlow")))


def event_definitions(node: Any) -> list[Any]:
    return list(node.iterchildren(*EVENT_TAGS))


def event_kind(definition: Any) -> str:
    return tag(definition).removesuffix("EventDefinition")


def loop_of(node: Any) -> Any:
    """Return the loop or multi-instance mark of an activity, or None."""
    return next(node.iterchildren(*LOOP_TAGS), None)


@dataclass(frozen=True)
class Multi:
    """A multi-instance mark, read with our settings `collection`, `item` and `result`."""

    sequential: bool
    collection: str | None
    cardinality: str | None
    condition: str | None
    item: str
    result: str | None
    output_item: str | None


def multi_of(node: Any, loop: Any) -> Multi:
    """Read a multi-instance mark; our settings win over the standard's references."""
    settings = settings_of(node)
    item, output = loop.find(q("inputDataItem")), loop.find(q("outputDataItem"))
    return Multi(
        sequential=loop.get("isSequential") == "true",
        collection=settings.get("collection") or child_text(loop, "loopDataInputRef"),
        cardinality=child_text(loop, "loopCardinality"),
        condition=child_text(loop, "completionCondition"),
        item=settings.get("item") or _data_name(item) or "item",
        result=settings.get("result") or child_text(loop, "loopDataOutputRef"),
        output_item=_data_name(output),
    )


def _data_name(element: Any) -> str | None:
    return None if element is None else element.get("name") or element.get("id")


TimerForm = Literal["date", "duration", "cycle", ""]


def timer_of(definition: Any) -> tuple[TimerForm, str]:
    """Return how a timer is given and its text; an empty form where there is none."""
    forms: tuple[TimerForm, ...] = ("date", "duration", "cycle")
    for form in forms:
        text = child_text(definition, f"time{form.capitalize()}")
        if text is not None:
            return form, text
    return "", ""


def event_names(root: Any) -> dict[str, str]:
    """Return what events go by: id of a message or signal to its name, of an error to its code."""
    names = {}
    for element in root:
        kind = tag(element)
        if kind in ("message", "signal"):
            names[element.get("id")] = element.get("name") or element.get("id")
        elif kind in ("error", "escalation"):
            code = element.get("errorCode") or element.get("escalationCode")
            names[element.get("id")] = code or element.get("name") or element.get("id")
    return names


def lane_names(process: Any) -> dict[str, str]:
    """Return node id to the name of its innermost lane."""
    lanes: dict[str, str] = {}
    for lane in process.iterdescendants(q("lane")):
        for reference in lane.iterfind(q("flowNodeRef")):
            if reference.text:
                lanes[reference.text.strip()] = lane.get("name") or ""
    return lanes
