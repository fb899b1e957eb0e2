"""What happens to late work: the decision table `escalation` says, this carries it out.

Every level is taken once for one deadline of one piece of work: the key of what is issued
names them. Work that was returned or handed on keeps its deadline and so its levels; a new
date begins anew.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import Row

from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.accounts.models import Role
from sanwei_flow.calendars import Calendar, today
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.db import db
from sanwei_flow.designs.operations import WORKFLOWS
from sanwei_flow.designs.queries import decision, newest_decision
from sanwei_flow.engine import Decision, compile_decision, decide
from sanwei_flow.errors import N_
from sanwei_flow.notifications.operations import Notice, deliver
from sanwei_flow.plans.models import PlanRow
from sanwei_flow.supervision import cards, queries, records, reminding, slips
from sanwei_flow.supervision.levels import levels
from sanwei_flow.supervision.matters import Matter, PlanFacts, arrived, matters
from sanwei_flow.supervision.queries import RowFacts
from sanwei_flow.supervision.settings import TABLE
from sanwei_flow.supervision.slip_process import PROCESS

#: As many characters as a notice keeps of its key.
MOST_KEY = 120
REASON = N_("“{title}”应于{due}办结，已逾期{days}个工作日")


@dataclass(frozen=True)
class Late:
    """A piece of late work and what the table says of it.

    `subject` names it whoever holds it; `handlers` are user ids, empty for everybody who holds
    `role` in the unit.
    """

    subject: str
    title: str
    link: str
    due: dt.date
    days: int
    unit_id: int
    row_id: int | None
    handlers: tuple[int, ...] = ()
    role: str = Role.staff
    task_id: int | None = None
    #: Of a task: its process and business key.
    instance_id: int | None = None
    business_key: str = ""
    level: str = ""
    colour: str = ""
    recipients: tuple[str, ...] = ()
    opens: str = ""

    @property
    def key(self) -> str:
        """The step of the ladder it stands at."""
        said = f"{self.subject}/{self.due.isoformat()}/{self.level}"
        return said if len(said) <= MOST_KEY else hashlib.sha256(said.encode()).hexdigest()


def table() -> Decision:
    """The table in force: the newest published, the shipped one where there is none."""
    version = newest_decision(TABLE)
    return decision(version) if version is not None else _shipped()


@cache
def _shipped() -> Decision:
    return compile_decision((WORKFLOWS / f"{TABLE}.dmn").read_bytes())


def late_rows(rows: Iterable[RowFacts], day: dt.date, calendar: Calendar) -> list[Late]:
    """The rows among these that are late and stand at a step not yet taken."""
    late = [
        (
            Late(
                subject=one.key,
                title=f"{one.row.no}．{one.row.task}",
                link=f"/plans/{one.plan.id}/rows/{one.row.no}",
                due=one.row.due,
                days=calendar.workdays_between(one.row.due, day),
                unit_id=one.lead,
                row_id=one.row.id,
            ),
            one,
        )
        for one in rows
        if one.row.due is not None and one.lead and _counts(one, one.row.due, day)
    ]
    return _judged(late)


def late_tasks(
    tasks: Sequence[Row[Any]], found: dict[str, Matter], day: dt.date, calendar: Calendar
) -> list[Late]:
    """The tasks among these that are late and stand at a step not yet taken.

    Left out: answers to slips, which climb by themselves, and work of a lead unit whose row is
    late itself.
    """
    late = []
    for task in tasks:
        matter = found.get(task.business_key)
        row = matter if isinstance(matter, RowFacts) else None
        if task.due >= day or task.due < arrived(task, matter) or task.design == PROCESS:
            continue
        if row and row.row.due and row.row.due < day and task.unit_id == row.lead:
            continue
        subject = f"{task.business_key or f'instance:{task.instance_id}'}/{task.node}"
        one = Late(
            subject=f"{subject}/{task.unit_id}",
            title=f"{task.name}：{task.title}",
            link=f"/tasks/{task.id}",
            due=task.due,
            days=calendar.workdays_between(task.due, day),
            unit_id=task.unit_id,
            row_id=row.row.id if row else None,
            handlers=(task.owner_id,) if task.owner_id else (),
            role=task.role,
            task_id=task.id,
            instance_id=task.instance_id,
            business_key=task.business_key,
        )
        late.append((one, matter))
    return _judged(late)


def _counts(one: RowFacts, due: dt.date, day: dt.date) -> bool:
    """Late, and not since before the plan was launched."""
    launched = one.plan.launched_at
    return due < day and launched is not None and due >= today(launched)


def _judged(late: Sequence[tuple[Late, Matter | None]]) -> list[Late]:
    if not late:
        return []
    ids = [one.row_id for one, _ in late if one.row_id is not None]
    issued, expired = queries.cards_and_slips(ids), records.expired_slips(ids)
    others = [one.instance_id for one, _ in late if one.row_id is None and one.instance_id]
    of_others = queries.cards_of_instances(others) if others else {}
    asked, found = table(), []
    for one, matter in late:
        before = (
            issued.get(one.row_id, []) if one.row_id else of_others.get(one.instance_id or 0, [])
        )
        here = f"{one.subject}/{one.due.isoformat()}/"
        answer = decide(
            asked,
            {
                "days_past": one.days,
                "major": _is_major(matter),
                "repeated": sum(not key.startswith(here) for key in before),
                "unanswered": expired.get(one.row_id or 0, 0),
            },
        )
        judged = _with(one, answer)
        if judged.level and judged.opens != "none" and judged.key not in before:
            found.append(judged)
    # What belongs to no row may have had a slip under a row it is about.
    asked_anew = {one.key for one in found if one.row_id is None and one.opens == "slip"}
    taken = queries.slips_taken(asked_anew) if asked_anew else frozenset()
    return [one for one in found if one.key not in taken]


def _is_major(matter: Matter | None) -> bool:
    if isinstance(matter, RowFacts):
        return matter.row.major
    return matter is not None and matter.major


def _with(one: Late, answer: dict[str, Any] | list[dict[str, Any]]) -> Late:
    """The work with what the table says; an answer that cannot be carried out is none."""
    if not isinstance(answer, dict) or not answer:
        return one
    told = answer.get("recipients") or []
    return replace(
        one,
        level=str(answer.get("level") or ""),
        colour=str(answer.get("colour") or "red"),
        recipients=tuple(map(str, told if isinstance(told, list) else [told])),
        opens=str(answer.get("opens") or "none"),
    )


def escalate(late: Late, *, at: dt.datetime) -> bool:
    """Issue what the step asks for and tell its recipients; False if it was taken already.

    A slip waits while another one of the row is open. Slips are about rows: work of the plan that
    is about none its unit leads gets a red card in place of one. Raises AppError where the row
    cannot be chased any more.
    """
    matter = _matter(late)
    row = matter if isinstance(matter, RowFacts) else None
    if row is not None and not _still_running(row):
        return False
    posts = reminding.posts_for((), [matter] if matter else [])
    if matter is None or late.unit_id not in (matter.lead, matter.plan.office_unit_id):
        posts |= queries.holders([late.unit_id])
    facts = {
        "title": reminding.short(late.title),
        "due": late.due.isoformat(),
        "days": late.days,
    }
    number = _issue(late, matter, facts, at)
    if number is None:
        return False
    notice = Notice(
        "escalation",
        N_("{number}：“{title}”应于{due}办结，已逾期{days}个工作日"),
        {"number": number, **facts},
        link=late.link,
        dedupe_key=late.key,
    )
    handlers = late.handlers or tuple(posts[late.unit_id, late.role])
    told = reminding.people(late.recipients, handlers, late.unit_id, matter, posts)
    deliver([(user_id, notice) for user_id in sorted(told)], at=at)
    return True


def _issue(
    late: Late, matter: Matter | None, facts: dict[str, object], at: dt.datetime
) -> str | None:
    """Write the card or slip and return its number; None if there is nothing to write."""
    row = matter.row if isinstance(matter, RowFacts) else None
    if late.opens == "slip" and row is not None and records.rows_with_open_slips([row.id]):
        return None
    under = row.id if row is not None else _row_for_slip(late, matter, at)
    if late.opens == "slip" and under is not None:
        due = load_calendar().workdays_after(today(at), levels()[0].days)
        (slip,) = slips.issue(
            [under], (REASON, facts), due, by=SYSTEM, at=at, key=late.key, unit_id=late.unit_id
        )
        return slip.number
    colour = late.colour if late.colour in cards.COLOURS else "red"
    card = cards.write_card(
        colour,
        late.level,
        (REASON, facts),
        unit_id=late.unit_id,
        row=row,
        plan=matter.plan if matter else None,
        task_id=late.task_id,
        key=late.key,
        by=SYSTEM,
        at=at,
    )
    return card.number


def _row_for_slip(late: Late, matter: Matter | None, at: dt.datetime) -> int | None:
    """The first row that work of the plan is about, led by its unit, that can have a slip."""
    if late.opens != "slip" or not isinstance(matter, PlanFacts):
        return None
    ids = [one.row.id for one in matter.about if one.lead == late.unit_id]
    free = [one for one in slips.preview(ids, by=SYSTEM, at=at) if one.refusal is None]
    return free[0].view.row.id if free else None


def _matter(late: Late) -> Matter | None:
    if late.row_id is None:
        return matters([late.business_key]).get(late.business_key)
    row = db.session.get_one(PlanRow, late.row_id)
    return queries.facts_of(row, row.plan)


def _still_running(one: RowFacts) -> bool:
    row = one.row
    return not (row.written_off_at or row.terminated_at or row.suspended_at)
