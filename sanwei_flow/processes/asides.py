"""Claiming, releasing, drafts, and calling the whole thing off."""

from sanwei_flow.db import db
from sanwei_flow.designs.queries import compiled_by_hash
from sanwei_flow.engine import Cancel
from sanwei_flow.errors import N_, Conflict, Forbidden, Invalid
from sanwei_flow.processes import drafts
from sanwei_flow.processes.doing import Doing
from sanwei_flow.processes.models import ProcessInstance, Side
from sanwei_flow.processes.opinions import form_of
from sanwei_flow.processes.transitions import transition

#: Drafts are kept as they were typed; this bounds them, in characters of their text.
MOST_DRAFT = 200_000


def save_draft(doing: Doing) -> None:
    """Keep what the person has written so far, for themselves."""
    doing.must_hold()
    doing.must_be_open()
    payload = doing.payload
    if len(str(payload)) > MOST_DRAFT:
        raise Invalid(N_("草稿太长，最多 {limit} 个字。"), limit=MOST_DRAFT)
    form = form_of(doing.running.hash, doing.task.form, doing.task.node, doing.task.data)
    known = {field.key for field in form.fields} | {"comment", "attachments"}
    kept = {key: value for key, value in payload.items() if key in known}
    if doing.by.user_id is not None:
        drafts.keep(doing.task.task_id, doing.by.user_id, kept, at=doing.at)


def claim(doing: Doing) -> None:
    """Take the task on, so that nobody else of the post does it."""
    doing.must_hold()
    doing.must_be_open()
    if doing.task.owner_id == doing.by.user_id:
        return
    doing.change(doing.task.task_id, owner_id=doing.by.user_id, claimed_at=doing.at)
    doing.note("claim")


def release(doing: Doing) -> None:
    """Leave the task to whoever of the post takes it on."""
    task = doing.task
    doing.must_hold()
    doing.must_be_open()
    if task.owner_id is None:
        raise Conflict(N_("这个任务没有人认领。"))
    if task.side not in (None, Side.redo) or task.sides:
        raise Conflict(N_("有人在协助办理这个任务，不能退回认领。"))
    doing.change(task.task_id, owner_id=None, claimed_at=None)
    doing.note("release")


def cancel(doing: Doing) -> None:
    """End the process I started; everything open in it is withdrawn."""
    running = doing.running
    instance = db.session.get_one(ProcessInstance, running.id)
    if doing.by.user_id is None or instance.started_by_id != doing.by.user_id:
        raise Forbidden(N_("只有发起人可以撤销流程。"))
    design = compiled_by_hash(running.hash)
    if running.parent_id is not None or design.settings.get("cancel") == "false":
        raise Forbidden(N_("这个流程不能由发起人撤销。"))
    if not running.is_open:
        raise Conflict(N_("这个流程已经结束。"))
    doing.text()
    transition(running, Cancel(), doing.act("cancel"))
