"""The conclusion of a plan: started by its office, once; and no longer waiting for somebody."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.calendars import today
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.closing.archive import zipping
from sanwei_flow.closing.archive.contents import parts_of
from sanwei_flow.closing.archive.records import facts_of
from sanwei_flow.closing.models import DONE, FAILED, WAITING, PlanArchive, PlanClosing
from sanwei_flow.closing.queries import archive_of, closing_of, may_fetch
from sanwei_flow.closing.units import Party, parties
from sanwei_flow.db import db
from sanwei_flow.engine import Deliver
from sanwei_flow.errors import N_, Conflict, Forbidden, Invalid, NotFound
from sanwei_flow.plans.access import get_plan, may_manage, record
from sanwei_flow.plans.keys import acceptance_key
from sanwei_flow.plans.models import Plan, PlanPhase
from sanwei_flow.plans.rows import row_view, row_views
from sanwei_flow.plans.variables import plan_variables
from sanwei_flow.processes.advance import Act
from sanwei_flow.processes.locking import lock_instance
from sanwei_flow.processes.models import ProcessInstance, Task, is_open
from sanwei_flow.processes.operations import start_process
from sanwei_flow.processes.transitions import transition
from sanwei_flow.storage import Vault

PROCESS = "acceptance"
#: The message that ends waiting for units, and the element that hears it.
NO_LONGER, HEARD_BY = "closing.wait_no_longer", "go_on"
#: Working days units have if the office names no day.
USUAL_DAYS = 10
MOST_REASON = 1000


@dataclass(frozen=True)
class Preview:
    """What starting would do: who is asked by when, and what speaks against doing it now.

    `begins`: the day the concluding phase begins, if that is still to come; `open_rows` are the
    numbers of rows that are not closed; `alone` are units where nobody could fill in the form.
    """

    parties: tuple[Party, ...]
    due: dt.date
    begins: dt.date | None
    open_rows: tuple[int, ...]

    @property
    def alone(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.parties if not one.people)

    @property
    def early(self) -> bool:
        return self.begins is not None or bool(self.open_rows)


def preview(plan: Plan, at: dt.datetime) -> Preview:
    """What `start` would do today, if nobody named another day to answer by."""
    day = today(at)
    phase = concluding_phase(plan)
    begins = phase.start if phase and phase.start and phase.start > day else None
    open_rows = tuple(view.no for view in row_views(plan, day) if not view.closed)
    due = load_calendar().workdays_after(day, USUAL_DAYS)
    return Preview(tuple(parties(plan)), due, begins, open_rows)


def concluding_phase(plan: Plan) -> PlanPhase | None:
    """The last phase, if it comes after the one that carries the rows."""
    last = plan.phases[-1] if plan.phases else None
    return None if last is None or last.implementing else last


def start(plan_id: int, due: dt.date | None = None, *, by: Actor, at: dt.datetime) -> PlanClosing:
    """Ask every unit of the plan for its self-assessment by the Shanghai day `due`.

    Without a day they have ten working days. One that is under way is returned as it is.
    Raises NotFound, Forbidden, Conflict (not launched, accepted already), Invalid for a day
    that is not ahead.
    """
    plan = get_plan(plan_id, lock=True)
    if not may_manage(plan, by):
        raise Forbidden(N_("只有本方案的专班办公室可以启动总结验收"))
    if plan.process_id is None:
        raise Conflict(N_("方案启动后才能总结验收"))
    running = closing_of(plan.id)
    if running is not None and running.process is not None and running.process.is_open:
        return running
    due = due or load_calendar().workdays_after(today(at), USUAL_DAYS)
    if due <= today(at):
        raise Invalid(N_("报送时限应在今天之后"), fields={"due": [N_("报送时限应在今天之后")]})
    asked = [{"unit": one.unit_id, "name": one.name} for one in parties(plan)]
    closing = PlanClosing(
        plan_id=plan.id, due=due, started_at=at, by_id=by.user_id, by_name=by.name
    )
    variables = {
        "plan": plan_variables(plan),
        "parties": asked,
        "working": asked,
        "assess_due": due.isoformat(),
        "opinion": None,
        "reports": [],
        "targets": None,
        "unfinished": None,
        "summary": None,
    }
    closing.process = start_process(
        PROCESS,
        variables,
        business_key=acceptance_key(plan.id),
        title=N_("总结验收：{title}").format(title=plan.title),
        by=by,
        at=at,
    )
    db.session.add(closing)
    db.session.flush()
    record(plan, "start_closing", after=due.isoformat(), by=by, at=at)
    return closing


def stop_waiting(plan_id: int, reason: str, *, by: Actor, at: dt.datetime) -> None:
    """Go on without the units that have not answered; their forms are withdrawn.

    Raises NotFound, Forbidden, Invalid for a missing reason, Conflict where nobody is waited for.
    """
    plan = get_plan(plan_id, lock=True)
    if not may_manage(plan, by):
        raise Forbidden(N_("只有本方案的专班办公室可以决定不再等候"))
    reason = reason.strip()
    if not 0 < len(reason) <= MOST_REASON:
        said = N_("请写明不再等候的理由（最多{most}字）")
        raise Invalid(said, most=MOST_REASON)
    closing = closing_of(plan.id)
    process_id = closing.process_id if closing else None
    running = lock_instance(db.session.connection(), process_id) if process_id else None
    if running is None or not running.is_open or running.stage != "assessing":
        raise Conflict(N_("现在没有等候报送的单位"))
    act = Act("message", by, at, HEARD_BY, comment=reason)
    transition(running, Deliver(NO_LONGER, {}), act)
    record(plan, "stop_waiting", after=reason, by=by, at=at)


def write_archive_again(plan_id: int, *, by: Actor, at: dt.datetime) -> PlanArchive:
    """Have an archive written that could not be; one that is ready or under way stays as it is.

    Raises NotFound, Forbidden, Conflict for a plan that has not been accepted.
    """
    plan = _fetchable(plan_id, by)
    archive = archive_of(plan.id, lock=True)
    if archive is None:
        raise Conflict(N_("方案通过验收后才有归档文件"))
    if archive.state == FAILED:
        archive.state, archive.attempts, archive.error = WAITING, 0, ""
        archive.asked_at, archive.by_id, archive.by_name = at, by.user_id, by.name
    return archive


def to_urge(plan_id: int, task_ids: Iterable[int], *, by: Actor) -> list[int]:
    """Those of the tasks that wait in units' self-assessments of this plan, for urging them.

    Raises NotFound, Forbidden for whoever does not run the plan.
    """
    plan = get_plan(plan_id)
    if not may_manage(plan, by):
        raise Forbidden(N_("只有本方案的专班办公室可以催报"))
    closing = closing_of(plan.id)
    if closing is None:
        return []
    query = (
        db.select(Task.id)
        .join(ProcessInstance, ProcessInstance.id == Task.instance_id)
        .where(Task.id.in_(list(task_ids)), is_open, ProcessInstance.root_id == closing.process_id)
    )
    return list(db.session.scalars(query.order_by(Task.id)))


def archive_pieces(vault: Vault, archive: PlanArchive) -> Iterator[bytes]:
    """The archive's bytes, piece by piece. Raises NotFound if the store has lost them."""
    found = vault.store.read(archive.digest or "")
    if found is None:
        raise NotFound(N_("归档文件的内容已不在存储中，请联系系统管理员"))
    return found


