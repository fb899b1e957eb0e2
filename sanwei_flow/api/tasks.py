"""Tasks: my boxes, one task, acting on it."""

from flask import Blueprint, Response

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.api import shapes
from sanwei_flow.api.bodies import Act
from sanwei_flow.api.http import actor, idempotency_key, next_page, read_body, read_query, reply
from sanwei_flow.api.query_strings import TaskQuery
from sanwei_flow.api.work import task_shape, task_shapes
from sanwei_flow.calendars import today
from sanwei_flow.db import transaction
from sanwei_flow.errors import N_, Forbidden
from sanwei_flow.processes import operations, queries
from sanwei_flow.processes.access import may_see_task
from sanwei_flow.processes.actions import available_actions
from sanwei_flow.processes.conflicts import fingerprint
from sanwei_flow.processes.inbox import inbox
from sanwei_flow.processes.models import Task
from sanwei_flow.web import now

bp = Blueprint("tasks", __name__)


@bp.get("/tasks")
def listing() -> Response:
    """One of my boxes: open tasks by due date, or what I have done, newest first."""
    query = read_query(TaskQuery)
    page = inbox(actor(), query.box, after=query.after, limit=query.limit)
    items = task_shapes(page.items, today(now()))
    return reply(shapes.TaskPage(items=items, next=next_page(page.next)))


@bp.get("/tasks/<number:task_id>")
def show(task_id: int) -> Response:
    """A task, its data, and what I may do with it."""
    by = actor()
    task = readable_task(task_id, by)
    actions = available_actions(task, by)
    return reply(task_shape(task, actions, today(now()), reader=by.user_id))


@bp.post("/tasks/<number:task_id>/actions/<action>")
def act(task_id: int, action: str) -> Response:
    """Complete, claim, release, or keep a draft; the same key twice acts once."""
    given = read_body(Act)
    key = idempotency_key()
    by = actor()
    with transaction():
        result = operations.act_on_task(
            task_id,
            action,
            given.data,
            comment=given.comment,
            files=list(dict.fromkeys(given.attachments)),
            by=by,
            at=now(),
            # The key is the program's own; another person's same key is another key.
            idempotency_key=f"{by.user_id}:{key}" if key else None,
            fingerprint=fingerprint(given.model_dump()),
        )
    return reply(
        shapes.ActAnswer(
            task=result.task_id,
            process=result.instance_id,
            action=action,
            opened=result.opened,
            replayed=result.replayed,
        )
    )


def readable_task(task_id: int, by: Actor) -> Task:
    """Load a task the actor may read: one of their unit's, or of a process they may see.

    Raises NotFound, Forbidden.
    """
    task = queries.get_task(task_id)
    if may_see_task(task, by):
        return task
    raise Forbidden(N_("这个任务由别的单位或岗位办理，您不能查看。"))
