"""A lean subclass of the library's workflow and task: flat, deterministic, free of the clock.

What differs from the library, and why:

* Variables belong to the instance, not to each task, so nothing is copied from task to task and
  parallel branches never merge lists. One multi-instance copy has a scope of its own.
* Tasks are made when their predecessor completes; nothing is predicted, so nothing predicted is
  stored, walked or thrown away.
* Ready tasks queue up; nothing ever walks the tree to find them.
* Task ids grow with time, so a state and an event give the same result again, and an id is not used
  again after an undo.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.script_engine import BasePythonScriptEngineEnvironment, PythonScriptEngine
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from sanwei_flow.engine import evaluation, expressions
from sanwei_flow.engine.model import EngineError
from sanwei_flow.errors import N_

if TYPE_CHECKING:
    from sanwei_flow.engine.build import Program

MAX_TASKS = 5000
UNFINISHED = TaskState.NOT_FINISHED_MASK


class FastTask(Task):
    """A task without log records and predictions."""

    def __init__(
        self, workflow: Any, task_spec: Any, parent: Any = None, state: int = 1, task_id: int = 0
    ) -> None:
        task_id = task_id or workflow.top_workflow.new_task_id()
        super().__init__(workflow, task_spec, parent, state, task_id)

    def _add_child(self, task_spec: Any, state: int = TaskState.FUTURE) -> FastTask:
        return FastTask(self.workflow, task_spec, self, state)

    def _set_state(self, value: int) -> None:
        self._state = value
        if value == TaskState.READY and not self.task_spec.manual:
            self.workflow.top_workflow.queue(self)

    def complete(self) -> None:
        """Complete, make the next tasks, and release what hangs on this one."""
        spec, top = self.task_spec, self.workflow.top_workflow
        spec._predict_hook(self)
        top.pass_node(spec)
        if not spec.waits:
            self.enter_stage()
        super().complete()
        for child in self.children:
            if not child.triggered:
                top.pass_flow(spec, child.task_spec)

    def enter_stage(self) -> None:
        """Let the instance enter the stage this element sets, if it sets one."""
        stage = self.task_spec.settings.get("stage")
        if stage:
            top = self.workflow.top_workflow
            ambient = top.script_engine.environment.ambient
            top.stage = str(evaluation.fill(stage, visible(self), ambient))

    def cancel(self) -> None:
        """Cancel an unfinished task with everything below it, its sub-process included."""
        if self._state & UNFINISHED:
            self._state = TaskState.CANCELLED
            self.workflow.top_workflow.drop_subprocess(self.id)
            for child in self.children:
                self.workflow._remove_task(child.id)

    @property
    def finished(self) -> bool:
        return not self._state & UNFINISHED


class _Flat:
    """What instance and sub-process share."""

    top_workflow: Any
    tasks: dict[int, FastTask]

    def _remove_task(self, task_id: int) -> None:
        task = self.tasks[task_id]
        self.top_workflow.drop_subprocess(task_id)
        for child in task.children:
            self._remove_task(child.id)
        task.parent._children.remove(task_id)
        del self.tasks[task_id]

    def _task_completed_notify(self, task: FastTask) -> None:
        """Do nothing: the step loop looks for what else has ended once nothing is ready."""

    def update_waiting_tasks(self) -> None:
        """Do nothing: joins look at their tokens in the step loop."""

    def open_tasks(self) -> list[FastTask]:
        return [task for task in self.tasks.values() if task._state & UNFINISHED]


class FastSubWorkflow(_Flat, BpmnSubWorkflow):
    """An embedded sub-process; its `owner` is the task that waits for it."""

    def __init__(self, spec: Any, owner: FastTask) -> None:
        self.owner = owner
        super().__init__(spec, owner.id, owner.workflow.top_workflow, deserializing=True)

    def _calculate_depth(self) -> int:
        return 0

    def begin(self) -> None:
        self.task_tree = FastTask(self, self.spec.start)
        self.task_tree._ready()


class FastWorkflow(_Flat, BpmnWorkflow):
    """An instance in memory, for the length of one step."""

    def __init__(self, program: Program, engine: CelEngine, last_id: int) -> None:
        if not isinstance(engine, CelEngine):
            raise TypeError("an instance runs with our expression engine only")
        self.program = program
        self.last_id = last_id
        self.variables: dict[str, Any] = {}
        self.ready: deque[FastTask] = deque()
        self.thrown: deque[tuple[FastTask, Any]] = deque()
        self.messages: list[tuple[str, dict[str, Any]]] = []
        self.passed: list[str] = []
        self.stage: str | None = None
        self.task_count = 0
        super().__init__(program.spec, program.subspecs, engine, deserializing=True)

    def begin(self) -> None:
        self.task_tree = FastTask(self, self.spec.start)
        self.task_tree._ready()

    def new_task_id(self) -> int:
        self.task_count += 1
        if self.task_count > MAX_TASKS:
            raise EngineError(N_("流程一次产生的任务超过 {limit} 个"), limit=MAX_TASKS)
        self.last_id += 1
        return self.last_id

    def queue(self, task: FastTask) -> None:
        """Let the step loop run it; a boundary event goes first, or the activity would win."""
        if task.task_spec.kind == "boundaryEvent":
            self.ready.appendleft(task)
        else:
            self.ready.append(task)

    def begin_subprocess(self, owner: FastTask, spec: Any) -> None:
        sub = FastSubWorkflow(spec, owner)
        self.subprocesses[owner.id] = sub
        sub.begin()

    def drop_subprocess(self, task_id: int) -> None:
        """Forget the sub-process of a task, and those inside it."""
        sub = self.subprocesses.pop(task_id, None)
        if sub is not None:
            for inner in list(sub.tasks):
                self.drop_subprocess(inner)
            sub.tasks = {}

    def workflows(self) -> Iterator[Any]:
        """Iterate over the instance and its sub-processes, outermost first."""
        yield self
        yield from self.subprocesses.values()

    def alive(self, task: FastTask) -> bool:
        return task.workflow.tasks.get(task.id) is task

    def pass_node(self, spec: Any) -> None:
        """Note that a token has left an element, for the diagram."""
        if spec.node is not None and spec.kind not in ("multi", "loop"):
            self.passed.append(spec.node)

    def pass_flow(self, source: Any, target: Any) -> None:
        """Note that a token went along a sequence flow."""
        flow = self.program.flows.get((source.name, target.name))
        if flow is not None:
            self.passed.append(flow)

    def find(self, task_id: int) -> FastTask | None:
        for workflow in self.workflows():
            task = workflow.tasks.get(task_id)
            if task is not None:
                return task
        return None


# Scopes: the instance's variables, or those of one multi-instance copy above them.


def _owner(task: FastTask) -> FastTask | None:
    """Return the multi-instance copy this task belongs to, if any."""
    while True:
        if "in" in task.internal_data:
            return task
        if task.workflow.parent_task_id is None:
            return None
        task = task.workflow.owner


def visible(task: FastTask) -> dict[str, Any]:
    """Return the variables an element sees. To be read, never changed in place."""
    copy = _owner(task)
    if copy is None:
        return task.workflow.top_workflow.variables
    inner = {**copy.internal_data["in"], **copy.internal_data.get("out", {})}
    return {**visible(copy.parent), **inner}


def write(task: FastTask, data: dict[str, Any]) -> None:
    """Set variables where the element's scope keeps them."""
    copy = _owner(task)
    if copy is None:
        task.workflow.top_workflow.variables.update(data)
    else:
        copy.internal_data.setdefault("out", {}).update(data)


