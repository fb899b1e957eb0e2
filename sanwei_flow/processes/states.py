"""The words for where instances, tasks and jobs stand."""

import datetime as dt
from enum import StrEnum

#: The due date of a task that has none; keeps `due` sortable and the inbox keyset simple.
NO_DUE = dt.date(9999, 12, 31)


class InstanceStatus(StrEnum):
    """Whether the process runs; where in its business it stands is its `stage`."""

    running = "running"
    finished = "finished"
    cancelled = "cancelled"
    incident = "incident"
    suspended = "suspended"


class TaskStatus(StrEnum):
    """Where a task stands.

    `held` tasks wait for other people's answers or for their own turn; `cancelled` ones were
    withdrawn or became needless before anybody completed them.
    """

    open = "open"
    held = "held"
    done = "done"
    cancelled = "cancelled"


class Box(StrEnum):
    """Where an open task waits; `done` is a view of what a person completed, never stored."""

    to_accept = "to_accept"
    todo = "todo"
    done = "done"


class Side(StrEnum):
    """What a side task is to the task it serves: somebody's help with it, or agreement to it.

    `delegate` and `before` are asked first, `beside` meanwhile, `after` once it is decided;
    `redo` is an earlier step to be answered anew.
    """

    delegate = "delegate"
    before = "before"
    beside = "beside"
    after = "after"
    redo = "redo"


class JobKind(StrEnum):
    """Everything that waits or crosses from one instance to another."""

    timer = "timer"
    child_start = "child_start"
    child_cancel = "child_cancel"
    child_end = "child_end"
    service = "service"
    message = "message"


class JobStatus(StrEnum):
    """A finished job is deleted (the trail keeps what it did); a failed one is an incident.

    `held` are the timers of a suspended instance: their clock stands still.
    """

    waiting = "waiting"
    failed = "failed"
    held = "held"
