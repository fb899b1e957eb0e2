"""Events: waiting for a timer, message, signal, error or escalation, and causing them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from SpiffWorkflow.util.task import TaskState

from sanwei_flow.engine import timers
from sanwei_flow.engine.evaluation import fill
from sanwei_flow.engine.expressions import Template
from sanwei_flow.engine.model import EngineError
from sanwei_flow.engine.specs import BoundarySplit, Element, EventGateway, Spec, retire
from sanwei_flow.engine.workflow import FastTask, FastWorkflow, visible, write
from sanwei_flow.errors import N_

Kind = Literal["timer", "message", "signal", "error", "escalation", "terminate"]


@dataclass(frozen=True)
class Trigger:
    """What an event is about. `name` is the message's or signal's name, the error's code.

    `form` tells the ways to set a timer apart: date, duration or cycle, whose text is `value`.
    """

    kind: Kind
    name: str | None = None
    form: Literal["date", "duration", "cycle", ""] = ""
    value: str | Template = ""


class Catch(Element):
    """Waits for its trigger; an intermediate event, a receive task or a boundary event."""

    def __init__(self, wf_spec: Spec, name: str, *, kind: str, node: str | None) -> None:
        super().__init__(wf_spec, name, kind=kind, node=node)
        self.trigger: Trigger = Trigger("message")
        self.interrupting = True

    @property
    def waits(self) -> bool:  # type: ignore[override]
        return self.trigger.kind == "timer"

    @property
    def repeats(self) -> bool:
        """Whether it can happen again while the activity goes on."""
        return (
            self.kind == "boundaryEvent"
            and not self.interrupting
            and self.trigger.form not in ("date", "duration")
        )

    def _update_hook(self, my_task: FastTask) -> bool:
        my_task._set_state(TaskState.WAITING)
        if self.trigger.kind == "timer":
            my_task.internal_data.update(_first_due(my_task, self.trigger))
        return False

    def happen(self, my_task: FastTask, data: dict[str, Any]) -> None:
        """Let the event take effect: on the activity it is attached to, or on its rivals."""
        if data:
            write(my_task, data)
        parent = my_task.parent
        if self.repeats:
            self._branch_off(my_task)
            return
        rivals: list[FastTask] = []
        if isinstance(parent.task_spec, EventGateway) or (
            isinstance(parent.task_spec, BoundarySplit) and self.interrupting
        ):
            rivals = [task for task in parent.children if task is not my_task]
        for task in rivals:
            retire(task)
        my_task._ready()

    def _branch_off(self, my_task: FastTask) -> None:
        top = my_task.workflow.top_workflow
        top.pass_node(self)
        for spec in self.outputs:
            child = my_task._add_child(spec, TaskState.FUTURE)
            child.triggered = True
            top.pass_flow(self, spec)
            spec._update(child)


class Throw(Element):
    """Causes its trigger; an intermediate event, a send task or an end event."""

    def __init__(self, wf_spec: Spec, name: str, *, kind: str, node: str | None) -> None:
        super().__init__(wf_spec, name, kind=kind, node=node)
        self.trigger: Trigger | None = None

    def _run_hook(self, my_task: FastTask) -> bool | None:
        if self.trigger is not None:
            # It takes effect after this task has completed: it may end the process around it.
            my_task.workflow.top_workflow.thrown.append((my_task, self.trigger))
        return True


def dates(workflow: FastWorkflow) -> dict[int, dict[str, Any]]:
    """Return what the timers that wait for a date would be set to now, by task id."""
    return {
        task.id: _first_due(task, task.task_spec.trigger)
        for part in workflow.workflows()
        for task in part.tasks.values()
        if isinstance(task.task_spec, Catch)
        and task.state == TaskState.WAITING
        and task.task_spec.trigger.kind == "timer"
        and task.task_spec.trigger.form == "date"
    }


def follow(workflow: FastWorkflow, before: dict[int, dict[str, Any]]) -> None:
    """Set those timers anew whose date has changed with the variables since `before`."""
    for task_id, due in dates(workflow).items():
        task = workflow.find(task_id)
        if task is not None and due != before.get(task_id):
            task.internal_data.update(due)


def carry_out(task: FastTask, trigger: Trigger) -> None:
    """Let a thrown event take effect."""
    top: FastWorkflow = task.workflow.top_workflow
    if trigger.kind == "terminate":
        for other in task.workflow.open_tasks():
            other.cancel()
    elif trigger.kind in ("error", "escalation"):
        _throw_outwards(task, trigger)
    else:
        name = trigger.name or ""
        data = _payload(task)
        deliver(top, name, data, kind=trigger.kind)
        top.messages.append((name, data))


def _payload(task: FastTask) -> dict[str, Any]:
    """Return what a message carries: its `input.…` settings, nothing else leaves the instance."""
    environment = task.workflow.script_engine.environment
    scope = visible(task)
    return {
        key.removeprefix("input."): fill(value, scope, environment.ambient)
        for key, value in task.task_spec.settings.items()
        if key.startswith("input.")
    }


def _throw_outwards(task: FastTask, trigger: Trigger) -> None:
    """Give an error or escalation to the nearest sub-process around it that catches it."""
    workflow: Any = task.workflow
    while workflow.parent_task_id is not None:
        owner = workflow.owner
        if owner.parent.task_spec.kind in ("multi", "loop"):
            owner = owner.parent  # the events hang on the repeated activity as a whole
        siblings = owner.parent.children
        catchers = [
            sibling
            for sibling in siblings
            if isinstance(sibling.task_spec, Catch)
            and sibling.state == TaskState.WAITING
            and sibling.task_spec.trigger.kind == trigger.kind
            and sibling.task_spec.trigger.name in (None, trigger.name)
        ]
        # A catcher of exactly this code comes before one that catches all.
        catchers.sort(key=lambda catcher: catcher.task_spec.trigger.name is None)
        if catchers:
            catchers[0].task_spec.happen(catchers[0], _payload(task))
            return
        workflow = workflow.owner.workflow
    if trigger.kind == "error":
        raise EngineError(
            N_("错误「{name}」没有人处理"), node=task.task_spec.node, name=trigger.name or ""
        )


def deliver(top: FastWorkflow, name: str, data: dict[str, Any], kind: str | None = None) -> int:
    """Wake those who wait for the message or signal; return how many did.

    A message wakes one, the one that has waited longest; a signal wakes all.
    """
    woken = 0
    waiting = [
        task
        for workflow in list(top.workflows())
        for task in list(workflow.tasks.values())
        if isinstance(task.task_spec, Catch)
        and task.state == TaskState.WAITING
        and task.task_spec.trigger.kind in ("message", "signal")
        and task.task_spec.trigger.name == name
        and kind in (None, task.task_spec.trigger.kind)
    ]
    for task in sorted(waiting, key=lambda task: task.id):
        if woken and task.task_spec.trigger.kind == "message":
            continue
        # One of them may have ended another.
        if top.alive(task) and task.state == TaskState.WAITING:
            task.task_spec.happen(task, data)
            woken += 1
    return woken


# Timers


def _first_due(task: FastTask, trigger: Trigger) -> dict[str, Any]:
    environment = task.workflow.script_engine.environment
    at: datetime = environment.at
    value = fill(trigger.value, visible(task), environment.ambient)
    try:
        if trigger.form == "duration":
            return {"due": _text(timers.parse_duration(value).after(at))}
        if trigger.form == "date":
            return {"due": _text(timers.parse_moment(value))}
        cycle = timers.parse_cycle(value)
    except (ValueError, TypeError, AttributeError, OverflowError):
        raise EngineError(
            N_("定时器「{node}」的时间写法不对：{value}"),
            node=task.task_spec.node,
            value=str(value)[:80],
        ) from None
    first = cycle.first or cycle.interval.after(at)
    return {"due": _text(first), "left": cycle.count, "cycle": value}


def fire(task: FastTask, at: datetime) -> None:
    """Let a due timer happen; a repeated one is set for its next time after `at`.

    Missed repetitions are not made up for: after a standstill one comes late, not a hundred.
    """
    data = task.internal_data
    if "cycle" not in data:
        task.task_spec.happen(task, {})
        return
    if data["left"] is not None:
        data["left"] -= 1
    if data["left"] == 0:
        data["due"] = None
    else:
        interval = timers.parse_cycle(data["cycle"]).interval
        due = datetime.fromisoformat(data["due"])
        while due <= at:
            due = interval.after(due)
        data["due"] = _text(due)
    task.task_spec.happen(task, {})


def due_at(task: FastTask) -> datetime | None:
    """Return when a waiting timer is due, None when it is none or will not fire again."""
    due = task.internal_data.get("due")
    return datetime.fromisoformat(due) if due else None


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
