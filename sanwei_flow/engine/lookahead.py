"""Whether an instance that is moved to another version can still get to the end of it.

Where tokens stand is settled; this is about what lies before them: joins that would wait for ever,
work that was side by side and would follow itself, names that nobody fills in any more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import permutations
from typing import Any

from lxml import etree
from SpiffWorkflow.util.task import TaskState

from sanwei_flow.engine import bpmn, specs
from sanwei_flow.engine.build import program_of
from sanwei_flow.engine.expressions import AMBIENT, LOOP
from sanwei_flow.engine.faults import CannotMove
from sanwei_flow.engine.graph import Graph, graph_of
from sanwei_flow.engine.lint_settings import reads_and_writes
from sanwei_flow.engine.model import Design
from sanwei_flow.engine.rewind import REPEATED, ways_of
from sanwei_flow.engine.workflow import FastTask, FastWorkflow, visible
from sanwei_flow.errors import N_

Part = Any
Fields = Mapping[str, frozenset[str]]
#: A design, an instance of it, and the names each of its forms fills in.
Running = tuple[Design, FastWorkflow, Fields]


def check(was: FastWorkflow, now: FastWorkflow, mapping: Mapping[str, str]) -> None:
    """Compare what lies before the tokens in both designs. Raises CannotMove."""
    before, after = list(was.workflows()), list(now.workflows())
    for old, new in zip(before, after, strict=True):
        _check_order(old, new)
        _check_joins(old, new, mapping)


def _standing(part: Part) -> list[str]:
    """The elements at which tokens of a scope stand, in the order of the tokens."""
    return [_place(task) for task in part.open_tasks() if _counts(task)]


def _counts(task: FastTask) -> bool:
    """A copy stands for what repeats it; an event that waits is no token yet."""
    return task.task_spec.kind != "boundaryEvent" and (
        task.parent is None or task.parent.task_spec.kind not in REPEATED
    )


def _place(task: FastTask) -> str:
    return str(task.task_spec.name)


def _check_order(old: Part, new: Part) -> None:
    """Two things under way at once must not come one after the other."""
    places = list(dict.fromkeys(zip(_standing(old), _standing(new), strict=True)))
    ways_before, ways_now = ways_of(old.spec), ways_of(new.spec)
    for (first, first_now), (second, second_now) in permutations(places, 2):
        follows = second_now in ways_now.after(first_now)
        if follows and second not in ways_before.after(first):
            raise CannotMove(
                N_("同时在办的「{name}」和「{other}」，在新版里是先后两步"),
                node=old.spec.task_specs[first].node,
                name=_title(old, first),
                other=_title(old, second),
            )


def _check_joins(old: Part, new: Part, mapping: Mapping[str, str]) -> None:
    """No join before the tokens may lack a branch that it did not lack before."""
    known = {mapping.get(name, "") for name in _starved(old)}
    for name in _starved(new):
        if name not in known:
            raise CannotMove(
                N_("新版的汇合处「{name}」再也等不齐：有一路上没有正在办理的环节"),
                node=name,
                name=_title(new, name),
            )


def _starved(part: Part) -> list[str]:
    """The joins some token can get to, and for one of whose branches there is none."""
    tokens = [task for task in part.open_tasks() if _counts(task) or _branches(task)]
    found = []
    for name, element in part.spec.task_specs.items():
        if not isinstance(element, specs.ParallelGateway) or len(set(element._inputs)) < 2:
            continue
        waiting = {
            task.internal_data.get("from")
            for task in tokens
            if task.task_spec is element and task.state == TaskState.WAITING
        }
        starts = [task.task_spec.name for task in tokens if task.task_spec is not element]
        reach = _reachable(part.spec, starts, without=name)
        arriving = set(element._inputs) & reach
        if (arriving or waiting) and set(element._inputs) - arriving - waiting:
            found.append(name)
    return found


def _branches(task: FastTask) -> bool:
    """A boundary event that can still happen, and lead on from there."""
    return bool(task.task_spec.kind == "boundaryEvent" and task.state == TaskState.WAITING)


def _reachable(spec: Any, starts: list[str], without: str) -> set[str]:
    seen: set[str] = set()
    stack = list(starts)
    while stack:
        name = stack.pop()
        if name not in seen and name != without:
            seen.add(name)
            stack.extend(spec.task_specs[name]._outputs)
    return seen


def _title(part: Part, name: str) -> str:
    element = part.spec.task_specs[name]
    return str(element.title or element.node or name)


# Names: what the elements ahead read, somebody must have filled in.


def check_names(before: Running, after: Running) -> None:
    """Everything ahead must find the names it reads. Raises CannotMove.

    A name that was missing already in the old design is no fault of the move.
    """
    lacking = _lacking(*after) - _lacking(*before)
    if lacking:
        raise CannotMove(
            N_("后面的步骤要用「{names}」，而这个流程已经过了填写它的环节"),
            names="、".join(sorted(lacking)),
        )


def _lacking(design: Design, workflow: FastWorkflow, fields: Fields) -> set[str]:
    """The names that are read ahead of the tokens, and neither are there nor will be."""
    process, graphs = _drawing(design)
    running = {sub.owner.task_spec.node for sub in workflow.subprocesses.values()}
    ahead: dict[str, Any] = {"": process}  # what a process returns is read at its end
    known: set[str] = set(AMBIENT | LOOP | workflow.variables.keys())
    for part in workflow.workflows():
        owner = getattr(part, "owner", None)
        graph = graphs[owner.task_spec.node if owner is not None else process.get("id")]
        ahead.update(_ahead(graph, part, running))
        for task in part.open_tasks():
            known |= visible(task).keys()
    read: set[str] = set()
    for element in ahead.values():
        reads, writes = reads_and_writes(element, process, fields)
        read |= reads
        known |= writes
    return read - known


def _drawing(design: Design) -> tuple[Any, dict[str, Graph]]:
    """The process as it runs, and the graph of each scope; looked at once."""
    program = program_of(design)
    if program.drawing is None:
        process = bpmn.process_of(etree.fromstring(design.normal))
        graphs = {graph.scope.get("id"): graph for graph in map(graph_of, bpmn.scopes(process))}
        program.drawing = process, graphs
    found: tuple[Any, dict[str, Graph]] = program.drawing
    return found


def _ahead(graph: Graph, part: Part, running: set[str]) -> Iterator[tuple[str, Any]]:
    """The elements a token of this scope can still get to, with the flows out of them.

    What is in a sub-process under way is told by its own tokens, unless it comes again.
    """
    names = {task.task_spec.name.partition(" ")[0] for task in part.open_tasks()}
    starts = [name for name in names if name in graph.nodes]
    again = graph.reachable(after for start in starts for after in graph.after(start))
    for node_id in graph.reachable(starts):
        node = graph.nodes[node_id]
        yield node_id, node
        for flow in graph.outgoing.get(node_id, []):
            yield flow.get("id"), flow
        if node_id in running and node_id not in again:
            continue
        for inner in node.iterdescendants():
            if inner.get("id") and bpmn.tag(inner) in INSIDE:
                yield inner.get("id"), inner


INSIDE = bpmn.FLOW_NODES | {"sequenceFlow"}
