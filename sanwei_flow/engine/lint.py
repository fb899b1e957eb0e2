"""Checks of a design: what the engine cannot run, or would run otherwise than drawn.

Every rule has a stable name and a sentence that says what to draw instead.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from sanwei_flow.engine import bpmn, lint_elements, lint_flow, lint_settings, lint_ways
from sanwei_flow.engine.graph import graph_of
from sanwei_flow.engine.model import Names, Problem
from sanwei_flow.engine.normalise import inline_references
from sanwei_flow.engine.reporting import Report
from sanwei_flow.errors import N_

MAX_NODES = 2000
MAX_SETTINGS = 5000


def lint(root: Any, names: Names) -> list[Problem]:
    """Return every problem of the definitions, errors first."""
    report = Report()
    process = _one_process(root, report)
    if process is None:
        return report.problems
    inline_references(root)
    _check_size(process, report)
    if report.problems:
        return report.problems
    graphs = [graph_of(scope) for scope in bpmn.scopes(process)]
    lint_elements.check(root, process, graphs, report)
    for graph in graphs:
        lint_flow.check(graph, report)
        lint_ways.check(graph, report)
    lint_flow.check_throws(root, graphs, report)
    lint_settings.check(process, graphs, names, report)
    return sorted(report.problems, key=lambda problem: problem.severity != "error")


def _one_process(root: Any, report: Report) -> Any:
    processes = bpmn.processes(root)
    if not processes:
        report.error("no-process", None, N_("文件里没有流程"))
        return None
    if len(processes) > 1:
        report.error(
            "several-processes",
            processes[1],
            N_("一个文件只能有一个流程，请把其余 {count} 个存成单独的文件，用调用活动或消息相连"),
            count=len(processes) - 1,
        )
        return None
    process = processes[0]
    if process.get("isExecutable") == "false":
        report.warning("not-executable", process, N_("流程标记为不可执行；发布后仍会执行"))
    return process


def check_ids(root: Any) -> list[Problem]:
    """Return the ids that are used twice; the schema would say so less plainly."""
    report = Report()
    counts = Counter(element.get("id") for element in root.iter() if element.get("id"))
    seen = set()
    for element in root.iter():
        name = element.get("id")
        if name and counts[name] > 1:
            if name in seen:
                report.error("duplicate-id", element, N_("编号「{name}」用了不止一次"), name=name)
            seen.add(name)
    return report.problems


def _check_size(process: Any, report: Report) -> None:
    total = 0
    for scope in bpmn.scopes(process):
        for node in [*bpmn.flow_nodes(scope), *bpmn.flows(scope)]:
            total += 1
            if not node.get("id"):
                report.error("id-missing", node, N_("有一个 {kind} 没有编号"), kind=bpmn.tag(node))
    if total > MAX_NODES * 2:
        report.error("too-many-nodes", process, N_("流程图超过 {limit} 个节点"), limit=MAX_NODES)
    if sum(1 for _ in process.iter(f"{{{bpmn.SPIFF}}}property")) > MAX_SETTINGS:
        report.error(
            "too-many-settings", process, N_("流程图的设置超过 {limit} 项"), limit=MAX_SETTINGS
        )
