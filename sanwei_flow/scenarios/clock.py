"""Time in a run: it passes only when a step says so. Pure."""

from __future__ import annotations

import datetime as dt

from sanwei_flow import engine
from sanwei_flow.calendars.workdays import Phrase, today
from sanwei_flow.errors import N_, Conflict
from sanwei_flow.scenarios.passing import Sweeps, sweep_after
from sanwei_flow.scenarios.steps import Given, Skip, moment_of
from sanwei_flow.scenarios.values import Material
from sanwei_flow.scenarios.world import Instance, World

#: Waiting for what comes next ends after this time.
FAR = dt.timedelta(days=5 * 366)


class Misfit(Conflict):
    """A step that cannot be taken as things stand: its task is not there, or no such outcome."""


class Clock(World):
    """A world in which timers fire, due days come and sweeps speak, in their order."""

    def __init__(self, material: Material, given: Given) -> None:
        super().__init__(material, given)
        self.sweeps = Sweeps(given, material.table, material.calendar)

    def skip(self, step: Skip) -> None:
        """Let time pass. Raises Misfit where there is nothing to wait for, else what failed."""
        until = self.at + FAR
        if step.days is not None:
            until = moment_of(self.calendar.workdays_after(today(self.at), step.days))
        elif not self.waits_for_time:
            raise Misfit(N_("没有定时、提醒或期限可以等"))
        while (moment := self._next(until)) is not None:
            self.at = max(self.at, moment)
            if self._pass(moment) and step.days is None:
                return
        self.at = until if step.days is not None else self.at

    @property
    def waits_for_time(self) -> bool:
        """Whether anything would ever happen by itself."""
        timed = any(one.timers for one in self.instances.values())
        return timed or any(task.due is not None for task in self.open.values())

    def _next(self, until: dt.datetime) -> dt.datetime | None:
        """The next moment something may happen; None if that is after `until`."""
        ahead = [sweep_after(self.at)] if self.waits_for_time else []
        ahead += [timer.due_at for one in self.instances.values() for timer in one.timers.values()]
        ahead += [
            moment
            for task in self.open.values()
            if task.due is not None and (moment := moment_of(task.due)) > self.at
        ]
        first = min(ahead, default=None)
        return first if first is not None and first <= until else None

    def _pass(self, moment: dt.datetime) -> bool:
        """Let happen what is due at this moment; True if anything did."""
        said = len(self.happened)
        for instance in list(self.instances.values()):
            for ref, timer in list(instance.timers.items()):
                if timer.due_at <= moment and instance.timers.get(ref) is timer:
                    self._fire(instance, timer)
        local_sweep = sweep_after(moment - dt.timedelta(microseconds=1))
        day = today(moment)
        if local_sweep == moment:
            root = next(iter(self.instances.values()))
            row_open = root.status == "running"
            self.happened += self.sweeps.on(day, list(self.open.values()), row_open=row_open)
        elif moment == moment_of(day):
            for task in self.open.values():
                if task.due == day:
                    said_of = {"unit": self.unit(task.unit), "name": Phrase(task.name)}
                    self.say("due", N_("{unit}的“{name}”今天到期"), said_of)
        return len(self.happened) > said

    def _fire(self, instance: Instance, timer: engine.TimerSet) -> None:
        node = instance.design.nodes[timer.node]
        told = Phrase(node.settings.get("trail") or node.name or timer.node)
        self.say("timer", N_("到时：{name}"), {"name": told})
        # A repeated timer is set anew by the step itself, under the same ref.
        instance.timers.pop(timer.ref, None)
        self.let(instance, engine.Fire(timer.ref))
        self.run_queue()
