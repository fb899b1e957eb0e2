"""Reminding people of deadlines, once each."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import Role
from sanwei_flow.audit.operations import record
from sanwei_flow.calendars import Calendar, today
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.db import db
from sanwei_flow.errors import N_, Forbidden, Invalid
from sanwei_flow.notifications.operations import Notice, deliver
from sanwei_flow.plans.models import Plan, PlanRow, Side
from sanwei_flow.processes.models import Task
from sanwei_flow.supervision import queries
from sanwei_flow.supervision.ladder import ONE_DAY, OVERDUE, Ladder
from sanwei_flow.supervision.models import ReminderSetting, SweepMark

ROWS = "row_reminders"
#: No reminder is further ahead than this; covers 30 working days over the longest holidays.
HORIZON = dt.timedelta(days=90)
MOST_DAYS = 60
#: Longer titles are cut in a notice.
MAX_TITLE = 60

Letters = list[tuple[int, Notice]]


def change_settings(wanted: Ladder, *, by: Actor, at: dt.datetime) -> None:
    """Set how far ahead people are reminded (working days, 1 to 60).

    Raises Forbidden for anybody but an office or an administrator, Invalid for odd numbers.
    """
    if not (by.is_system or by.has_role(Role.office) or by.has_role(Role.sys_admin)):
        raise Forbidden(N_("您没有权限设置提醒"))
    if not all(1 <= days <= MOST_DAYS for days in (*wanted.before, *wanted.long_before)):
        raise Invalid(N_("提醒应提前1至{most}个工作日"), most=MOST_DAYS)
    row = db.session.scalar(db.select(ReminderSetting).limit(1)) or ReminderSetting()
    row.before, row.long_before = list(wanted.before), list(wanted.long_before)
    row.overdue = wanted.overdue
    db.session.add(row)
    data = {"before": row.before, "long_before": row.long_before, "overdue": row.overdue}
    record("reminders_changed", "settings:reminders", by=by, at=at, data=data)


def remind_of_tasks(*, at: dt.datetime, limit: int) -> int:
    """Tell the holders of up to `limit` tasks what their deadlines ask for; return how many.

    Touches only tasks whose day has come, so the cost does not grow with the open ones.
    """
    day, calendar, ladder = today(at), load_calendar(), queries.ladder()
    tasks = queries.tasks_to_look_at(day, limit)
    if not tasks:
        return 0
    posts = queries.holders(task.unit_id for task in tasks)
    letters: Letters = []
    looks = []
    for task in tasks:
        start = today(task.opened_at)
        level = ladder.level(start, task.due, day, calendar)
        if level is not None:
            notice = _task_notice(task, level, day, calendar)
            letters += [(user_id, notice) for user_id in _holders(task, posts)]
        looks.append((task.id, ladder.next_look(start, task.due, day, calendar)))
    _look_again(looks)
    late = {task.unit_id for task in tasks if task.due < day}
    deliver(letters + _digests(late, posts, day, calendar), at=at)
    return len(tasks)


def _holders(task: Row[Any], posts: dict[queries.Post, list[int]]) -> list[int]:
    return [task.owner_id] if task.owner_id else posts[task.unit_id, task.role]


def _look_again(looks: Sequence[tuple[int, dt.date | None]]) -> None:
    by_day: dict[dt.date | None, list[int]] = defaultdict(list)
    for task_id, day in looks:
        by_day[day].append(task_id)
    for day, ids in by_day.items():
        db.session.execute(db.update(Task).where(Task.id.in_(ids)).values(remind_on=day))


def _task_notice(task: Row[Any], level: str, day: dt.date, calendar: Calendar) -> Notice:
    # The same person is reminded once of one deadline of one row, however often the work
    # was returned, and whether the row or a task asks.
    key = task.business_key or f"instance:{task.instance_id}/{task.name}"
    return _notice(
        key=key,
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
        "title": _short(title),
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


def _digests(
    unit_ids: Iterable[int], posts: dict[queries.Post, list[int]], day: dt.date, calendar: Calendar
) -> Letters:
    """One sentence per person and working day about everything of theirs that is overdue."""
    units = set(unit_ids)
    if not units or not calendar.is_workday(day):
        return []
    counts: dict[int, int] = defaultdict(int)
    earliest: dict[int, dt.date] = {}
    for unit_id, role, owner_id, count, due in queries.overdue_by_post(
        units, day, calendar.workdays_after(day, 1)
    ):
        for user_id in [owner_id] if owner_id else posts[unit_id, role]:
            counts[user_id] += count
            earliest[user_id] = min(due, earliest.get(user_id, due))
    title = N_("您有{count}件事项已逾期，最早的应于{due}办结")
    key = f"overdue:{day.isoformat()}"
    return [
        (
            user_id,
            Notice(
                "overdue_digest",
                title,
                {"count": count, "due": earliest[user_id].isoformat()},
                link="/",
                dedupe_key=key,
            ),
        )
        for user_id, count in counts.items()
        # What became overdue today has just been named one by one.
        if earliest[user_id] + ONE_DAY < day
    ]


def remind_of_rows(*, at: dt.datetime) -> None:
    """Tell lead units (and the office, once overdue) what their rows' deadlines ask for.

    Done once a day; the mark is written with the notices.
    """
    day, calendar, ladder = today(at), load_calendar(), queries.ladder()
    if queries.swept(ROWS, day):
        return
    rows = queries.rows_to_look_at(day + HORIZON)
    posts = queries.holders(
        unit for row, plan in rows for unit in (_lead(row), plan.office_unit_id)
    )
    letters: Letters = []
    for row, plan in rows:
        if row.due is None or plan.launched_at is None:
            continue
        level = ladder.level(today(plan.launched_at), row.due, day, calendar)
        if level is not None:
            notice = _row_notice(row, row.due, level, day, calendar)
            people = {user_id for post in _asked(row, plan, level) for user_id in posts[post]}
            letters += [(user_id, notice) for user_id in sorted(people)]
    deliver(letters, at=at)
    db.session.merge(SweepMark(name=ROWS, day=day))


def _row_notice(row: PlanRow, due: dt.date, level: str, day: dt.date, calendar: Calendar) -> Notice:
    return _notice(
        key=row.business_key,
        title=f"{row.no}．{row.task}",
        link=f"/plans/{row.plan_id}/rows/{row.no}",
        level=level,
        due=due,
        day=day,
        calendar=calendar,
    )


def _asked(row: PlanRow, plan: Plan, level: str) -> list[queries.Post]:
    lead = _lead(row)
    posts: list[queries.Post] = [(lead, Role.staff), (lead, Role.reviewer)]
    return [*posts, (plan.office_unit_id, Role.office)] if level == OVERDUE else posts


def _lead(row: PlanRow) -> int:
    """The unit that answers for the row; a launched row has one (0, nobody, if it lost it)."""
    leads = (place.mention.unit_id for place in row.units if place.side == Side.LEAD)
    return next((unit for unit in leads if unit is not None), 0)


def _short(text: str) -> str:
    return text if len(text) <= MAX_TITLE else text[: MAX_TITLE - 1] + "…"
