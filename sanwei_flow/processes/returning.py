"""Sending work back to any earlier step, and how it goes on from there.

Either the process is run anew from that step (`next`), or only that step is answered once
more and the work comes straight back to whoever returned it (`returner`).
"""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from sqlalchemy import case, select, update

from sanwei_flow import engine
from sanwei_flow.db import db
from sanwei_flow.designs import outcomes
from sanwei_flow.designs.queries import compiled_by_hash
from sanwei_flow.engine import Design, Return
from sanwei_flow.errors import N_, Conflict
from sanwei_flow.processes import people
from sanwei_flow.processes.doing import Doing, wrong
from sanwei_flow.processes.models import Side, Task, TaskEvent, TaskStatus, is_pending
from sanwei_flow.processes.sides import side_row
from sanwei_flow.processes.transitions import transition

NEXT, RETURNER = "next", "returner"
#: How the process goes on after a return; the label is a msgid.
POLICIES = {
    NEXT: N_("从该步骤起重新逐级办理"),
    RETURNER: N_("办完直接交回退回人"),
}


@dataclass(frozen=True)
class Target:
    """An earlier step of this process: the task as it was done, and what is possible with it.

    `turn` is set for a signer before me in the same round of one after another.
    """

    task: Any
    again: bool
    amend: bool
    turn: int | None = None

    @property
    def policies(self) -> list[str]:
        """How it may go on after a return to this step."""
        return [name for name, can in ((NEXT, self.again), (RETURNER, self.amend)) if can]


def targets(instance_id: int, task_id: int, ref: str, state: bytes, design: Design) -> list[Target]:
    """The steps a task may be returned to, the latest first."""
    path, mine = _path(instance_id, task_id, design)
    if not path:
        return []
    before = engine.before(design, state, ref)
    found = [_target(row, before, mine) for row in path]
    return [target for target in reversed(found) if target.policies]


def _target(row: Any, before: engine.Before, mine: Any) -> Target:
    if row.joint_ref is not None and row.joint_ref == mine.joint_ref:
        can = row.turn in before.turns
        return Target(row, can, can, row.turn)
    return Target(row, row.node in before.again, row.node in before.amend)


def default_policy(design: Design, node: str, target: Target | None) -> str:
    """What is chosen unless the person chooses: the task's setting, else the process's."""
    wanted = design.nodes[node].settings.get("resubmit") or design.settings.get("resubmit") or NEXT
    if target is None or wanted in target.policies:
        return wanted
    return target.policies[0]


def return_to(doing: Doing) -> None:
    """Send the work back to the step of the task `target`, and go on as `resubmit` says."""
    doing.must_hold()
    doing.must_be_open()
    doing.must_be_main()
    running, task = doing.running, doing.task
    design = compiled_by_hash(running.hash)
    offered = targets(running.id, task.task_id, task.ref, running.state, design)
    given = str(doing.payload.get("target", ""))
    target = next((one for one in offered if str(one.task.id) == given), None)
    if target is None:
        raise wrong("target", gettext("请选择退回到哪一步。"))
    policy = doing.payload.get("resubmit") or default_policy(design, task.node, target)
    if policy not in target.policies:
        raise wrong("resubmit", gettext("退回到这一步时不能这样办理。"))
    doing.text()
    if policy == RETURNER:
        _redo(doing, target)
    else:
        _run_again(doing, target)


def _run_again(doing: Doing, target: Target) -> None:
    task, seq = doing.task, doing.running.version + 1
    sides = update(Task).where(Task.side_of_id == task.task_id, is_pending)
    closing = {"closed_at": doing.at, "closed_version": seq}
    doing.connection.execute(sides.values(status=TaskStatus.cancelled, sides=0, **closing))
    done = {
        "id": task.task_id,
        "status": TaskStatus.done,
        "closed_by_id": doing.by.user_id,
        "outcome": "return_to",
        **closing,
    }
    given = {"outcome": "return", "comment": doing.comment}
    act = doing.act("return_to", data=_told(target, NEXT))
    event = Return(task.ref, target.task.node, given, target.turn)
    doing.opened += transition(doing.running, event, act, done=done)
    _tell(doing, target, doing.opened[0] if doing.opened else task.task_id)


