"""Expressions, timers and our own settings: written right, and naming only what exists."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sanwei_flow.engine import bpmn, lint_tasks, timers
from sanwei_flow.engine.expressions import (
    AMBIENT,
    LOOP,
    NAME,
    ExpressionError,
    compile_script,
)
from sanwei_flow.engine.graph import Graph
from sanwei_flow.engine.lint_scan import Scan
from sanwei_flow.engine.model import Names
from sanwei_flow.engine.reporting import Report
from sanwei_flow.errors import N_

KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]{0,99}")
PARSERS: dict[str, Callable[[str], object]] = {
    "date": timers.parse_moment,
    "duration": timers.parse_duration,
    "cycle": timers.parse_cycle,
}
TIMER_HINTS = {
    "date": N_("定时器「{element}」的日期「{value}」写法不对，应当像 2026-03-01T09:00+08:00"),
    "duration": N_("定时器「{element}」的时长「{value}」写法不对，应当像 P3D 或 PT1H"),
    "cycle": N_("定时器「{element}」的周期「{value}」写法不对，应当像 R/P7D，间隔至少一分钟"),
}


def check(process: Any, graphs: list[Graph], names: Names, report: Report) -> None:
    """Check everything written into a design that is neither drawn nor a label."""
    if not KEY.fullmatch(process.get("id") or ""):
        report.error("name-invalid", process, N_("流程的编号只能用字母、数字、下划线、点和横线"))
    scan = Scan(report, names)
    _process(process, scan)
    for graph in graphs:
        for node in graph.nodes.values():
            _node(node, process, scan)
        for flow in bpmn.flows(graph.scope):
            scan.expression(flow, bpmn.child_text(flow, "conditionExpression"), "condition")
    scan.check_reads()


def variables_read(process: Any, graphs: list[Graph]) -> frozenset[str]:
    """Return the names expressions read that nothing in the design writes."""
    scan = Scan(Report(), Names())
    _process(process, scan)
    for graph in graphs:
        for node in graph.nodes.values():
            _node(node, process, scan)
        for flow in bpmn.flows(graph.scope):
            scan.expression(flow, bpmn.child_text(flow, "conditionExpression"), "condition")
    read = frozenset().union(*(expression.names for _, expression, _ in scan.reads))
    return read - scan.writes - AMBIENT - LOOP


def reads_and_writes(
    element: Any, process: Any, fields: Mapping[str, frozenset[str]]
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names one element or flow reads, and those it writes.

    The process itself only reads. `fields` are the names each form fills in.
    """
    scan = Scan(Report(), Names(form_fields=fields))
    if bpmn.tag(element) == "sequenceFlow":
        scan.expression(element, bpmn.child_text(element, "conditionExpression"), "condition")
    elif element is process:
        _process(process, scan)
        scan.writes.clear()
    else:
        _node(element, process, scan)
    read = frozenset().union(*(expression.names for _, expression, _ in scan.reads))
    return read, frozenset(scan.writes)


def _process(process: Any, scan: Scan) -> None:
    settings = bpmn.settings_of(process)
    for name in _listed(settings.get("variables")):
        scan.name(process, name, "variables")
    if "variables" in settings:
        scan.complete = True
    for name, text in settings.items():
        if name != "variables":
            scan.template(process, text, name)


def _node(node: Any, process: Any, scan: Scan) -> None:
    kind, settings = bpmn.tag(node), bpmn.settings_of(node)
    for name, text in settings.items():
        scan.template(node, text, name)
        prefix, _, given = name.partition(".")
        if prefix in ("input", "arg") and not NAME.fullmatch(given):
            scan.report.error(
                "name-invalid",
                node,
                N_("「{element}」交出的名称「{name}」不能用；只能是字母、数字和下划线"),
                setting=name,
                name=given,
            )
    for name in _listed(settings.get("returns")):
        scan.name(node, name, "returns")
    loop = bpmn.loop_of(node)
    if loop is not None:
        _loop(node, loop, scan)
    elif settings.get("result"):
        scan.name(node, settings["result"], "result")
    for definition in bpmn.event_definitions(node):
        _event(node, definition, settings, scan)
    check_kind = CHECKS.get(kind)
    if check_kind is not None:
        check_kind(node, settings, process, scan)


