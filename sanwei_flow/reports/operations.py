"""Drafting, editing and issuing bulletins and closing reports."""

import datetime as dt
import hashlib

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.queries import unit_names
from sanwei_flow.audit import operations as audit
from sanwei_flow.calendars import today
from sanwei_flow.db import db
from sanwei_flow.errors import N_, Conflict, Forbidden, Invalid, NotFound
from sanwei_flow.plans.access import get_plan, may_manage, may_see, must_not_be_accepted
from sanwei_flow.plans.keys import business_key
from sanwei_flow.plans.models import Plan
from sanwei_flow.reports import months, paper, wording
from sanwei_flow.reports.models import CLOSING, MONTHLY, Bulletin
from sanwei_flow.reports.numbers import Facts, Number, facts
from sanwei_flow.supervision.numbers import next_serial

MOST_TITLE, MOST_TEXT = 200, 20_000


def draft(
    plan_id: int, kind: str, *, month: str | None = None, by: Actor, at: dt.datetime
) -> Bulletin:
    """Begin a bulletin (`monthly`) or closing report of a launched plan, or go on with its draft.

    A bulletin is about `month` (`2026-10`), the present one unless another is named. Raises
    NotFound, Forbidden, Invalid (kind, a month before the launch or to come), Conflict (the plan
    has not been launched, the month's bulletin is out).
    """
    plan = get_plan(plan_id, lock=True)
    _managed(plan, by)
    if kind not in (MONTHLY, CLOSING):
        raise Invalid(N_("请选择月通报或总结报告"))
    if plan.launched_at is None:
        raise Conflict(N_("方案启动后才能起草通报"))
    about = None if kind == CLOSING else _month(plan.launched_at, month, today(at))
    _still_free(plan.id, about)
    query = db.select(Bulletin).where(
        Bulletin.plan_id == plan.id,
        Bulletin.kind == kind,
        Bulletin.month == about if about else Bulletin.month.is_(None),
        Bulletin.issued_at.is_(None),
    )
    found = db.session.scalars(query).first()
    if found is not None:
        return found
    title = f"《{plan.title}》工作总结报告"
    if about is not None:
        title = f"《{plan.title}》推进情况通报（{months.chinese(about)}）"
    bulletin = Bulletin(plan=plan, kind=kind, month=about, title=title, made_at=at)
    bulletin.text = wording.first_text(kind)
    db.session.add(bulletin)
    db.session.flush()
    return bulletin


def revise(bulletin_id: int, title: str, text: str, *, by: Actor, at: dt.datetime) -> Bulletin:
    """Change a draft's words. Raises NotFound, Forbidden, Conflict (issued), Invalid."""
    bulletin = _draft(bulletin_id, by)
    title, text = title.strip(), text.replace("\r\n", "\n").strip()
    if not title or not text:
        raise Invalid(N_("标题和正文都不能空"))
    if len(title) > MOST_TITLE or len(text) > MOST_TEXT:
        raise Invalid(N_("标题最多{title}字，正文最多{text}字"), title=MOST_TITLE, text=MOST_TEXT)
    wording.check(text, counted(bulletin, today(at)).numbers)
    bulletin.title, bulletin.text = title, text + "\n"
    return bulletin


def issue(bulletin_id: int, *, by: Actor, at: dt.datetime) -> Bulletin:
    """Number a draft, compute its numbers a last time, and keep the file for good.

    Raises NotFound, Forbidden, Conflict (issued already, or another of its month is), Invalid
    (a name of no number).
    """
    bulletin = _draft(bulletin_id, by)
    get_plan(bulletin.plan_id, lock=True)  # so that no two of a month are issued at once
    _still_free(bulletin.plan_id, bulletin.month)
    day = today(at)
    found = counted(bulletin, day)
    wording.check(bulletin.text, found.numbers)
    bulletin.year = day.year
    bulletin.serial = next_serial(f"bulletin_{bulletin.kind}", day.year)
    bulletin.numbers = {
        name: {"value": one.value, "rows": list(one.rows)} for name, one in found.numbers.items()
    }
    bulletin.content = _document(bulletin, found, day)
    bulletin.digest = hashlib.sha256(bulletin.content).hexdigest()
    bulletin.issued_at, bulletin.issued_by_id, bulletin.issued_by = at, by.user_id, by.name
    told = {"number": bulletin.number, "sha256": bulletin.digest}
    audit.record("bulletin_issued", business_key(bulletin.plan_id), by=by, at=at, data=told)
    return bulletin


