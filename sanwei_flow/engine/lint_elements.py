"""Which elements of BPMN run, and what to draw in place of those that do not."""

from __future__ import annotations

from typing import Any

from sanwei_flow.engine import bpmn
from sanwei_flow.engine.graph import Graph, link_name
from sanwei_flow.engine.reporting import Report
from sanwei_flow.errors import N_

REFUSED = {
    "complexGateway": N_("不支持复杂网关「{element}」，请改用排他、并行或包容网关"),
    "adHocSubProcess": N_(
        "不支持自由子流程「{element}」，请改用普通子流程，用并行或包容网关表示可选的工作"
    ),
    "transaction": N_("不支持事务子流程「{element}」，请改用普通子流程和错误边界事件"),
    "businessRuleTask": N_(
        "不支持业务规则任务「{element}」，请改用服务任务，操作写 decisions.decide"
    ),
    "implicitThrowEvent": N_("不支持隐式抛出事件「{element}」，请改用中间抛出事件"),
}
REFUSED_EVENTS = {
    "compensate": N_("不支持补偿事件「{element}」，请把撤销的工作画成普通任务"),
    "cancel": N_("不支持取消事件「{element}」，请改用错误或消息边界事件"),
    "conditional": N_("不支持条件事件「{element}」，请改用消息事件，或在网关上判断"),
}
EVENTS: dict[str, frozenset[str]] = {
    "startEvent": frozenset(),
    "endEvent": frozenset(["message", "signal", "error", "escalation", "terminate"]),
    "intermediateThrowEvent": frozenset(["message", "signal", "escalation", "link"]),
    "intermediateCatchEvent": frozenset(["message", "signal", "timer", "link"]),
    "boundaryEvent": frozenset(["message", "signal", "timer", "error", "escalation"]),
}
TASKS = frozenset(
    {"task", "userTask", "manualTask", "serviceTask", "scriptTask", "sendTask", "receiveTask"}
)
ACTIVITIES = TASKS | {"callActivity", "subProcess"}
#: As many as the engine runs side by side (`repeated.MultiInstance.limit`).
MAX_COPIES = 500
REFERRING = frozenset(["message", "signal", "error", "escalation"])


def check(root: Any, process: Any, graphs: list[Graph], report: Report) -> None:
    """Check every element by itself."""
    known = {(bpmn.tag(child), child.get("id")) for child in root}
    for graph in graphs:
        for node in bpmn.flow_nodes(graph.scope):
            kind = bpmn.tag(node)
            if kind in REFUSED:
                report.error("unsupported-element", node, REFUSED[kind])
            elif kind in EVENTS:
                _check_event(node, kind, known, report)
            elif kind in ACTIVITIES:
                _check_activity(node, kind, known, report)
        _check_links(graph, report)
    objects = {element.get("id") for element in process.iter(bpmn.q("dataObject"))}
    for element in process.iterdescendants():
        _check_data(element, objects, report)


def _check_event(node: Any, kind: str, known: set[Any], report: Report) -> None:
    definitions = bpmn.event_definitions(node)
    if len(definitions) > 1 or node.get("parallelMultiple") == "true":
        report.error(
            "multiple-events", node, N_("事件「{element}」有几个触发条件，请分别画成几个事件")
        )
        return
    if kind == "boundaryEvent" and not definitions:
        report.error("boundary-empty", node, N_("边界事件「{element}」没有说明由什么触发"))
    for definition in definitions:
        event = bpmn.event_kind(definition)
        if event in REFUSED_EVENTS:
            report.error("unsupported-event", node, REFUSED_EVENTS[event])
        elif kind == "startEvent":
            report.error(
                "start-event-type",
                node,
                N_("开始事件「{element}」不能带触发条件；请用普通开始事件，后面接一个中间捕获事件"),
            )
        elif event not in EVENTS[kind]:
            report.error(
                "unsupported-event", node, N_("事件「{element}」不能是这一类（{kind}）"), kind=event
            )
        else:
            _check_reference(node, definition, event, known, report)
    kinds = [bpmn.event_kind(definition) for definition in definitions]
    if node.get("cancelActivity") == "false" and "error" in kinds:
        report.error(
            "error-interrupts", node, N_("错误边界事件「{element}」总是中断的，请改为中断事件")
        )
    if kind == "intermediateCatchEvent" and not definitions:
        report.error("catch-empty", node, N_("捕获事件「{element}」没有说明等待什么"))


