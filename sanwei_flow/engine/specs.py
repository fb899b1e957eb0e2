"""The elements of a running process, as task specs of the library.

Each says what happens when a token arrives (`_update_hook`: True means "ready"), when it runs
(`_run_hook`: None means "goes on later") and when it completes.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs import BpmnProcessSpec
from SpiffWorkflow.operators import Operator
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.specs.ExclusiveChoice import ExclusiveChoice
from SpiffWorkflow.specs.MultiChoice import MultiChoice
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.util.task import TaskState

from sanwei_flow.engine.expressions import Expression, Template
from sanwei_flow.engine.model import EngineError
from sanwei_flow.engine.workflow import FastTask
from sanwei_flow.errors import N_

Settings = dict[str, str | Template]


class Spec(BpmnProcessSpec):
    """A process or sub-process. It ends when nothing in it is open, so it needs no end join."""

    def __init__(self, name: str) -> None:
        WorkflowSpec.__init__(self, name=name)
        self.data_objects: dict[str, Any] = {}
        # No id in a diagram can hold a blank, so an element called "Start" is no clash.
        self.start = Element(self, " start", kind="start", node=None)


class Element(TaskSpec):
    """What all elements share. `node` is the id in the diagram, None for what is not in it."""

    waits = False  # whether being open means that the world has to do something

    def __init__(self, wf_spec: Spec, name: str, *, kind: str, node: str | None) -> None:
        super().__init__(wf_spec, name)
        self.kind = kind
        self.node = node
        self.title = ""
        self.settings: Settings = {}

    def _predict(self, my_task: Any, *args: Any, **kwargs: Any) -> None:
        """Do nothing: the next tasks are made when this one completes."""

    def _update(self, my_task: FastTask) -> None:
        if self._update_hook(my_task):
            my_task._ready()

    def _update_hook(self, my_task: FastTask) -> bool:
        return True

    def _on_ready(self, my_task: FastTask) -> None:
        """Do nothing: a design is checked when it is compiled, not at each task."""

    def _run(self, my_task: FastTask) -> bool | None:
        return self._run_hook(my_task)

    def _run_hook(self, my_task: FastTask) -> bool | None:
        return True

    def _on_complete_hook(self, my_task: FastTask) -> None:
        """Release the boundary events of a finished activity, and tell who repeats it."""
        parent = my_task.parent
        hosted = parent is not None and isinstance(parent.task_spec, BoundarySplit)
        if hosted and self.kind != "boundaryEvent":
            for event in parent.children:
                if event is not my_task:
                    retire(event)
        super()._on_complete_hook(my_task)


class UserTask(Element):
    """Work of a person: stays ready until the person is done."""

    waits = True

    def __init__(self, wf_spec: Spec, name: str, *, kind: str, node: str | None) -> None:
        super().__init__(wf_spec, name, kind=kind, node=node)
        self.manual = True


class Call(Element):
    """A call activity: another instance does the work."""

    waits = True
    process = ""

    def _run_hook(self, my_task: FastTask) -> bool | None:
        return None


class Service(Element):
    """A registered operation does the work, outside of the step."""

    waits = True

    def _run_hook(self, my_task: FastTask) -> bool | None:
        return None


class Script(Element):
    """Lines of `name = expression`."""

    script = ""

    def _run_hook(self, my_task: FastTask) -> bool | None:
        return bool(my_task.workflow.script_engine.execute(my_task, self.script))


class SubProcess(Element):
    """An embedded sub-process; the step loop completes it when nothing in it is open."""

    waits = True

    def _run_hook(self, my_task: FastTask) -> bool | None:
        top = my_task.workflow.top_workflow
        my_task.enter_stage()
        top.begin_subprocess(my_task, top.subprocess_specs[self.node])
        return None


# Gateways


class Condition(Operator):
    """A sequence flow's condition."""

    def __init__(self, expression: Expression) -> None:
        super().__init__(expression)

    def _matches(self, task: FastTask) -> bool:
        value = task.workflow.script_engine.evaluate(task, self.args[0])
        if not isinstance(value, bool):
            raise EngineError(
                N_("条件「{source}」的结果不是真或假"),
                node=task.task_spec.node,
                source=self.args[0].source,
            )
        return value


