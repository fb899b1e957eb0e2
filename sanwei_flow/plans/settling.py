"""Deciding what the document left open: names of units, findings, the scope of 各乡镇."""

import datetime as dt
from collections.abc import Collection

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import CollectiveUnit, Unit
from sanwei_flow.accounts.operations import add_alias
from sanwei_flow.accounts.queries import units_by_name
from sanwei_flow.db import db
from sanwei_flow.errors import N_, Invalid, NotFound
from sanwei_flow.plans.access import managed_draft, record
from sanwei_flow.plans.models import Finding, MentionStatus, Plan, UnitMention
from sanwei_flow.plans.resolving import with_subdistricts

SCOPE = "collective_scope"
INCLUDED = N_("包括")
EXCLUDED = N_("不包括")

#: A row that is one of the plan's major items; closing it needs the leader.
MAJOR = "major_row"
LEADER = N_("需领导审批")
NO_LEADER = N_("不需领导审批")

#: Questions whose answer takes effect at once.
DECISIONS = (SCOPE, MAJOR)

#: Findings about a name; settling the name settles them.
NAME_FINDINGS = ("unit_unknown", "unit_ambiguous")

#: The answer to a finding that assumes nothing.
CHECKED = N_("已核对")

MAX_CHOICE = 500


def settle_unit(
    plan_id: int,
    mention_id: int,
    *,
    unit_id: int | None = None,
    collective_id: int | None = None,
    drop: bool = False,
    remember: bool = True,
    by: Actor,
    at: dt.datetime,
) -> UnitMention:
    """Say once what a name of this plan means: a unit, a collective, or (`drop`) no unit.

    `remember` keeps the name as the unit's alias, so that the next plan knows it.
    Raises NotFound, Forbidden, Conflict (launched), Invalid (not exactly one answer, or an
    unknown unit).
    """
    plan = managed_draft(plan_id, by)
    mention = _mention(plan, mention_id)
    settle_mention(
        plan,
        mention,
        unit_id=unit_id,
        collective_id=collective_id,
        drop=drop,
        remember=remember,
        by=by,
        at=at,
    )
    return mention


def settle_mention(
    plan: Plan,
    mention: UnitMention,
    *,
    unit_id: int | None,
    collective_id: int | None,
    drop: bool,
    remember: bool,
    by: Actor,
    at: dt.datetime,
) -> None:
    """Write down what a name means; whether it may be said now is for the caller to ask.

    Raises Invalid as `settle_unit` does.
    """
    answers = (unit_id is not None, collective_id is not None, drop)
    if sum(answers) != 1:
        raise Invalid(N_("请为“{name}”选择一个单位，或注明它不是单位"), name=mention.name)
    before = mention_text(mention)
    mention.unit_id, mention.collective_id, mention.kinds = None, None, None
    if unit_id is not None:
        _settle_on_unit(mention, unit_id, remember=remember, by=by, at=at)
    elif collective_id is not None:
        _settle_on_collective(mention, collective_id)
    else:
        mention.status = MentionStatus.DROPPED
    mention.settled_at, mention.settled_by_id = at, by.user_id
    after = mention_text(mention)
    for finding in plan.findings:
        if finding.mention_id == mention.id and finding.code in NAME_FINDINGS:
            finding.settled_at, finding.settled_by_id, finding.choice = at, by.user_id, after
    record(plan, "settle_unit", field=mention.name, before=before, after=after, by=by, at=at)


def settle_finding(
    plan_id: int, finding_id: int, choice: str, *, by: Actor, at: dt.datetime
) -> Finding:
    """Answer a finding; answers on a collective's scope and on major rows take effect at once.

    Raises NotFound, Forbidden, Conflict (launched), Invalid (no answer, or none of those the
    question allows).
    """
    plan = managed_draft(plan_id, by)
    finding = next((found for found in plan.findings if found.id == finding_id), None)
    if finding is None:
        raise NotFound(N_("本方案没有这条疑点"))
    choice = choice.strip()
    if not choice or len(choice) > MAX_CHOICE:
        raise Invalid(N_("请写明结论（不超过{count}字）"), count=MAX_CHOICE)
    if finding.code == SCOPE:
        _apply_scope(plan, finding, choice)
    elif finding.code == MAJOR and finding.row is not None:
        finding.row.major = _one_of(choice, LEADER, NO_LEADER) == LEADER
    before = finding.choice
    finding.choice, finding.settled_at, finding.settled_by_id = choice, at, by.user_id
    record(plan, "settle_finding", field=finding.code, before=before, after=choice, by=by, at=at)
    return finding


def accept_assumptions(
    plan_id: int, codes: Collection[str] = (), *, by: Actor, at: dt.datetime
) -> int:
    """Answer the open findings that carry an assumption with just that; return how many.

    `codes` narrows it to some kinds of findings. Names stay open: nothing is assumed of them.
    Raises NotFound, Forbidden, Conflict (launched).
    """
    plan = managed_draft(plan_id, by)
    open_ones = [
        one
        for one in plan.findings
        if one.settled_at is None and one.assumed and (not codes or one.code in codes)
    ]
    for finding in open_ones:
        finding.choice = assumption(finding)
        finding.settled_at, finding.settled_by_id = at, by.user_id
    if open_ones:
        record(plan, "accept_assumptions", after=str(len(open_ones)), by=by, at=at)
    return len(open_ones)


def assumption(finding: Finding) -> str:
    """What was assumed, in the words that are kept when somebody agrees to it."""
    return (finding.assumed or "").format(**finding.params)


def mention_text(mention: UnitMention) -> str | None:
    """What a mention means, in words for the record; None while unsettled."""
    if mention.unit_id is not None:
        unit = db.session.get(Unit, mention.unit_id)
        return unit.name if unit else None
    if mention.collective_id is not None:
        collective = db.session.get(CollectiveUnit, mention.collective_id)
        return collective.name if collective else None
    return N_("不是单位") if mention.status == MentionStatus.DROPPED else None


def _mention(plan: Plan, mention_id: int) -> UnitMention:
    mention = next((known for known in plan.mentions if known.id == mention_id), None)
    if mention is None:
        raise NotFound(N_("本方案没有这个单位名称"))
    return mention


def _settle_on_unit(
    mention: UnitMention, unit_id: int, *, remember: bool, by: Actor, at: dt.datetime
) -> None:
    unit = db.session.get(Unit, unit_id)
    if unit is None or not unit.active:
        raise Invalid(N_("单位名册中没有所选单位"))
    mention.unit_id, mention.status = unit.id, MentionStatus.SETTLED
    if remember and mention.name not in units_by_name():
        add_alias(unit, mention.name, by=by, at=at)


def _settle_on_collective(mention: UnitMention, collective_id: int) -> None:
    collective = db.session.get(CollectiveUnit, collective_id)
    if collective is None:
        raise Invalid(N_("单位名册中没有所选的统称"))
    mention.collective_id, mention.status = collective.id, MentionStatus.SETTLED
    mention.kinds = list(collective.kinds)


def _apply_scope(plan: Plan, finding: Finding, choice: str) -> None:
    include = _one_of(choice, INCLUDED, EXCLUDED) == INCLUDED
    mention = _mention(plan, finding.mention_id or 0)
    mention.kinds = with_subdistricts(mention.kinds or [], include)


def _one_of(choice: str, *allowed: str) -> str:
    if choice not in allowed:
        raise Invalid(N_("请在“{choices}”中选择"), choices="”“".join(allowed))
    return choice
