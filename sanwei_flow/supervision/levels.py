"""The levels a slip climbs: who answers first, and who next when nobody does."""

from collections.abc import Sequence
from dataclasses import dataclass

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import ROLE_NAMES, Role, User, UserRole
from sanwei_flow.db import db
from sanwei_flow.errors import N_, Forbidden, Invalid
from sanwei_flow.supervision.models import SlipLevel

MOST_LEVELS = 6
MOST_DAYS = 60
SIDES = {"unit": N_("被督办单位"), "office": N_("专班办公室所在单位")}
#: Whom a level may name.
ROLES = (Role.staff, Role.reviewer, Role.office, Role.leader)


@dataclass(frozen=True)
class Level:
    """A step: `side` says whose people (`unit` or `office`), `days` are working days to answer."""

    name: str
    side: str
    role: str
    days: int


#: Handler, head of the unit, its main leader, leader of the group.
USUAL = (
    Level(N_("承办人"), "unit", Role.staff, 3),
    Level(N_("单位负责人"), "unit", Role.reviewer, 3),
    Level(N_("单位主要领导"), "unit", Role.leader, 3),
    Level(N_("组长"), "office", Role.leader, 3),
)


@dataclass(frozen=True)
class Post:
    """A level for one slip: these people of this unit."""

    name: str
    unit_id: int
    role: str
    days: int


def levels() -> tuple[Level, ...]:
    """The levels in force, lowest first."""
    rows = db.session.scalars(db.select(SlipLevel).order_by(SlipLevel.position))
    found = tuple(Level(row.name, row.side, row.role, row.days) for row in rows)
    return found or USUAL


def ladder_of_posts(unit_id: int, office_unit_id: int | None) -> list[Post]:
    """The levels of a slip to this unit; a level where nobody holds the post is passed over.

    Never empty: with nobody anywhere the first level stands.
    """
    asked = levels()
    wanted = [
        Post(
            one.name,
            unit_id if one.side == "unit" else office_unit_id or unit_id,
            one.role,
            one.days,
        )
        for one in asked
    ]
    query = (
        db.select(UserRole.unit_id, UserRole.role)
        .join(User)
        .where(UserRole.unit_id.in_({post.unit_id for post in wanted}), User.active)
    )
    held = {(unit, str(role)) for unit, role in db.session.execute(query)}
    return [post for post in wanted if (post.unit_id, str(post.role)) in held] or wanted[:1]


def change_levels(wanted: Sequence[Level], *, by: Actor) -> None:
    """Set the levels, lowest first. Raises Forbidden, Invalid for odd ones."""
    if not (by.is_system or by.has_role(Role.office) or by.has_role(Role.sys_admin)):
        raise Forbidden(N_("您没有权限设置提醒"))
    if not 1 <= len(wanted) <= MOST_LEVELS:
        raise Invalid(N_("督办层级应为1至{most}级"), most=MOST_LEVELS)
    for one in wanted:
        if not one.name.strip() or one.side not in SIDES or one.role not in ROLES:
            raise Invalid(N_("督办层级要写明名称、单位和岗位"))
        if not 1 <= one.days <= MOST_DAYS:
            raise Invalid(N_("答复期限应为1至{most}个工作日"), most=MOST_DAYS)
    db.session.execute(db.delete(SlipLevel))
    for position, one in enumerate(wanted):
        name = one.name.strip()[:60]
        row = SlipLevel(position=position, name=name, side=one.side, role=one.role, days=one.days)
        db.session.add(row)
    db.session.flush()


def role_names() -> dict[str, str]:
    """The roles a level may name, with their msgids."""
    return {str(role): ROLE_NAMES[role] for role in ROLES}
