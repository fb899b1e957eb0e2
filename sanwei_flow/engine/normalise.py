"""Rewriting what BPMN allows into what the engine runs exactly as BPMN means it.

Works on a copy that holds the process and its event names only; the diagram stays as it was drawn.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from lxml import etree

from sanwei_flow.engine import bpmn
from sanwei_flow.engine.graph import graph_of

GATEWAYS = frozenset(
    ["exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"]
)
ROOTS = frozenset(["process", "message", "signal", "error", "escalation"])


def normalise(root: Any) -> Any:
    """Return the definitions as the engine runs them."""
    inline_references(root)
    copy = etree.Element(root.tag, nsmap=root.nsmap)
    for child in root:
        if bpmn.tag(child) in ROOTS:
            copy.append(deepcopy(child))
    for scope in list(bpmn.scopes(bpmn.process_of(copy))):
        _connect_links(scope)
        _draw_splits(scope)
    return copy


def inline_references(root: Any) -> None:
    """Put the event definitions that are only referred to into the events themselves."""
    shared = {
        child.get("id"): child
        for child in root
        if bpmn.event_kind(child) in bpmn.EVENT_DEFINITIONS and child.get("id")
    }
    for reference in list(root.iter(bpmn.q("eventDefinitionRef"))):
        name = (reference.text or "").strip().split(":")[-1]
        if name in shared:
            definition = deepcopy(shared[name])
            definition.attrib.pop("id", None)
            reference.getparent().replace(reference, definition)


def _connect_links(scope: Any) -> None:
    """Turn each pair of link events into a sequence flow between two plain events."""
    graph = graph_of(scope)
    for throw, catch in graph.links.items():
        flow = etree.SubElement(scope, bpmn.q("sequenceFlow"))
        flow.set("id", f"{throw} link")
        flow.set("sourceRef", throw)
        flow.set("targetRef", catch)
    for node_id in {*graph.links, *graph.links.values()}:
        node = graph.nodes[node_id]
        for definition in bpmn.event_definitions(node):
            node.remove(definition)
        node.tag = bpmn.q("intermediateThrowEvent")


def _draw_splits(scope: Any) -> None:
    """Draw the gateway that several flows out of an activity or event stand for."""
    graph = graph_of(scope)
    for node_id, flows in graph.outgoing.items():
        if graph.kind(node_id) in GATEWAYS or len(flows) < 2:
            continue
        node = graph.nodes[node_id]
        default = node.attrib.pop("default", None)
        conditional = default is not None or any(
            bpmn.child_text(flow, "conditionExpression") for flow in flows
        )
        kind = "inclusiveGateway" if conditional else "parallelGateway"
        gateway = etree.SubElement(scope, bpmn.q(kind))
        split = f"{node_id} split"
        gateway.set("id", split)
        if default is not None:
            gateway.set("default", default)
        joint = etree.SubElement(scope, bpmn.q("sequenceFlow"))
        joint.set("id", f"{node_id} to split")
        joint.set("sourceRef", node_id)
        joint.set("targetRef", split)
        for flow in flows:
            flow.set("sourceRef", split)
            plain = bpmn.child_text(flow, "conditionExpression") is None
            if conditional and plain and flow.get("id") != default:
                etree.SubElement(flow, bpmn.q("conditionExpression")).text = "true"
