"""What the hash of an event covers, and whether a chain is whole.

One chain per instance: a single one for the whole product would make every act wait for
every other. The head lies on the instance, so that cutting off the newest events shows too.
"""

import datetime as dt
import hashlib
from typing import Any

import orjson

from sanwei_flow.db import db
from sanwei_flow.processes.models import ProcessInstance, TaskEvent

#: The hash before the first event of an instance.
START = "0" * 64

#: Everything an event states. Its instance is left out: the first event is hashed before the
#: instance has a number; its title and business key are among that event's data instead.
STATED: tuple[str, ...] = ("seq", "kind", "action", "task_id", "by_id", "by_name", "for_unit_id")
STATED += ("on_behalf_of_id", "comment", "data", "passed")


def event_hash(prev_hash: str, event: dict[str, Any]) -> str:
    """The hash an event must carry: over the hash before it and everything it states."""
    at: dt.datetime = event["at"]
    stated: list[Any] = [prev_hash, at.astimezone(dt.UTC).isoformat(timespec="microseconds")]
    stated += [event.get(name) for name in STATED]
    text = orjson.dumps(stated, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    return hashlib.sha256(text).hexdigest()


def first_broken(instance_id: int) -> TaskEvent | ProcessInstance | None:
    """The first event that does not follow from the one before it, or None if all do.

    Returns the instance itself where its head is not the last event's hash.
    """
    prev = START
    query = db.select(TaskEvent).where(TaskEvent.instance_id == instance_id)
    event: TaskEvent
    for event in db.session.scalars(query.order_by(TaskEvent.id)):
        stated = {name: getattr(event, name) for name in STATED} | {"at": event.at}
        if event.prev_hash != prev or event.hash != event_hash(prev, stated):
            return event
        prev = event.hash
    instance: ProcessInstance = db.session.get_one(
        ProcessInstance, instance_id, populate_existing=True
    )
    return None if instance.chain_head == prev else instance
