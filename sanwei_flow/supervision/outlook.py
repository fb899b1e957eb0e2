"""Looking ahead: what tomorrow's sweep would say and issue with given settings. Changes nothing."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from sanwei_flow.accounts.queries import user_names
from sanwei_flow.calendars import Calendar, today
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.db import db
from sanwei_flow.notifications.models import Notification
from sanwei_flow.notifications.operations import Notice
from sanwei_flow.supervision import queries, reminding
from sanwei_flow.supervision.escalating import Late, late_rows, late_tasks
from sanwei_flow.supervision.ladder import ONE_DAY
from sanwei_flow.supervision.matters import matters
from sanwei_flow.supervision.operations import HORIZON
from sanwei_flow.supervision.settings import Ladders

#: Tasks looked at, and people listed, at most.
MOST_TASKS = 2000
MOST_PEOPLE = 100
#: How long overdue work is looked back for.
BACK = dt.timedelta(days=366)


@dataclass(frozen=True)
class Outlook:
    """The sweep of `day`: how many reminders for how many people, who gets which, and what
    cards and slips it would issue. `partial`: there is more work than was looked at.
    """

    day: dt.date
    reminders: int
    people: int
    by_person: tuple[tuple[str, tuple[Notice, ...]], ...]
    late: tuple[Late, ...]
    partial: bool


def look_ahead(ladders: Ladders, *, at: dt.datetime) -> Outlook:
    """What the sweep of tomorrow would do with these settings, as things stand now."""
    day, calendar = today(at) + ONE_DAY, load_calendar()
    tasks = queries.tasks_due(_days(ladders, day, calendar), day - BACK, MOST_TASKS)
    found = matters(task.business_key for task in tasks)
    watched = queries.rows_to_look_at(day + HORIZON)
    posts = reminding.posts_for(tasks, [*found.values(), *watched])
    letters = reminding.of_tasks(
        tasks, found, posts, ladders, day=day, calendar=calendar, since=day
    )
    units = {task.unit_id for task in tasks if task.due < day}
    letters += reminding.digests(units, posts, letters, day, calendar)
    letters += reminding.of_rows(watched, posts, ladders, day=day, calendar=calendar, since=day)
    unsaid = _unsaid(letters)
    names = user_names(unsaid)
    listed = sorted(
        ((names.get(user_id, ""), tuple(told)) for user_id, told in unsaid.items()),
        key=lambda one: one[0],
    )
    late = [*late_rows(watched, day, calendar), *late_tasks(tasks, found, day, calendar)]
    return Outlook(
        day,
        sum(len(told) for _, told in listed),
        len(listed),
        tuple(listed[:MOST_PEOPLE]),
        tuple(late),
        len(tasks) == MOST_TASKS,
    )


def _days(ladders: Ladders, day: dt.date, calendar: Calendar) -> set[dt.date]:
    """The due days that some step speaks of on `day`."""
    every = [*ladders.by_scope.values(), ladders.of_task(""), ladders.of_row(0)]
    counts = {step.days for ladder in every for step in ladder.rungs}
    ahead = (day + dt.timedelta(days=n) for n in range(HORIZON.days + 1))
    return {
        due for due in ahead if any(calendar.workdays_after(due, -count) == day for count in counts)
    } | {day}


def _unsaid(letters: reminding.Letters) -> dict[int, list[Notice]]:
    """The letters by person, without what they have been told already."""
    keys = {notice.dedupe_key for _, notice in letters}
    said = db.select(Notification.user_id, Notification.dedupe_key).where(
        Notification.user_id.in_({user_id for user_id, _ in letters}),
        Notification.dedupe_key.in_(keys),
    )
    seen = {(user_id, key) for user_id, key in db.session.execute(said)}
    found: dict[int, list[Notice]] = defaultdict(list)
    for user_id, notice in letters:
        if (user_id, notice.dedupe_key) not in seen:
            seen.add((user_id, notice.dedupe_key))
            found[user_id].append(notice)
    return found
