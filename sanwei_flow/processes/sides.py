"""Side tasks: asking others for help with a task, or to agree to it.

They live beside the engine, which goes on waiting for the one task they serve. That task is
held where it cannot be decided before they have answered, or where its decision takes effect
only once they have agreed.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from sqlalchemy import select, update

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.engine import Amend, Complete
from sanwei_flow.errors import N_, Conflict
from sanwei_flow.processes import drafts, people
from sanwei_flow.processes.doing import ASKED_FIRST, Doing, wrong
from sanwei_flow.processes.models import Box, Side, Task, TaskStatus, is_pending
from sanwei_flow.processes.starting import forget
from sanwei_flow.processes.transitions import transition

#: What the people of side tasks may answer; the trail and the buttons use the same words.
ANSWERS = {
    Side.delegate: "answer",
    Side.before: "agree,return",
    Side.beside: "agree,return",
    Side.after: "agree,return",
}
PLACES = (Side.before, Side.after, Side.beside)
ASKED = {
    Side.delegate: N_("{who}把“{title}”委派给您，请办理后答复"),
    Side.before: N_("{who}请您先会签“{title}”"),
    Side.beside: N_("{who}请您一并会签“{title}”"),
    Side.after: N_("{who}办理“{title}”后请您会签"),
}


def delegate(doing: Doing) -> None:
    """Let another person work it out; their answer comes back as a draft."""
    _must_ask(doing)
    person = doing.person()
    _ask(doing, Side.delegate, [person])


def add_signer(doing: Doing) -> None:
    """Ask others to agree before, beside or after the decision."""
    _must_ask(doing)
    place = doing.payload.get("place") or Side.before
    if place not in PLACES:
        raise wrong("place", gettext("请选择加签的位置。"))
    _ask(doing, Side(place), doing.people())


def remove_signer(doing: Doing) -> None:
    """Do without some of those who were asked and have not answered yet."""
    doing.must_hold()
    doing.must_be_main()
    asked = {row.id: row for row in _pending_sides(doing)}
    given = doing.payload.get("signers") or []
    given = given if isinstance(given, list) else [given]
    wanted = [int(one) for one in given if str(one).isdecimal() and int(one) in asked]
    if not wanted or len(wanted) != len(given):
        raise wrong("signers", gettext("请选择还没有答复的人员。"))
    gone = update(Task).where(Task.id.in_(wanted))
    closing = {"closed_at": doing.at, "closed_version": doing.running.version + 1}
    doing.connection.execute(
        gone.values(status=TaskStatus.cancelled, version=Task.version + 1, **closing)
    )
    left = [row for key, row in asked.items() if key not in wanted]
    dropped = [asked[key].owner_id for key in wanted]
    letters = [(asked[key].owner_id, key) for key in wanted]
    doing.change(doing.task.task_id, sides=len(left))
    told = {"people": dropped, "names": people.names(one for one in dropped if one)}
    _tell(doing, letters, N_("{who}不再需要您会签“{title}”"))
    _settle(doing, _main(doing, doing.task.task_id), left, "remove_signer", told)


def _must_ask(doing: Doing) -> None:
    doing.must_hold()
    doing.must_be_open()
    doing.must_be_main()


def _ask(doing: Doing, side: Side, wanted: list[int]) -> None:
    """Open a side task for each person; the task is then mine, so that it comes back to me."""
    task = doing.task
    if doing.by.user_id in wanted:
        raise wrong("person" if side == Side.delegate else "people", gettext("不能选择自己。"))
    already = {row.owner_id for row in _pending_sides(doing)}
    twice = people.names(one for one in wanted if one in already)
    if twice:
        raise Conflict(N_("已经请{who}协助办理这个任务。"), who="、".join(twice))
    row = side_row(doing, side)
    row["status"] = TaskStatus.held if side == Side.after else TaskStatus.open
    letters = []
    for person in wanted:
        unit_id, role = people.post_of(person, task.unit_id, task.role)
        side_id = doing.put(row | {"unit_id": unit_id, "role": role, "owner_id": person})
        letters.append((person, side_id))
    values: dict[str, Any] = {"sides": task.sides + len(wanted)}
    if side in ASKED_FIRST:
        values["status"] = TaskStatus.held
    if task.owner_id is None:
        values |= {"owner_id": doing.by.user_id, "claimed_at": doing.at}
    doing.change(task.task_id, **values)
    told = {"people": wanted, "names": people.names(wanted)}
    if side != Side.delegate:
        told["place"] = [side.value]
    doing.note("delegate" if side == Side.delegate else "add_signer", data=told)
    if side != Side.after:
        _tell(doing, letters, ASKED[side])


def side_row(doing: Doing, side: Side) -> dict[str, Any]:
    """The values of a side task that follow from the one it serves."""
    main = _main(doing, doing.task.task_id)
    asked = {"by_id": doing.by.user_id, "by_name": doing.by.name, "comment": doing.comment}
    return {
        "ref": main.ref,
        "node": main.node,
        "name": main.name,
        "title": main.title,
        "box": Box.todo,
        "opened_at": doing.at,
        "claimed_at": doing.at,
        "due": main.due,
        "remind_on": main.remind_on,
        "data": main.data,
        "form": main.form if side == Side.delegate else None,
        "outcomes": ANSWERS.get(side, "submit"),
        "side": side,
        "side_of_id": main.id,
        "memo": asked | {"at": doing.at.isoformat()},
        "status": TaskStatus.open,
    }


# Answers


def answer(doing: Doing, act: Any) -> list[int]:
    """Record the answer to a side task and go on with the task it serves."""
    task = doing.task
    closing = {
        "status": TaskStatus.done,
        "closed_at": doing.at,
        "closed_by_id": doing.by.user_id,
        "closed_version": doing.running.version + 1,
        "outcome": act.action,
    }
    doing.change(task.task_id, **closing)
    main = _main(doing, task.side_of_id)
    doing.comment = act.comment
    left = [row for row in _pending_sides(doing, main.id) if row.id != task.task_id]
    doing.change(main.id, sides=len(left))
    if task.side == Side.redo:
        return _amended(doing, main, act)
    if act.action == "return":
        _refused(doing, main, left)
        left = [row for row in left if row.side not in ASKED_FIRST]
    elif task.side == Side.delegate and main.owner_id and act.data:
        drafts.keep(main.id, main.owner_id, act.data, at=doing.at)
    _settle(doing, _main(doing, main.id), left, "act", act.data, action=act.action)
    return doing.opened


def _amended(doing: Doing, main: Any, act: Any) -> list[int]:
    """An earlier step was answered anew: whoever sent it back sees the answers, and decides."""
    turn = (doing.task.memo or {}).get("turn")
    event = Amend(main.ref, doing.task.node, act.data or {}, turn)
    transition(doing.running, event, act)
    doing.change(main.id, status=TaskStatus.open)
    _tell(doing, [(main.owner_id, main.id)], N_("{who}已重新办理，“{title}”可以继续办理"))
    return [main.id]


def decide_later(doing: Doing, act: Any) -> list[int]:
    """Keep a decision until those who were asked beside or after it have agreed."""
    task = doing.task
    memo = {"action": act.action, "data": act.data or {}, "comment": act.comment}
    memo |= {"by_id": doing.by.user_id, "by_name": doing.by.name, "at": doing.at.isoformat()}
    values = {"memo": memo, "status": TaskStatus.held}
    doing.change(task.task_id, **values, owner_id=doing.by.holder_id)
    doing.comment = act.comment
    sides = _pending_sides(doing)
    if all(row.side == Side.after for row in sides):
        _their_turn(doing, sides)
    doing.note("act", data=act.data, action=act.action)
    return doing.opened


def _refused(doing: Doing, main: Any, left: list[Any]) -> None:
    """Somebody did not agree: whoever decides has to decide again, and is told why."""
    first = [row.id for row in left if row.side in ASKED_FIRST]
    if first:
        closing = {"closed_at": doing.at, "closed_version": doing.running.version + 1}
        query = update(Task).where(Task.id.in_(first))
        doing.connection.execute(query.values(status=TaskStatus.cancelled, **closing))
        doing.change(main.id, sides=len(left) - len(first))
    if main.memo and main.memo.get("action"):
        again = _sign_again(doing, main)
        if main.owner_id:
            kept = {**main.memo["data"], "comment": main.memo["comment"]}
            drafts.keep(main.id, main.owner_id, kept, at=doing.at)
        waiting = update(Task).where(Task.side_of_id == main.id, Task.side == Side.after)
        doing.connection.execute(
            waiting.where(Task.status == TaskStatus.open).values(status=TaskStatus.held)
        )
        number = len(left) - len(first) + again
        doing.change(main.id, memo=None, status=TaskStatus.open, sides=number)
    _tell(doing, [(main.owner_id, main.id)], N_("{who}退回了“{title}”，请重新办理"))


def _sign_again(doing: Doing, main: Any) -> int:
    """Those who sign after the decision sign the next one too, whatever they said of this."""
    since = dt.datetime.fromisoformat(main.memo["at"])
    query = select(Task.__table__).where(
        Task.side_of_id == main.id,
        Task.side == Side.after,
        Task.status == TaskStatus.done,
        Task.closed_at >= since,
    )
    rows = doing.connection.execute(query).all()
    skipped = {"id", "instance_id", "opened_version", "closed_at", "closed_by_id", "outcome"}
    skipped |= {"closed_version", "version", "sides"}
    for row in rows:
        given = {name: value for name, value in row._mapping.items() if name not in skipped}
        doing.put(given | {"status": TaskStatus.held, "opened_at": doing.at})
    return len(rows)


def _settle(
    doing: Doing,
    main: Any,
    left: list[Any],
    kind: str,
    data: dict[str, Any] | None,
    *,
    action: str = "",
) -> None:
    """Go on with the task that was served, as far as nobody is waited for any more."""
    decided = main.memo and main.memo.get("action")
    if decided and not left:
        done = {
            "id": main.id,
            "status": TaskStatus.done,
            "closed_at": doing.at,
            "closed_by_id": main.memo["by_id"],
            "closed_version": doing.running.version + 1,
            "outcome": main.memo["action"],
        }
        given = main.memo["data"] | {"outcome": main.memo["action"]}
        event = Complete(main.ref, given | {"comment": main.memo["comment"]})
        act = doing.act(kind, data=data, action=action)
        doing.opened += transition(doing.running, event, act, done=done)
        return
    if decided and all(row.side == Side.after for row in left):
        _their_turn(doing, left)
    elif not decided and not any(row.side in ASKED_FIRST for row in left):
        if main.status == TaskStatus.held:
            doing.opened.append(main.id)
            _tell(doing, [(main.owner_id, main.id)], N_("{who}已答复，“{title}”可以继续办理"))
        doing.change(main.id, status=TaskStatus.open)
    doing.note(kind, data=data, action=action)


def _their_turn(doing: Doing, sides: list[Any]) -> None:
    waiting = [row for row in sides if row.status == TaskStatus.held]
    query = update(Task).where(Task.id.in_([row.id for row in waiting]))
    opening = {"opened_at": doing.at, "opened_version": doing.running.version + 1}
    doing.connection.execute(query.values(status=TaskStatus.open, **opening))
    doing.opened += [row.id for row in waiting]
    _tell(doing, [(row.owner_id, row.id) for row in waiting], ASKED[Side.after])
    forget()


def _main(doing: Doing, task_id: int) -> Any:
    return doing.connection.execute(select(Task.__table__).where(Task.id == task_id)).one()


def _pending_sides(doing: Doing, task_id: int | None = None) -> list[Any]:
    wanted = Task.side_of_id == (task_id or doing.task.task_id)
    query = select(Task.id, Task.side, Task.status, Task.owner_id).where(wanted, is_pending)
    return list(doing.connection.execute(query.order_by(Task.id)))


def _tell(doing: Doing, letters: Sequence[tuple[int | None, int]], message: str) -> None:
    me = doing.by.user_id
    people.tell(letters, message, doing.task, at=doing.at, kind="asked", who=doing.by.name, but=me)


def holds(task: Task, actor: Actor) -> bool:
    """Whether a held task is this person's, so that they may call back whom they asked."""
    mine = task.owner_id == actor.user_id and actor.has(task.unit_id, task.role)
    return task.status == TaskStatus.held and mine
