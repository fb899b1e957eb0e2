"""The first page: what each of a person's roles has before it, a section for each."""

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import Any

from flask import url_for
from flask_babel import gettext

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import Role
from sanwei_flow.calendars import today
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.errors import N_
from sanwei_flow.inbox import queries
from sanwei_flow.plans.figures import Figure, figures
from sanwei_flow.plans.models import Plan
from sanwei_flow.processes import inbox as boxes
from sanwei_flow.supervision.board import Board, Line, board
from sanwei_flow.supervision.standing import SOON_DAYS, Wanted

#: Tasks in a section's list; the rest is a press away.
FIRST = 8
#: The roles that have work of their own, in the order of the page.
ROLES = (Role.staff, Role.reviewer, Role.office, Role.leader)
#: Roles that watch over the whole county.
OVERSEERS = (Role.office, Role.leader)

TITLES: dict[str, str] = {
    Role.staff: N_("承办"),
    Role.reviewer: N_("审核"),
    Role.office: N_("专班办公室"),
    Role.leader: N_("领导"),
}
_TO_DO: dict[str, str] = {
    Role.staff: N_("待我办理"),
    Role.reviewer: N_("待我审核"),
    Role.office: N_("待我审核"),
    Role.leader: N_("待我审批"),
}


@dataclass(frozen=True)
class Tile:
    """A number with its words and where it leads; `look` is a colour, "" for none."""

    label: str
    number: str
    url: str
    look: str = ""


@dataclass(frozen=True)
class Section:
    """What one role has before it: its own tasks, soonest first, and their counts."""

    role: str
    title: str
    tiles: list[Tile]
    lines: list[queries.Line]
    bulk_url: str = ""


@dataclass(frozen=True)
class Workbench:
    """The whole page. `county` is there for who watches over it, `promises` for leaders."""

    sections: list[Section]
    units: list[tuple[int, str]]
    county: Board | None = None
    tiles: list[Tile] = field(default_factory=list)
    promises: list[Figure] = field(default_factory=list)
    plan: Plan | None = None

    @property
    def lagging(self) -> list[Line]:
        """Lead units with something late or nearly so, in the order of the register."""
        lines = self.county.lines if self.county else []
        return [line for line in lines if line.total["red"] or line.total["yellow"]]


def workbench(actor: Actor, at: dt.datetime, plan_id: int | None = None) -> Workbench:
    """Gather the page; the statements depend on the roles held, not on how much there is.

    `plan_id` chooses whose figures are shown, else the newest plan's.
    """
    day = today(at)
    sections = [
        _section(mine, role, day) for role in ROLES if (mine := _in_role(actor, role)) is not None
    ]
    names = queries.unit_names(actor.units())
    units = sorted(names.items())
    if not any(actor.has_role(role) for role in OVERSEERS):
        return Workbench(sections, units)
    found = board(Wanted(), "status", at)
    wanted = next((one for one in found.plans if one.id == plan_id), None)
    plan = wanted or next(iter(found.plans), None)
    return Workbench(
        sections,
        units,
        county=found,
        tiles=_county(found),
        promises=figures(plan, day) if plan and actor.has_role(Role.leader) else [],
        plan=plan,
    )


def _in_role(actor: Actor, role: str) -> Actor | None:
    """The person with the posts of one role only, their own and those they stand in for."""
    stood = tuple(
        replace(one, grants=frozenset(post for post in one.grants if post[1] == role))
        for one in actor.stands_for
    )
    stood = tuple(one for one in stood if one.grants)
    own = frozenset(post for post in actor.grants if post[1] == role)
    return replace(actor, grants=own, stands_for=stood) if own or stood else None


def _section(mine: Actor, role: str, day: dt.date) -> Section:
    counts = boxes.counts(mine)
    soon = load_calendar().workdays_after(day, SOON_DAYS)
    late = boxes.urgency(mine, day, soon)
    given = ("to_accept", "todo") if counts["to_accept"] else ("todo",)
    lines = [line for name in given for line in queries.box(mine, name, day).lines]
    lines.sort(key=lambda line: (line.task.due, line.task.id))
    todo = url_for("inbox.index", box="todo")
    tiles = [Tile(gettext(_TO_DO[role]), queries.capped(counts["todo"]) or "0", todo)]
    if role == Role.staff or counts["to_accept"]:
        signed = url_for("inbox.index", box="to_accept")
        tiles.insert(0, Tile(gettext("待签收"), queries.capped(counts["to_accept"]) or "0", signed))
    tiles += [
        Tile(
            gettext("临近到期"),
            str(late["soon"]),
            url_for("inbox.index", box="todo", soon=1),
            "orange" if late["soon"] else "",
        ),
        Tile(
            gettext("已超期"),
            str(late["overdue"]),
            url_for("inbox.index", box="todo", overdue=1),
            "red" if late["overdue"] else "",
        ),
    ]
    if role == Role.staff:
        returned = late["returned"]
        back = url_for("inbox.index", box="todo", returned=1)
        tiles.append(Tile(gettext("退回我的"), str(returned), back, "orange" if returned else ""))
    bulk = todo if role != Role.staff and counts["todo"] > 1 else ""
    return Section(role, gettext(TITLES[role]), tiles, lines[:FIRST], bulk)


def _county(found: Board) -> list[Tile]:
    """The county's numbers, each leading to its rows."""

    def rows(**filters: Any) -> str:
        return url_for("supervision.show_ledger", **filters)

    total = found.total
    asked = sum(found.requests.values())
    return [
        Tile(gettext("在办"), str(found.open), rows(status="open")),
        Tile(
            gettext("逾期或严重滞后"),
            str(total["red"]),
            rows(light="red"),
            "red" if total["red"] else "",
        ),
        Tile(
            gettext("临期或滞后"),
            str(total["yellow"]),
            rows(light="yellow"),
            "orange" if total["yellow"] else "",
        ),
        Tile(gettext("正常"), str(total["green"]), rows(light="green"), "green"),
        Tile(gettext("已办结"), str(total["closed"]), rows(status="closed"), "green"),
        Tile(gettext("申请待处理"), str(asked), rows(waiting="any"), "orange" if asked else ""),
        Tile(gettext("退回两次以上"), str(found.returned), rows(returned=1)),
        Tile(gettext("五个工作日内到期"), str(found.soon), rows(soon=1)),
    ]
