"""A process or sub-process as a graph, for the checks: who leads where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sanwei_flow.engine import bpmn

WAITING = frozenset(
    {
        "userTask",
        "manualTask",
        "callActivity",
        "serviceTask",
        "receiveTask",
        "intermediateCatchEvent",
        "eventBasedGateway",
    }
)


@dataclass
class Graph:
    """One scope: its nodes by id, its flows, and the links between them drawn as link events."""

    scope: Any
    nodes: dict[str, Any] = field(default_factory=dict)
    outgoing: dict[str, list[Any]] = field(default_factory=dict)
    incoming: dict[str, list[Any]] = field(default_factory=dict)
    events: dict[str, list[str]] = field(default_factory=dict)  # activity -> boundary events
    links: dict[str, str] = field(default_factory=dict)  # link throw -> link catch
    dangling: list[Any] = field(default_factory=list)  # flows whose ends are not in this scope

    @property
    def starts(self) -> list[str]:
        return [i for i, node in self.nodes.items() if bpmn.tag(node) == "startEvent"]

    def kind(self, node_id: str) -> str:
        return bpmn.tag(self.nodes[node_id])

    def after(self, node_id: str) -> list[str]:
        """Return where a token can go from a node, by flows, links and boundary events."""
        found = [flow.get("targetRef") for flow in self.outgoing.get(node_id, [])]
        if node_id in self.links:
            found.append(self.links[node_id])
        return found + self.events.get(node_id, [])

    def reachable(self, starts: Iterable[str], without: str | None = None) -> set[str]:
        """Return every node a token can get to, without passing through `without`."""
        seen: set[str] = set()
        stack = list(starts)
        while stack:
            node_id = stack.pop()
            if node_id not in seen and node_id != without:
                seen.add(node_id)
                stack.extend(self.after(node_id))
        return seen

    def waits(self, node_id: str) -> bool:
        """Whether a token stops here for a person, a time or another instance."""
        if self.kind(node_id) in WAITING:
            return True
        return any(bpmn.tag(inner) in WAITING for inner in self.nodes[node_id].iterdescendants())

    def automatic_loops(self) -> list[str]:
        """Return one node of each loop in which nothing ever waits."""
        automatic = {node_id for node_id in self.nodes if not self.waits(node_id)}
        found: list[str] = []
        covered: set[str] = set()
        for node_id in self.nodes:
            if node_id not in automatic or node_id in covered:
                continue
            loop = self._round_trip(node_id, automatic)
            if loop:
                found.append(node_id)
                covered |= loop
        return found

    def _round_trip(self, start: str, allowed: set[str]) -> set[str]:
        """Return the nodes reachable from `start` within `allowed`, if `start` is among them."""
        seen: set[str] = set()
        stack = [node for node in self.after(start) if node in allowed]
        while stack:
            node_id = stack.pop()
            if node_id not in seen:
                seen.add(node_id)
                stack.extend(node for node in self.after(node_id) if node in allowed)
        return seen if start in seen else set()


def graph_of(scope: Any) -> Graph:
    """Read one scope. References that lead nowhere are left out, dangling flows are listed."""
    graph = Graph(scope)
    graph.nodes = {node.get("id"): node for node in bpmn.flow_nodes(scope) if node.get("id")}
    for flow in bpmn.flows(scope):
        source, target = flow.get("sourceRef"), flow.get("targetRef")
        if source in graph.nodes and target in graph.nodes:
            graph.outgoing.setdefault(source, []).append(flow)
            graph.incoming.setdefault(target, []).append(flow)
        else:
            graph.dangling.append(flow)
    catches: dict[str, str] = {}
    throws: dict[str, str] = {}
    for node_id, node in graph.nodes.items():
        if node.get("attachedToRef") in graph.nodes:
            graph.events.setdefault(node.get("attachedToRef"), []).append(node_id)
        name = link_name(node)
        if name is not None:
            kind = throws if bpmn.tag(node) == "intermediateThrowEvent" else catches
            kind[node_id if kind is throws else name] = name if kind is throws else node_id
    graph.links = {t: catches[name] for t, name in throws.items() if name in catches}
    return graph


def link_name(node: Any) -> str | None:
    """Return the name of a link event, None for any other node."""
    for definition in bpmn.event_definitions(node):
        if bpmn.event_kind(definition) == "link":
            return definition.get("name") or node.get("name") or ""
    return None
