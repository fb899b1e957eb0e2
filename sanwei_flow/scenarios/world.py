"""The world of one run: its instances, and what the engine asks of whoever runs them. Pure.

What crosses instances happens at once: children start and report back, services are answered
(never carried out), messages arrive.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sanwei_flow import engine
from sanwei_flow.calendars.workdays import Phrase, today
from sanwei_flow.engine import Design, EngineError, NotWaiting
from sanwei_flow.errors import N_
from sanwei_flow.processes.advance import stage_after
from sanwei_flow.processes.models import NO_DUE, Box
from sanwei_flow.processes.opening import task_row
from sanwei_flow.processes.starting import MOST_DEPTH
from sanwei_flow.scenarios.answers import Asked, answer
from sanwei_flow.scenarios.steps import Given
from sanwei_flow.scenarios.values import Happening, Material, Open

#: Things that happen in one run, and instances it has.
MOST_EVENTS = 3000
MOST_INSTANCES = 400


@dataclass
class Instance:
    """One running process of the run."""

    path: str
    process: str
    design: Design
    title: str
    business_key: str
    depth: int
    parent: str | None = None
    parent_ref: str = ""
    state: bytes = b""
    status: str = "running"
    stage: str = ""
    variables: dict[str, Any] = field(default_factory=dict)
    passed: list[str] = field(default_factory=list)
    timers: dict[str, engine.TimerSet] = field(default_factory=dict)
    calls: dict[str, str] = field(default_factory=dict)  # ref -> node of a call under way


class World:
    """What is open and what runs, while a run is played."""

    def __init__(self, material: Material, given: Given) -> None:
        self.material, self.given, self.at = material, given, given.begun
        self.calendar = material.calendar
        self.instances: dict[str, Instance] = {}
        self.open: dict[tuple[str, str], Open] = {}
        self.happened: list[Happening] = []
        self.events = 0
        #: Where a fault would be.
        self.at_work: Instance | None = None
        self._queue: deque[tuple[Instance, Any]] = deque()

    def start(
        self,
        process: str,
        variables: dict[str, Any],
        *,
        parent: Instance | None = None,
        effect: engine.ChildStart | None = None,
    ) -> None:
        design = self.material.design(process)
        depth = parent.depth + 1 if parent else 0
        if depth > MOST_DEPTH:
            raise EngineError(N_("流程互相调用超过 {count} 层"), count=MOST_DEPTH)
        if len(self.instances) >= MOST_INSTANCES:
            raise EngineError(N_("试运行的流程超过 {count} 个"), count=MOST_INSTANCES)
        path = f"{len(self.instances) + 1}"
        settings = effect.settings if effect else {}
        instance = Instance(path, process, design, design.name, "", depth)
        if parent is not None and effect is not None:
            instance.parent, instance.parent_ref = parent.path, effect.ref
            parent.calls[effect.ref] = effect.node
        self.instances[path] = self.at_work = instance
        self._count()
        step = engine.start(design, dict(variables), self.at, functions=self.calendar)

        def own(name: str) -> str:
            value = engine.process_setting(
                design, name, dict(variables), self.at, functions=self.calendar
            )
            return "" if value is None else str(value)

        instance.title = str(settings.get("title") or "") or own("title") or design.name
        key = str(settings.get("business_key") or "") or own("business_key")
        instance.business_key = key or (parent.business_key if parent else "")
        self.say("start", N_("启动流程“{title}”"), {"title": instance.title})
        self._apply(instance, step)

    def let(self, instance: Instance, event: engine.Event) -> None:
        self._count()
        self.at_work = instance
        step = engine.act(instance.design, instance.state, event, self.at, functions=self.calendar)
        self._apply(instance, step)

    def _count(self) -> None:
        self.events += 1
        if self.events > MOST_EVENTS:
            raise EngineError(N_("试运行里发生的事超过 {count} 件"), count=MOST_EVENTS)

    def _apply(self, instance: Instance, step: engine.Step) -> None:
        instance.state, instance.status = step.state, step.status
        instance.variables = step.variables
        instance.stage = stage_after(step, instance.design) or instance.stage
        instance.passed += step.passed
        for effect in step.effects:
            self._effect(instance, effect)
        if step.status == "finished":
            self.say("end", N_("流程“{title}”办结"), {"title": instance.title})
            parent = self.instances.get(instance.parent or "")
            if parent is not None:
                self._queue.append((parent, engine.ChildFinished(instance.parent_ref, step.result)))

    def _effect(self, instance: Instance, effect: engine.Effect) -> None:
        match effect:
            case engine.TaskOpened():
                self._opened(instance, effect)
            case engine.TaskChanged():
                task = self.open[instance.path, effect.ref]
                self.open[instance.path, effect.ref] = replace(task, data=dict(effect.data))
            case engine.TaskClosed():
                task = self.open.pop((instance.path, effect.ref))
                if not effect.completed:
                    self.say("closed", N_("撤销待办“{name}”"), {"name": Phrase(task.name)})
            case engine.TimerSet():
                instance.timers[effect.ref] = effect
            case engine.TimerCleared():
                instance.timers.pop(effect.ref, None)
            case engine.ServiceCancel():
                self._drop(instance, effect.ref)
            case engine.ChildCancel():
                self._drop(instance, effect.ref)
                self._cancel(instance, effect.ref)
            case _:
                self._queue.append((instance, effect))

    def _opened(self, instance: Instance, effect: engine.TaskOpened) -> None:
        row = task_row(effect, instance.title, self.at, 1, self.calendar)
        due, day = None if row["due"] == NO_DUE else row["due"], today(self.at)
        self.open[instance.path, effect.ref] = Open(
            path=instance.path,
            process=instance.process,
            ref=effect.ref,
            node=effect.node,
            name=row["name"],
            title=row["title"],
            unit=row["unit_id"],
            role=row["role"],
            due=due,
            days=self.calendar.workdays_between(day, due) if due else None,
            opened=day,
            outcomes=row["outcomes"],
            form=row["form"],
            data=row["data"],
            sign=row["box"] == Box.to_accept,
        )

    def _drop(self, instance: Instance, ref: str) -> None:
        self._queue = deque(
            (who, what)
            for who, what in self._queue
            if not (who is instance and getattr(what, "ref", None) == ref)
        )

    def _cancel(self, parent: Instance, ref: str) -> None:
        parent.calls.pop(ref, None)
        for child in list(self.instances.values()):
            if (child.parent, child.parent_ref) == (parent.path, ref) and child.status == "running":
                # It must not report back: nobody waits for it any more.
                child.parent_ref = ""
                self.let(child, engine.Cancel())

    def run_queue(self) -> None:
        while self._queue:
            instance, what = self._queue.popleft()
            self.at_work = instance
            match what:
                case engine.ChildStart():
                    self.start(what.process, dict(what.variables), parent=instance, effect=what)
                case engine.ServiceDue():
                    self._serve(instance, what)
                case engine.MessageThrown():
                    self._deliver(instance, what)
                case engine.ChildFinished():
                    instance.calls.pop(what.ref, None)
                    self._tell(instance, what)

    def _tell(self, instance: Instance, event: engine.Event) -> None:
        try:
            self.let(instance, event)
        except NotWaiting:
            # What waited for it was cancelled or done some other way meanwhile.
            return

    def _serve(self, instance: Instance, due: engine.ServiceDue) -> None:
        asked = Asked(
            due.arguments,
            instance.variables,
            self.given.units,
            self.at,
            self.calendar,
            self.material.decision,
        )
        answered = answer(due.operation, asked)
        name = instance.design.nodes[due.node].name or due.operation
        told = {"arguments": dict(due.arguments), "result": answered}
        params = {"name": Phrase(name), "operation": due.operation}
        self.say(
            "service", N_("服务“{name}”（{operation}）没有执行，按成功继续"), params, data=told
        )
        self._tell(instance, engine.ServiceDone(due.ref, answered))

    def _deliver(self, sender: Instance, thrown: engine.MessageThrown) -> None:
        told = {"name": thrown.name}
        self.say("message", N_("发出消息“{name}”"), told, data=dict(thrown.data))
        for receiver in list(self.instances.values()):
            same = receiver.business_key == sender.business_key != ""
            if same and receiver is not sender and receiver.status == "running":
                self._tell(receiver, engine.Deliver(thrown.name, dict(thrown.data)))

    def unit(self, unit_id: int) -> str:
        """A unit's name, its number where the run knows none."""
        return self.given.units.get(unit_id, str(unit_id))

    def say(
        self,
        kind: str,
        message: str,
        params: Mapping[str, object],
        data: dict[str, Any] | None = None,
    ) -> None:
        self.happened.append(Happening(kind, self.at, Phrase(message, params), data=data))
