"""Reminding people of deadlines, once each."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from sanwei_flow.calendars import today
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.db import db
from sanwei_flow.notifications.operations import deliver
from sanwei_flow.processes.models import Task
from sanwei_flow.supervision import queries, reminding
from sanwei_flow.supervision.escalating import Late, late_rows, late_tasks
from sanwei_flow.supervision.ladder import ONE_DAY
from sanwei_flow.supervision.matters import arrived, matters
from sanwei_flow.supervision.models import SweepMark
from sanwei_flow.supervision.settings import ladders

ROWS = "row_reminders"
#: No reminder is further ahead than this; covers 30 working days over the longest holidays.
HORIZON = dt.timedelta(days=90)


def remind_of_tasks(*, at: dt.datetime, limit: int) -> tuple[int, list[Late]]:
    """Tell whom the steps name of up to `limit` tasks; return how many, and what is late.

    Touches only tasks whose day has come, so the cost does not grow with the open ones.
    """
    day, calendar, settings = today(at), load_calendar(), ladders()
    tasks = queries.tasks_to_look_at(day, limit)
    if not tasks:
        return 0, []
    found = matters(task.business_key for task in tasks)
    posts = reminding.posts_for(tasks, found.values())
    letters = reminding.of_tasks(tasks, found, posts, settings, day=day, calendar=calendar)
    late = {
        task.unit_id
        for task in tasks
        if task.due < day and settings.of_task(task.design).overdue is not None
    }
    looks = []
    for task in tasks:
        ladder = settings.of_task(task.design)
        start = arrived(task, found.get(task.business_key))
        looks.append((task.id, ladder.next_look(start, task.due, day, calendar)))
    _look_again(looks)
    letters += reminding.digests(late, posts, letters, day, calendar)
    deliver(letters, at=at)
    return len(tasks), late_tasks(tasks, found, day, calendar)


def _look_again(looks: Sequence[tuple[int, dt.date | None]]) -> None:
    by_day: dict[dt.date | None, list[int]] = defaultdict(list)
    for task_id, day in looks:
        by_day[day].append(task_id)
    for day, ids in by_day.items():
        db.session.execute(db.update(Task).where(Task.id.in_(ids)).values(remind_on=day))


def remind_of_rows(*, at: dt.datetime) -> list[Late]:
    """Tell whom the steps name of their rows; return the rows that are late.

    Done once a day; the mark is written with the notices.
    """
    day, calendar = today(at), load_calendar()
    before = queries.last_sweep(ROWS)
    if before is not None and before >= day:
        return []
    rows = queries.rows_to_look_at(day + HORIZON)
    posts = reminding.posts_for((), rows)
    since = before + ONE_DAY if before else None
    letters = reminding.of_rows(rows, posts, ladders(), day=day, calendar=calendar, since=since)
    deliver(letters, at=at)
    db.session.merge(SweepMark(name=ROWS, day=day))
    return late_rows(rows, day, calendar)
