"""From a file to a design that can run, or to the sentences that say why it cannot."""

from __future__ import annotations

import hashlib
from typing import Any

from lxml import etree

from sanwei_flow.engine import bpmn
from sanwei_flow.engine.model import Design, DesignError, Names, Node, Problem

ANYTHING = Names()


def compile_design(xml: bytes, *, names: Names = ANYTHING) -> Design:
    """Check, normalise and compile a BPMN file. Raises DesignError with every problem found."""
    del names
    root = etree.fromstring(xml)
    process = bpmn.process_of(root)
    return Design(
        key=process.get("id"),
        name=process.get("name") or process.get("id"),
        hash=hashlib.sha256(xml).hexdigest(),
        nodes=_nodes(process),
        variables=frozenset(),
        settings=bpmn.settings_of(process),
        normal=etree.tostring(root),
    )


def check_design(xml: bytes, *, names: Names = ANYTHING) -> list[Problem]:
    """Return every problem of a BPMN file, errors first; an empty list means it can run."""
    try:
        return list(compile_design(xml, names=names).warnings)
    except DesignError as error:
        return error.problems


def _nodes(process: Any) -> dict[str, Node]:
    lanes = bpmn.lane_names(process)
    nodes = {}
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
            )
    return nodes
