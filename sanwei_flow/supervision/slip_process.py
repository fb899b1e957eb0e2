"""The process of a slip: what it knows, who is told, and the services it calls while it runs."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.accounts.models import Role
from sanwei_flow.calendars import today
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.db import db
from sanwei_flow.errors import N_, NotFound
from sanwei_flow.notifications.operations import Notice, notify_people
from sanwei_flow.plans.access import record
from sanwei_flow.plans.models import PlanRow
from sanwei_flow.processes.models import ProcessInstance
from sanwei_flow.processes.queries import open_tasks
from sanwei_flow.supervision.levels import Post, ladder_of_posts
from sanwei_flow.supervision.models import Slip, SlipStep

PROCESS = "supervision_slip"


def addressees(slip: Slip) -> Sequence[Post]:
    """Every level of this slip, from the first addressee to the last."""
    return ladder_of_posts(slip.unit_id, slip.plan.office_unit_id)


def addressee(slip: Slip) -> Post:
    """Who answers it now; the last level keeps what has climbed so far."""
    posts = addressees(slip)
    return posts[min(slip.level, len(posts) - 1)]


def variables_of(slip: Slip, post: Post) -> dict[str, Any]:
    """What the process knows of the slip at this level; the flat ones are for its forms."""
    facts = {
        "number": slip.number,
        "unit": post.unit_id,
        "role": post.role,
        "level": slip.level,
        "due": slip.due.isoformat(),
    }
    return {"slip": facts, "slip_level": post.name, "slip_due": facts["due"]}


def note_level(slip: Slip, post: Post, at: dt.datetime) -> None:
    """Write down that the slip is with `post` from now on."""
    step = SlipStep(level=slip.level, name=post.name, due=slip.due, opened_at=at)
    slip.steps.append(step)
    db.session.flush()


def tell(slip: Slip, row: PlanRow, post: Post, words: str, at: dt.datetime) -> None:
    """Notify the people of `post`, once for each level, with a link to what is to be answered."""
    tasks = open_tasks(slip.process_id) if slip.process_id else []
    facts = {"number": slip.number, "due": slip.due.isoformat(), "task": row.task[:60]}
    notice = Notice(
        "slip",
        words,
        {**facts, "level": post.name},
        link=f"/tasks/{tasks[0].id}" if tasks else f"/plans/{row.plan_id}/rows/{row.no}",
        dedupe_key=f"slip:{slip.id}/{len(slip.steps)}",
    )
    notify_people(post.unit_id, post.role, notice, at=at)


def raise_slip(
    arguments: Mapping[str, Any],  # noqa: ARG001 - every service is called alike
    *,
    instance: ProcessInstance,
    at: dt.datetime,
) -> dict[str, Any]:
    """The day passed without an answer: hand the slip to the next level, the last one keeps it.

    While the row stands still nothing climbs: the level gets its days anew.
    """
    slip = of_process(instance)
    posts = addressees(slip)
    if slip.row.suspended_at is None:
        if slip.steps:
            slip.steps[-1].expired_at = at
        slip.level = min(slip.level + 1, len(posts) - 1)
    post = posts[min(slip.level, len(posts) - 1)]
    slip.due = load_calendar().workdays_after(today(at), post.days)
    note_level(slip, post, at)
    said = f"{slip.number} → {post.name}"
    record(slip.plan, "raise_slip", row=slip.row.no, after=said, by=SYSTEM, at=at)
    tell(slip, slip.row, post, N_("{number}到期未回复，已升到{level}，请在{due}前回复：{task}"), at)
    return variables_of(slip, post)


def renew_slip(
    arguments: Mapping[str, Any], *, instance: ProcessInstance, at: dt.datetime
) -> dict[str, Any]:
    """Work sent back or a reason considered: the same level answers by `due` (ISO date).

    Without a `due`, or with one that has passed, there is at least the next working day.
    """
    slip = of_process(instance)
    given = arguments.get("due")
    wanted = dt.date.fromisoformat(str(given)[:10]) if given else slip.due
    slip.due = max(wanted, load_calendar().workdays_after(today(at), 1))
    post = addressee(slip)
    note_level(slip, post, at)
    tell(slip, slip.row, post, N_("{number}请在{due}前重新回复：{task}"), at)
    return variables_of(slip, post)


def close_slip(
    arguments: Mapping[str, Any],  # noqa: ARG001 - every service is called alike
    *,
    instance: ProcessInstance,
    at: dt.datetime,
) -> dict[str, Any]:
    """The office has checked what was done."""
    slip = of_process(instance)
    slip.closed_at = at
    record(slip.plan, "close_slip", row=slip.row.no, after=slip.number, by=SYSTEM, at=at)
    notice = Notice(
        "slip",
        N_("{number}已核查办结：{task}"),
        {"number": slip.number, "task": slip.row.task[:60]},
        link=f"/supervision/slips/{slip.id}",
        dedupe_key=f"slip:{slip.id}/closed",
    )
    notify_people(slip.unit_id, Role.staff, notice, at=at)
    return {"closed": True}


def of_process(instance: ProcessInstance) -> Slip:
    """The slip this process runs for. Raises NotFound."""
    slip = db.session.scalar(db.select(Slip).where(Slip.process_id == instance.id))
    if slip is None:
        raise NotFound(N_("流程“{title}”不是督办单"), title=instance.title)
    return slip
