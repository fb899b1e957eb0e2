"""Who may watch over the processes, and who may put a hand on one.

Watching is for whoever answers for how the work runs: the offices, the designers, the auditors,
the system administrators. Mending is for designers and system administrators, who run the
product and not the work. Whatever touches the content of a process (a variable, an act undone,
an answer given for somebody, its end) is only for one who has no part in that work: nobody may
report with one hand and approve with the other, nor answer two steps in other people's names.
"""

from typing import Any

from sqlalchemy import Select, select

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import Role
from sanwei_flow.db import db
from sanwei_flow.errors import N_, Conflict, Forbidden
from sanwei_flow.processes.access import may_see
from sanwei_flow.processes.models import ProcessInstance, Task, TaskEvent

WATCHERS = (Role.office, Role.designer, Role.auditor, Role.sys_admin)
MENDERS = (Role.designer, Role.sys_admin)
#: Who works, and who approves work, in a unit.
WORKERS = (Role.staff, Role.reviewer)
#: Who approves the work of every unit.
APPROVERS = (Role.office, Role.leader)
#: Who did one of these has had a say in the work; the others change what it is about.
SAID, CHANGED = ("act", "return_to"), ("correct", "rewind")


def watches(by: Actor) -> bool:
    """Whether the actor may see all processes together."""
    return by.is_system or any(by.has_role(role) for role in WATCHERS)


def mends(by: Actor) -> bool:
    """Whether the actor may work at the repair desk."""
    return by.is_system or any(by.has_role(role) for role in MENDERS)


def require_watcher(by: Actor) -> None:
    """Raises Forbidden."""
    if not watches(by):
        raise Forbidden(N_("流程监控由专班办公室、流程设计、审计和系统管理人员使用。"))


def require_mender(by: Actor) -> None:
    """Raises Forbidden."""
    if not mends(by):
        raise Forbidden(N_("流程修复由流程设计和系统管理人员办理。"))


def may_read(instance: ProcessInstance, by: Actor) -> bool:
    """Whether the actor may read a process: those who take part or oversee, and who mends it."""
    return mends(by) or may_see(instance, by)


def require_outsider(instance: ProcessInstance, by: Actor, *, answering: bool = False) -> None:
    """Only for who has no part in the work that this process belongs to.

    They have done none of its tasks and hold no post that works or approves in it; to answer a
    task for somebody (`answering`) they must not have corrected or rewound it either. Raises
    Forbidden, Conflict.
    """
    require_mender(by)
    if by.is_system:
        return
    if any(by.has_role(role) for role in APPROVERS):
        raise Forbidden(N_("您在工作中有审核职责，不能改动流程内容，请由其他人办理。"))
    work = _same_work(instance)
    mine = {unit for role in WORKERS for unit in by.units(role)}
    part = select(Task.id).where(Task.instance_id.in_(work), Task.unit_id.in_(mine)).limit(1)
    if mine and db.session.scalar(part) is not None:
        raise Forbidden(N_("您的单位参与了这项工作，不能改动流程内容，请由其他人办理。"))
    kinds = SAID + CHANGED if answering else SAID
    events = TaskEvent.instance_id.in_(work), TaskEvent.by_id == by.user_id
    had = select(TaskEvent.id).where(*events, TaskEvent.kind.in_(kinds)).limit(1)
    if db.session.scalar(had) is not None:
        raise Conflict(
            N_("您已经办理或改动过这项工作，同一个人不能既改动又办理、一人办两步，请由其他人办理。")
        )


def _same_work(instance: ProcessInstance) -> Select[Any]:
    """The ids of the processes about the same thing: a row's and those of its parts."""
    ids = select(ProcessInstance.id)
    if instance.business_key:
        return ids.where(ProcessInstance.business_key == instance.business_key)
    top = instance.root_id or instance.id
    return ids.where((ProcessInstance.id == top) | (ProcessInstance.root_id == top))
