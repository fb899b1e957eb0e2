"""The repair desk: every intervention asks who may, has a reason, and is recorded twice.

Once in the process's own hash chain, beside the acts of its people, and once in the audit.
"""

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from sanwei_flow import engine
from sanwei_flow.accounts.actor import Actor
from sanwei_flow.audit.operations import record
from sanwei_flow.db import db, transaction
from sanwei_flow.designs.models import DesignVersion, ProcessDesign
from sanwei_flow.designs.queries import compiled
from sanwei_flow.errors import N_, AppError, Conflict, Invalid
from sanwei_flow.monitor import access, variables
from sanwei_flow.processes import rewinding, standing_in, suspending
from sanwei_flow.processes.correcting import correct as correct_variable
from sanwei_flow.processes.incidents import retry_incident
from sanwei_flow.processes.models import InstanceStatus, ProcessInstance, Task, TaskEvent
from sanwei_flow.processes.operations import ActResult, cancel_process
from sanwei_flow.processes.queries import get_instance, get_task, subtree

PAGE = 50
#: The longest value a person may type, in characters.
MOST_VALUE = 100_000
MOST_REASON = 500
#: How many incidents may be retried together.
TOGETHER = 200


@dataclass(frozen=True)
class Filters:
    """Which incidents: of a design, with words in the cause, at least so many days old."""

    design: str = ""
    cause: str = ""
    days: int = 0

    def kept(self) -> dict[str, str]:
        """What stands in an address for them."""
        given = {"design": self.design, "cause": self.cause, "days": str(self.days or "")}
        return {name: value for name, value in given.items() if value}


def incidents(
    filters: Filters, *, by: Actor, at: dt.datetime, after: int | None = None, limit: int = PAGE
) -> list[ProcessInstance]:
    """The processes that cannot go on, oldest first, those after an id. Raises Forbidden."""
    access.require_mender(by)
    version = joinedload(ProcessInstance.design_version).joinedload(DesignVersion.design)
    query = select(ProcessInstance).where(ProcessInstance.status == InstanceStatus.incident)
    if filters.design:
        ids = select(DesignVersion.id).join(ProcessDesign)
        own = ids.where(ProcessDesign.key == filters.design)
        query = query.where(ProcessInstance.version_id.in_(own))
    if filters.cause:
        query = query.where(_cause_has(filters.cause))
    if filters.days:
        latest = (at - dt.timedelta(days=filters.days)).isoformat()
        query = query.where(ProcessInstance.incident["at"].as_string() <= latest)
    if after is not None:
        query = query.where(ProcessInstance.id > after)
    return list(
        db.session.scalars(query.options(version).order_by(ProcessInstance.id).limit(limit))
    )


def _cause_has(words: str) -> ColumnElement[bool]:
    message = ProcessInstance.incident["message"].as_string()
    return func.lower(message).contains(words.lower(), autoescape=True)


def retry(instance_id: int, *, reason: str, by: Actor, at: dt.datetime) -> None:
    """Try again what failed. Raises Forbidden, NotFound, Conflict, Invalid without a reason."""
    access.require_mender(by)
    words = _reason(reason)
    retry_incident(instance_id, reason=words, by=by, at=at)
    _record("retry", instance_id, words, by, at)


def retry_each(
    instance_ids: Iterable[int], *, reason: str, by: Actor, at: dt.datetime
) -> list[tuple[int, AppError | None]]:
    """Retry several, each in a transaction of its own; each id with what spoke against it."""
    access.require_mender(by)
    _reason(reason)
    results: list[tuple[int, AppError | None]] = []
    for instance_id in list(dict.fromkeys(instance_ids))[:TOGETHER]:
        try:
            with transaction():
                retry(instance_id, reason=reason, by=by, at=at)
            results.append((instance_id, None))
        except AppError as error:
            results.append((instance_id, error))
    return results


def read_value(kind: str, text: str) -> Any:
    """The value somebody typed as one of `variables.KINDS`. Raises Invalid."""
    if len(text) > MOST_VALUE:
        raise _wrong(N_("值太长，最多 {count} 个字符。"), count=MOST_VALUE)
    if kind == "none":
        return None
    if kind == "text":
        return text
    if kind == "bool":
        if text not in ("true", "false"):
            raise _wrong(N_("是或否请写 true 或 false。"))
        return text == "true"
    try:
        value = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise _wrong(N_("这不是有效的值：数字如 12.5，列表如 [1, 2]，对象按 JSON 写。")) from None
    if variables.kind_of(value) != kind:
        raise _wrong(N_("值和所选的类型不一致。"))
    return value


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _wrong(message: str, **params: Any) -> Invalid:
    return Invalid(message, {"value": [Invalid(message, **params)]}, **params)


def difference(instance_id: int, name: str, value: Any, *, by: Actor) -> dict[str, Any]:
    """What a correction would change, as shown and as kept: `old`, `new`; secrets masked."""
    instance = _outsiders(instance_id, by)
    held = engine.variables(compiled(instance.design_version), instance.state)
    marked = variables.secret_keys(instance.design_version)
    given = {"old": held.get(name), "new": value}
    return {key: variables.masked(each, marked, name) for key, each in given.items()}


