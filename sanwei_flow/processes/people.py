"""The people a verb names: who they are, where they work, telling them."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext
from sqlalchemy import func

from sanwei_flow.accounts.models import ROLE_NAMES, Unit, User, UserRole
from sanwei_flow.db import db
from sanwei_flow.errors import N_, Invalid
from sanwei_flow.notifications.operations import Notice, deliver
from sanwei_flow.processes.models import Task, is_open

#: Longer titles are cut in a notice.
MOST_TITLE = 60


def active(ids: Iterable[int]) -> dict[int, str]:
    """The names of those of these people who can log in."""
    query = db.select(User.id, User.name).where(User.id.in_(list(ids)), User.active)
    return {row.id: row.name for row in db.session.execute(query)}


def names(ids: Iterable[int]) -> list[str]:
    """The names of these people, in the order given; those who have left included."""
    wanted = list(ids)
    query = db.select(User.id, User.name).where(User.id.in_(wanted))
    found = {row.id: row.name for row in db.session.execute(query)}
    return [found[one] for one in wanted if one in found]


def colleagues(unit_id: int, role: str, *, but: Iterable[int | None] = ()) -> dict[int, str]:
    """The active people who hold this very post, by id."""
    query = (
        db.select(User.id, User.name)
        .join(UserRole)
        .where(UserRole.unit_id == unit_id, UserRole.role == role, User.active)
        .order_by(User.username)
    )
    skipped = set(but)
    return {row.id: row.name for row in db.session.execute(query) if row.id not in skipped}


def everybody() -> list[tuple[int, str]]:
    """All active people with a post, as (id, name with unit and role), by unit."""
    query = (
        db.select(User.id, User.name, Unit.name.label("unit"), UserRole.role)
        .join(UserRole, UserRole.user_id == User.id)
        .join(Unit, Unit.id == UserRole.unit_id)
        .where(User.active)
        .order_by(Unit.code, User.username, UserRole.id)
    )
    posts: dict[int, tuple[str, str]] = {}
    for row in db.session.execute(query):
        posts.setdefault(row.id, (row.name, f"{row.unit} {gettext(ROLE_NAMES[row.role])}"))
    return [(key, f"{name}（{post}）") for key, (name, post) in posts.items()]


def post_of(user_id: int, unit_id: int, role: str) -> tuple[int, str]:
    """The post in which a person answers for a task of `unit_id` and `role`.

    That very post if they hold it, else one in the same unit, else their first. Raises Invalid
    if they hold none.
    """
    held = posts(user_id)
    if not held:
        raise Invalid(N_("所选人员还没有岗位，不能办理。"))
    return min(held, key=lambda post: (post != (unit_id, role), post[0] != unit_id))


def posts(user_id: int) -> list[tuple[int, str]]:
    """The (unit id, role) of a person, first things first."""
    query = db.select(UserRole.unit_id, UserRole.role).where(UserRole.user_id == user_id)
    found = db.session.execute(query.order_by(UserRole.id))
    return [(row.unit_id, str(row.role)) for row in found]


def waited_for(task_id: int) -> list[str]:
    """The names of who holds the open side tasks of a task; of the unit where nobody does yet."""
    return waited_for_by([task_id]).get(task_id, [])


def waited_for_by(task_ids: Iterable[int]) -> dict[int, list[str]]:
    """The same for many tasks, by their ids; those that wait for nobody are left out."""
    query = (
        db.select(Task.side_of_id, func.coalesce(User.name, Unit.name).label("name"))
        .join(Unit, Unit.id == Task.unit_id)
        .outerjoin(User, User.id == Task.owner_id)
        .where(Task.side_of_id.in_(list(task_ids)), is_open)
    )
    found: dict[int, list[str]] = {}
    for row in db.session.execute(query.order_by(Task.id)):
        found.setdefault(row.side_of_id, []).append(row.name)
    return found


def tell(
    letters: Iterable[tuple[int | None, int]],
    message: str,
    task: Any,
    *,
    at: dt.datetime,
    kind: str,
    who: str,
    but: int | None = None,
) -> None:
    """Tell people (user id, the task it is about to them) something about a task.

    `message` is a msgid with the places `who` and `title`; `but` is not told.
    """
    title = f"{task.name}：{task.instance_title}"
    title = title if len(title) <= MOST_TITLE else title[: MOST_TITLE - 1] + "…"
    given = {"title": title, "who": who}
    deliver(
        [
            (person, Notice(kind, message, given, link=f"/tasks/{task_id}"))
            for person, task_id in letters
            if person is not None and person != but
        ],
        at=at,
    )
