"""Consultations: drafting minutes, and issuing them, which gives each decision to its unit."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import Role, Unit
from sanwei_flow.calendars import today
from sanwei_flow.calendars.workdays import SHANGHAI
from sanwei_flow.db import db
from sanwei_flow.errors import N_, Conflict, Forbidden, Invalid, NotFound
from sanwei_flow.notifications.operations import Notice, notify_people
from sanwei_flow.oversight.minutes import Wording
from sanwei_flow.oversight.models import Decision, DecisionRow, Meeting, MeetingUnit
from sanwei_flow.oversight.settling import Settled, settle, units_named
from sanwei_flow.plans.access import get_plan, may_manage, must_not_be_accepted, record
from sanwei_flow.plans.keys import business_key
from sanwei_flow.plans.models import Plan
from sanwei_flow.plans.resolving import Register, load_register
from sanwei_flow.plans.rows import row_views
from sanwei_flow.plans.variables import plan_variables
from sanwei_flow.processes.operations import start_process
from sanwei_flow.processes.queries import open_tasks
from sanwei_flow.supervision.numbers import next_serial

PROCESS = "consultation"
MOST_DECISIONS = 50
MOST_TITLE, MOST_MINUTES = 200, 20_000


@dataclass(frozen=True)
class Words:
    """Minutes as the office writes them; units are named, a list of them joined by 、."""

    title: str
    held_on: dt.date
    place: str = ""
    chair: str = ""
    attending: str = ""
    agenda: str = ""
    minutes: str = ""
    decisions: Sequence[Wording] = field(default_factory=tuple)


def draft(plan_id: int, words: Words, *, by: Actor, at: dt.datetime) -> Meeting:
    """Begin the minutes of a meeting about a launched plan.

    Raises NotFound, Forbidden, Invalid, Conflict (the plan has not been launched).
    """
    plan = get_plan(plan_id)
    _managed(plan, by)
    if plan.launched_at is None:
        raise Conflict(N_("方案启动后才能记录会商"))
    must_not_be_accepted(plan)
    _check(words, today(at))
    meeting = Meeting(plan=plan, title=words.title.strip(), held_on=words.held_on, edited_at=at)
    _write(meeting, words, by, at)
    db.session.add(meeting)
    db.session.flush()
    return meeting


def save(meeting_id: int, words: Words, *, revision: int, by: Actor, at: dt.datetime) -> Meeting:
    """Change a draft. `revision` is the one that was read.

    Raises NotFound, Forbidden, Invalid, Conflict if it was issued, or saved by somebody else
    meanwhile: then it says who and when.
    """
    meeting = _locked(meeting_id, by)
    _still_draft(meeting)
    _check(words, today(at))
    _same(meeting, revision)
    meeting.decisions.clear()
    db.session.flush()
    _write(meeting, words, by, at)
    meeting.revision += 1
    db.session.flush()
    return meeting


def discard(meeting_id: int, *, by: Actor) -> None:
    """Throw a draft away. Raises NotFound, Forbidden, Conflict (issued)."""
    meeting = _locked(meeting_id, by)
    _still_draft(meeting)
    db.session.delete(meeting)


def outlook(meeting: Meeting, day: dt.date) -> list[Settled]:
    """What issuing on `day` would make of each decision, and what keeps it from it."""
    return _settled(meeting, load_register(), day)


def issue(meeting_id: int, *, revision: int, by: Actor, at: dt.datetime) -> Meeting:
    """Number the minutes and start a process for each decision. Issuing again changes nothing.

    Raises NotFound, Forbidden, Conflict (saved by somebody else since), Invalid for a decision
    without a unit or with a day that has passed; `fields` names them by their numbers.
    """
    meeting = _locked(meeting_id, by)
    if meeting.issued_at is not None:
        return meeting
    must_not_be_accepted(meeting.plan)
    _same(meeting, revision)
    register, day = load_register(), today(at)
    settled = _settled(meeting, register, day)
    wrong = {str(no): list(one.problems.values()) for no, one in enumerate(settled, 1)}
    if wrong := {no: told for no, told in wrong.items() if told}:
        raise Invalid(
            N_("第{numbers}条议定事项还不能交办，请先改正"), fields=wrong, numbers="、".join(wrong)
        )
    meeting.year = day.year
    meeting.serial = next_serial("meeting", day.year)
    meeting.issued_at, meeting.issued_by_id, meeting.issued_by = at, by.user_id, by.name
    db.session.flush()
    for decision, found in zip(meeting.decisions, settled, strict=True):
        _give(meeting, decision, found, by, at)
    _concern(meeting, settled, register, day)
    record(meeting.plan, "issue_minutes", after=f"{meeting.number}：{meeting.title}", by=by, at=at)
    return meeting


def get_draft(meeting_id: int, *, by: Actor) -> Meeting:
    """A meeting whose draft `by` may edit. Raises NotFound, Forbidden, Conflict (issued)."""
    meeting = db.session.get(Meeting, meeting_id)
    if meeting is None:
        raise NotFound(N_("没有这次会商"))
    _managed(meeting.plan, by)
    _still_draft(meeting)
    return meeting


def words_of(meeting: Meeting) -> Words:
    """The draft as it was last saved."""
    names = ("title", "held_on", "place", "chair", "attending", "agenda", "minutes")
    said = {name: getattr(meeting, name) for name in names}
    return Words(**said, decisions=[_wording(one) for one in meeting.decisions])


def _wording(one: Decision) -> Wording:
    return Wording(one.text, one.lead, one.helpers, one.due, one.row_nos)


def _locked(meeting_id: int, by: Actor) -> Meeting:
    meeting = db.session.get(Meeting, meeting_id, with_for_update=True)
    if meeting is None:
        raise NotFound(N_("没有这次会商"))
    _managed(meeting.plan, by)
    return meeting


def _managed(plan: Plan, by: Actor) -> None:
    if not may_manage(plan, by):
        raise Forbidden(N_("只有本方案的专班办公室可以起草和印发会商纪要"))


def _still_draft(meeting: Meeting) -> None:
    if meeting.issued_at is not None:
        raise Conflict(N_("{number}已经印发，不能再改"), number=meeting.number)


def _same(meeting: Meeting, revision: int) -> None:
    if meeting.revision != revision:
        when = f"{meeting.edited_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        raise Conflict(
            N_("{who}已于 {when} 保存过这份纪要，请核对对方的改动后再提交"),
            who=meeting.edited_by,
            when=when,
        )


def _check(words: Words, day: dt.date) -> None:
    if not 0 < len(words.title.strip()) <= MOST_TITLE:
        raise Invalid(N_("请填写会议名称（最多{most}字）"), most=MOST_TITLE)
    if words.held_on > day:
        raise Invalid(N_("会议日期不能晚于今天"))
    if len(words.minutes) > MOST_MINUTES:
        raise Invalid(N_("纪要正文最多{most}字"), most=MOST_MINUTES)
    if len(words.decisions) > MOST_DECISIONS:
        raise Invalid(N_("一次会商最多{most}条议定事项"), most=MOST_DECISIONS)


def _write(meeting: Meeting, words: Words, by: Actor, at: dt.datetime) -> None:
    meeting.title, meeting.held_on = words.title.strip(), words.held_on
    meeting.place, meeting.chair = words.place.strip(), words.chair.strip()
    meeting.attending, meeting.agenda = words.attending.strip(), words.agenda.strip()
    meeting.minutes = words.minutes.replace("\r\n", "\n").strip()
    meeting.edited_at, meeting.edited_by_id, meeting.edited_by = at, by.user_id, by.name
    meeting.decisions += [
        Decision(
            no=no,
            text=one.text.strip(),
            lead=one.lead.strip(),
            helpers=one.helpers.strip(),
            due=one.due,
            row_nos=one.row_nos.strip(),
        )
        for no, one in enumerate(words.decisions, 1)
    ]


def _settled(meeting: Meeting, register: Register, day: dt.date) -> list[Settled]:
    words = [_wording(one) for one in meeting.decisions]
    return settle(words, register=register, rows=meeting.plan.rows, day=day)


def _give(meeting: Meeting, decision: Decision, found: Settled, by: Actor, at: dt.datetime) -> None:
    """Start the decision's process, and tell its unit and those that help."""
    unit = _lead(found)
    decision.due = found.due
    decision.helpers = "、".join(one.name for one in found.helpers)
    key = f"{business_key(meeting.plan_id)}/meeting:{meeting.id}/{decision.no}"
    variables = _variables(meeting, decision, unit)
    process = start_process(PROCESS, variables, business_key=key, by=by, at=at)
    decision.process, decision.unit = process, unit
    for row in found.rows:
        db.session.add(DecisionRow(decision_id=decision.id, row_id=row.id))
        said = f"{meeting.number}：{decision.text}"
        record(meeting.plan, "decide", row=row.no, after=said, by=by, at=at)
    facts = {
        "number": meeting.number,
        "unit": unit.name,
        "due": found.due.isoformat(),
        "text": decision.text[:60],
    }
    task = open_tasks(process.id)[0].id
    mine = N_("{number}议定由{unit}牵头，请在{due}前办结：{text}")
    helps = N_("{number}议定由{unit}牵头、本单位配合，{due}前办结：{text}")
    key = f"decision:{decision.id}"
    notice = Notice("decision", mine, facts, link=f"/tasks/{task}", dedupe_key=key)
    notify_people(unit.id, Role.staff, notice, at=at)
    notice = Notice("decision", helps, facts, link=f"/meetings/{meeting.id}", dedupe_key=key)
    for helper in found.helpers:
        notify_people(helper.id, Role.staff, notice, at=at)