def discard(bulletin_id: int, *, by: Actor) -> None:
    """Throw a draft away. Raises NotFound, Forbidden, Conflict (issued)."""
    db.session.delete(_draft(bulletin_id, by))


def readable(bulletin_id: int, by: Actor) -> Bulletin:
    """A bulletin for somebody to look at; a draft is seen by the plan's office only.

    Raises NotFound.
    """
    bulletin = db.session.get(Bulletin, bulletin_id)
    if bulletin is not None:
        issued = bulletin.issued_at is not None and may_see(bulletin.plan, by)
        if issued or may_manage(bulletin.plan, by):
            return bulletin
    raise NotFound(N_("没有这份通报"))


def counted(bulletin: Bulletin, day: dt.date) -> Facts:
    """What a draft counts on `day`: things as they stand, or as they stood at its month's end."""
    about = months.as_of(bulletin.month, day)
    return facts(bulletin.plan, about, past=about < day)


def numbers_of(bulletin: Bulletin, day: dt.date) -> dict[str, Number]:
    """The numbers as they were issued; of a draft, as they would be today."""
    if bulletin.numbers is None:
        return dict(counted(bulletin, day).numbers)
    return {
        name: Number(one["value"], tuple(one["rows"])) for name, one in bulletin.numbers.items()
    }


def file_of(bulletin: Bulletin, day: dt.date) -> bytes:
    """The file as it was issued, checked; of a draft, as it would be today. Raises Conflict."""
    if bulletin.issued_at is None:
        return _document(bulletin, counted(bulletin, day), day)
    content = bulletin.content or b""
    if hashlib.sha256(content).hexdigest() != bulletin.digest:
        raise Conflict(N_("存档文件与校验值不符，请联系系统管理员"))
    return content


def _month(launched: dt.datetime, wanted: str | None, day: dt.date) -> str:
    first, last = months.of_day(today(launched)), months.of_day(day)
    month = wanted or last
    months.last_day(month)
    if not first <= month <= last:
        raise Invalid(
            N_("只能起草{first}至{last}的通报"),
            first=months.chinese(first),
            last=months.chinese(last),
        )
    return month


def _still_free(plan_id: int, month: str | None) -> None:
    """Raise Conflict if the month's bulletin is out; of closing reports there may be several."""
    if month is None:
        return
    query = db.select(Bulletin).where(
        Bulletin.plan_id == plan_id, Bulletin.month == month, Bulletin.issued_at.is_not(None)
    )
    if (out := db.session.scalars(query).first()) is not None:
        raise Conflict(
            N_("{month}的通报已经印发（{number}），每月只印发一次"),
            month=months.chinese(month),
            number=out.number,
        )


def _document(bulletin: Bulletin, found: Facts, day: dt.date) -> bytes:
    office = bulletin.plan.office_unit_id
    names = unit_names([office]) if office else {}
    issuer = names.get(office or 0) or bulletin.plan.issuer or ""
    return paper.document_of(bulletin, found, issuer, day)


def _draft(bulletin_id: int, by: Actor) -> Bulletin:
    bulletin = db.session.get(Bulletin, bulletin_id, with_for_update=True)
    if bulletin is None:
        raise NotFound(N_("没有这份通报"))
    _managed(bulletin.plan, by)
    if bulletin.issued_at is not None:
        raise Conflict(N_("{number}已经印发，不能再改"), number=bulletin.number)
    must_not_be_accepted(bulletin.plan)
    return bulletin


def _managed(plan: Plan, by: Actor) -> None:
    if not may_manage(plan, by):
        raise Forbidden(N_("只有本方案的专班办公室可以起草和印发通报"))