def _check_reference(
    node: Any, definition: Any, event: str, known: set[Any], report: Report
) -> None:
    if event == "timer":
        if not bpmn.timer_of(definition)[0]:
            report.error(
                "timer",
                node,
                N_("定时器「{element}」没有写时间，请选什么时候触发"),
                setting="timer",
            )
        return
    if event not in REFERRING:
        return
    _check_known(node, event, definition.get(f"{event}Ref"), known, report)


def _check_known(
    node: Any, event: str, reference: str | None, known: set[Any], report: Report
) -> None:
    if reference and (event, reference) not in known:
        report.error(
            "event-ref-dangling",
            node,
            N_("事件「{element}」指向不存在的「{ref}」，请另选一个"),
            setting="event",
            ref=reference,
        )
    elif not reference and event in ("message", "signal"):
        report.error(
            "event-ref-missing",
            node,
            N_("事件「{element}」没有选定消息或信号，请选一个或新建"),
            setting="event",
        )


def _check_activity(node: Any, kind: str, known: set[Any], report: Report) -> None:
    if node.get("isForCompensation") == "true":
        report.error("unsupported-event", node, REFUSED_EVENTS["compensate"])
    if node.get("triggeredByEvent") == "true":
        report.error(
            "event-subprocess",
            node,
            N_("不支持事件子流程「{element}」，请在活动上画边界事件，或另建流程用消息相连"),
        )
    for attribute in ("startQuantity", "completionQuantity"):
        if node.get(attribute, "1") != "1":
            report.error(
                "quantity",
                node,
                N_("「{element}」的 {name} 只能是 1，要做几次请用多实例"),
                name=attribute,
            )
    if kind in ("sendTask", "receiveTask"):
        _check_known(node, "message", node.get("messageRef"), known, report)
    loop = bpmn.loop_of(node)
    if loop is not None:
        _check_loop(node, loop, report)


def _check_loop(node: Any, loop: Any, report: Report) -> None:
    if bpmn.tag(loop) == "standardLoopCharacteristics":
        maximum = loop.get("loopMaximum")
        if maximum is None and not bpmn.child_text(loop, "loopCondition"):
            report.error("loop-endless", node, N_("循环「{element}」要写明条件或最多次数"))
        if maximum is not None and not (maximum.isdecimal() and 0 < int(maximum) <= 500):
            report.error("loop-maximum", node, N_("循环「{element}」的次数要在 1 到 500 之间"))
        return
    multi = bpmn.multi_of(node, loop)
    if bool(multi.collection) == bool(multi.cardinality):
        report.error(
            "multi-input",
            node,
            N_("会签「{element}」要写明名单或次数，两者选一"),
            setting="collection",
        )
    count = (multi.cardinality or "").strip()
    if count.isdecimal() and int(count) > MAX_COPIES:
        report.error(
            "multi-too-many",
            node,
            N_("会签「{element}」写了 {count} 次，最多 {limit} 次"),
            setting="collection",
            count=count,
            limit=MAX_COPIES,
        )
    if loop.get("behavior", "All") != "All":
        report.error("multi-behavior", node, N_("多实例「{element}」不支持 behavior，请用完成条件"))


def _check_links(graph: Graph, report: Report) -> None:
    targets = list(graph.links.values())
    catches: dict[str, int] = {}
    for node_id, node in graph.nodes.items():
        name = link_name(node)
        if name is None:
            continue
        if bpmn.tag(node) == "intermediateCatchEvent":
            catches[name] = catches.get(name, 0) + 1
        if (node_id not in graph.links and node_id not in targets) or catches.get(name, 0) > 1:
            report.error(
                "link-unpaired",
                node,
                N_("链接事件「{element}」要成对：同一层里一个捕获，名称和抛出的相同"),
            )


def _check_data(element: Any, objects: set[Any], report: Report) -> None:
    kind = bpmn.tag(element)
    if kind in ("dataStoreReference", "dataStore"):
        report.error("data-store", element, N_("不支持数据存储「{element}」，请用服务任务读写数据"))
    elif kind == "dataObjectReference":
        if element.get("dataObjectRef") not in objects:
            report.error(
                "data-object-dangling",
                element,
                N_("数据对象「{element}」指向不存在的「{ref}」"),
                ref=element.get("dataObjectRef") or "",
            )
    elif kind in ("dataInputAssociation", "dataOutputAssociation"):
        report.warning(
            "data-object-ignored",
            element.getparent(),
            N_("「{element}」上的数据连线只是说明，变量在整个流程里都能用"),
        )
