"""Ways that lead nowhere good: no end, rounds without people, answers nobody gives."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from sanwei_flow.engine import bpmn
from sanwei_flow.engine.graph import WAITING, Graph
from sanwei_flow.engine.lint_tasks import is_task, outcome_names
from sanwei_flow.engine.reporting import Report
from sanwei_flow.errors import N_

#: What a round must hold so that it cannot spin: a person, a time, an event, another process.
PATIENT = WAITING - {"serviceTask"}
PASSING = frozenset(["exclusiveGateway", "parallelGateway", "inclusiveGateway"])
#: What leaves the last answer as it was.
SILENT = PASSING | {"callActivity", "task", "boundaryEvent", "intermediateThrowEvent"}
OUTCOME = re.compile(r"""(?:\$\{)?\s*outcome\s*==\s*(["'])([^"']*)\1\s*\}?""")


def check(graph: Graph, report: Report) -> None:
    """Check the ways of one process or sub-process."""
    back = _backwards(graph)
    _check_end(graph, back, report)
    _check_rounds(graph, report)
    for node_id, node in graph.nodes.items():
        _check_flows(graph, node_id, node, report)
        for flow in graph.outgoing.get(node_id, []):
            _check_outcome(graph, back, flow, report)


def _backwards(graph: Graph) -> dict[str, set[str]]:
    """Return of each node the nodes right before it."""
    back: dict[str, set[str]] = {node_id: set() for node_id in graph.nodes}
    for node_id in graph.nodes:
        for target in graph.after(node_id):
            back[target].add(node_id)
    return back


def _check_end(graph: Graph, back: dict[str, set[str]], report: Report) -> None:
    ends = [node_id for node_id in graph.nodes if graph.kind(node_id) == "endEvent"]
    dead = any(not graph.after(node_id) for node_id in graph.nodes if node_id not in ends)
    if not ends or dead:
        return  # said already, more plainly
    ending: set[str] = set()
    stack = ends
    while stack:
        node_id = stack.pop()
        if node_id not in ending:
            ending.add(node_id)
            stack.extend(back[node_id])
    for node_id in graph.reachable(graph.starts) - ending:
        report.error(
            "never-ends",
            graph.nodes[node_id],
            N_("从「{element}」往后走不到结束事件，会一直转下去；请画一条通向结束事件的路"),
        )
        return


def _check_rounds(graph: Graph, report: Report) -> None:
    if graph.automatic_loop() is not None:
        return
    turning = graph.automatic_loop(PATIENT)
    if turning is not None:
        report.warning(
            "unattended-loop",
            graph.nodes[turning],
            N_("经过「{element}」的循环里只有自动操作，没有人也没有定时器；请加一个等待的步骤"),
        )


def _check_flows(graph: Graph, node_id: str, node: Any, report: Report) -> None:
    flows, kind = graph.outgoing.get(node_id, []), bpmn.tag(node)
    plain = [f.get("targetRef") for f in flows if not bpmn.child_text(f, "conditionExpression")]
    if kind not in ("exclusiveGateway", "inclusiveGateway") and len(set(plain)) < len(plain):
        report.warning(
            "flow-double",
            node,
            N_("「{element}」到同一步画了两条连线，那一步会办两次，请删去一条"),
        )
    if kind in PASSING and len(flows) == 1 and len(graph.incoming.get(node_id, [])) == 1:
        report.warning(
            "gateway-pointless",
            node,
            N_("网关「{element}」只有一进一出，不起作用，请删去或补上另一条路"),
        )


def _check_outcome(graph: Graph, back: dict[str, set[str]], flow: Any, report: Report) -> None:
    match = OUTCOME.fullmatch(bpmn.child_text(flow, "conditionExpression") or "")
    if match is None:
        return
    tasks = _answering(graph, back, flow.get("sourceRef"))
    given = {name for task in tasks or () for name in outcome_names(bpmn.settings_of(task))}
    if given and match[2] not in given:
        report.warning(
            "outcome-unknown",
            flow,
            N_("连线「{element}」等的办理结果「{name}」，前面的任务不会给出；请从 {given} 里选"),
            setting="condition",
            name=match[2],
            given="、".join(sorted(given)),
        )


def _answering(graph: Graph, back: dict[str, set[str]], node_id: str) -> Iterable[Any] | None:
    """Return the tasks whose answer is the last one at a node; None where it cannot be told."""
    tasks, seen, stack = [], {node_id}, [node_id]
    while stack:
        one = stack.pop()
        if is_task(graph.nodes[one]):
            tasks.append(graph.nodes[one])
            continue
        if graph.kind(one) not in SILENT or not back[one]:
            return None
        new = back[one] - seen
        seen |= new
        stack.extend(new)
    return tasks
