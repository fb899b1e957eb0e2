"""督办单: issuing one or many.

A slip is addressed to the unit that leads the row. Whoever does not answer in time hands it to
the next level: who these are is a setting (`levels.py`).
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import Role
from sanwei_flow.calendars import today
from sanwei_flow.db import db
from sanwei_flow.errors import N_, Conflict, Forbidden, Invalid, NotFound
from sanwei_flow.plans.access import get_plan, may_manage, must_not_be_accepted, record
from sanwei_flow.plans.models import Plan, PlanRow
from sanwei_flow.plans.requests import lead_of
from sanwei_flow.plans.resolving import Expansion
from sanwei_flow.plans.rows import RowView, row_views
from sanwei_flow.plans.statuses import NOT_BEGUN, SUSPENDED
from sanwei_flow.plans.variables import plan_variables, row_variables
from sanwei_flow.processes.operations import start_process
from sanwei_flow.supervision import records
from sanwei_flow.supervision.levels import ladder_of_posts
from sanwei_flow.supervision.models import Slip
from sanwei_flow.supervision.numbers import next_serial
from sanwei_flow.supervision.slip_process import PROCESS, note_level, tell, variables_of

MOST_REASON = 1000
#: A person's own words: a msgid that stands for nothing but them.
WORDS = "{words}"


@dataclass(frozen=True)
class Prospect:
    """What issuing to a row would do: who is told, or why it cannot be (an AppError)."""

    view: RowView
    people: tuple[str, ...] = ()
    refusal: Conflict | Forbidden | None = None


def may_issue(plan: Plan, by: Actor) -> bool:
    """The plan's office and its leader issue slips and cards; the ladder does by itself."""
    leads = plan.office_unit_id is not None and by.has(plan.office_unit_id, Role.leader)
    return may_manage(plan, by) or leads


def preview(row_ids: Iterable[int], *, by: Actor, at: dt.datetime) -> list[Prospect]:
    """What `issue` would do for each of these rows, in the order of plans and numbers.

    Raises NotFound for an id that is no row's.
    """
    found = []
    for view, unit_id, refusal in _examined(row_ids, by, at):
        people: tuple[str, ...] = ()
        if refusal is None:
            post = ladder_of_posts(unit_id, view.row.plan.office_unit_id)[0]
            people = tuple(records.names_of(post.unit_id, post.role))
        found.append(Prospect(view, people, refusal))
    return found


def issue(
    row_ids: Iterable[int],
    reason: str | tuple[str, Mapping[str, Any]],
    due: dt.date,
    *,
    by: Actor,
    at: dt.datetime,
    key: str | None = None,
    unit_id: int | None = None,
) -> list[Slip]:
    """Issue a slip to the lead unit of each row, to be answered by the Shanghai day `due`.

    `reason` is a person's own words, or a msgid with its values where the ladder writes. All or
    none: raises NotFound, Forbidden, Conflict (a row that does not run, or has an open slip),
    Invalid for a missing reason or a day that is not ahead. `key` (for one row) names the step
    of the ladder that asks, `unit_id` another unit than the lead.
    """
    words, params = (WORDS, {"words": reason.strip()}) if isinstance(reason, str) else reason
    if isinstance(reason, str) and not 0 < len(reason.strip()) <= MOST_REASON:
        raise Invalid(N_("请写明督办事由（最多{most}字）"), most=MOST_REASON)
    if due <= today(at):
        raise Invalid(N_("回复时限应在今天之后"))
    slips = []
    for view, lead, refusal in _examined(row_ids, by, at):
        if refusal is not None:
            raise refusal
        slip = _new(view, unit_id or lead, words, params, due, by=by, at=at)
        slip.key = key
        _begin(slip, view, by, at)
        slips.append(slip)
    if not slips:
        raise Invalid(N_("请至少选择一项"))
    return slips


def issue_to(
    plan_id: int,
    numbers: Iterable[int],
    reason: str,
    due: dt.date,
    *,
    token: str | None,
    by: Actor,
    at: dt.datetime,
) -> list[Slip]:
    """Issue slips to rows of a plan by their numbers; the same `token` again gives the first ones.

    Raises what `issue` raises, Forbidden before it says which rows there are, and Invalid for a
    token that came with something else.
    """
    plan = get_plan(plan_id)
    if not may_issue(plan, by):
        raise Forbidden(N_("只有本方案的专班办公室和分管领导可以发督办单"))
    rows = records.row_ids(plan_id, numbers)
    if token is None:
        return issue(rows, reason, due, by=by, at=at)
    # Whoever sends the same at the same time waits, and then finds what was issued.
    db.session.get_one(Plan, plan_id, with_for_update=True)
    mine = f"person:{by.user_id}:{token}/"
    before = records.slips_under(mine)
    if before:
        _same(before, rows, reason, due)
        return before
    issued = issue(rows, reason, due, by=by, at=at)
    for slip in issued:
        slip.key = f"{mine}{slip.row_id}"
    db.session.flush()
    return issued


