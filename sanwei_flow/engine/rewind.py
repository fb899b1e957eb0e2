"""Going back: which steps came before a waiting one, and how the process returns to them.

What is already finished is no part of a state, so "before" is read off the drawing: along its
flows, leaving out those that lead back. Whoever calls knows which of those steps were taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.util.task import TaskState

from sanwei_flow.engine import specs
from sanwei_flow.engine.build import Program
from sanwei_flow.engine.model import NotWaiting
from sanwei_flow.engine.workflow import FastTask, FastWorkflow, write
from sanwei_flow.errors import N_

REPEATED = ("multi", "loop")


@dataclass(frozen=True)
class Before:
    """Node ids of the user tasks before a waiting one.

    From those in `again` the process can be run once more. Those in `amend` can at least be
    answered once more without moving anything: their answers still are plain variables.
    `turns` are those that came before in a round of people who decide one after another.
    """

    again: frozenset[str]
    amend: frozenset[str]
    turns: frozenset[int] = frozenset()


class Ways:
    """Who leads to whom in one process or sub-process, without the flows that lead back."""

    def __init__(self, spec: Any) -> None:
        self.onward: dict[str, list[str]] = {name: [] for name in spec.task_specs}
        self.inputs: dict[str, list[str]] = {name: [] for name in spec.task_specs}
        self.joins = [
            name
            for name, element in spec.task_specs.items()
            if isinstance(element, specs.ParallelGateway) and len(set(element._inputs)) > 1
        ]
        self._after: dict[str, frozenset[str]] = {}
        self._walk(spec)

    def _walk(self, spec: Any) -> None:
        """Follow every flow once; one that meets its own path leads back."""
        seen, path = {spec.start.name}, {spec.start.name}
        stack = [(spec.start.name, iter(spec.start._outputs))]
        while stack:
            name, targets = stack[-1]
            target = next(targets, None)
            if target is None:
                stack.pop()
                path.discard(name)
            elif target not in path:
                self.onward[name].append(target)
                self.inputs[target].append(name)
                if target not in seen:
                    seen.add(target)
                    path.add(target)
                    stack.append((target, iter(spec.task_specs[target]._outputs)))

    def after(self, name: str) -> frozenset[str]:
        """Every element that lies after this one."""
        found = self._after.get(name)
        if found is None:
            seen: set[str] = set()
            stack = list(self.onward[name])
            while stack:
                target = stack.pop()
                if target not in seen:
                    seen.add(target)
                    stack.extend(self.onward[target])
            found = self._after[name] = frozenset(seen)
        return found

    def leads_again(self, entry: str, place: str) -> bool:
        """Whether a token put on `entry` gets to `place` again.

        It does not from one branch alone of a parallel split that has been joined since.
        """
        behind = self.after(entry)
        if place not in behind:
            return False
        passed = (join for join in self.joins if join in behind and place in self.after(join))
        return all(source == entry or source in behind for j in passed for source in self.inputs[j])


def ways_of(spec: Any) -> Ways:
    """The ways of a scope, looked at once."""
    found: Ways | None = getattr(spec, "ways", None)
    if found is None:
        found = spec.ways = Ways(spec)
    return found


def before(task: FastTask) -> Before:
    """The user tasks before a waiting one, in its own scope and those around it."""
    again: set[str] = set()
    amend: set[str] = set()
    for part, anchor in _levels(task):
        ways, place = ways_of(part.spec), anchor.task_spec.name
        for element in part.spec.task_specs.values():
            node = element.node
            if not isinstance(element, specs.UserTask) or node == task.task_spec.node:
                continue
            entry = _entry(part.spec, node)
            if ways.leads_again(entry, place):
                again.add(node)
            if place in ways.after(entry) and node == element.name:  # no copy of a repeated one
                amend.add(node)
    round_ = _round(task)
    turns = round_.turns_before(task) if round_ is not None else ()
    return Before(frozenset(again), frozenset(amend), frozenset(turns))


def nodes_after(program: Program, node: str) -> frozenset[str]:
    """The ids of everything drawn after `node`, in its own scope and those around it."""
    found: set[str] = set()
    inner = node
    while True:
        owner, spec = _scope_of(program, inner)
        if spec is None:
            return frozenset(found)
        names = ways_of(spec).after(_entry(spec, inner))
        found |= {n for name in names for n in _drawn(program, spec.task_specs[name].node)}
        if owner is None:
            return frozenset(found)
        inner = owner


def go_back(task: FastTask, node: str, data: dict[str, Any], turn: int | None = None) -> None:
    """Withdraw the task with whatever was begun after `node`, and begin `node` anew.

    `data` is set where that step keeps its variables; `turn` is a turn of the task's own round.
    Raises NotWaiting where it cannot.
    """
    if turn is not None:
        _round_with(task, node, turn).take_up(task, turn, data)
        return
    part, anchor = _level_with(task, node)
    ways, entry = ways_of(part.spec), _entry(part.spec, node)
    if not ways.leads_again(entry, anchor.task_spec.name):
        raise _no_way()
    behind = ways.after(entry) | {entry}
    for other in part.open_tasks():
        if part.tasks.get(other.id) is other and _place(other) in behind:
            other.cancel()
    begun = part.task_tree._add_child(part.spec.task_specs[entry], TaskState.FUTURE)
    write(begun, data)
    begun.task_spec._update(begun)


def amend(task: FastTask, node: str, data: dict[str, Any], turn: int | None = None) -> None:
    """Set the variables that a step before the waiting task has answered anew."""
    if turn is not None:
        _round_with(task, node, turn).answered_anew(task, turn, data)
        return
    if node not in before(task).amend:
        raise _no_way()
    _part, anchor = _level_with(task, node)
    write(anchor, data)


def _round(task: FastTask) -> Any | None:
    """What repeats the task, if it does so for one after another."""
    if "in" not in task.internal_data:  # what follows the round hangs below it as well
        return None
    above = task.parent.task_spec
    return above if above.sequential else None


def _round_with(task: FastTask, node: str, turn: int) -> Any:
    found = _round(task)
    if found is None or node != task.task_spec.node or turn not in found.turns_before(task):
        raise _no_way()
    return found


def _level_with(task: FastTask, node: str) -> tuple[Any, FastTask]:
    for part, anchor in _levels(task):
        if node in part.spec.task_specs:
            return part, anchor
    raise _no_way()


def _levels(task: FastTask) -> Iterator[tuple[Any, FastTask]]:
    """The scopes around a task, innermost first, each with what stands for the task in it."""
    anchor = task
    while True:
        if anchor.parent is not None and anchor.parent.task_spec.kind in REPEATED:
            anchor = anchor.parent
        yield anchor.workflow, anchor
        if anchor.workflow.parent_task_id is None:
            return
        anchor = anchor.workflow.owner


def _place(task: FastTask) -> str:
    """Where a token stands; one that waits at a join still belongs to the branch it came from."""
    if isinstance(task.task_spec, specs.Join) and task.state == TaskState.WAITING:
        return str(task.internal_data.get("from", task.task_spec.name))
    if task.parent is not None and task.parent.task_spec.kind in REPEATED:
        return str(task.parent.task_spec.name)
    return str(task.task_spec.name)


def _entry(spec: Any, node: str) -> str:
    """The element where tokens for a node arrive: its boundary events come first."""
    split = f"{node} [events]"
    return split if split in spec.task_specs else node


def _scope_of(program: Program, node: str) -> tuple[str | None, Any]:
    if node in program.spec.task_specs:
        return None, program.spec
    for owner, spec in program.subspecs.items():
        if node in spec.task_specs:
            return owner, spec
    return None, None


def _drawn(program: Program, node: str | None) -> Iterator[str]:
    """A node and, if it is a sub-process, everything in it."""
    if node is None:
        return
    yield node
    if node in program.subspecs:
        for element in program.subspecs[node].task_specs.values():
            if element.name != f"{node} [each]":
                yield from _drawn(program, element.node)


def _no_way() -> NotWaiting:
    return NotWaiting(N_("流程不能从这里退回到那一步"))


def find(workflow: FastWorkflow, task_id: int) -> FastTask | None:
    """The waiting user task with this id."""
    task = workflow.find(task_id)
    waits = task is not None and isinstance(task.task_spec, specs.UserTask)
    return task if waits and task is not None and task.state == TaskState.READY else None
