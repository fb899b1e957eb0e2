"""Expressions, timers and our own settings: written right, and naming only what exists."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sanwei_flow.engine import bpmn, timers
from sanwei_flow.engine.expressions import (
    AMBIENT,
    LOOP,
    NAME,
    RESERVED,
    Expression,
    ExpressionError,
    compile_expression,
    compile_script,
    compile_template,
    expressions_in,
    strip_marks,
)
from sanwei_flow.engine.graph import Graph
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


class Scan:
    """One walk over the settings: what is read where, and what is written."""

    def __init__(self, report: Report, names: Names) -> None:
        self.report = report
        self.names = names
        self.reads: list[tuple[Any, Expression]] = []
        self.writes: set[str] = set()
        self.complete = names.variables is not None  # whether all written names can be known

    def template(self, node: Any, text: str) -> None:
        """Compile a setting that may hold `${…}`."""
        try:
            template = compile_template(text)
        except ExpressionError as error:
            self.report.error("expression", node, error.args[0], **error.params)
            return
        self.reads += [(node, expression) for expression in expressions_in(template)]

    def expression(self, node: Any, text: str | None) -> None:
        """Compile an expression, with or without `${…}`."""
        if text is None:
            return
        try:
            self.reads.append((node, compile_expression(strip_marks(text))))
        except ExpressionError as error:
            self.report.error("expression", node, error.args[0], **error.params)

    def name(self, node: Any, text: str) -> None:
        """Check and note the name of a variable that is written."""
        if not NAME.fullmatch(text) or text in RESERVED or text in LOOP:
            self.report.error(
                "name-invalid",
                node,
                N_(
                    "「{element}」里的变量名「{name}」不能用；只能是字母、数字和下划线，也不能是保留字"
                ),
                name=text,
            )
        self.writes.add(text)


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
            scan.expression(flow, bpmn.child_text(flow, "conditionExpression"))
    _check_reads(scan)


def variables_read(process: Any, graphs: list[Graph]) -> frozenset[str]:
    """Return the names expressions read that nothing in the design writes."""
    scan = Scan(Report(), Names())
    _process(process, scan)
    for graph in graphs:
        for node in graph.nodes.values():
            _node(node, process, scan)
        for flow in bpmn.flows(graph.scope):
            scan.expression(flow, bpmn.child_text(flow, "conditionExpression"))
    read = frozenset().union(*(expression.names for _, expression in scan.reads))
    return read - scan.writes - AMBIENT - LOOP


def reads_and_writes(
    element: Any, process: Any, fields: Mapping[str, frozenset[str]]
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names one element or flow reads, and those it writes.

    The process itself only reads. `fields` are the names each form fills in.
    """
    scan = Scan(Report(), Names(form_fields=fields))
    if bpmn.tag(element) == "sequenceFlow":
        scan.expression(element, bpmn.child_text(element, "conditionExpression"))
    elif element is process:
        _process(process, scan)
        scan.writes.clear()
    else:
        _node(element, process, scan)
    read = frozenset().union(*(expression.names for _, expression in scan.reads))
    return read, frozenset(scan.writes)


def _process(process: Any, scan: Scan) -> None:
    settings = bpmn.settings_of(process)
    for name in _listed(settings.get("variables")):
        scan.name(process, name)
    if "variables" in settings:
        scan.complete = True
    for name, text in settings.items():
        if name != "variables":
            scan.template(process, text)


def _node(node: Any, process: Any, scan: Scan) -> None:
    kind, settings = bpmn.tag(node), bpmn.settings_of(node)
    for text in settings.values():
        scan.template(node, text)
    for name in _listed(settings.get("returns")):
        scan.name(node, name)
    loop = bpmn.loop_of(node)
    if loop is not None:
        _loop(node, loop, scan)
    elif settings.get("result"):
        scan.name(node, settings["result"])
    for definition in bpmn.event_definitions(node):
        _event(node, definition, settings, scan)
    check_kind = CHECKS.get(kind)
    if check_kind is not None:
        check_kind(node, settings, process, scan)


def _loop(node: Any, loop: Any, scan: Scan) -> None:
    if bpmn.tag(loop) == "standardLoopCharacteristics":
        scan.expression(node, bpmn.child_text(loop, "loopCondition"))
        return
    multi = bpmn.multi_of(node, loop)
    scan.name(node, multi.item)
    if multi.result:
        scan.name(node, multi.result)
    for text in (multi.collection, multi.cardinality, multi.condition):
        scan.expression(node, text)