def correct(
    instance_id: int, name: str, value: Any, *, reason: str, by: Actor, at: dt.datetime
) -> None:
    """Give a variable another value. Raises like `processes.correcting.correct`, Forbidden."""
    told = difference(instance_id, name, value, by=by)
    words = _reason(reason)
    correct_variable(instance_id, name, value, told, reason=words, by=by, at=at)
    _record("correct", instance_id, words, by, at, name=name, **told)


def preview_rewind(
    instance_id: int, event_id: int, *, by: Actor, at: dt.datetime
) -> rewinding.Undone:
    """What going back to before an act undoes. Raises Forbidden, Conflict."""
    _outsiders(instance_id, by)
    return rewinding.preview(instance_id, event_id, at=at)


def rewind(
    instance_id: int, event_id: int, *, reason: str, by: Actor, at: dt.datetime
) -> rewinding.Undone:
    """Put a process back to before an act. Raises Forbidden, Conflict, Invalid."""
    _outsiders(instance_id, by)
    words = _reason(reason)
    undone = rewinding.rewind(instance_id, event_id, reason=words, by=by, at=at)
    acts = [act.id for act in undone.acts]
    _record("rewind", instance_id, words, by, at, event=event_id, undone=acts)
    return undone


def complete_for(
    task_id: int,
    person_id: int,
    action: str,
    data: dict[str, Any],
    *,
    reason: str,
    by: Actor,
    at: dt.datetime,
) -> ActResult:
    """Complete a task for the person who has it; the trail names both.

    Raises Forbidden, Conflict for who has had a hand in the work, Invalid by field.
    """
    task = get_task(task_id)
    access.require_outsider(task.instance, by, answering=True)
    words = _reason(reason)
    result = standing_in.complete_for(task_id, person_id, action, data, reason=words, by=by, at=at)
    _record("complete_for", task.instance_id, words, by, at, task=task_id, person=person_id)
    return result


def suspend(instance_id: int, *, reason: str, by: Actor, at: dt.datetime) -> list[int]:
    """Stop the clock of a process and all it called. Raises Forbidden, Conflict."""
    access.require_mender(by)
    words, instance = _reason(reason), get_instance(instance_id)
    if not instance.is_open or instance.status == InstanceStatus.suspended:
        raise Conflict(N_("这个流程已经结束或已经中止。"))
    stopped = suspending.suspend(instance_id, reason=words, by=by, at=at)
    _record("suspend", instance_id, words, by, at, processes=stopped)
    return stopped


def resume(instance_id: int, *, days: int, reason: str, by: Actor, at: dt.datetime) -> None:
    """Let it go on; dates move by `days` working days. What a decision stopped, one resumes.

    Raises Forbidden, Conflict.
    """
    access.require_mender(by)
    words, instance = _reason(reason), get_instance(instance_id)
    if instance.status != InstanceStatus.suspended:
        raise Conflict(N_("这个流程没有中止。"))
    last = select(TaskEvent).where(
        TaskEvent.instance_id == instance_id, TaskEvent.kind == "suspend"
    )
    stop = db.session.scalar(last.order_by(TaskEvent.id.desc()).limit(1))
    if stop is None or stop.by_id is None:
        raise Conflict(N_("这个流程是按批准的申请中止的，请通过申请恢复。"))
    if not 0 <= days <= 1000:
        raise Invalid(N_("顺延的工作日数应在 0 到 1000 之间。"))
    suspending.resume(instance_id, days=days, by=by, at=at)
    _record("resume", instance_id, words, by, at, days=days)


def below(instance_id: int) -> tuple[list[ProcessInstance], int]:
    """What cancelling ends: the open processes, this one first, and how many tasks wait there."""
    ids = subtree(instance_id)
    query = select(ProcessInstance).where(ProcessInstance.id.in_(ids))
    waiting = select(func.count()).where(
        Task.instance_id.in_(ids), Task.status.in_(("open", "held"))
    )
    found = list(db.session.scalars(query.order_by(ProcessInstance.id)))
    return found, db.session.scalar(waiting) or 0


def cancel(instance_id: int, number: str, *, reason: str, by: Actor, at: dt.datetime) -> None:
    """End a process and all it called; `number` is its own, typed once more.

    Raises Forbidden, Conflict, Invalid.
    """
    _outsiders(instance_id, by)
    words = _reason(reason)
    if number.strip() != str(instance_id):
        raise Invalid(N_("请输入这个流程的编号 {number}，确认取消的是它。"), number=instance_id)
    cancel_process(instance_id, reason=words, by=by, at=at)
    _record("cancel", instance_id, words, by, at)


def _outsiders(instance_id: int, by: Actor) -> ProcessInstance:
    access.require_mender(by)
    instance = get_instance(instance_id)
    access.require_outsider(instance, by)
    return instance


def _reason(text: str) -> str:
    words = text.strip()
    if not words:
        raise Invalid(N_("请写明原因。"))
    if len(words) > MOST_REASON:
        raise Invalid(N_("原因太长，最多 {count} 字。"), count=MOST_REASON)
    return words


def _record(
    kind: str, instance_id: int, reason: str, by: Actor, at: dt.datetime, **data: Any
) -> None:
    told = {"reason": reason, **data}
    record(f"repair.{kind}", f"process_instance:{instance_id}", by=by, at=at, data=told)
