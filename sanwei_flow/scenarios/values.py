"""What is seen of a run: where it stands, what happened on the way. Pure, frozen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sanwei_flow.calendars.workdays import Calendar, Phrase
from sanwei_flow.designs import forms
from sanwei_flow.designs.schema import Schema
from sanwei_flow.engine import Decision, Design
from sanwei_flow.scenarios.steps import Data, Status, Step


@dataclass(frozen=True)
class Material:
    """What a run is played with. `design`, `form` and `decision` raise NotFound for unknown keys.

    `design` takes a process key, `form` the key of process and form; `table` is asked about late
    work.
    """

    root: str
    design: Callable[[str], Design]
    form: Callable[[str, str | None], Schema]
    decision: Callable[[str], Decision]
    table: Decision
    calendar: Calendar

    def form_for(self, task: Open) -> Schema:
        """The form of a task as its step has it."""
        whole = self.form(task.process, task.form)
        return forms.settled(whole.at(task.node), dict(task.data))


@dataclass(frozen=True)
class Open:
    """A task that waits for somebody. `path` names the instance.

    `due` is None where there is no deadline, `days` are the working days until then from the
    day it was opened.
    """

    path: str
    process: str
    ref: str
    node: str
    name: str
    title: str
    unit: int
    role: str
    due: dt.date | None
    days: int | None
    opened: dt.date
    outcomes: str
    form: str | None
    data: Mapping[str, Any]
    sign: bool = False
    nth: int = 0


@dataclass(frozen=True)
class Happening:
    """Something that happened in a step: `said` is the sentence, `kind` says of what sort.

    `to` are keys of `ladder.RECIPIENTS`; `data` are arguments and answers worth a look.
    Reminders also name `process`, `node`, `unit` and the ladder's `level`.
    """

    kind: str
    at: dt.datetime
    said: Phrase
    to: tuple[str, ...] = ()
    data: Data | None = None
    process: str = ""
    node: str = ""
    unit: int = 0
    level: str = ""


@dataclass(frozen=True)
class Trouble:
    """Why a run cannot go on: at step `step` (counted from 1; 0 for the start).

    `fault`: the design failed there, as an incident would; else the step no longer fits.
    """

    step: int
    said: Phrase
    fault: bool
    process: str = ""
    node: str = ""


@dataclass(frozen=True)
class Shot:
    """How things stand after a step (None: after the start). `happened` is of this step alone."""

    step: Step | None
    name: str
    at: dt.datetime
    open: tuple[Open, ...]
    happened: tuple[Happening, ...]
    status: Status


@dataclass(frozen=True)
class Part:
    """One instance of the run as it stands at the end: the root first, then what it called."""

    path: str
    process: str
    title: str
    design: Design
    status: str
    stage: str
    passed: tuple[str, ...]
    active: frozenset[str]
    variables: Mapping[str, Any]
    parent: str | None
    timers: tuple[tuple[str, dt.datetime], ...] = ()


@dataclass(frozen=True)
class Played:
    """A run that was played: a shot of the start and of each step that could be taken."""

    shots: tuple[Shot, ...]
    parts: tuple[Part, ...]
    trouble: Trouble | None = None
    before: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def last(self) -> Shot:
        return self.shots[-1]
