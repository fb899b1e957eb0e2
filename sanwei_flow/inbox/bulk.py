"""Several tasks at once: each by the very act its own page offers, each with its own answer."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from sanwei_flow import web
from sanwei_flow.accounts.actor import Actor
from sanwei_flow.designs import outcomes
from sanwei_flow.errors import N_, AppError, Forbidden, Invalid
from sanwei_flow.inbox.queries import visible_task
from sanwei_flow.processes import people
from sanwei_flow.processes.actions import ASIDES, action_of
from sanwei_flow.processes.conflicts import was_answered
from sanwei_flow.processes.models import Task, TaskStatus

#: What may be done to several at once, by the list that offers it.
OFFERED = {
    "to_accept": ("accept", "transfer", "print"),
    "todo": ("agree", "transfer", "print"),
    "unit": ("urge", "transfer", "print"),
    "done": ("print",),
}
MOST = 50
#: What a list may be narrowed to, as its address says it.
BACK = ("q", "plan", "overdue", "soon", "returned")


@dataclass(frozen=True)
class Result:
    """What became of one task; `said` is empty if it was done. No `title` if it may not be read."""

    task_id: int
    title: str
    said: str = ""


@dataclass(frozen=True)
class Selection:
    """What was sent: which tasks, from which list, what to do with them."""

    box: str
    action: str
    ids: list[int]
    person: int | None
    key: str
    #: Arguments of the list's address, so that one comes back to it as it was narrowed.
    back: dict[str, str]

    @property
    def lacks_person(self) -> bool:
        return self.action == "transfer" and self.person is None

    def key_of(self, task_id: int) -> str:
        """Sent twice, each task is done once."""
        return f"bulk:{self.key}:{self.action}:{task_id}"

    @property
    def payload(self) -> dict[str, Any]:
        return {"person": self.person} if self.action == "transfer" else {}


def selection(form: Any) -> Selection:
    """Read what was sent. Raises Invalid if nothing or too much is selected, or for an odd act."""
    box, action = form.get("box", ""), form.get("action", "")
    if action not in OFFERED.get(box, ()):
        raise Invalid(N_("不能这样批量办理。"))
    ids = list(dict.fromkeys(form.getlist("task", type=web.key)))
    if not ids:
        raise Invalid(N_("请先勾选要办理的事项。"))
    if len(ids) > MOST:
        raise Invalid(N_("一次最多办理 {most} 件。"), most=MOST)
    key = form.get("idempotency_key", "")[:64]
    back = {"box": box} | {name: form[name] for name in BACK if form.get(name)}
    return Selection(box, action, ids, form.get("person", type=int), key, back)


def label(action: str) -> str:
    """The button's text."""
    if action == "print":
        return gettext("打印")
    return gettext(ASIDES[action]) if action in ASIDES else outcomes.label(action)


def must_be_offered(task: Task, chosen: Selection, actor: Actor) -> None:
    """Raise Forbidden unless the task offers the act now; closed ones say so when acted on."""
    if task.status not in (TaskStatus.open, TaskStatus.held):
        return
    if action_of(task, actor, chosen.action) is None and not was_answered(chosen.key_of(task.id)):
        raise Forbidden(N_("这个任务现在不能这样办理。"))


def sentence(error: AppError) -> str:
    """Why one was refused, its fields' complaints included."""
    fields = [message for messages in web.fields_of(error).values() for message in messages]
    return gettext("；").join([web.message_of(error), *fields])


def titles(ids: list[int], actor: Actor) -> list[Result]:
    """The selected tasks the person may read."""
    return [Result(task.id, task.title) for task in readable(ids, actor)]


def takers(ids: list[int], actor: Actor) -> dict[int, str]:
    """Who may take over one of these tasks at least."""
    found: dict[int, str] = {}
    for unit, role in sorted({(task.unit_id, task.role) for task in readable(ids, actor)}):
        found |= people.colleagues(unit, role, but=(actor.user_id,))
    return found


def readable(ids: list[int], actor: Actor) -> list[Task]:
    """Those of the tasks that are there and that the person may read, in the order given."""
    found = []
    for number in ids:
        try:
            found.append(visible_task(number, actor))
        except AppError:
            continue
    return found
