"""Starting an instance and letting something happen to it: state in, state and effects out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from SpiffWorkflow.exceptions import SpiffWorkflowException

from sanwei_flow.engine import codec, effects, events, model, rewind, specs, timers
from sanwei_flow.engine.build import program_of
from sanwei_flow.engine.evaluation import Ambient, fill, functions_of
from sanwei_flow.engine.guard import clean_data
from sanwei_flow.engine.loop import settle
from sanwei_flow.engine.model import Design, EngineError, Event, Functions, NotWaiting, Step
from sanwei_flow.engine.workflow import CelEngine, FastTask, FastWorkflow, write
from sanwei_flow.errors import N_

MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def start(
    design: Design,
    variables: dict[str, Any],
    at: datetime,
    *,
    functions: Functions,
    checked: bool = False,
) -> Step:
    """Start an instance with these variables and run it to its first waiting points.

    `checked`: the variables are what another instance passed on, and need no second look.
    Raises EngineError when it cannot, BadData for variables that are no JSON.
    """
    engine = engine_at(at, functions)
    workflow = FastWorkflow(program_of(design), engine, _moment_id(at))
    workflow.variables = dict(variables) if checked else clean_data(variables)
    with _errors_as_ours():
        workflow.begin()
        settle(workflow)
        return _step(design, workflow, effects.Open({}), 0, at)


def act(design: Design, state: bytes, event: Event, at: datetime, *, functions: Functions) -> Step:
    """Let one event happen and run on to the next waiting points.

    Raises NotWaiting when nothing waits for the event, EngineError when the instance cannot go on;
    the given state stays good in both cases.
    """
    content = codec.read(state, design)
    if content["s"] != "running":
        raise NotWaiting(N_("流程已经结束"))
    workflow = codec.load(content, program_of(design), engine_at(at, functions))
    workflow.last_id = max(workflow.last_id, _moment_id(at))
    before = effects.Open(effects.open_work(workflow))
    with _errors_as_ours():
        if isinstance(event, model.Cancel):
            return _cancelled(design, workflow, before, at)
        done = _apply(workflow, event, at)
        settle(workflow)
        step = _step(design, workflow, before, done, at)
        return _with_changes(step, workflow) if isinstance(event, model.Amend) else step


def waiting(
    design: Design,
    state: bytes,
    at: datetime | None = None,
    *,
    functions: Functions | None = None,
) -> list[model.Effect]:
    """Return what the instance presently asks of the world, as when it was asked.

    `at` and `functions` are for settings that depend on them; without `at` the moment of the last
    step counts, without `functions` a setting that counts working days raises EngineError.
    """
    content = codec.read(state, design)
    if content["s"] != "running":
        return []
    moment = at or datetime.fromisoformat(content["t"])
    workflow = codec.load(content, program_of(design), engine_at(moment, functions))
    return [effects.opened(task) for task in effects.open_work(workflow).values()]


def before(design: Design, state: bytes, ref: str) -> rewind.Before:
    """Return the user tasks that lie before the waiting one `ref`, as far as the drawing tells.

    Raises NotWaiting when `ref` is not waiting (any more).
    """
    content = codec.read(state, design)
    if content["s"] != "running":
        raise NotWaiting(N_("流程已经结束"))
    moment = datetime.fromisoformat(content["t"])
    workflow = codec.load(content, program_of(design), engine_at(moment, None))
    task = rewind.find(workflow, effects.id_of(ref))
    if task is None:
        raise NotWaiting(N_("流程已经不在等这一步"))
    return rewind.before(task)


def nodes_after(design: Design, node: str) -> frozenset[str]:
    """Return the ids of everything drawn after `node`, not counting flows that lead back."""
    return rewind.nodes_after(program_of(design), node)


def variables(design: Design, state: bytes) -> dict[str, Any]:
    """Return the variables of an instance's main line."""
    found: dict[str, Any] = codec.read(state, design)["d"]
    return found


def process_setting(
    design: Design, name: str, variables: dict[str, Any], at: datetime, *, functions: Functions
) -> Any:
    """Evaluate a setting of the process itself, such as `title`; None where it has none."""
    template = program_of(design).settings.get(name)
    if template is None:
        return None
    return fill(template, variables, engine_at(at, functions).environment.ambient)


