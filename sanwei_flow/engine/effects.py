"""What the world has to do: the difference between what was open before a step and after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from SpiffWorkflow.util.task import TaskState

from sanwei_flow.engine import model, specs, timers
from sanwei_flow.engine.evaluation import fill
from sanwei_flow.engine.events import Catch, due_at
from sanwei_flow.engine.model import EngineError
from sanwei_flow.engine.workflow import FastTask, FastWorkflow, visible
from sanwei_flow.errors import N_

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
STRUCTURAL = ("input.", "arg.")
RAW = frozenset({"collection", "item", "result"})  # read by the engine itself, not settings of work


def ref_of(task: FastTask) -> str:
    """Return the public name of a waiting element: its id in base 36."""
    number, text = int(task.id), ""
    while number:
        number, digit = divmod(number, 36)
        text = DIGITS[digit] + text
    return text


def id_of(ref: str) -> int:
    """Return the task id of a ref, 0 for what is none."""
    try:
        return int(ref, 36)
    except (ValueError, TypeError):
        return 0


def open_work(workflow: FastWorkflow) -> dict[int, FastTask]:
    """Return what waits for the world, by task id, oldest first."""
    found = {}
    for part in workflow.workflows():
        for task in part.tasks.values():
            if _is_open(task):
                found[task.id] = task
    return dict(sorted(found.items()))


def _is_open(task: FastTask) -> bool:
    spec = task.task_spec
    if isinstance(spec, specs.UserTask):
        return task.state == TaskState.READY
    if isinstance(spec, specs.Call | specs.Service):
        return task.state == TaskState.STARTED
    return isinstance(spec, Catch) and task.state == TaskState.WAITING and due_at(task) is not None


def listens(workflow: FastWorkflow) -> bool:
    """Whether the instance waits for a message or signal."""
    return any(
        isinstance(task.task_spec, Catch)
        and task.state == TaskState.WAITING
        and task.task_spec.trigger.kind in ("message", "signal")
        for part in workflow.workflows()
        for task in part.tasks.values()
    )


def opened(task: FastTask) -> model.Effect:
    """Return the effect that asks the world for what this task waits for."""
    spec, ref = task.task_spec, ref_of(task)
    node, scope = str(spec.node), visible(task)
    try:
        if isinstance(spec, specs.UserTask):
            settings = _settings(task, scope)
            title = settings.get("title") or spec.title or node
            return model.TaskOpened(ref, node, str(title), settings, dict(scope), _group_of(task))
        if isinstance(spec, specs.Call):
            settings, given = _settings(task, scope), _group(task, scope, "input.")
            return model.ChildStart(ref, node, spec.process, given, settings)
        if isinstance(spec, specs.Service):
            operation = str(_settings(task, scope).get("operation", ""))
            return model.ServiceDue(ref, node, operation, _group(task, scope, "arg."))
    except EngineError as error:
        error.node = error.node or node
        raise
    due = due_at(task)
    assert due is not None  # noqa: S101 - only waiting timers are left
    return model.TimerSet(ref, node, due, _timer_kind(task))


def changed(task: FastTask) -> model.TaskChanged:
    """Return the effect that shows a waiting user task the variables as they are now."""
    return model.TaskChanged(ref_of(task), dict(visible(task)))


def _group_of(task: FastTask) -> str | None:
    """What the copies of one activity share; what comes after it hangs below it without."""
    return ref_of(task.parent) if "in" in task.internal_data else None


def _timer_kind(task: FastTask) -> Any:
    if "cycle" in task.internal_data:
        return "cycle"
    return "boundary" if task.task_spec.kind == "boundaryEvent" else "catch"


def closed(task: FastTask, completed: int) -> model.Effect:
    """Return the effect that takes back what the world was asked for."""
    spec, ref = task.task_spec, ref_of(task)
    if isinstance(spec, specs.UserTask):
        return model.TaskClosed(ref, task.id == completed)
    if isinstance(spec, specs.Call):
        return model.ChildCancel(ref)
    if isinstance(spec, specs.Service):
        return model.ServiceCancel(ref)
    return model.TimerCleared(ref)


class Open:
    """What was open before a step, and when its timers were due: a step may set them anew."""

    def __init__(self, tasks: Mapping[int, FastTask]) -> None:
        self.tasks = tasks
        self.dues = {i: due_at(t) for i, t in tasks.items() if isinstance(t.task_spec, Catch)}


def difference(before: Open, after: Mapping[int, FastTask], done: int) -> Iterator[model.Effect]:
    """Iterate over the effects of a step: what ended first, then what began.

    `done` is the task the event itself has ended; a finished child or service needs no cancelling.
    """
    for task_id, task in before.tasks.items():
        if task_id not in after:
            spec = task.task_spec
            if task_id != done or not isinstance(spec, specs.Call | specs.Service):
                yield closed(task, done)
    for task_id, task in after.items():
        new_due = task_id in before.dues and before.dues[task_id] != due_at(task)
        if task_id not in before.tasks or new_due:
            yield opened(task)


def _settings(task: FastTask, scope: dict[str, Any]) -> dict[str, Any]:
    ambient = task.workflow.script_engine.environment.ambient
    settings = {
        name: fill(value, scope, ambient)
        for name, value in task.task_spec.settings.items()
        if not name.startswith(STRUCTURAL) and name not in RAW
    }
    if "candidate_unit" in settings:
        settings["candidate_unit"] = _unit(settings["candidate_unit"], task)
    if "due" in settings:
        settings["due"] = _due(settings["due"], task)
    return settings


def _group(task: FastTask, scope: dict[str, Any], prefix: str) -> dict[str, Any]:
    ambient = task.workflow.script_engine.environment.ambient
    return {
        name.removeprefix(prefix): fill(value, scope, ambient)
        for name, value in task.task_spec.settings.items()
        if name.startswith(prefix)
    }


def _unit(value: Any, task: FastTask) -> int:
    if isinstance(value, str) and value.isdecimal():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise EngineError(
            N_("任务「{node}」的办理单位算不出来"), node=task.task_spec.node, value=str(value)[:80]
        )
    return value


def _due(value: Any, task: FastTask) -> int | date | None:
    """Return working days (int), a day, or None for "no due date"."""
    if value is None or value == "":
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    try:
        if isinstance(value, str) and value.isdecimal():
            return int(value)
        return timers.china_day(timers.parse_moment(value))
    except (ValueError, TypeError, AttributeError):
        raise EngineError(
            N_("任务「{node}」的期限写法不对：{value}"),
            node=task.task_spec.node,
            value=str(value)[:80],
        ) from None
