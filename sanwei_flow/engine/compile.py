"""From a file to a design that can run, or to the sentences that say why it cannot."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from lxml import etree

from sanwei_flow.engine import bpmn
from sanwei_flow.engine.build import program_of
from sanwei_flow.engine.expressions import strip_marks
from sanwei_flow.engine.graph import graph_of
from sanwei_flow.engine.lint import check_ids, lint
from sanwei_flow.engine.lint_settings import variables_read
from sanwei_flow.engine.model import Design, DesignError, Joint, Names, Node, Problem
from sanwei_flow.engine.normalise import normalise
from sanwei_flow.engine.reading import check_schema, read_xml, refuse
from sanwei_flow.errors import N_

ANYTHING = Names()
#: The completion condition that lets the first answer decide.
FIRST = re.compile(
    r"\s*nrOfCompletedInstances\s*(?:>=|==)\s*1\s*|\s*nrOfCompletedInstances\s*>\s*0\s*"
)


def compile_design(xml: bytes, *, names: Names = ANYTHING) -> Design:
    """Check, normalise and compile a BPMN file. Raises DesignError with every problem found."""
    root = read_xml(xml)
    problems = check_ids(root)
    if not problems:
        check_schema(root)
        problems = lint(root, names)
    if any(problem.severity == "error" for problem in problems):
        raise DesignError(problems)
    design = _design(root, xml, tuple(problems))
    program_of(design)
    return design


def load_design(xml: bytes) -> Design:
    """Compile a file that passed the checks when it was published.

    Running instances stay on their version even if the checks have become stricter since.
    """
    return _design(read_xml(xml), xml, ())


def check_design(xml: bytes, *, names: Names = ANYTHING) -> list[Problem]:
    """Return every problem of a BPMN file, errors first; without an error it can run."""
    try:
        return list(compile_design(xml, names=names).warnings)
    except DesignError as error:
        return error.problems


def head_of(xml: bytes) -> tuple[str, str]:
    """The key and the name of the process in a BPMN file, which may have any other problem.

    Raises DesignError for what is no BPMN file, or has no process with an id.
    """
    process = bpmn.process_of(read_xml(xml))
    if process is None or not process.get("id"):
        raise refuse("process-missing", N_("文件里没有带编号的流程"))
    return process.get("id"), process.get("name") or process.get("id")


def _design(root: Any, xml: bytes, warnings: tuple[Problem, ...]) -> Design:
    process = bpmn.process_of(root)
    normal = normalise(root)
    graphs = [graph_of(scope) for scope in bpmn.scopes(process)]
    return Design(
        key=process.get("id"),
        name=process.get("name") or process.get("id"),
        hash=hashlib.sha256(xml).hexdigest(),
        nodes=_nodes(process),
        variables=variables_read(process, graphs),
        settings=bpmn.settings_of(process),
        normal=etree.tostring(normal),
        warnings=warnings,
    )


def _nodes(process: Any) -> dict[str, Node]:
    lanes = bpmn.lane_names(process)
    nodes: dict[str, Node] = {}
    for scope in bpmn.scopes(process):
        parent = None if scope is process else scope.get("id")
        for node in bpmn.flow_nodes(scope):
            node_id = node.get("id")
            nodes[node_id] = Node(
                id=node_id,
                name=node.get("name") or "",
                kind=bpmn.tag(node),
                lane=lanes.get(node_id) or (nodes[parent].lane if parent else None),
                settings=bpmn.settings_of(node),
                parent=parent,
                joint=_joint(node),
            )
    return nodes


def _joint(node: Any) -> Joint | None:
    """How the people decide among whom a user task is repeated."""
    loop = bpmn.loop_of(node)
    if loop is None or bpmn.tag(node) != "userTask":
        return None
    if bpmn.tag(loop) == "standardLoopCharacteristics":
        return None
    multi = bpmn.multi_of(node, loop)
    if multi.condition is None:
        return "sequential" if multi.sequential else "all"
    if FIRST.fullmatch(strip_marks(multi.condition)):
        return "any"
    return "ratio"