def archive_to_fetch(plan_id: int, *, by: Actor) -> PlanArchive:
    """The archive of a plan for somebody who takes it away.

    Raises NotFound, Forbidden, Conflict before acceptance and while it is not ready.
    """
    plan = _fetchable(plan_id, by)
    archive = archive_of(plan.id)
    if plan.accepted_at is None or archive is None:
        raise Conflict(N_("方案通过验收后才有归档文件"))
    if archive.state != DONE:
        raise Conflict(N_("归档文件还在生成，请稍后再取"))
    return archive


def write_row(
    plan_id: int, no: int, vault: Vault, target: BinaryIO, *, by: Actor, at: dt.datetime
) -> None:
    """Write the archive of one row of an accepted plan, with a manifest of its own.

    Raises like `archive_to_fetch`.
    """
    plan = _fetchable(plan_id, by)
    if plan.accepted_at is None:
        raise Conflict(N_("方案通过验收后才有归档文件"))
    row_view(plan, no, today(at))
    parts = parts_of(plan, vault, only=no)
    for _told in zipping.write(target, parts, facts_of(plan, by.name, at, no)):
        pass


def _fetchable(plan_id: int, by: Actor) -> Plan:
    plan = get_plan(plan_id)
    if not may_fetch(plan, by):
        raise Forbidden(N_("只有本方案的专班办公室和审计员可以取用归档文件"))
    return plan