def _redo(doing: Doing, target: Target) -> None:
    """The step is opened beside the process, for the people and with the form it had."""
    task, earlier = doing.task, target.task
    if task.sides:
        raise Conflict(N_("还有人没有答复，请先减签，或从该步骤起重新逐级办理。"))
    own = [each for each in outcomes.parse(earlier.outcomes) if each.name == earlier.outcome]
    row = side_row(doing, Side.redo) | {
        "node": earlier.node,
        "name": earlier.name,
        "unit_id": earlier.unit_id,
        "role": earlier.role,
        "owner_id": None,
        "claimed_at": None,
        "form": earlier.form,
        "outcomes": f"{own[0].name}={own[0].label}" if own else "submit",
    }
    if target.turn is not None:
        row |= {
            "data": _as_answered(doing, earlier.id),
            "memo": row["memo"] | {"turn": target.turn},
        }
    task_id = doing.put(row)
    values = {"status": TaskStatus.held, "sides": 1, "owner_id": doing.by.holder_id}
    doing.change(task.task_id, **values, claimed_at=doing.at)
    doing.note("return_to", data=_told(target, RETURNER))
    _tell(doing, target, task_id)


def _as_answered(doing: Doing, task_id: int) -> dict[str, Any]:
    """What a signer saw, with what they answered: of that nobody else's task knows anything."""
    seen = db.session.scalar(select(Task.data).where(Task.id == task_id)) or {}
    query = select(TaskEvent.data).where(
        TaskEvent.instance_id == doing.running.id,
        TaskEvent.task_id == task_id,
        TaskEvent.kind == "act",
    )
    given = db.session.scalar(query.order_by(TaskEvent.id.desc()).limit(1)) or {}
    return {**seen, **given}


def _told(target: Target, policy: str) -> dict[str, Any]:
    row = target.task
    told = {"target": row.id, "node": row.node, "step": row.name, "resubmit": policy}
    return told if target.turn is None else told | {"turn": target.turn}


def _tell(doing: Doing, target: Target, task_id: int) -> None:
    letters = [(target.task.closed_by_id, task_id)]
    message = N_("{who}退回了“{title}”，请重新办理")
    me = doing.by.user_id
    people.tell(letters, message, doing.task, at=doing.at, kind="asked", who=doing.by.name, but=me)


def _path(instance_id: int, task_id: int, design: Design) -> tuple[list[Any], Any]:
    """The tasks done on the way here, oldest first, and the task itself.

    Where a step was opened again, what had followed it in the earlier round is no part of it.
    """
    columns: tuple[Any, ...] = (
        Task.id,
        Task.node,
        Task.name,
        Task.unit_id,
        Task.role,
        Task.form,
        Task.outcomes,
    )
    columns += (Task.outcome, Task.closed_by_id, Task.opened_version, Task.closed_version)
    turn = Task.data["loopCounter"].as_integer()
    columns += (
        Task.joint_ref,
        Task.status,
        case((Task.joint_ref.is_not(None), turn)).label("turn"),
    )
    mine = Task.instance_id == instance_id, Task.side.is_(None)
    query = select(*columns).where(*mine, (Task.status == TaskStatus.done) | (Task.id == task_id))
    rows = db.session.execute(query.order_by(Task.id)).all()
    moments = [(row.opened_version, 1, row) for row in rows]
    moments += [(row.closed_version, 0, row) for row in rows if row.status == TaskStatus.done]
    found: list[Any] = []
    for _version, opens, row in sorted(moments, key=lambda moment: moment[:2]):
        if opens:
            behind = engine.nodes_after(design, row.node)
            found = [one for one in found if one.node not in behind and not _same(one, row)]
        elif row.outcome != "return_to":
            found.append(row)
    return found, next((row for row in rows if row.id == task_id), None)


def _same(one: Any, row: Any) -> bool:
    """Whether `row` opens the step of `one` once more, and not as a copy for another person.

    In a round of one after another, going back to a turn takes back those that followed it.
    """
    if one.node != row.node:
        return False
    same_round = one.joint_ref is not None and one.joint_ref == row.joint_ref
    return not same_round or (None not in (one.turn, row.turn) and one.turn >= row.turn)
