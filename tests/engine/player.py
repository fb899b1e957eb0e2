"""Plays a process by hand: saves and reloads between all steps, and keeps what is open."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from sanwei_flow import engine
from sanwei_flow.engine import (
    ChildCancel,
    ChildFinished,
    ChildStart,
    Complete,
    Deliver,
    Fire,
    MessageThrown,
    ServiceCancel,
    ServiceDone,
    ServiceDue,
    TaskChanged,
    TaskClosed,
    TaskOpened,
    TimerCleared,
    TimerSet,
)

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00 in China


class Weekdays:
    """Working days without holidays."""

    def workdays_after(self, day: date, n: int) -> date:
        while n > 0:
            day += timedelta(days=1)
            n -= day.weekday() < 5
        return day


class Player:
    """One instance and everything it presently asks of the world, by ref."""

    def __init__(self, xml: bytes, variables: dict | None = None, **names) -> None:
        self.design = engine.compile_design(xml, **names)
        self.at = MONDAY
        self.open: dict[str, object] = {}
        self.messages: list[MessageThrown] = []
        self.cancelled: list[str] = []
        self.steps = 0
        self._take(engine.start(self.design, variables or {}, self.at, functions=Weekdays()))

    def _take(self, step: engine.Step) -> engine.Step:
        self.step, self.state = step, step.state
        self.steps += 1
        for effect in step.effects:
            match effect:
                case TaskOpened() | TimerSet() | ChildStart() | ServiceDue():
                    self.open[effect.ref] = effect
                case TaskChanged():
                    self.open[effect.ref] = replace(self.open[effect.ref], data=effect.data)
                case MessageThrown():
                    self.messages.append(effect)
                case TaskClosed() | TimerCleared() | ServiceCancel():
                    del self.open[effect.ref]
                case ChildCancel():
                    self.cancelled.append(self.open.pop(effect.ref).node)
        if step.status == "running":
            assert {e.ref for e in self.waiting()} == set(self.open)
        else:
            assert not self.open
        return step

    def waiting(self) -> list:
        return engine.waiting(self.design, self.state, self.at, functions=Weekdays())

    def act(self, event) -> engine.Step:
        step = engine.act(self.design, self.state, event, self.at, functions=Weekdays())
        if isinstance(event, ChildFinished | ServiceDone):
            del self.open[event.ref]
        return self._take(step)

    def pass_time(self, **delta) -> None:
        self.at += timedelta(**delta)

    # Finding what is open

    def of(self, kind: type) -> list:
        return [effect for effect in self.open.values() if isinstance(effect, kind)]

    @property
    def tasks(self) -> list[str]:
        return sorted(task.node for task in self.of(TaskOpened))

    @property
    def timers(self) -> list[str]:
        return sorted(timer.node for timer in self.of(TimerSet))

    @property
    def calls(self) -> list[str]:
        return sorted(call.node for call in self.of(ChildStart))

    @property
    def status(self) -> str:
        return self.step.status

    @property
    def variables(self) -> dict:
        return self.step.variables

    def one(self, node: str, index: int = 0):
        return [effect for effect in self.open.values() if effect.node == node][index]

    # Acting

    def do(self, node: str, index: int = 0, **data) -> engine.Step:
        return self.act(Complete(self.one(node, index).ref, data))

    def fire(self, node: str) -> engine.Step:
        timer = self.one(node)
        self.at = max(self.at, timer.due_at)
        return self.act(Fire(timer.ref))

    def child_done(self, node: str, index: int = 0, **data) -> engine.Step:
        return self.act(ChildFinished(self.one(node, index).ref, data))

    def service_done(self, node: str, **data) -> engine.Step:
        return self.act(ServiceDone(self.one(node).ref, data))

    def deliver(self, name: str, **data) -> engine.Step:
        return self.act(Deliver(name, data))
