"""Pages of consultations: the list, minutes as draft, issuing them, what became of them."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from sanwei_flow import web
from sanwei_flow.calendars import today
from sanwei_flow.db import transaction
from sanwei_flow.errors import N_, Conflict, Forbidden, Invalid
from sanwei_flow.oversight import meeting_queries, meetings
from sanwei_flow.oversight.files import MOST
from sanwei_flow.oversight.forms import MeetingForm, from_words
from sanwei_flow.oversight.meeting_queries import STAGES
from sanwei_flow.oversight.minutes import read_decisions
from sanwei_flow.oversight.models import Decision, Meeting
from sanwei_flow.plans.access import may_manage
from sanwei_flow.plans.models import Plan
from sanwei_flow.plans.resolving import load_register
from sanwei_flow.plans.rows import RowView
from sanwei_flow.processes.access import is_theirs
from sanwei_flow.processes.models import Task
from sanwei_flow.processes.queries import open_tasks
from sanwei_flow.supervision import records
from sanwei_flow.supervision.lists import PAGE, around, asked_for

bp = Blueprint("meetings", __name__)


@bp.app_context_processor
def names() -> dict[str, Any]:
    """What the pages of meetings call things, and what other pages ask of meetings."""
    return {
        "DECISION_STAGES": STAGES,
        "MOST_RECORD_FILES": MOST,
        "decided": decided,
        "decision_of": decision_of,
        "unit_decisions": unit_decisions,
        "overdue_decisions": overdue_decisions,
    }


@bp.get("/meetings")
def index() -> str:
    """List the meetings this person may see, newest first."""
    actor, day = web.current_actor(), today(web.now())
    filters, after = asked_for()
    found = meeting_queries.meetings(actor, filters, day, after=after, limit=PAGE + 1)
    return render_template(
        "oversight/meetings.html",
        lines=found[:PAGE],
        **around(filters, after, [line.meeting.id for line in found]),
        may_write=bool(managed_plans()),
    )


@bp.route("/meetings/new", methods=["GET", "POST"])
def new() -> str | Response | tuple[str, int]:
    """Begin the minutes of a plan's meeting."""
    plans = managed_plans()
    if not plans:
        raise Forbidden(N_("只有本方案的专班办公室可以起草和印发会商纪要"))
    plan_id = request.values.get("plan", type=web.key) or plans[0].id
    form = MeetingForm()
    if request.method == "GET":
        form.held_on.data = today(web.now())
        form.show([])
        return _form(form, plans=plans, plan_id=plan_id)
    return _keep(form, plans=plans, plan_id=plan_id)


@bp.route("/meetings/<int:meeting_id>/edit", methods=["GET", "POST"])
def edit(meeting_id: int) -> str | Response | tuple[str, int]:
    """Change a draft."""
    meeting = meetings.get_draft(meeting_id, by=web.current_actor())
    if request.method == "GET":
        form = from_words(meetings.words_of(meeting), meeting.revision)
        return _form(form, meeting=meeting)
    return _keep(MeetingForm(), meeting=meeting)


def _keep(
    form: MeetingForm,
    *,
    meeting: Meeting | None = None,
    plans: list[Plan] | None = None,
    plan_id: int = 0,
) -> str | Response | tuple[str, int]:
    """Save what was typed, or read decisions out of it; whatever happens it stays in the form."""
    around: dict[str, Any] = {"meeting": meeting, "plans": plans or [], "plan_id": plan_id}
    if not form.validate_on_submit():
        form.show(form.typed())
        return _form(form, **around), 422
    if request.form.get("act") == "read":
        return _form(form, **around, read=_read(form))
    actor, at, words = web.current_actor(), web.now(), form.words()
    try:
        with transaction():
            if meeting is None:
                kept = meetings.draft(plan_id, words, by=actor, at=at)
            else:
                revision = form.revision.data or 0
                kept = meetings.save(meeting.id, words, revision=revision, by=actor, at=at)
    except Conflict as error:
        now = meetings.get_draft(meeting.id, by=actor) if meeting else None
        form.show(list(words.decisions))
        # Whoever saves again has read the sentence: from here on theirs counts.
        form.read_up_to(now.revision if now else None)
        return _form(form, **around, problem=web.message_of(error), clash=True), error.status
    except Invalid as error:
        form.show(list(words.decisions))
        return _form(form, **around, problem=web.message_of(error)), error.status
    flash(_("纪要草稿已保存，核对无误后印发。"), "success")
    return redirect(url_for(".show", meeting_id=kept.id))