def _lead(found: Settled) -> Unit:
    if found.unit is None:  # settled without problems has one
        raise Invalid(N_("请写明牵头单位"))
    return found.unit


def _variables(meeting: Meeting, decision: Decision, unit: Unit) -> dict[str, Any]:
    """What the process knows; the flat ones are for its forms."""
    plan = meeting.plan
    due = decision.due.isoformat() if decision.due else None
    return {
        "plan": plan_variables(plan),
        "meeting": {"id": meeting.id, "number": meeting.number, "title": meeting.title},
        "decision": {"no": decision.no, "text": decision.text, "unit": unit.id, "due": due},
        "meeting_number": f"{meeting.number}　{meeting.title}",
        "decision_text": decision.text,
        "decision_helpers": decision.helpers,
        "decision_due": due,
    }


def _concern(
    meeting: Meeting, settled: Sequence[Settled], register: Register, day: dt.date
) -> None:
    """Note which units the minutes concern: these may read them."""
    units = {one.id for one in units_named(meeting.attending, register)[0]}
    rows = {row.id for found in settled for row in found.rows}
    for found in settled:
        units |= {_lead(found).id, *(one.id for one in found.helpers)}
    views = row_views(meeting.plan, day) if rows else []
    named = (name for view in views if view.row.id in rows for name in view.lead)
    units |= {name.unit_id for name in named if name.unit_id is not None}
    meeting.units += [MeetingUnit(unit_id=unit_id) for unit_id in sorted(units)]
