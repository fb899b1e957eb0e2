"""From normalised BPMN to the specs that run: one for the process, one for each sub-process."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from sanwei_flow.engine import bpmn, repeated, specs
from sanwei_flow.engine.events import Catch, Kind, Throw, Trigger
from sanwei_flow.engine.expressions import (
    Expression,
    compile_expression,
    compile_template,
    strip_marks,
)
from sanwei_flow.engine.model import Design
from sanwei_flow.engine.specs import Element, Spec

KINDS: dict[str, Kind] = {
    "message": "message",
    "signal": "signal",
    "error": "error",
    "escalation": "escalation",
    "terminate": "terminate",
}
SPECS: dict[str, type[Element]] = {
    "startEvent": Element,
    "task": Element,
    "userTask": specs.UserTask,
    "manualTask": specs.UserTask,
    "callActivity": specs.Call,
    "serviceTask": specs.Service,
    "scriptTask": specs.Script,
    "subProcess": specs.SubProcess,
    "exclusiveGateway": specs.ExclusiveGateway,
    "parallelGateway": specs.ParallelGateway,
    "inclusiveGateway": specs.InclusiveGateway,
    "eventBasedGateway": specs.EventGateway,
    "intermediateCatchEvent": Catch,
    "receiveTask": Catch,
    "boundaryEvent": Catch,
    "intermediateThrowEvent": Throw,
    "sendTask": Throw,
    "endEvent": Throw,
}


@dataclass
class Program:
    """The specs of one design. The library hangs callbacks on them: one for each thread."""

    spec: Spec
    subspecs: dict[str, Spec] = field(default_factory=dict)
    flows: dict[tuple[str, str], str] = field(default_factory=dict)
    settings: specs.Settings = field(default_factory=dict)
    #: The drawing itself, for whoever has looked at it: the process and the graphs of its scopes.
    drawing: Any = None


class _Builder:
    def __init__(self, root: Any) -> None:
        self.names = bpmn.event_names(root)
        process = bpmn.process_of(root)
        self.program = Program(Spec(process.get("id")))
        self.program.settings = compile_settings(process)
        self._scope(process, self.program.spec)

    def _scope(self, scope: Any, spec: Spec) -> None:
        """Build the elements of a process or sub-process, then connect them."""
        entries: dict[str, Element] = {}
        exits: dict[str, Element] = {}
        nodes = [node for node in scope if bpmn.tag(node) in SPECS]
        for node in nodes:
            element = self._element(node, spec)
            entries[node.get("id")] = exits[node.get("id")] = element
        for node in nodes:
            if bpmn.tag(node) == "boundaryEvent":
                host = node.get("attachedToRef")
                if not isinstance(entries[host], specs.BoundarySplit):
                    split = specs.BoundarySplit(spec, f"{host} [events]", kind="split", node=None)
                    split.connect(entries[host])
                    entries[host] = split
                entries[host].connect(exits[node.get("id")])
        for node in nodes:
            if bpmn.tag(node) == "startEvent":
                spec.start.connect(entries[node.get("id")])
        defaults = {node.get("default") for node in nodes}
        for flow in scope.iterfind(bpmn.q("sequenceFlow")):
            source, target = exits[flow.get("sourceRef")], entries[flow.get("targetRef")]
            self._flow(flow, source, target, flow.get("id") in defaults)

    def _flow(self, flow: Any, source: Element, target: Element, is_default: bool) -> None:
        if drawn(flow):
            self.program.flows.setdefault((source.name, target.name), flow.get("id"))
        if not isinstance(source, specs.ExclusiveGateway | specs.InclusiveGateway):
            source.connect(target)
            return
        condition = bpmn.child_text(flow, "conditionExpression")
        if is_default or condition is None:
            source.connect(target)
        else:
            source.connect_if(specs.Condition(expression_of(condition)), target)

    def _element(self, node: Any, spec: Spec) -> Element:
        kind, node_id = bpmn.tag(node), node.get("id")
        loop = bpmn.loop_of(node)
        name = node_id if loop is None else f"{node_id} [each]"
        element = SPECS[kind](spec, name, kind=kind, node=node_id if drawn(node) else None)
        element.title = node.get("name") or ""
        element.settings = compile_settings(node)
        if isinstance(element, specs.Call):
            element.process = node.get("calledElement")
        elif isinstance(element, specs.Script):
            element.script = bpmn.child_text(node, "script") or ""
        elif isinstance(element, specs.SubProcess):
            self.program.subspecs[node_id] = inner = Spec(node_id)
            self._scope(node, inner)
        elif isinstance(element, Catch):
            element.trigger = self._trigger(node) or Trigger("message", node.get("name"))
            element.interrupting = node.get("cancelActivity", "true") != "false"
        elif isinstance(element, Throw):
            element.trigger = self._trigger(node)
        return element if loop is None else self._repeated(node, loop, element, spec)

    def _repeated(self, node: Any, loop: Any, inner: Element, spec: Spec) -> Element:
        outer: Any
        if bpmn.tag(loop) == "standardLoopCharacteristics":
            outer = repeated.Loop(spec, node.get("id"), kind="loop", node=node.get("id"))
            outer.maximum = int(loop.get("loopMaximum")) if loop.get("loopMaximum") else None
            outer.condition = optional_expression(bpmn.child_text(loop, "loopCondition"))
            outer.test_before = loop.get("testBefore") == "true"
        else:
            outer = repeated.MultiInstance(spec, node.get("id"), kind="multi", node=node.get("id"))
            multi = bpmn.multi_of(node, loop)
            outer.sequential = multi.sequential
            outer.collection = optional_expression(multi.collection)
            outer.cardinality = optional_expression(multi.cardinality)
            outer.condition = optional_expression(multi.condition)
            outer.item, outer.result = multi.item, multi.result
            outer.output_item = multi.output_item
        outer.inner = inner
        inner.completed_event.connect(outer.merge)
        return outer

    def _trigger(self, node: Any) -> Trigger | None:
        for child in node:
            kind = bpmn.tag(child).removesuffix("EventDefinition")
            if kind == "timer":
                form, text = bpmn.timer_of(child)
                return Trigger("timer", None, form, compile_template(text))
            if kind in KINDS:
                reference = child.get(f"{kind}Ref")
                return Trigger(KINDS[kind], self.names.get(reference) if reference else None)
        if node.get("messageRef"):
            return Trigger("message", self.names[node.get("messageRef")])
        return None


def drawn(element: Any) -> bool:
    """Whether an element is in the diagram; ids the normaliser makes up hold a blank."""
    return " " not in element.get("id")


def expression_of(text: str) -> Expression:
    """Compile an expression with or without `${…}` around it."""
    return compile_expression(strip_marks(text))


def optional_expression(text: str | None) -> Expression | None:
    return expression_of(text) if text else None


def compile_settings(node: Any) -> specs.Settings:
    """Compile the settings of an element."""
    return {name: compile_template(value) for name, value in bpmn.settings_of(node).items()}


_programs = threading.local()
CACHE_SIZE = 256


def program_of(design: Design) -> Program:
    """Return this thread's specs of a design, built once and kept by content hash."""
    cache: OrderedDict[str, Program] | None = getattr(_programs, "cache", None)
    if cache is None:
        cache = _programs.cache = OrderedDict()
    program = cache.get(design.hash)
    if program is None:
        program = cache[design.hash] = _Builder(etree.fromstring(design.normal)).program
        if len(cache) > CACHE_SIZE:
            cache.popitem(last=False)
    else:
        cache.move_to_end(design.hash)
    return program
