"""Starting processes and acting on tasks: the public face of this feature.

One act is one transaction of the caller's: the task and its instance are read under a lock,
permission is asked of the task, the form is checked, the engine decides, and everything it
decided is written together. What has to happen elsewhere waits in the job table.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.db import after_rollback, db, transaction
from sanwei_flow.designs import forms, outcomes
from sanwei_flow.designs.models import DesignVersion
from sanwei_flow.designs.queries import current, register_choices
from sanwei_flow.engine import BadData, Cancel, Complete, EngineError, NotWaiting
from sanwei_flow.errors import N_, AppError, Conflict, Forbidden, Invalid, NotFound
from sanwei_flow.processes import attachments, sides, starting
from sanwei_flow.processes.advance import Act, Running
from sanwei_flow.processes.conflicts import already_closed, replayed, taken
from sanwei_flow.processes.doing import Doing, opinion
from sanwei_flow.processes.incidents import report
from sanwei_flow.processes.locking import lock_instance, lock_task
from sanwei_flow.processes.models import InstanceStatus, ProcessInstance, TaskStatus
from sanwei_flow.processes.opinions import form_of, outcome_names
from sanwei_flow.processes.standing import DEPUTY_VERBS, standing
from sanwei_flow.processes.transitions import transition
from sanwei_flow.processes.verbs import VERBS, Verb

CLOSED = (TaskStatus.done, TaskStatus.cancelled)


@dataclass(frozen=True)
class ActResult:
    """The answer to an act.

    `replayed`: the same idempotency key had been answered before, nothing was done again.
    """

    task_id: int
    instance_id: int
    replayed: bool = False
    written: Sequence[int] = ()

    @property
    def opened(self) -> list[int]:
        """The ids of the tasks it opened in the same instance.

        Inside the transaction this sends what else would go out along with COMMIT.
        """
        return list(self.written)


def start_process(
    process: str | DesignVersion,
    variables: dict[str, Any],
    *,
    business_key: str = "",
    title: str = "",
    by: Actor,
    at: dt.datetime,
    parent: ProcessInstance | None = None,
) -> ProcessInstance:
    """Start the newest version of a process (by key), or this very version.

    `title` defaults to the design's name. Children of call activities start by themselves;
    `parent` is for a process that merely belongs to another. Raises NotFound for an unknown
    key, EngineError if the design cannot start with these variables.
    """
    version = current(process) if isinstance(process, str) else process
    origin = starting.Origin.of(parent) if parent is not None else starting.Origin()
    db.session.flush()
    begun = starting.Start(version.id, version.hash, variables, title, business_key, origin)
    instance_id = starting.start(begun, by=by, at=at)
    return db.session.get_one(ProcessInstance, instance_id)


def act_on_task(
    task_id: int,
    action: str,
    data: dict[str, Any] | None = None,
    *,
    comment: str = "",
    files: Sequence[int] = (),
    by: Actor,
    at: dt.datetime,
    idempotency_key: str | None = None,
    fingerprint: str | None = None,
) -> ActResult:
    """Complete a task with one of its outcomes, or do one of the `verbs.VERBS` to it.

    `data` are the form's answers; `comment` is the opinion and may also be `data["comment"]`;
    `files` are the ids of attachments that go with it. Repeating a call with the same
    `idempotency_key` gives the first answer; `fingerprint` tells what is being sent, so that
    the key is refused for anything else. Raises NotFound, Forbidden, Conflict (naming who was
    first and when), Invalid with a message per field, EngineError if the process cannot go on;
    the instance is then marked as an incident.
    """
    db.session.flush()
    connection = db.session.connection()
    found = lock_task(connection, task_id, idempotency_key)
    if found is None:
        raise NotFound(N_("没有这个任务。"))
    running, task = found
    payload = data or {}
    verb = VERBS.get(action)
    besides = verb is not None and action not in outcome_names(task.outcomes)
    if not besides or action in DEPUTY_VERBS:
        by = standing(task, running.hash, by)
    doing = Doing(connection, running, task, payload, comment, by, at, idempotency_key, fingerprint)
    if verb is not None and besides:
        return _besides(doing, verb, files)
    _check_permission(task, by)
    again = _answered(doing, action)
    if again is not None:
        return again
    if task.task_status in CLOSED:
        raise already_closed(task_id)
    doing.must_be_open()
    _check_free(running, task, by)
    act = _checked(doing, action, files)
    opened: Sequence[int]
    if task.side is not None:
        opened = sides.answer(doing, act)
    elif task.sides:
        opened = sides.decide_later(doing, act)
    else:
        opened = _complete(running, task, act)
    return ActResult(task_id, running.id, written=opened)


def _besides(doing: Doing, verb: Verb, files: Sequence[int]) -> ActResult:
    """Do what does not complete the task."""
    task_id = doing.task.task_id
    again = _answered(doing, verb.name)
    if again is not None:
        return again
    if not verb.anytime and doing.task.task_status in CLOSED:
        raise already_closed(task_id)
    if not verb.at_once:
        doing.comment = opinion(doing.payload, doing.comment)
        doing.files = _carried(doing, {attachments.BESIDE: files})
    else:
        doing.comment = ""
    verb.do(doing)
    return ActResult(task_id, doing.running.id, written=doing.opened)


def _answered(doing: Doing, action: str) -> ActResult | None:
    """The first answer to a call that comes again with the same key."""
    task, key = doing.task, doing.key
    if task.used_by is None and not (key and task.task_status != TaskStatus.open):
        return None
    again = replayed(key or "", task.task_id, action, doing.by, doing.fingerprint)
    if again is None:
        return None
    return ActResult(task.task_id, doing.running.id, replayed=True, written=again)


def cancel_process(instance_id: int, *, reason: str, by: Actor, at: dt.datetime) -> None:
    """End an instance and everything it called; its open tasks are withdrawn.

    Who may do this depends on what the process is about, so the caller has to ask that.
    Raises NotFound, or Conflict if it has ended already.
    """
    running = lock_instance(db.session.connection(), instance_id)
    if running is None:
        raise NotFound(N_("没有这个流程。"))
    if not running.is_open:
        raise Conflict(N_("这个流程已经结束。"))
    transition(running, Cancel(), Act("cancel", by, at, comment=reason))


def _check_permission(task: Row[Any], by: Actor) -> None:
    if not by.has(task.unit_id, task.role):
        raise Forbidden(N_("这个任务由别的单位或岗位办理，您不能办理。"))


def _check_free(running: Running, task: Row[Any], by: Actor) -> None:
    if running.status == InstanceStatus.suspended:
        raise Conflict(N_("这个流程已暂停，恢复后才能办理。"))
    if not by.owns(task.owner_id):
        raise taken(task.task_id)


def _checked(doing: Doing, action: str, files: Sequence[int]) -> Act:
    """The act as it will be recorded, its answers cleaned by the task's form."""
    task, running, payload = doing.task, doing.running, doing.payload
    if action not in outcome_names(task.outcomes):
        raise Invalid(N_("这个任务不能“{action}”。"), action=outcomes.label(action))
    form = form_of(running.hash, task.form, task.node, task.data)
    cleaned = forms.validate(
        form, action, payload, task.data, comment=doing.comment or None, choices=register_choices
    )
    wanted: dict[str, Sequence[int]] = {attachments.BESIDE: files}
    for key in forms.file_keys(form, action):
        held = forms.default(form.field(key), task.data) or []
        wanted[key] = [one for one in cleaned.get(key) or [] if one not in held]
    doing.files = _carried(doing, wanted)
    doing.comment = cleaned.pop("comment")
    act = doing.act("act", data=cleaned, action=action)
    act.for_unit_id = task.unit_id
    return act


def _carried(doing: Doing, wanted: dict[str, Sequence[int]]) -> list[dict[str, Any]]:
    return attachments.take(wanted, instance_id=doing.running.id, by=doing.by, at=doing.at)


def _complete(running: Running, task: Row[Any], act: Act) -> Sequence[int]:
    done = {
        "id": task.task_id,
        "status": TaskStatus.done,
        "closed_at": act.at,
        "closed_by_id": act.by.user_id,
        "closed_version": running.version + 1,
        "outcome": act.action,
    }
    # The opinion goes along: who gets work back through a new process is told why.
    given = {**(act.data or {}), "outcome": act.action, "comment": act.comment}
    event = Complete(task.ref, given)
    try:
        return transition(running, event, act, done=done)
    except (NotWaiting, BadData):
        raise
    except EngineError as error:
        _report_later(running.id, task.task_id, error, act)
        raise


def _report_later(instance_id: int, task_id: int, error: AppError, act: Act) -> None:
    """Leave an incident behind although this transaction is about to be rolled back."""

    def record() -> None:
        with transaction():
            report(instance_id, error, {"task_id": task_id}, by=act.by, at=act.at)

    after_rollback(record)
