"""Yellow and red cards: issued by the ladder or by a person, each with a number and a reason."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import Role
from sanwei_flow.calendars import today
from sanwei_flow.db import db
from sanwei_flow.errors import N_, Conflict, Forbidden, Invalid
from sanwei_flow.notifications.operations import Notice, notify_people
from sanwei_flow.plans.access import get_plan, record
from sanwei_flow.plans.models import Plan, PlanRow
from sanwei_flow.plans.requests import lead_of
from sanwei_flow.plans.rows import row_view
from sanwei_flow.plans.statuses import NOT_BEGUN, SUSPENDED
from sanwei_flow.supervision.models import Card
from sanwei_flow.supervision.numbers import next_serial
from sanwei_flow.supervision.slips import MOST_REASON, WORDS, may_issue

COLOURS = {"yellow": N_("黄牌"), "red": N_("红牌")}


def issue_card(
    plan_id: int, no: int, colour: str, reason: str, *, by: Actor, at: dt.datetime
) -> Card:
    """A person issues a card (`yellow`, `red`) to the unit that leads the row.

    Its staff and its head are told. Raises NotFound, Forbidden, Conflict for a row that does
    not run, Invalid for another colour or a missing reason.
    """
    plan = get_plan(plan_id)
    if not may_issue(plan, by):
        raise Forbidden(N_("只有本方案的专班办公室和分管领导可以发牌"))
    if colour not in COLOURS:
        raise Invalid(N_("只能发黄牌或红牌"))
    if not 0 < len(reason.strip()) <= MOST_REASON:
        raise Invalid(N_("请写明发牌理由（最多{most}字）"), most=MOST_REASON)
    view = row_view(plan, no, today(at))
    unit_id = lead_of(view)
    if view.closed or view.status in NOT_BEGUN | {SUSPENDED} or unit_id is None:
        raise Conflict(N_("第{no}项没有在办理，不能发牌"), no=no)
    card = write_card(
        colour,
        colour,
        (WORDS, {"words": reason.strip()}),
        unit_id=unit_id,
        row=view.row,
        by=by,
        at=at,
    )
    notice = notice_of(card, view.row.task, f"/plans/{plan_id}/rows/{no}")
    for role in (Role.staff, Role.reviewer):
        notify_people(unit_id, role, notice, at=at)
    return card


def write_card(
    colour: str,
    level: str,
    reason: tuple[str, Mapping[str, Any]],
    *,
    unit_id: int,
    row: PlanRow | None,
    plan: Plan | None = None,
    task_id: int | None = None,
    key: str | None = None,
    by: Actor,
    at: dt.datetime,
) -> Card:
    """Write a card with the next number of its colour; the trail of row and plan says so.

    `plan` is that of work which belongs to no row.
    """
    plan = row.plan if row is not None else plan
    year = today(at).year
    words, params = reason
    card = Card(
        colour=colour,
        year=year,
        serial=next_serial(f"card:{colour}", year),
        plan_id=plan.id if plan else None,
        row_id=row.id if row else None,
        task_id=task_id,
        unit_id=unit_id,
        level=level,
        reason=words,
        params=dict(params),
        key=key,
        issued_at=at,
        by_id=by.user_id,
        by_name=by.name,
    )
    db.session.add(card)
    db.session.flush()
    if plan is not None:
        said, no = f"{card.number}：{words.format(**params)}", row.no if row else None
        record(plan, "issue_card", row=no, after=said, by=by, at=at)
    return card


def notice_of(card: Card, title: str, link: str) -> Notice:
    """What is told of a card."""
    facts = {"number": card.number, "title": title[:60]}
    return Notice(
        "card",
        N_("收到{number}：{title}"),
        facts,
        link=link,
        dedupe_key=f"card:{card.id}",
    )
