"""A task that opens, as a row: whose it is, by when, and when it is first looked at."""

import datetime as dt

from sanwei_flow.accounts.models import Role
from sanwei_flow.calendars.workdays import Calendar, today
from sanwei_flow.engine import EngineError, TaskOpened
from sanwei_flow.errors import N_
from sanwei_flow.processes.models import NO_DUE, Box, TaskStatus
from sanwei_flow.processes.writing import Row

#: The reminder sweep looks at a task this many days before it is due, or the day after it
#: was opened if that is later.
FIRST_LOOK = dt.timedelta(days=90)


def task_row(effect: TaskOpened, title: str, at: dt.datetime, seq: int, calendar: Calendar) -> Row:
    """The row of a task; the writer adds the instance, `seq` is its version after the act.

    Raises EngineError for a unit, a role or a date that is none.
    """
    settings = effect.settings
    unit, role = settings.get("candidate_unit"), settings.get("candidate_role")
    if not isinstance(unit, int) or isinstance(unit, bool):
        raise EngineError(
            N_("任务“{name}”没有可以办理的单位：{value}"),
            node=effect.node,
            name=effect.name,
            value=str(unit),
        )
    if role not in Role.__members__:
        raise EngineError(
            N_("任务“{name}”的办理角色无效：{value}"),
            node=effect.node,
            name=effect.name,
            value=str(role),
        )
    due = _due(effect, at, calendar)
    return {
        "ref": effect.ref,
        "node": effect.node,
        "name": effect.name[:200],
        "title": str(settings.get("title") or title),
        "unit_id": unit,
        "role": role,
        "box": Box.to_accept if _is_true(settings.get("sign_for")) else Box.todo,
        "status": TaskStatus.open,
        "opened_at": at,
        "opened_version": seq,
        "due": due,
        "remind_on": first_look(due, at),
        "data": dict(effect.data),
        "form": settings.get("form"),
        "outcomes": str(settings.get("outcomes") or "submit"),
        "version": 1,
        "joint_ref": effect.group,
    }


def _due(effect: TaskOpened, at: dt.datetime, calendar: Calendar) -> dt.date:
    """The `due` setting: a date, or working days after today in Shanghai; none if empty."""
    value = effect.settings.get("due")
    if value is None or value == "":
        return NO_DUE
    try:
        if isinstance(value, dt.datetime):
            return today(value)
        if isinstance(value, dt.date):
            return value
        if isinstance(value, int) or str(value).strip().isdigit():
            return calendar.workdays_after(today(at), int(value))
        return dt.date.fromisoformat(str(value)[:10])
    except ValueError:
        raise EngineError(
            N_("任务“{name}”的期限看不懂：{value}"),
            node=effect.node,
            name=effect.name,
            value=str(value),
        ) from None


def first_look(due: dt.date, at: dt.datetime) -> dt.date | None:
    """The day the reminder sweep first looks at a task that is due then; None for never."""
    if due == NO_DUE:
        return None
    return max(due - FIRST_LOOK, today(at) + dt.timedelta(days=1))


def _is_true(value: object) -> bool:
    return value is True or str(value).strip().lower() == "true"
