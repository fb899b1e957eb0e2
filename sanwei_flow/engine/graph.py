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

    def waits(self, node_id: str, kinds: frozenset[str] = WAITING) -> bool:
        """Whether a token stops here, or inside, at an element of one of these kinds."""
        if self.kind(node_id) in kinds:
            return True
        return any(bpmn.tag(inner) in kinds for inner in self.nodes[node_id].iterdescendants())

    def automatic_loop(self, kinds: frozenset[str] = WAITING) -> str | None:
        """Return a node of a loop in which nothing of these kinds waits, None if there is none."""
        automatic = {node_id for node_id in self.nodes if not self.waits(node_id, kinds)}
        edges = {
            node_id: [target for target in self.after(node_id) if target in automatic]
            for node_id in self.nodes
            if node_id in automatic
        }
        # Take away whatever leads nowhere, again and again: what stays leads into a loop for ever.
        sources: dict[str, list[str]] = {node_id: [] for node_id in edges}
        for node_id, targets in edges.items():
            for target in targets:
                sources[target].append(node_id)
        left = {node_id: len(targets) for node_id, targets in edges.items()}
        done = [node_id for node_id, count in left.items() if count == 0]
        while done:
            gone = done.pop()
            del left[gone]
            for source in sources[gone]:
                left[source] -= 1
                if left[source] == 0:
                    done.append(source)
        if not left:
            return None
        # Follow what is left until a node comes again: that one is in the loop itself.
        node_id, seen = next(iter(left)), set()
        while node_id not in seen:
            seen.add(node_id)
            node_id = next(target for target in edges[node_id] if target in left)
        return node_id


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