def _same(before: Sequence[Slip], rows: Iterable[int], reason: str, due: dt.date) -> None:
    asked = {(slip.row_id, slip.params.get("words"), slip.steps[0].due) for slip in before}
    if asked != {(row_id, reason.strip(), due) for row_id in rows}:
        raise Invalid(
            N_(
                "同一个幂等键（Idempotency-Key）已提交过不同的内容，这次没有办理；"
                "请换一个键，或刷新页面。"
            )
        )


def _examined(
    row_ids: Iterable[int], by: Actor, at: dt.datetime
) -> list[tuple[RowView, int, Conflict | Forbidden | None]]:
    wanted = set(row_ids)
    places = db.select(PlanRow.id, PlanRow.plan_id).where(PlanRow.id.in_(wanted))
    plan_ids = dict(db.session.execute(places).all())
    if wanted - set(plan_ids):
        raise NotFound(N_("没有这一项分工"))
    busy = records.rows_with_open_slips(wanted)
    found = []
    for plan_id in sorted(set(plan_ids.values())):
        plan = get_plan(plan_id)
        for view in row_views(plan, today(at)):
            if view.row.id in wanted:
                refusal = _refusal(view, plan, by, busy)
                found.append((view, lead_of(view) or 0, refusal))
    return found


def _refusal(
    view: RowView, plan: Plan, by: Actor, busy: frozenset[int]
) -> Conflict | Forbidden | None:
    if not may_issue(plan, by):
        return Forbidden(N_("只有本方案的专班办公室和分管领导可以发督办单"))
    try:
        must_not_be_accepted(plan)
    except Conflict as refusal:
        return refusal
    waiting = view.status in NOT_BEGUN or view.process_id is None
    for stands_against, words in (
        (view.closed, N_("第{no}项已经办结，不需要督办")),
        (waiting, N_("第{no}项尚未启动，不能督办")),
        (view.status == SUSPENDED, N_("第{no}项已中止，不能督办")),
        (lead_of(view) is None, N_("第{no}项没有牵头单位，不能督办")),
        (view.row.id in busy, N_("第{no}项已有一张督办单正在办理")),
    ):
        if stands_against:
            return Conflict(words, no=view.no)
    return None


def _new(
    view: RowView,
    unit_id: int,
    words: str,
    params: Mapping[str, Any],
    due: dt.date,
    *,
    by: Actor,
    at: dt.datetime,
) -> Slip:
    year = today(at).year
    slip = Slip(
        year=year,
        serial=next_serial("slip", year),
        plan_id=view.row.plan_id,
        row_id=view.row.id,
        unit_id=unit_id,
        reason=words,
        params=dict(params),
        due=due,
        issued_at=at,
        by_id=by.user_id,
        by_name=by.name,
    )
    db.session.add(slip)
    db.session.flush()
    return slip


def _begin(slip: Slip, view: RowView, by: Actor, at: dt.datetime) -> None:
    plan = view.row.plan
    post = ladder_of_posts(slip.unit_id, plan.office_unit_id)[0]
    note_level(slip, post, at)
    said = slip.reason.format(**slip.params)
    variables = {
        "plan": plan_variables(plan),
        "row": row_variables(view.row, Expansion()),
        "slip_number": slip.number,
        "slip_reason": said,
        "renewed_due": None,
        **variables_of(slip, post),
    }
    process = start_process(PROCESS, variables, business_key=view.row.business_key, by=by, at=at)
    slip.process = process
    db.session.flush()
    record(plan, "issue_slip", row=view.no, after=f"{slip.number}：{said}", by=by, at=at)
    tell(slip, view.row, post, N_("收到{number}，请在{due}前回复：{task}"), at)


def get_slip(slip_id: int, *, by: Actor) -> Slip:
    """A slip this person may see: the unit's, the plan's office's, or an overseer's.

    Raises NotFound, also for slips that are not theirs to see.
    """
    slip = db.session.get(Slip, slip_id)
    if slip is None or not records.may_see_slip(slip, by):
        raise NotFound(N_("没有这张督办单"))
    return slip