def _event(node: Any, definition: Any, settings: dict[str, str], scan: Scan) -> None:
    kind = bpmn.event_kind(definition)
    if kind == "timer":
        form, text = bpmn.timer_of(definition)
        scan.template(node, text)
        if form == "cycle" and bpmn.tag(node) != "boundaryEvent":
            scan.report.error(
                "timer",
                node,
                N_("定时器「{element}」只等一次，请用时长或日期，周期只能用在边界事件上"),
            )
        if form and "${" not in text:
            try:
                PARSERS[form](text)
            except (ValueError, OverflowError):
                scan.report.error("timer", node, TIMER_HINTS[form], value=text)
    elif kind in ("message", "signal") and bpmn.tag(node) in (
        "intermediateCatchEvent",
        "boundaryEvent",
    ):
        scan.complete &= "returns" in settings


def _user_task(node: Any, settings: dict[str, str], _process: Any, scan: Scan) -> None:
    scan.writes |= {"outcome", "comment"}
    if not settings.get("candidate_unit"):
        scan.report.error(
            "unit-missing", node, N_("任务「{element}」没有指定办理单位（candidate_unit）")
        )
    elif "${" not in settings["candidate_unit"] and not settings["candidate_unit"].isdecimal():
        scan.report.error(
            "unit-invalid", node, N_("任务「{element}」的办理单位要写成 ${{…}} 表达式或单位编号")
        )
    if not settings.get("candidate_role"):
        scan.report.error(
            "role-missing", node, N_("任务「{element}」没有指定办理角色（candidate_role）")
        )
    if not settings.get("due"):
        scan.report.warning("due-missing", node, N_("任务「{element}」没有办理期限（due）"))
    elif "${" not in settings["due"] and not _is_due(settings["due"]):
        scan.report.error(
            "due-invalid", node, N_("任务「{element}」的期限要写成工作日数、日期或 ${{…}} 表达式")
        )
    form = settings.get("form")
    if form is None:
        return
    if scan.names.forms is not None and form not in scan.names.forms:
        scan.report.error(
            "form-unknown", node, N_("任务「{element}」用了不存在的表单「{form}」"), form=form
        )
    fields = (scan.names.form_fields or {}).get(form)
    scan.complete &= fields is not None
    scan.writes |= fields or frozenset()


def _is_due(text: str) -> bool:
    if text.isdecimal():
        return len(text) <= 4
    try:
        timers.parse_moment(text)
    except ValueError:
        return False
    return True


def _service_task(node: Any, settings: dict[str, str], _process: Any, scan: Scan) -> None:
    operation = settings.get("operation")
    if not operation:
        scan.report.error(
            "service-missing", node, N_("服务任务「{element}」没有写操作（operation）")
        )
    elif "${" in operation or (
        scan.names.services is not None and operation not in scan.names.services
    ):
        scan.report.error(
            "service-unknown",
            node,
            N_("服务任务「{element}」的操作「{name}」没有登记，不能使用"),
            name=operation,
        )
    scan.complete &= bool(settings.get("result")) or "returns" in settings


def _call_activity(node: Any, _settings: dict[str, str], process: Any, scan: Scan) -> None:
    called = node.get("calledElement")
    if not called:
        scan.report.error("call-missing", node, N_("调用活动「{element}」没有写明调用哪个流程"))
    elif called == process.get("id"):
        scan.report.error(
            "self-call", node, N_("调用活动「{element}」调用了自己的流程，会没完没了")
        )
    elif scan.names.called is not None and called not in scan.names.called:
        scan.report.error(
            "called-unknown",
            node,
            N_("调用活动「{element}」调用的流程「{name}」不存在"),
            name=called,
        )


def _script_task(node: Any, _settings: dict[str, str], _process: Any, scan: Scan) -> None:
    source = bpmn.child_text(node, "script")
    if source is None:
        scan.report.error("script", node, N_("脚本任务「{element}」没有内容"))
        return
    try:
        steps = compile_script(source)
    except ExpressionError as error:
        scan.report.error("script", node, error.args[0], **error.params)
        return
    for name, expression in steps:
        scan.reads.append((node, expression))
        scan.name(node, name)


CHECKS: dict[str, Callable[[Any, dict[str, str], Any, Scan], None]] = {
    "userTask": _user_task,
    "manualTask": _user_task,
    "serviceTask": _service_task,
    "callActivity": _call_activity,
    "scriptTask": _script_task,
}


def _check_reads(scan: Scan) -> None:
    """Report names nobody writes, where it can be known who writes what."""
    if not scan.complete:
        return
    known = scan.writes | (scan.names.variables or frozenset()) | AMBIENT | LOOP
    for node, expression in scan.reads:
        for name in sorted(expression.names - known):
            scan.report.error(
                "variable-unknown",
                node,
                N_("「{element}」的表达式用了不存在的变量「{name}」"),
                name=name,
            )


def _listed(text: str | None) -> Iterator[str]:
    return (part.strip() for part in (text or "").split(",") if part.strip())
