"""What the templates are given: one value per page, so that views stay thin."""

import datetime as dt
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for
from flask_babel import gettext
from werkzeug.exceptions import NotFound

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import ROLE_NAMES, Role
from sanwei_flow.accounts.queries import unit_names, user_names
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.designs import outcomes
from sanwei_flow.errors import N_
from sanwei_flow.inbox import bulk, lists, queries
from sanwei_flow.inbox.deadlines import Deadline, deadline
from sanwei_flow.inbox.forms import TaskForm
from sanwei_flow.inbox.navigation import waiting
from sanwei_flow.inbox.saved import Saved
from sanwei_flow.plans.keys import place_of
from sanwei_flow.processes import history, people
from sanwei_flow.processes import queries as processes
from sanwei_flow.processes.actions import ASIDES, Action, available_actions
from sanwei_flow.processes.inbox import Wanted
from sanwei_flow.processes.lists import list_counts
from sanwei_flow.processes.models import Attachment, InstanceStatus, Task, TaskStatus
from sanwei_flow.processes.standing import standing
from sanwei_flow.supervision.standing import SOON_DAYS

TITLES = {
    "to_accept": N_("待签收"),
    "todo": N_("待我办理"),
    "waiting": N_("等他人答复"),
    "done": N_("已办"),
    "started": N_("我发起的"),
    "copied": N_("抄送我的"),
    "unit": N_("本单位的"),
}
BOXES = tuple(TITLES)
#: Lists of things that cannot be overdue.
UNDATED = ("done", "started", "copied")
#: What open tasks may be narrowed to: past their day, near it, sent back to me.
STATES = ("overdue", "soon", "returned")


@dataclass(frozen=True)
class BoxPage:
    """The inbox: which box, its lines, what it was narrowed to, and the links onwards."""

    name: str
    lines: list[queries.Line]
    counts: Mapping[str, str]
    plans: list[tuple[int, str]]
    q: str
    plan: int | None
    overdue: bool
    soon: bool
    returned: bool
    read: bool
    several_units: bool
    heads: bool
    next_url: str
    first_url: str
    saved: list[Saved]

    @property
    def titles(self) -> dict[str, str]:
        """The lists by name, in the reader's language."""
        return {name: gettext(title) for name, title in TITLES.items()}

    @property
    def bulk(self) -> list[tuple[str, str]]:
        """What may be done to several of these at once: names and labels."""
        return [(name, bulk.label(name)) for name in bulk.OFFERED.get(self.name, ())]

    @property
    def key(self) -> str:
        """Makes a press on this page unique."""
        return secrets.token_hex(16)

    @property
    def narrowed(self) -> bool:
        return bool(self.q or self.plan or self.overdue or self.soon or self.returned)

    def url(self, name: str) -> str:
        """The same filters on another box."""
        return url_for("inbox.index", box=name, **self.filters)

    @property
    def filters(self) -> dict[str, Any]:
        """What it is narrowed to, as arguments of an address."""
        names = ("q", "plan", *STATES, "read")
        given = {name: getattr(self, name) for name in names}
        return {name: "1" if value is True else value for name, value in given.items() if value}

    def shows(self, one: Saved) -> bool:
        """Whether this is the list that the saved filter asks for."""
        return one.arguments == {"box": self.name, **self.filters}


def narrowing(name: str, args: Any) -> dict[str, Any]:
    """What an address asks the list `name` to be narrowed to: q, plan, STATES, read."""
    return {
        "q": args.get("q", "").strip()[:100],
        "plan": args.get("plan", type=int),
        **{one: bool(args.get(one)) and name not in UNDATED for one in STATES},
        "read": name == "copied" and bool(args.get("read")),
    }


def _wanted(asked: Mapping[str, Any], day: dt.date) -> Wanted:
    """The same in dates; what is overdue or near is both where both are asked for."""
    plan, late, soon = asked["plan"], asked["overdue"], asked["soon"]
    near = load_calendar().workdays_after(day, SOON_DAYS) + dt.timedelta(days=1) if soon else None
    return Wanted(
        asked["q"],
        f"plan:{plan}" if plan else "",
        due_before=near or (day if late else None),
        due_from=day if soon and not late else None,
        returned=asked["returned"],
    )


