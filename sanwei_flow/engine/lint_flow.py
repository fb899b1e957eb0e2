"""Where tokens go: starts, ends, gateways, boundary events, loops, and what is never reached."""

from __future__ import annotations

from typing import Any

from sanwei_flow.engine import bpmn
from sanwei_flow.engine.graph import Graph
from sanwei_flow.engine.lint_elements import ACTIVITIES
from sanwei_flow.engine.normalise import GATEWAYS
from sanwei_flow.engine.reporting import Report
from sanwei_flow.errors import N_


def check(graph: Graph, report: Report) -> None:
    """Check the flows of one process or sub-process."""
    if graph.scope.get("triggeredByEvent") == "true" or bpmn.tag(graph.scope) not in (
        "process",
        "subProcess",
    ):
        return  # refused already, for a better reason
    for flow in graph.dangling:
        report.error("flow-dangling", flow, N_("连线「{element}」的一端没有接上，或者跨出了子流程"))
    _check_ends(graph, report)
    for node_id, node in graph.nodes.items():
        kind = bpmn.tag(node)
        if kind == "boundaryEvent":
            _check_boundary(graph, node, report)
        elif kind in GATEWAYS:
            _check_gateway(graph, node_id, node, report)
        else:
            _check_conditional(graph, node_id, node, report)
    _check_choices(graph, report)
    _check_reach(graph, report)


def _check_ends(graph: Graph, report: Report) -> None:
    scope, kinds = graph.scope, [bpmn.tag(node) for node in graph.nodes.values()]
    if kinds.count("startEvent") != 1:
        report.error(
            "start-event-count",
            scope,
            N_("「{element}」要有且只有一个开始事件，现在有 {count} 个"),
            count=kinds.count("startEvent"),
        )
    if "endEvent" not in kinds:
        report.error("no-end-event", scope, N_("「{element}」没有结束事件，请画上"))
    for node_id, node in graph.nodes.items():
        kind = bpmn.tag(node)
        if kind == "startEvent" and graph.incoming.get(node_id):
            report.error("start-has-incoming", node, N_("开始事件「{element}」不能有流入的连线"))
        if kind == "endEvent":
            if graph.outgoing.get(node_id):
                report.error("end-has-outgoing", node, N_("结束事件「{element}」后面不能再有连线"))
        elif not graph.outgoing.get(node_id) and node_id not in graph.links:
            report.error("dead-end", node, N_("「{element}」后面没有去处，请接到下一步或结束事件"))


def _check_boundary(graph: Graph, node: Any, report: Report) -> None:
    host = graph.nodes.get(node.get("attachedToRef"))
    if host is None or bpmn.tag(host) not in ACTIVITIES:
        report.error("boundary-dangling", node, N_("边界事件「{element}」没有附着在活动上"))
    if graph.incoming.get(node.get("id")):
        report.error("boundary-incoming", node, N_("边界事件「{element}」不能有流入的连线"))


def _check_gateway(graph: Graph, node_id: str, node: Any, report: Report) -> None:
    kind = bpmn.tag(node)
    flows = graph.outgoing.get(node_id, [])
    default = node.get("default")
    if default and default not in [flow.get("id") for flow in flows]:
        report.error("default-dangling", node, N_("网关「{element}」的默认路径不是从它出发的连线"))
    if kind == "eventBasedGateway":
        _check_race(graph, node, flows, report)
    elif kind == "parallelGateway":
        _check_parallel(graph, node_id, node, flows, report)
    elif len(flows) > 1:
        bare = [f for f in flows if not _condition(f) and f.get("id") != default]
        for flow in bare:
            report.error(
                "condition-missing",
                flow,
                N_("网关「{gateway}」的连线「{element}」没有条件，请写上条件或设为默认路径"),
                setting="condition",
                gateway=node.get("name") or node_id,
            )
        if not default and not bare:
            report.warning(
                "no-default",
                node,
                N_(
                    "网关「{element}」没有默认路径，条件都不成立时流程会停下，请把一条连线设为默认路径"
                ),
            )


def _check_parallel(
    graph: Graph, node_id: str, node: Any, flows: list[Any], report: Report
) -> None:
    for flow in flows:
        if _condition(flow):
            report.error(
                "condition-ignored",
                flow,
                N_("并行网关「{gateway}」的连线不能带条件，请改用包容网关"),
                gateway=node.get("name") or node_id,
            )
    sources = [flow.get("sourceRef") for flow in graph.incoming.get(node_id, [])]
    if len(sources) < 2:
        return
    if len(set(sources)) < len(sources):
        report.error(
            "parallel-double",
            node,
            N_("并行网关「{element}」从同一处接了两条连线，请删去一条"),
        )
    first_round = graph.reachable(graph.starts, without=node_id)
    later = graph.reachable([node_id])
    for source in sources:
        if source not in first_round and source in later:
            report.error(
                "parallel-loop",
                node,
                N_(
                    "返回的连线接在并行网关「{element}」上，它会永远等下去；"
                    "请在它前面画一个排他网关，把返回的连线接到那里"
                ),
            )
            return