def _read(form: MeetingForm) -> int:
    """Add what the text says was decided to the lines; how many were found."""
    typed, known = form.typed(), {**load_register().units, **load_register().collectives}
    there = {one.text.strip() for one in typed}
    found = read_decisions(form.minutes.data or "", form.held_on.data, known)
    new = [one for one in found if one.text not in there]
    form.show([*typed, *new])
    return len(new)


def _form(
    form: MeetingForm,
    *,
    meeting: Meeting | None = None,
    plans: list[Plan] | None = None,
    plan_id: int = 0,
    problem: str = "",
    clash: bool = False,
    read: int | None = None,
) -> str:
    register = load_register()
    return render_template(
        "oversight/edit_meeting.html",
        form=form,
        meeting=meeting,
        plans=plans or [],
        plan_id=plan_id,
        problem=problem,
        clash=clash,
        read=read,
        unit_names=sorted({unit.name for unit in register.units.values()}),
    )


@bp.get("/meetings/<int:meeting_id>")
def show(meeting_id: int) -> str:
    """Minutes. Of a draft: who would get which decision; of issued ones: where each stands."""
    return _page(meeting_queries.get_meeting(meeting_id, by=web.current_actor()))


@bp.post("/meetings/<int:meeting_id>/issue")
def issue(meeting_id: int) -> Response | tuple[str, int]:
    """Number the minutes and give each decision to its unit."""
    actor, revision = web.current_actor(), request.form.get("revision", 0, type=int)
    try:
        with transaction():
            meeting = meetings.issue(meeting_id, revision=revision, by=actor, at=web.now())
    except (Conflict, Invalid) as error:
        draft = meeting_queries.get_meeting(meeting_id, by=actor)
        return _page(draft, web.message_of(error)), error.status
    flash(_("已印发：%(number)s", number=meeting.number), "success")
    return redirect(url_for(".show", meeting_id=meeting_id))


@bp.post("/meetings/<int:meeting_id>/discard")
def discard(meeting_id: int) -> Response:
    """Throw a draft away."""
    with transaction():
        meetings.discard(meeting_id, by=web.current_actor())
    flash(_("草稿已删除"), "success")
    return redirect(url_for(".index"))


def _page(meeting: Meeting, problem: str = "") -> str:
    actor, day = web.current_actor(), today(web.now())
    draft = meeting.issued_at is None
    found = [] if draft else meeting_queries.decisions_of(meeting, day)
    return render_template(
        "oversight/meeting.html",
        meeting=meeting,
        problem=problem,
        outlook=meetings.outlook(meeting, day) if draft else [],
        decisions=found,
        mine=_mine([one.decision for one in found]),
        may_write=may_manage(meeting.plan, actor),
        people=records.names_of,
    )


def _mine(decisions: list[Decision]) -> dict[int, Task]:
    """By decision the open task that is this person's to do."""
    actor, found = web.current_actor(), {}
    for one in decisions:
        for task in open_tasks(one.process_id) if one.process_id and one.is_open else []:
            if is_theirs(task, actor):
                found[one.id] = task
    return found


def managed_plans() -> list[Plan]:
    """The running plans whose office this person belongs to."""
    actor = web.current_actor()
    return [plan for plan in records.running_plans() if may_manage(plan, actor)]


def decided(view: RowView) -> list[meeting_queries.Told]:
    """What meetings decided about a row."""
    actor, day = web.current_actor(), today(web.now())
    return meeting_queries.decisions_of_row(view.row.id, day, by=actor)


def decision_of(task: Task) -> Decision | None:
    """The decision a task carries out."""
    if not task.form or not task.form.startswith("decision_"):
        return None
    return meeting_queries.decision_of_process(task.instance_id, by=web.current_actor())


def unit_decisions(unit_id: int) -> list[meeting_queries.Told]:
    """What meetings gave to a unit and is not done yet."""
    actor, day = web.current_actor(), today(web.now())
    return meeting_queries.open_decisions_of_unit(unit_id, day, by=actor)


def overdue_decisions(plan_id: int | None = None) -> int:
    """How many decisions are past their day, for the board."""
    return meeting_queries.overdue(web.current_actor(), today(web.now()), plan_id)