def box_page(actor: Actor, day: dt.date, args: Any, saved: list[Saved]) -> BoxPage:
    """The box the address asks for; without a wish the one where something waits."""
    numbers = {**waiting(actor), **list_counts(actor)}
    badges = {box: queries.capped(number) for box, number in numbers.items()}
    name = args.get("box") or ("todo" if badges["todo"] or not badges["to_accept"] else "to_accept")
    if name not in BOXES:
        raise NotFound
    asked, after = narrowing(name, args), args.get("after")
    wanted = _wanted(asked, day)
    if name in lists.LISTS:
        read = asked["read"]
        found = lists.my_list(actor, name, day, after=after, wanted=wanted, read=read)
    else:
        found = queries.box(actor, name, day, after=after, wanted=wanted)
    page = BoxPage(
        name=name,
        lines=found.lines,
        counts=badges,
        plans=queries.running_plans(),
        **asked,
        several_units=len(actor.units()) > 1,
        heads=actor.has_role(Role.reviewer),
        next_url="",
        first_url="",
        saved=saved,
    )
    here = page.url(name)
    more = url_for("inbox.index", box=name, after=found.next, **page.filters) if found.next else ""
    return replace(page, next_url=more, first_url=here if after else "")


@dataclass(frozen=True)
class TaskPage:
    """The task page beside its form."""

    task: Task
    deadline: Deadline
    unit: str
    role: str
    facts: list[tuple[str, str]]
    source: tuple[str, str] | None
    actions: list[Action]
    asides: list[Action]
    closed_by: str
    owner: str
    trail: list[history.Told]
    parts: list[history.Part]
    steps: list[history.Step]
    waits_for: str
    asked: dict[str, Any] | None
    joint: str
    absent: str
    files: dict[int, Attachment]

    @property
    def returns(self) -> bool:
        """True if one of the actions sends work back, so that the opinion may be needed."""
        return any(outcomes.needs_opinion(action.name) for action in self.actions)


def task_page(form: TaskForm, actor: Actor, day: dt.date) -> TaskPage:
    """Everything the page of a task shows."""
    task = form.task
    units = unit_names([task.unit_id])
    offered = available_actions(task, actor, asked=False)
    names = user_names(one for one in (task.closed_by_id, task.owner_id) if one)
    told = history.history(task.instance)
    return TaskPage(
        task,
        deadline(task.due, day, suspended=task.instance.status == InstanceStatus.suspended),
        units.get(task.unit_id, ""),
        gettext(ROLE_NAMES[task.role]) if task.role in ROLE_NAMES else task.role,
        queries.facts(task, units),
        source(task),
        [action for action in offered if action.completes],
        [action for action in offered if not action.completes],
        names.get(task.closed_by_id or 0, ""),
        names.get(task.owner_id or 0, ""),
        told,
        history.parts(task.instance_id),
        history.steps(task.instance, day),
        _waits_for(task),
        task.memo if task.side else None,
        _joint(task),
        _absent(task, actor),
        history.files_of(told, form.background, reader=actor),
    )


def _waits_for(task: Task) -> str:
    """Whose answers a held task waits for."""
    if task.status != TaskStatus.held:
        return ""
    return "、".join(people.waited_for(task.id))


def _absent(task: Task, actor: Actor) -> str:
    """In whose place the reader would do this task; empty for their own."""
    acting = standing(task, task.instance.design_version.hash, actor)
    found = (each for each in actor.stands_for if each.user_id == acting.on_behalf_of_id)
    return next((each.name for each in found), "")


def _joint(task: Task) -> str:
    """How far a joint decision is: "3 of 5, waiting for …"."""
    joint = processes.joint(task)
    if joint is None:
        return ""
    units = unit_names(one.unit_id for one in joint.waiting)
    waiting = "、".join(units[one.unit_id] for one in joint.waiting)
    told = gettext("%(done)s/%(total)s 已办理", done=joint.done, total=joint.total)
    return gettext("%(told)s，等待%(who)s", told=told, who=waiting) if waiting else told


def source(task: Task) -> tuple[str, str] | None:
    """The row of the plan the task comes from: words and address of its page."""
    plan, row = place_of(task.instance.business_key)
    if plan is None or row is None:
        return None
    return gettext("第 %(no)s 项", no=row), url_for("plans.row", plan_id=plan, no=row)


def said_of_aside(action: str) -> str:
    """What to say after something that did not complete the task."""
    return gettext("已办理：%(what)s。", what=gettext(ASIDES.get(action, action)))