def _check_choices(graph: Graph, report: Report) -> None:
    """Find joins that wait for two tokens where a gateway before them lets only one pass."""
    joins = {
        node_id: {flow.get("sourceRef") for flow in graph.incoming.get(node_id, [])}
        for node_id in graph.nodes
        if graph.kind(node_id) == "parallelGateway"
    }
    joins = {node_id: sources for node_id, sources in joins.items() if len(sources) > 1}
    choices = [i for i in graph.nodes if graph.kind(i) in ("exclusiveGateway", "eventBasedGateway")]
    for choice in choices if joins else []:
        branches = [only_after(graph, choice, target) for target in set(graph.after(choice))]
        for join, sources in joins.items():
            direct = 1 if choice in sources else 0
            if direct + sum(bool(branch & sources) for branch in branches) > 1:
                report.error(
                    "parallel-waits",
                    graph.nodes[join],
                    N_(
                        "并行网关「{element}」要等「{choice}」的几条路径都到，但那里每次只走一条；"
                        "请把汇合处改为排他网关"
                    ),
                    choice=graph.nodes[choice].get("name") or choice,
                )
                return


def only_after(graph: Graph, choice: str, target: str) -> set[str]:
    """Return the nodes a token can get to only along the flow from `choice` to `target`."""
    if any(flow.get("sourceRef") != choice for flow in graph.incoming.get(target, [])):
        return set()
    return graph.reachable([target]) - graph.reachable(graph.starts, without=target)


def _check_race(graph: Graph, node: Any, flows: list[Any], report: Report) -> None:
    if len(flows) < 2:
        report.error("race-target", node, N_("事件网关「{element}」后面至少要有两个捕获事件"))
    for flow in flows:
        target = flow.get("targetRef")
        catches = graph.kind(target) in ("intermediateCatchEvent", "receiveTask")
        if not catches or len(graph.incoming[target]) > 1 or _condition(flow):
            report.error(
                "race-target",
                graph.nodes[target],
                N_("事件网关后面只能直接接捕获事件或接收任务，不带条件；「{element}」不是"),
            )


def _check_conditional(graph: Graph, node_id: str, node: Any, report: Report) -> None:
    flows = graph.outgoing.get(node_id, [])
    if len(flows) == 1 and _condition(flows[0]):
        report.error(
            "condition-alone",
            flows[0],
            N_("「{source}」只有一条带条件的去路，条件不成立就没有去处；请画一个排他网关"),
            source=node.get("name") or node_id,
        )
    default = node.get("default")
    if default and default not in [flow.get("id") for flow in flows]:
        report.error("default-dangling", node, N_("网关「{element}」的默认路径不是从它出发的连线"))


def _check_reach(graph: Graph, report: Report) -> None:
    reached = graph.reachable(graph.starts)
    if graph.starts:
        for node_id, node in graph.nodes.items():
            if node_id not in reached:
                report.error("unreachable", node, N_("从开始事件走不到「{element}」，请接上或删去"))
    turning = graph.automatic_loop()
    if turning is not None:
        report.error(
            "endless-loop",
            graph.nodes[turning],
            N_("经过「{element}」的循环里没有人办的任务，也没有定时器，会一直转下去"),
        )


def _condition(flow: Any) -> str | None:
    return bpmn.child_text(flow, "conditionExpression")


# Errors and escalations: what is thrown must be caught, what is caught must be thrown.


def check_throws(root: Any, graphs: list[Graph], report: Report) -> None:
    """Check that each error meets a boundary event, and each such event something to catch."""
    codes = bpmn.event_names(root)
    caught: set[Any] = set()
    for graph in graphs:
        for node in graph.nodes.values():
            for kind, code in _thrown(node, codes):
                catcher = _catcher(graph.scope, kind, code, codes)
                if catcher is not None:
                    caught.add(catcher)
                elif kind == "error":
                    report.error(
                        "error-uncaught",
                        node,
                        N_("错误「{element}」没有人处理；请放进子流程，并在子流程上画错误边界事件"),
                    )
                else:
                    report.warning(
                        "escalation-uncaught", node, N_("升级「{element}」没有边界事件接收")
                    )
    for graph in graphs:
        for node in graph.nodes.values():
            kinds = [bpmn.event_kind(d) for d in bpmn.event_definitions(node)]
            if bpmn.tag(node) != "boundaryEvent" or node in caught:
                continue
            if "error" in kinds or "escalation" in kinds:
                report.error(
                    "never-thrown",
                    node,
                    N_("边界事件「{element}」等的错误或升级，在它附着的子流程里没有人抛出"),
                )


def _thrown(node: Any, codes: dict[str, str]) -> list[tuple[str, str | None]]:
    if bpmn.tag(node) not in ("endEvent", "intermediateThrowEvent"):
        return []
    return _codes(node, codes)


def _codes(node: Any, codes: dict[str, str]) -> list[tuple[str, str | None]]:
    found = []
    for definition in bpmn.event_definitions(node):
        kind = bpmn.event_kind(definition)
        if kind in ("error", "escalation"):
            found.append((kind, codes.get(definition.get(f"{kind}Ref") or "")))
    return found


def _catcher(scope: Any, kind: str, code: str | None, codes: dict[str, str]) -> Any:
    """Return the boundary event on the nearest scope around that catches this, or None."""
    while bpmn.tag(scope) == "subProcess":
        outer = scope.getparent()
        for event in outer.iterfind(bpmn.q("boundaryEvent")):
            if event.get("attachedToRef") == scope.get("id"):
                for caught_kind, caught_code in _codes(event, codes):
                    if caught_kind == kind and caught_code in (None, code):
                        return event
        scope = outer
    return None
