"""Who may read a process or a task: whoever oversees all, took part, or took over."""

from typing import Any

from sqlalchemy import or_, select, union_all

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import Role
from sanwei_flow.db import db
from sanwei_flow.designs.queries import compiled
from sanwei_flow.processes.models import InstanceStatus, ProcessInstance, Task, TaskCopy
from sanwei_flow.processes.standing import standing

#: Who may see every process: they run, lead or watch over all of them.
SEE_ALL = (Role.office, Role.leader, Role.designer, Role.auditor)


def may_see(instance: ProcessInstance, actor: Actor) -> bool:
    """Whether the actor may read the instance: they oversee all, started it, or take part.

    Taking part means that a unit of theirs has or had a task in it, or in anything that
    belongs to the same row: its parent and its children. Who was sent a copy may read it too.
    A deputy may read what the person may by taking part.
    """
    if any(actor.has_role(role) for role in SEE_ALL):
        return True
    if actor.user_id is not None and instance.started_by_id == actor.user_id:
        return True
    near = select(ProcessInstance.id).where(
        or_(
            ProcessInstance.id == instance.id,
            ProcessInstance.parent_id == instance.id,
            ProcessInstance.id == instance.parent_id,
        )
    )
    units = _units_for(instance, actor)
    mine = select(Task.id).where(Task.instance_id.in_(near), Task.unit_id.in_(units))
    copied = select(TaskCopy.id).where(
        TaskCopy.instance_id == instance.id, TaskCopy.user_id == actor.user_id
    )
    found = union_all(mine.limit(1).subquery().select(), copied.limit(1).subquery().select())
    return db.session.execute(found).first() is not None


def _units_for(instance: ProcessInstance, actor: Actor) -> set[int]:
    """The units whose part the actor takes: their own, and those they are a deputy in."""
    units = set(actor.units())
    if actor.stands_for:
        design = compiled(instance.design_version).key
        covering = [each for each in actor.stands_for if each.covers(design)]
        units |= {unit for each in covering for unit, _role in each.grants}
    return units


def may_see_task(task: Task, actor: Actor) -> bool:
    """Whether the actor may read the task: it is or was theirs, or they may see its process."""
    return is_theirs(task, actor) or may_see(task.instance, actor)


def is_theirs(task: Any, actor: Actor) -> bool:
    """Whether the actor's post has the task, or they have done it; a row will do for the task."""
    if standing(task, task.design_hash, actor).has(task.unit_id, task.role):
        return True
    return actor.user_id is not None and task.closed_by_id == actor.user_id


def took_over(instance: ProcessInstance, actor: Actor) -> bool:
    """Whether the actor's unit works on what was started in the place of this instance.

    The same for what had belonged to the one that was replaced. Who merely has a part in the
    new one has not taken over.
    """
    replaced = [one for one in (instance, instance.parent) if one is not None and one.parent_ref]
    places = [
        (ProcessInstance.parent_id == one.parent_id)
        & (ProcessInstance.parent_ref == one.parent_ref)
        & (ProcessInstance.id > one.id)
        for one in replaced
        if one.status == InstanceStatus.cancelled
    ]
    if not places:
        return False
    newer = select(ProcessInstance.id).where(or_(*places))
    units = _units_for(instance, actor)
    mine = select(Task.id).where(Task.instance_id.in_(newer), Task.unit_id.in_(units))
    return db.session.scalar(mine.limit(1)) is not None