def _apply(workflow: FastWorkflow, event: Event, at: datetime) -> int:
    """Do to the instance what the event says; return the id of the element it ended."""
    if isinstance(event, model.Deliver):
        events.deliver(workflow, event.name, clean_data(event.data))
        return 0
    if isinstance(event, model.Revise):
        _revise(workflow, clean_data(event.data), anew=event.anew)
        return 0
    task = _waiting_task(workflow, event)
    if isinstance(event, model.Return):
        rewind.go_back(task, event.node, clean_data(event.data), event.copy)
        return task.id
    if isinstance(event, model.Amend):
        rewind.amend(task, event.node, clean_data(event.data), event.copy)
        return 0
    if isinstance(event, model.Fire):
        due = events.due_at(task)
        if due is None or due > at:
            raise NotWaiting(N_("定时器还没有到时间"))
        events.fire(task, at)
        return 0 if "cycle" in task.internal_data else task.id
    assert not isinstance(event, model.Cancel)  # noqa: S101 - handled by the caller
    _answer(task, event)
    return task.id


def _answer(
    task: FastTask, event: model.Complete | model.ChildFinished | model.ServiceDone
) -> None:
    """Complete what was waited for with what came back."""
    data = clean_data(event.data)
    result = _result_name(task)
    if isinstance(event, model.ChildFinished):
        if "in" in task.internal_data:
            task.internal_data["out"] = data
        elif result:
            write(task, {result: data})
    elif isinstance(event, model.ServiceDone) and result and "in" not in task.internal_data:
        write(task, {result: data})
    else:
        write(task, data)
    task.complete()


def _revise(workflow: FastWorkflow, data: dict[str, Any], *, anew: bool) -> None:
    before = events.dates(workflow)
    known = workflow.variables
    workflow.variables.update({k: v for k, v in data.items() if anew or k in known})
    events.follow(workflow, before)


def _result_name(task: FastTask) -> str | None:
    value = task.task_spec.settings.get("result")
    return value if isinstance(value, str) and value else None


WAITS_FOR: dict[type, type] = {
    model.Complete: specs.UserTask,
    model.Return: specs.UserTask,
    model.Amend: specs.UserTask,
    model.ChildFinished: specs.Call,
    model.ServiceDone: specs.Service,
    model.Fire: events.Catch,
}


def _waiting_task(workflow: FastWorkflow, event: Any) -> FastTask:
    task = effects.open_work(workflow).get(effects.id_of(event.ref))
    if task is None or not isinstance(task.task_spec, WAITS_FOR[type(event)]):
        raise NotWaiting(N_("流程已经不在等这一步"))
    return task


# Results


def _step(
    design: Design, workflow: FastWorkflow, before: effects.Open, done: int, at: datetime
) -> Step:
    after = effects.open_work(workflow)
    for task_id, task in after.items():
        if task_id not in before.tasks:
            task.enter_stage()
    status: Literal["running", "finished"] = "running" if workflow.open_tasks() else "finished"
    if status == "running" and not after and not effects.listens(workflow):
        raise EngineError(N_("流程停在汇合处，再也等不到别的路径"))
    found = list(effects.difference(before, after, done))
    found += [model.MessageThrown(name, data) for name, data in workflow.messages]
    return Step(
        state=codec.dump(workflow, design, status, at),
        effects=tuple(found),
        status=status,
        variables=workflow.variables,
        passed=tuple(workflow.passed),
        stage=workflow.stage,
        result=_process_result(workflow) if status == "finished" else {},
    )


def _with_changes(step: Step, workflow: FastWorkflow) -> Step:
    waiting_tasks = effects.open_work(workflow).values()
    people = [task for task in waiting_tasks if isinstance(task.task_spec, specs.UserTask)]
    return replace(step, effects=(*step.effects, *(effects.changed(task) for task in people)))


def _process_result(workflow: FastWorkflow) -> dict[str, Any]:
    template = workflow.program.settings.get("result")
    if template is None:
        return {}
    environment = workflow.script_engine.environment
    result = fill(template, workflow.variables, environment.ambient)
    return result if isinstance(result, dict) else {"value": result}


def _cancelled(design: Design, workflow: FastWorkflow, before: effects.Open, at: datetime) -> Step:
    return Step(
        state=codec.dump(workflow, design, "cancelled", at),
        effects=tuple(effects.difference(before, {}, 0)),
        status="cancelled",
        variables=workflow.variables,
    )


def _moment_id(at: datetime) -> int:
    if at.tzinfo is None:
        raise ValueError("a moment must be aware")
    return (at - EPOCH) // MICROSECOND


def engine_at(at: datetime, functions: Functions | None) -> CelEngine:
    """Return what evaluates expressions at this moment."""
    today = timers.china_day(at).isoformat()
    return CelEngine(Ambient(at, today, functions_of(functions)), at)


class _errors_as_ours:  # noqa: N801 - reads as the context manager it is
    """Turn what the library or the interpreter raises for a hopeless instance into EngineError."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if isinstance(error, RecursionError | SpiffWorkflowException):
            raise EngineError(N_("流程引擎不能继续：{detail}"), detail=str(error)[:200]) from error
