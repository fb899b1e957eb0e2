"""What stands around every page: the menu of one's roles, and what waits."""

from dataclasses import dataclass

from flask import current_app, g, request, url_for
from flask_babel import gettext
from flask_login import current_user

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import Role
from sanwei_flow.errors import N_
from sanwei_flow.inbox.queries import capped
from sanwei_flow.notifications.queries import unread_label
from sanwei_flow.processes import inbox as boxes

EVERYBODY = frozenset(Role)
OFFICE = frozenset({Role.office, Role.leader, Role.auditor})


@dataclass(frozen=True)
class Place:
    """A page of the menu: shown to these roles, once the feature behind it is there."""

    endpoint: str
    label: str
    icon: str
    roles: frozenset[Role] = EVERYBODY
    #: Pages below this path belong to the entry.
    path: str = ""


PLACES = (
    Place("home.index", N_("工作台"), "home", path="/units"),
    Place("inbox.index", N_("待办事项"), "inbox", path="/tasks"),
    Place("plans.index", N_("工作方案"), "clipboard-list", path="/plans"),
    Place("supervision.board", N_("督办一览"), "clock-exclamation", OFFICE, "/supervision/board"),
    Place("supervision.show_ledger", N_("督办台账"), "list-check", path="/supervision/ledger"),
    Place("slips.index", N_("督办单"), "alert-triangle", path="/supervision/slips"),
    Place("meetings.index", N_("联席会商"), "users", path="/meetings"),
    Place("inspections.index", N_("督导检查"), "eye", path="/inspections"),
    Place("reports.index", N_("统计报表"), "chart-bar", OFFICE, "/reports"),
    Place("designer.index", N_("流程设计"), "sitemap", frozenset({Role.designer}), "/designs"),
    Place("decisions.index", N_("决策表"), "checks", frozenset({Role.designer}), "/decisions"),
    Place(
        "monitor.index",
        N_("流程监控"),
        "target",
        frozenset({Role.office, Role.designer, Role.auditor, Role.sys_admin}),
        "/processes",
    ),
    Place(
        "calendar.year",
        N_("工作日历"),
        "calendar-due",
        frozenset({Role.office, Role.sys_admin}),
        "/calendar",
    ),
    Place("notifications.index", N_("通知"), "bell", path="/notifications"),
    Place(
        "channels.failing",
        N_("发送失败的渠道"),
        "send",
        frozenset({Role.sys_admin}),
        "/channels/failing",
    ),
)


@dataclass(frozen=True)
class Entry:
    """A menu entry as drawn; `count` is text such as `99+`, empty for none."""

    url: str
    label: str
    icon: str
    current: bool
    count: str = ""


@dataclass(frozen=True)
class Navigation:
    """The frame of one request."""

    entries: list[Entry]
    unread: str = ""
    notifications_url: str = ""


def navigation() -> Navigation:
    """The menu of whoever asks, with what waits for them."""
    actor: Actor = current_user.actor  # also on pages that were refused before `g.actor` was set
    places = [place for place in PLACES if _offered(place, actor)]
    known = "notifications.index" in current_app.view_functions
    unread = unread_label(actor.user_id) if known and actor.user_id else ""
    here = max(
        (one for one in places if _is_here(one)), key=lambda one: len(one.path), default=None
    )
    entries = [
        Entry(
            url_for(place.endpoint),
            gettext(place.label),
            place.icon,
            place is here,
            capped(sum(waiting(actor).values())) if place.endpoint == "inbox.index" else "",
        )
        for place in places
    ]
    return Navigation(entries, unread, url_for("notifications.index") if known else "")


def _offered(place: Place, actor: Actor) -> bool:
    held = any(actor.has_role(role) for role in place.roles)
    return held and place.endpoint in current_app.view_functions


def _is_here(place: Place) -> bool:
    below = place.path and request.path.startswith(place.path)
    return bool(below) or request.endpoint == place.endpoint


def waiting(actor: Actor) -> dict[str, int]:
    """How many tasks wait in each box, up to `CAP`; counted once for menu and tabs."""
    if "waiting" not in g:
        g.waiting = boxes.counts(actor)
    found: dict[str, int] = g.waiting
    return found