# Expressions: the choke point of the library, so that nothing of it can fall back to Python.


class CelEnvironment(BasePythonScriptEngineEnvironment):
    """Evaluates CEL over given variables."""

    def __init__(self, ambient: evaluation.Ambient, at: datetime) -> None:
        self.ambient = ambient
        self.at = at
        super().__init__()

    def evaluate(self, expression: Any, context: Any, external_context: Any = None) -> Any:
        if isinstance(expression, str):
            expression = expressions.compile_expression(expressions.strip_marks(expression))
        return evaluation.evaluate(expression, context, self.ambient)

    def execute(self, script: Any, context: Any, external_context: Any = None) -> bool:
        """Run a script's assignments on a copy, then keep all of them or none."""
        result = dict(context)
        for name, expression in expressions.compile_script(script):
            result[name] = evaluation.evaluate(expression, result, self.ambient)
        context.update(result)
        return True

    def call_service(self, context: Any, **kwargs: Any) -> Any:
        raise EngineError(N_("服务只能通过登记的操作调用"))


class CelEngine(PythonScriptEngine):
    """The only script engine an instance may have."""

    def __init__(self, ambient: evaluation.Ambient, at: datetime) -> None:
        super().__init__(CelEnvironment(ambient, at))

    def validate(self, expression: str) -> None:
        try:
            expressions.compile_expression(expressions.strip_marks(expression))
        except expressions.ExpressionError as error:
            raise SyntaxError(str(error)) from None

    def evaluate(self, task: Any, expression: Any, external_context: Any = None) -> Any:
        return self.environment.evaluate(expression, visible(task))

    def execute(self, task: Any, script: Any, external_context: Any = None) -> bool:
        context = dict(visible(task))
        before = dict(context)
        self.environment.execute(script, context)
        write(task, {k: v for k, v in context.items() if k not in before or v is not before[k]})
        return True

    def call_service(self, task: Any, **kwargs: Any) -> Any:
        return self.environment.call_service({}, **kwargs)
