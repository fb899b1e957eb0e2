"""What goes into the engine and what comes out of it; plain frozen values, no behaviour.

`ref` is the stable name of one waiting element inside one instance: it survives saving and
loading, and never names two elements. Moments are aware UTC datetimes.
"""

# ruff: noqa: PLC0414 - words of other files that everybody imports from here
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, Protocol

from sanwei_flow.engine.faults import BadData as BadData
from sanwei_flow.engine.faults import DesignError as DesignError
from sanwei_flow.engine.faults import EngineError as EngineError
from sanwei_flow.engine.faults import NotWaiting as NotWaiting
from sanwei_flow.engine.faults import Problem as Problem

Data = dict[str, Any]
"""JSON values only: str, int, float, bool, None, lists and dicts with string keys."""


@dataclass(frozen=True)
class Names:
    """What a design may refer to; `None` means "not checked".

    `variables` are the start variables of the process; with `None` expressions may use any name.
    `called` are the keys of processes a call activity may start.
    """

    services: frozenset[str] | None = None
    forms: frozenset[str] | None = None
    called: frozenset[str] | None = None
    variables: frozenset[str] | None = None
    form_fields: Mapping[str, frozenset[str]] | None = None  # form key -> names of its fields
    roles: frozenset[str] | None = None
    units: frozenset[int] | None = None  # ids in the register


class Functions(Protocol):
    """What expressions may call that needs knowledge from outside: the working-day calendar."""

    def workdays_after(self, day: date, n: int) -> date:
        """Return the day `n` working days after `day` (before it where `n` is negative)."""
        ...


Joint = Literal["all", "any", "sequential", "ratio"]
"""Everybody, whoever is first, one after another, or as many as a condition asks for."""


@dataclass(frozen=True)
class Node:
    """One element of the diagram. `kind` is the BPMN tag, e.g. `userTask`; `lane` a lane's name."""

    id: str
    name: str
    kind: str
    lane: str | None
    settings: Mapping[str, str]
    parent: str | None = None  # id of the sub-process around it
    joint: Joint | None = None  # how several people decide it together


@dataclass(frozen=True)
class Design:
    """A compiled process. Immutable and free of the library: it may be shared between threads.

    `normal` is the normalised BPMN the engine runs; `hash` (SHA-256, hex) is of the XML as given.
    `variables` are the names expressions read that no element of the design writes.
    """

    key: str
    name: str
    hash: str
    nodes: Mapping[str, Node]
    variables: frozenset[str]
    settings: Mapping[str, str]
    normal: bytes = field(repr=False)
    warnings: tuple[Problem, ...] = ()


# Events: what can happen to a running instance.


@dataclass(frozen=True)
class Complete:
    """A user task is done; `data` (form fields and `outcome`) is merged into the variables."""

    ref: str
    data: Data = field(default_factory=dict)


@dataclass(frozen=True)
class Fire:
    """A timer is due."""

    ref: str


@dataclass(frozen=True)
class ChildFinished:
    """A called instance ended; `data` is its result."""

    ref: str
    data: Data = field(default_factory=dict)


@dataclass(frozen=True)
class ServiceDone:
    """A service operation was carried out; `data` is merged into the variables."""

    ref: str
    data: Data = field(default_factory=dict)


@dataclass(frozen=True)
class Deliver:
    """A message or signal arrived; whoever waits for that name goes on, else nothing happens."""

    name: str
    data: Data = field(default_factory=dict)


@dataclass(frozen=True)
class Cancel:
    """End the whole instance; everything open is closed."""


@dataclass(frozen=True)
class Return:
    """The user task `ref` is not done but given back: the process is run anew from `node`.

    Whatever was begun after `node` is withdrawn. `data` is merged into the variables. Ask
    `before` which nodes will do. Where people decide one after another, `copy` (counted from 0)
    is the turn inside the same round to go back to, and `node` the task's own.
    """

    ref: str
    node: str
    data: Data = field(default_factory=dict)
    copy: int | None = None


@dataclass(frozen=True)
class Amend:
    """An earlier step was answered anew while the user task `ref` waits; nothing moves.

    `copy` as in `Return`.
    """

    ref: str
    node: str
    data: Data = field(default_factory=dict)
    copy: int | None = None


@dataclass(frozen=True)
class Revise:
    """Facts the instance was given have changed; nothing moves. It takes only what it knows,
    unless they are given `anew`.

    Timers that wait for a date follow it. What is open is not announced anew: ask `waiting`.
    """

    data: Data = field(default_factory=dict)
    anew: bool = False


Event = Complete | Fire | ChildFinished | ServiceDone | Deliver | Cancel | Return | Amend | Revise


# Effects: what the world has to do because of a step.


@dataclass(frozen=True)
class TaskOpened:
    """A person has something to do. `settings` are evaluated; `data` is what the form may see."""

    ref: str
    node: str
    name: str
    settings: Mapping[str, Any]
    data: Mapping[str, Any]
    group: str | None = None  # the ref all copies of one joint decision share


@dataclass(frozen=True)
class TaskChanged:
    """The form of an open user task may see other variables now."""

    ref: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class TaskClosed:
    """An open user task is over: `completed` by this act, or cancelled by the process."""

    ref: str
    completed: bool


@dataclass(frozen=True)
class TimerSet:
    """Fire `ref` at `due_at`. A repeated timer is set again, same ref, after each firing."""

    ref: str
    node: str
    due_at: datetime
    kind: Literal["catch", "boundary", "cycle"]


@dataclass(frozen=True)
class TimerCleared:
    """Nobody waits for this timer any more, because it fired or became needless."""

    ref: str


@dataclass(frozen=True)
class ChildStart:
    """Start an instance of `process` with `variables`; tell us with `ChildFinished(ref)`."""

    ref: str
    node: str
    process: str
    variables: Mapping[str, Any]
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class ChildCancel:
    """Cancel the instance that was started for `ref`."""

    ref: str


@dataclass(frozen=True)
class ServiceDue:
    """Carry out the registered `operation`; tell us with `ServiceDone(ref)`."""

    ref: str
    node: str
    operation: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class ServiceCancel:
    """The process no longer waits for the service call of `ref`."""

    ref: str


@dataclass(frozen=True)
class MessageThrown:
    """The process sent a message or signal to the world."""

    name: str
    data: Mapping[str, Any]


Effect = (
    TaskOpened
    | TaskChanged
    | TaskClosed
    | TimerSet
    | TimerCleared
    | ChildStart
    | ChildCancel
    | ServiceDue
    | ServiceCancel
    | MessageThrown
)


@dataclass(frozen=True)
class Step:
    """The outcome of one start or act.

    `variables` are those of the instance (of its main line). `passed` are the diagram's node ids
    and flow ids left behind in this step, in order. `stage` is the last `stage` setting met in this
    step, if any. `result` is what a finished instance returns to its caller.
    """

    state: bytes
    effects: tuple[Effect, ...]
    status: Literal["running", "finished", "cancelled"]
    variables: Data
    passed: tuple[str, ...] = ()
    stage: str | None = None
    result: Data = field(default_factory=dict)
