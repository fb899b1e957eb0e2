"""One verb under way: what it is done to, by whom, and what every verb needs."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext
from sqlalchemy import Row, insert, update
from sqlalchemy.engine import Connection

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.errors import N_, Conflict, Forbidden, Invalid
from sanwei_flow.processes import people
from sanwei_flow.processes.advance import Act, Running, write_note
from sanwei_flow.processes.conflicts import taken
from sanwei_flow.processes.models import InstanceStatus, Side, Task, TaskStatus
from sanwei_flow.processes.starting import forget

#: The longest opinion, in characters; as in every form.
MOST_COMMENT = 2000
#: People one act may name.
MOST_PEOPLE = 50


@dataclass
class Doing:
    """A verb on a task; both the task and its instance are locked.

    `opened` collects the ids of tasks that somebody has to do because of it.
    """

    connection: Connection
    running: Running
    task: Row[Any]
    payload: dict[str, Any]
    comment: str
    by: Actor
    at: dt.datetime
    key: str | None = None
    fingerprint: str | None = None
    files: list[dict[str, Any]] = field(default_factory=list)
    opened: list[int] = field(default_factory=list)

    def act(self, kind: str, *, data: dict[str, Any] | None = None, action: str = "") -> Act:
        """What the trail says about it."""
        task = self.task
        return Act(
            kind,
            self.by,
            self.at,
            action or kind,
            task.task_id,
            self._unit(),
            self.comment,
            data,
            self.key,
            self.fingerprint,
            self.files,
        )

    def _unit(self) -> int | None:
        """For which unit they act: the task's, or their own if they look on from elsewhere."""
        if self.by.has(self.task.unit_id, self.task.role):
            return int(self.task.unit_id)
        own = self.by.units()
        return self.task.unit_id if self.task.unit_id in own else min(own, default=None)

    def note(self, kind: str, *, data: dict[str, Any] | None = None, action: str = "") -> None:
        """Record it; nothing else of the instance changes."""
        write_note(self.connection, self.running, self.act(kind, data=data, action=action))

    def change(self, task_id: int, **values: object) -> None:
        """Set columns of one task."""
        query = update(Task).where(Task.id == task_id)
        self.connection.execute(query.values(version=Task.version + 1, **values))
        forget()

    def put(self, row: dict[str, Any]) -> int:
        """Add a task to the instance; somebody's to do at once if it is open."""
        given = {"instance_id": self.running.id, "version": 1, "sides": 0, **row}
        given["opened_version"] = self.running.version + 1
        key = self.connection.execute(insert(Task), given).inserted_primary_key
        task_id = int(key[0]) if key else 0
        if given["status"] == TaskStatus.open:
            self.opened.append(task_id)
        return task_id

    # Who may

    def must_hold(self) -> None:
        """Only who could complete the task now, or waits for others to help with it.

        Raises Forbidden, Conflict.
        """
        if not self.by.has(self.task.unit_id, self.task.role):
            raise Forbidden(N_("这个任务由别的单位或岗位办理，您不能办理。"))
        if self.running.status == InstanceStatus.suspended:
            raise Conflict(N_("这个流程已暂停，恢复后才能办理。"))
        if not self.by.owns(self.task.owner_id):
            raise taken(self.task.task_id)

    def must_be_open(self) -> None:
        """Raises Conflict if the task waits for somebody else meanwhile."""
        if self.task.task_status == TaskStatus.held:
            raise held(self.task.task_id)

    def must_be_main(self) -> None:
        """Raises Conflict for a side task: only who was asked first may ask others."""
        if self.task.side is not None:
            raise Conflict(N_("这是别人请您协助的任务，请直接答复。"))

    # What was given

    def person(self, name: str = "person") -> int:
        """The one person named. Raises Invalid."""
        return self.people(name, [self.payload.get(name)])[0]

    def people(self, name: str = "people", given: Any = None) -> list[int]:
        """The ids of the active people named, each once. Raises Invalid."""
        given = self.payload.get(name) if given is None else given
        ids = [given] if isinstance(given, int | str) else given
        if not isinstance(ids, list) or not all(str(one).isdecimal() for one in ids) or not ids:
            raise wrong(name, gettext("请选择人员。"))
        wanted = list(dict.fromkeys(int(one) for one in ids))
        if len(wanted) > MOST_PEOPLE:
            raise wrong(name, gettext("一次最多选 %(limit)s 人。", limit=MOST_PEOPLE))
        if set(people.active(wanted)) != set(wanted):
            raise wrong(name, gettext("所选人员不存在或已停用。"))
        return wanted

    def text(self) -> str:
        """The opinion, which this verb cannot do without. Raises Invalid."""
        if not self.comment:
            raise wrong("comment", gettext("请写明意见。"))
        return self.comment


def opinion(payload: dict[str, Any], comment: str) -> str:
    """The opinion given beside or inside the data. Raises Invalid if it is none or too long."""
    given = comment or payload.get("comment", "")
    if not isinstance(given, str):
        raise wrong("comment", gettext("意见应为文字。"))
    text = given.strip()
    if len(text) > MOST_COMMENT:
        raise wrong("comment", gettext("意见最多 %(limit)s 个字。", limit=MOST_COMMENT))
    return text


def wrong(name: str, message: str) -> Invalid:
    """A complaint about one field."""
    return Invalid(N_("有 {count} 处需要改正。"), fields={name: [message]}, count=1)


def held(task_id: int) -> Conflict:
    """The conflict that names whom a held task waits for."""
    names = people.waited_for(task_id)
    if not names:
        return Conflict(N_("还没有轮到这个任务。"))
    return Conflict(N_("这个任务正在等待{who}答复。"), who="、".join(names))


ASKED_FIRST = (Side.delegate, Side.before, Side.redo)