class ExclusiveGateway(Element, ExclusiveChoice):
    """Takes the first flow whose condition holds, else the default."""

    def __init__(self, wf_spec: Spec, name: str, *, kind: str, node: str | None) -> None:
        Element.__init__(self, wf_spec, name, kind=kind, node=node)
        self.cond_task_specs: list[Any] = []
        self.choice = None
        self.default_task_spec = None

    def _predict_hook(self, my_task: FastTask) -> None:
        """Do nothing: running the gateway makes the chosen task."""

    def _run_hook(self, my_task: FastTask) -> bool | None:
        if self.default_task_spec is None and not any(
            condition._matches(my_task) for condition, _ in self.cond_task_specs
        ):
            raise EngineError(N_("网关「{node}」没有一个条件成立，也没有默认路径"), node=self.node)
        return bool(ExclusiveChoice._run_hook(self, my_task))


class Join(Element):
    """An element that waits for tokens on several incoming flows."""

    def _arrive(self, my_task: FastTask) -> dict[str, FastTask]:
        """Note where this token came from; return one waiting token for each flow that has one."""
        my_task.internal_data.setdefault("from", my_task.parent.task_spec.name)
        my_task._set_state(TaskState.WAITING)
        tokens: dict[str, FastTask] = {}
        for task in my_task.workflow.tasks.values():
            if task.task_spec is self and task._state == TaskState.WAITING:
                tokens.setdefault(task.internal_data["from"], task)
        tokens[my_task.internal_data["from"]] = my_task
        return tokens

    @staticmethod
    def _consume(tokens: dict[str, FastTask], my_task: FastTask) -> None:
        for task in tokens.values():
            if task is not my_task:
                task.cancel()


class ParallelGateway(Join):
    """Waits for one token on every incoming flow; surplus tokens stay for the next time."""

    def _update_hook(self, my_task: FastTask) -> bool:
        wanted = set(self._inputs)
        if len(wanted) == 1:
            return True
        tokens = self._arrive(my_task)
        if set(tokens) < wanted:
            return False
        self._consume(tokens, my_task)
        return True


class InclusiveGateway(Join, MultiChoice):
    """Waits for every token that can still come; then takes all flows whose conditions hold."""

    def __init__(self, wf_spec: Spec, name: str, *, kind: str, node: str | None) -> None:
        Element.__init__(self, wf_spec, name, kind=kind, node=node)
        self.cond_task_specs: list[Any] = []
        self.choice = None

    def _predict_hook(self, my_task: FastTask) -> None:
        """Do nothing: running the gateway makes the chosen tasks."""

    def _update_hook(self, my_task: FastTask) -> bool:
        if len(set(self._inputs)) == 1:
            return True
        self._arrive(my_task)
        return False

    def settle(self, my_task: FastTask) -> bool:
        """Let a waiting token go on if no other token has to come first.

        As the standard has it: one that can reach a flow without a token, unless it can reach a
        flow with one as well, for then it belongs to the next round.
        """
        tokens = self._arrive(my_task)
        empty = set(self._inputs) - set(tokens)
        for task in my_task.workflow.open_tasks():
            if task.task_spec is not self:
                reachable = self._reachable(task.task_spec)
                if reachable & empty and not reachable & set(tokens):
                    return False
        self._consume(tokens, my_task)
        my_task._ready()
        return True

    def _reachable(self, start: Any) -> set[str]:
        """Return the names of all elements a token at `start` can reach without this gateway."""
        seen: set[str] = set()
        stack = [start.name]
        while stack:
            name = stack.pop()
            if name not in seen and name != self.name:
                seen.add(name)
                stack.extend(self._wf_spec.task_specs[name]._outputs)
        return seen

    def _run_hook(self, my_task: FastTask) -> bool | None:
        matches, defaults = self._get_matching_outputs(my_task)
        if not matches and not defaults:
            raise EngineError(N_("网关「{node}」没有一个条件成立，也没有默认路径"), node=self.node)
        my_task._sync_children(matches or defaults, TaskState.FUTURE)
        return True


class EventGateway(Element):
    """Whichever of the following events comes first takes the token; the others are forgotten."""


class BoundarySplit(Element):
    """Stands before an activity with boundary events, and holds both together."""


def retire(task: FastTask) -> None:
    """End an event that is no longer needed; what a repeated one has started goes on."""
    if task.state == TaskState.WAITING and task.children:
        task._set_state(TaskState.COMPLETED)
    else:
        task.cancel()