def _loop(node: Any, loop: Any, scan: Scan) -> None:
    if bpmn.tag(loop) == "standardLoopCharacteristics":
        scan.expression(node, bpmn.child_text(loop, "loopCondition"), "completion")
        return
    multi = bpmn.multi_of(node, loop)
    scan.name(node, multi.item, "item")
    if multi.result:
        scan.name(node, multi.result, "result")
    scan.expression(node, multi.collection, "collection")
    scan.expression(node, multi.cardinality, "collection")
    scan.expression(node, multi.condition, "completion")


def _event(node: Any, definition: Any, settings: dict[str, str], scan: Scan) -> None:
    kind = bpmn.event_kind(definition)
    if kind == "timer":
        form, text = bpmn.timer_of(definition)
        scan.template(node, text, "timer")
        if form == "cycle" and bpmn.tag(node) != "boundaryEvent":
            scan.report.error(
                "timer",
                node,
                N_("定时器「{element}」只等一次，请用时长或日期，周期只能用在边界事件上"),
                setting="timer",
            )
        if form and "${" not in text:
            try:
                PARSERS[form](text)
            except (ValueError, OverflowError):
                scan.report.error("timer", node, TIMER_HINTS[form], setting="timer", value=text)
    elif kind in ("message", "signal") and bpmn.tag(node) in (
        "intermediateCatchEvent",
        "boundaryEvent",
    ):
        scan.complete &= "returns" in settings


def _service_task(node: Any, settings: dict[str, str], _process: Any, scan: Scan) -> None:
    operation = settings.get("operation")
    if not operation:
        scan.report.error(
            "service-missing",
            node,
            N_("服务任务「{element}」没有选操作，请选一个"),
            setting="operation",
        )
    elif "${" in operation or (
        scan.names.services is not None and operation not in scan.names.services
    ):
        scan.report.error(
            "service-unknown",
            node,
            N_("服务任务「{element}」的操作「{name}」没有登记，不能使用；请从列出的操作里选"),
            setting="operation",
            name=operation,
        )
    scan.complete &= bool(settings.get("result")) or "returns" in settings


def _call_activity(node: Any, _settings: dict[str, str], process: Any, scan: Scan) -> None:
    called = node.get("calledElement")
    if not called:
        scan.report.error(
            "call-missing",
            node,
            N_("调用活动「{element}」没有写明调用哪个流程，请选一个"),
            setting="called",
        )
    elif called == process.get("id"):
        scan.report.error(
            "self-call",
            node,
            N_("调用活动「{element}」调用了自己的流程，会没完没了；要重做请把连线接回前面的步骤"),
            setting="called",
        )
    elif scan.names.called is not None and called not in scan.names.called:
        scan.report.error(
            "called-unknown",
            node,
            N_("调用活动「{element}」调用的流程「{name}」不存在，请从已发布的流程里选"),
            setting="called",
            name=called,
        )


def _script_task(node: Any, _settings: dict[str, str], _process: Any, scan: Scan) -> None:
    source = bpmn.child_text(node, "script")
    if source is None:
        scan.report.error(
            "script", node, N_("脚本任务「{element}」没有内容，请写计算或删去"), setting="script"
        )
        return
    try:
        steps = compile_script(source)
    except ExpressionError as error:
        scan.report.error("script", node, error.args[0], setting="script", **error.params)
        return
    for name, expression in steps:
        scan.reads.append((node, expression, "script"))
        scan.name(node, name, "script")


CHECKS: dict[str, Callable[[Any, dict[str, str], Any, Scan], None]] = {
    "userTask": lint_tasks.check,
    "manualTask": lint_tasks.check,
    "serviceTask": _service_task,
    "callActivity": _call_activity,
    "scriptTask": _script_task,
}


def _listed(text: str | None) -> Iterator[str]:
    return (part.strip() for part in (text or "").split(",") if part.strip())
