"""What is told of deadlines, and to whom: reckoned here, sent by `operations.py`.

The same reckoning serves the sweep and the look ahead of the settings page.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row

from sanwei_flow.accounts.models import Role
from sanwei_flow.calendars import Calendar, today
from sanwei_flow.errors import N_
from sanwei_flow.notifications.operations import Notice
from sanwei_flow.supervision import queries
from sanwei_flow.supervision.ladder import OVERDUE
from sanwei_flow.supervision.matters import Matter, arrived
from sanwei_flow.supervision.queries import Post, RowFacts
from sanwei_flow.supervision.settings import Ladders

#: Longer titles are cut in a notice.
MAX_TITLE = 60

Letters = list[tuple[int, Notice]]
Posts = dict[Post, list[int]]


def posts_for(tasks: Iterable[Row[Any]], matters: Iterable[Matter]) -> Posts:
    """The people of every unit that may have to be told."""
    units: set[int | None] = {task.unit_id for task in tasks}
    for one in matters:
        units |= {one.lead, one.plan.office_unit_id}
    return queries.holders(units)


def people(
    to: Iterable[str], handlers: Iterable[int], unit_id: int, matter: Matter | None, posts: Posts
) -> set[int]:
    """The recipients as user ids; office and leader are those of the plan it belongs to."""
    office = matter.plan.office_unit_id if matter else None
    lead = unit_id if matter is None or matter.lead is None else matter.lead
    meant: dict[str, Iterable[int]] = {
        "handler": handlers,
        "head": posts[unit_id, Role.reviewer],
        "lead": [*posts[lead, Role.staff], *posts[lead, Role.reviewer]],
        "office": posts[office, Role.office],
        "leader": posts[office, Role.leader],
    }
    return {user_id for name in to for user_id in meant.get(name, ())}


def handlers_of(task: Row[Any], posts: Posts) -> list[int]:
    """Who has a task to do: its owner, or everybody at the post."""
    return [task.owner_id] if task.owner_id else posts[task.unit_id, task.role]


def of_tasks(
    tasks: Sequence[Row[Any]],
    matters: dict[str, Matter],
    posts: Posts,
    ladders: Ladders,
    *,
    day: dt.date,
    calendar: Calendar,
    since: dt.date | None = None,
) -> Letters:
    """The reminders of these tasks on `day`; `since` stands in for their own day to look."""
    letters: Letters = []
    for task in tasks:
        matter = matters.get(task.business_key)
        start, first = arrived(task, matter), since or task.remind_on
        step = ladders.of_task(task.design).step(start, task.due, day, calendar, first)
        if step is None:
            continue
        notice = _task_notice(task, step.level, day, calendar)
        told = people(step.to, handlers_of(task, posts), task.unit_id, matter, posts)
        letters += [(user_id, notice) for user_id in sorted(told)]
    return letters


def of_rows(
    rows: Iterable[RowFacts],
    posts: Posts,
    ladders: Ladders,
    *,
    day: dt.date,
    calendar: Calendar,
    since: dt.date | None,
) -> Letters:
    """The reminders of these rows on `day`, or of days nobody looked at since."""
    letters: Letters = []
    for one in rows:
        due, launched = one.row.due, one.plan.launched_at
        if due is None or launched is None:
            continue
        step = ladders.of_row(one.plan.id).step(today(launched), due, day, calendar, since)
        if step is None:
            continue
        notice = _notice(
            key=one.key,
            title=f"{one.row.no}．{one.row.task}",
            link=f"/plans/{one.plan.id}/rows/{one.row.no}",
            level=step.level,
            due=due,
            day=day,
            calendar=calendar,
        )
        told = people(step.to, posts[one.lead, Role.staff], one.lead, one, posts)
        letters += [(user_id, notice) for user_id in sorted(told)]
    return letters


def digests(
    unit_ids: Iterable[int], posts: Posts, named: Letters, day: dt.date, calendar: Calendar
) -> Letters:
    """One sentence per person and working day about everything of theirs that stays overdue.

    What is overdue on its first working day is named one by one, in `named`, and not told again
    here; whoever hears of such work hears of the rest as "besides".
    """
    units = set(unit_ids)
    if not units or not calendar.is_workday(day):
        return []
    counts: dict[int, int] = defaultdict(int)
    earliest: dict[int, dt.date] = {}
    for unit_id, role, owner_id, count, due in queries.overdue_by_post(
        units, calendar.workdays_after(day, -1), calendar.workdays_after(day, 1)
    ):
        for user_id in [owner_id] if owner_id else posts[unit_id, role]:
            counts[user_id] += count
            earliest[user_id] = min(due, earliest.get(user_id, due))
    title = N_("您有{count}件事项已逾期，最早的应于{due}办结")
    besides = N_("此外还有{count}件事项早已逾期，最早的应于{due}办结")
    new = {user_id for user_id, notice in named if notice.kind == "overdue"}
    key = f"overdue:{day.isoformat()}"
    return [
        (
            user_id,
            Notice(
                "overdue_digest",
                besides if user_id in new else title,
                {"count": count, "due": earliest[user_id].isoformat()},
                link="/",
                dedupe_key=key,
            ),
        )
        for user_id, count in counts.items()
    ]


def _task_notice(task: Row[Any], level: str, day: dt.date, calendar: Calendar) -> Notice:
    # The same person is reminded once of one deadline of one row, however often the work
    # was returned, and whether the row or a task asks.
    return _notice(
        key=task.business_key or f"instance:{task.instance_id}/{task.name}",
        title=f"{task.name}：{task.title}",
        link=f"/tasks/{task.id}",
        level=level,
        due=task.due,
        day=day,
        calendar=calendar,
    )


def _notice(
    *,
    key: str,
    title: str,
    link: str,
    level: str,
    due: dt.date,
    day: dt.date,
    calendar: Calendar,
) -> Notice:
    params: dict[str, object] = {
        "title": short(title),
        "due": due.isoformat(),
        "count": calendar.workdays_between(day, due),
    }
    if level == OVERDUE:
        message = N_("“{title}”已于{due}到期，尚未办结")
    elif due == day:
        message = N_("“{title}”今天到期")
    else:
        message = N_("“{title}”还有{count}个工作日到期（{due}）")
    body = ""
    if calendar.estimated(due):
        body = N_("{year}年放假安排尚未公布，工作日按周一至周五估算")
        params["year"] = due.year
    kind = "overdue" if level == OVERDUE else "due_soon"
    return Notice(kind, message, params, body, link, f"{key}/{due.isoformat()}/{level}")


def short(text: str) -> str:
    """A title that fits a notice."""
    return text if len(text) <= MAX_TITLE else text[: MAX_TITLE - 1] + "…"
