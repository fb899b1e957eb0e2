"""The plan's own process in the designers' hands, before it is launched."""

import datetime as dt
import re
from collections import Counter

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import Role, User, UserRole
from sanwei_flow.db import db
from sanwei_flow.designs import drafting
from sanwei_flow.designs.models import DesignDraft, DesignVersion
from sanwei_flow.designs.queries import compiled, newest
from sanwei_flow.errors import N_
from sanwei_flow.notifications.operations import Notice, notify_users
from sanwei_flow.plans.access import managed_draft, record
from sanwei_flow.plans.bpmn import generate, process_key
from sanwei_flow.plans.keys import business_key
from sanwei_flow.plans.models import Plan

ROWS_SHOWN = 10


def hand_to_designers(plan_id: int, *, by: Actor, at: dt.datetime) -> DesignDraft:
    """Generate the plan's process as a draft that designers may change before the launch.

    They may move rows to other phases or have them run another process. A draft that is there
    already stays as it is. Raises NotFound, Forbidden, and Conflict once the plan is launched.
    """
    plan = managed_draft(plan_id, by)
    known = drafting.draft_of(process_key(plan.id))
    if known is not None:
        return known
    draft = drafting.offer_draft(generate(plan).decode(), by=by, at=at)
    record(plan, "to_designers", by=by, at=at)
    query = db.select(User.id).join(UserRole).where(UserRole.role == Role.designer, User.active)
    notice = Notice(
        "design_wanted",
        N_("请调整“{title}”的流程，并在方案启动前发布"),
        {"title": plan.title},
        link=f"/designs/{draft.key}",
    )
    notify_users(db.session.scalars(query.distinct()), notice, at=at)
    return draft


def designed(plan: Plan) -> DesignVersion | None:
    """The version designers published for this plan, or None.

    What was published before the plan was imported belonged to a plan since withdrawn.
    """
    version = newest(process_key(plan.id))
    if version is None or version.published_at < plan.imported_at:
        return None
    return version


def in_design(plan: Plan) -> DesignDraft | None:
    """The draft of the plan's process that is not published yet, or None."""
    return drafting.draft_of(process_key(plan.id))


def misfits(version: DesignVersion, plan: Plan) -> list[tuple[str, str]]:
    """How a published process and the plan's rows differ: (msgid with `{rows}`, the rows).

    Each row must be called exactly once, under the name its process is found by.
    """
    wanted = {row.no for row in plan.rows}
    called = Counter(_rows_called(version, plan.id))
    found = {
        N_("设计人员发布的流程里没有第{rows}项"): wanted - called.keys(),
        N_("设计人员发布的流程里，第{rows}项不在本方案中"): called.keys() - wanted,
        N_("设计人员发布的流程里，第{rows}项出现了不止一次"): {
            no for no, count in called.items() if count > 1
        },
    }
    return [(message, _listed(rows)) for message, rows in found.items() if rows]


def _rows_called(version: DesignVersion, plan_id: int) -> list[int]:
    pattern = re.compile(re.escape(business_key(plan_id)) + r"/row:(\d+)")
    keys = (node.settings.get("business_key", "") for node in compiled(version).nodes.values())
    return [int(found[1]) for key in keys if (found := pattern.fullmatch(key))]


def _listed(rows: set[int]) -> str:
    shown = "、".join(str(no) for no in sorted(rows)[:ROWS_SHOWN])
    return f"{shown}…" if len(rows) > ROWS_SHOWN else shown


def forget_design(plan_id: int, *, by: Actor, at: dt.datetime) -> None:
    """Throw away what designers had begun for a plan that is withdrawn."""
    draft = drafting.draft_of(process_key(plan_id))
    if draft is not None:
        drafting.withdraw_draft(draft, by=by, at=at)
