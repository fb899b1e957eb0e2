"""One step of a running instance: the engine decides, and everything it decided is written."""

from collections.abc import Sequence
from typing import Any

from sanwei_flow import engine
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.designs.queries import compiled_by_hash
from sanwei_flow.engine import Event
from sanwei_flow.processes import advance, outbox, starting
from sanwei_flow.processes.advance import Act, Running


def transition(
    running: Running, event: Event, act: Act, *, done: Any = None, job_id: int | None = None
) -> Sequence[int]:
    """Let the engine take `event` and write what follows; the instance must be locked.

    Returns the ids of the opened tasks.
    """
    calendar = load_calendar()
    design = compiled_by_hash(running.hash)
    step = engine.act(design, running.state, event, act.at, functions=calendar)
    opened, busy = advance.advance(
        running.connection,
        running,
        step,
        act,
        design=design,
        calendar=calendar,
        done=done,
        job_id=job_id,
    )
    if busy:
        above = [running.parent_id] if running.parent_id is not None else []
        outbox.wake([running.id, *above], act.at)
    starting.forget()
    return opened
