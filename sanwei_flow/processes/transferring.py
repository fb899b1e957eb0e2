"""Handing a task to somebody else: by whoever holds it, or by the head of their unit."""

from flask_babel import gettext
from sqlalchemy import Row

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import Role
from sanwei_flow.errors import N_, Conflict, Forbidden
from sanwei_flow.processes import people
from sanwei_flow.processes.doing import Doing, wrong
from sanwei_flow.processes.models import InstanceStatus, Side


def transfer(doing: Doing) -> None:
    """Let a colleague of the same post do it instead."""
    task = doing.task
    if doing.running.status == InstanceStatus.suspended:
        raise Conflict(N_("这个流程已暂停，恢复后才能办理。"))
    if not heads(task, doing.by):
        doing.must_hold()
    doing.must_be_open()
    if task.side not in (None, Side.redo):
        raise Forbidden(N_("这是别人请您本人协助的任务，不能转办。"))
    person = doing.person()
    mine = doing.by.owns(task.owner_id) and doing.by.has(task.unit_id, task.role)
    if person == task.owner_id or (mine and person == doing.by.user_id):
        raise wrong("person", gettext("请选择另一个人。"))
    if person not in people.colleagues(task.unit_id, task.role):
        raise wrong("person", gettext("只能转办给同一单位、同一岗位的人员。"))
    doing.change(task.task_id, owner_id=person, claimed_at=doing.at)
    told = {"people": [person], "names": people.names([person]), "from": task.owner_id}
    doing.note("transfer", data=told)
    letters = [(person, task.task_id), (task.owner_id, task.task_id)]
    message = N_("{who}转办了“{title}”")
    me = doing.by.user_id
    people.tell(letters, message, task, at=doing.at, kind="asked", who=doing.by.name, but=me)


def heads(task: Row[object], actor: Actor) -> bool:
    """Whether the actor heads the unit and the task is its staff's."""
    return task.role == Role.staff and actor.has(task.unit_id, Role.reviewer)
