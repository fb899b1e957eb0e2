"""Meetings and inspections, for programs: the same operations as their pages."""

from typing import Any

from flask import Blueprint, Response, url_for

from sanwei_flow.api import shapes
from sanwei_flow.api.bodies import Issue, Looked, Minutes, NewInspection, NewMeeting
from sanwei_flow.api.http import actor, paged, read_body, read_query, reply
from sanwei_flow.api.query_strings import InspectionQuery, MeetingQuery
from sanwei_flow.api.serialise import words
from sanwei_flow.calendars import today
from sanwei_flow.db import transaction
from sanwei_flow.oversight import (
    inspecting,
    inspection_queries,
    meeting_queries,
    meetings,
    rechecking,
)
from sanwei_flow.oversight.inspection_queries import STATES
from sanwei_flow.oversight.meeting_queries import STAGES
from sanwei_flow.oversight.minutes import Wording
from sanwei_flow.oversight.models import Inspection, Meeting, Recheck
from sanwei_flow.plans.lights import rules
from sanwei_flow.supervision.records import Filters
from sanwei_flow.web import now

bp = Blueprint("oversight", __name__)


@bp.get("/meetings")
def list_meetings() -> Response:
    """List the meetings I may see, newest first."""
    query = read_query(MeetingQuery)
    filters = Filters(query.state, query.plan, query.unit)
    found = meeting_queries.meetings(
        actor(), filters, today(now()), after=query.after, limit=query.limit + 1
    )
    shown, following = paged(found, query.limit, lambda line: line.meeting.id)
    items = [
        shapes.MeetingSummary(
            **_head(line.meeting), decisions=line.total, open=line.open, late=line.late
        )
        for line in shown
    ]
    return reply(shapes.MeetingPage(items=items, next=following))


@bp.get("/meetings/<number:meeting_id>")
def meeting(meeting_id: int) -> Response:
    """Minutes, with where each decision stands."""
    return reply(_meeting(meeting_queries.get_meeting(meeting_id, by=actor())))


@bp.post("/meetings")
def draft() -> Response:
    """Begin the minutes of a plan's meeting."""
    given = read_body(NewMeeting)
    with transaction():
        kept = meetings.draft(given.plan, _words(given), by=actor(), at=now())
    address = url_for("api.oversight.meeting", meeting_id=kept.id)
    return reply(_meeting(kept), 201, Location=address)


@bp.put("/meetings/<number:meeting_id>")
def save(meeting_id: int) -> Response:
    """Replace a draft; `revision` is the one that was read."""
    given = read_body(Minutes)
    with transaction():
        kept = meetings.save(
            meeting_id, _words(given), revision=given.revision, by=actor(), at=now()
        )
    return reply(_meeting(kept))


@bp.post("/meetings/<number:meeting_id>/issue")
def issue(meeting_id: int) -> Response:
    """Number the minutes and give each decision to its unit; again changes nothing."""
    given = read_body(Issue)
    with transaction():
        kept = meetings.issue(meeting_id, revision=given.revision, by=actor(), at=now())
    return reply(_meeting(kept))


@bp.get("/inspections")
def list_inspections() -> Response:
    """List the findings I may see, newest first."""
    query = read_query(InspectionQuery)
    filters = Filters(query.state, query.plan, query.unit)
    found = inspection_queries.inspections(
        actor(), filters, today(now()), after=query.after, limit=query.limit + 1
    )
    shown, following = paged(found, query.limit)
    items = [_inspection(one) for one in shown]
    return reply(shapes.InspectionPage(items=items, next=following))


@bp.get("/inspections/<number:inspection_id>")
def inspection(inspection_id: int) -> Response:
    """One finding with its re-checks."""
    return reply(_inspection(inspection_queries.get_inspection(inspection_id, by=actor())))


@bp.post("/inspections")
def inspect() -> Response:
    """Record what an inspection found."""
    given = read_body(NewInspection)
    found = inspecting.Found(
        plan_id=given.plan,
        no=given.row,
        unit_id=given.unit,
        held_on=given.held_on,
        inspectors=given.inspectors,
        kind=given.kind,
        finding=given.finding,
        due=given.due,
        follow=given.follow,
    )
    with transaction():
        kept = inspecting.inspect(found, by=actor(), at=now())
    address = url_for("api.oversight.inspection", inspection_id=kept.id)
    return reply(_inspection(kept), 201, Location=address)


@bp.post("/inspections/<number:inspection_id>/rechecks")
def recheck(inspection_id: int) -> Response:
    """Record a re-check; `seen` is how many there were when the finding was read."""
    given = read_body(Looked)
    looked = rechecking.Looked(**given.model_dump(exclude={"seen"}))
    with transaction():
        kept = rechecking.recheck(inspection_id, looked, seen=given.seen, by=actor(), at=now())
        found = kept.inspection
    return reply(_inspection(found), 201)


def _words(given: NewMeeting | Minutes) -> meetings.Words:
    told = given.model_dump(exclude={"plan", "revision", "decisions"})
    decisions = [
        Wording(one.text, one.lead, one.helpers, one.due, "、".join(map(str, one.rows)))
        for one in given.decisions
    ]
    return meetings.Words(**told, decisions=decisions)


def _head(meeting: Meeting) -> dict[str, Any]:
    return {
        "id": meeting.id,
        "plan": meeting.plan_id,
        "number": meeting.number,
        "title": meeting.title,
        "held_on": meeting.held_on,
        "issued_at": meeting.issued_at,
    }


def _meeting(meeting: Meeting) -> shapes.Meeting:
    names = ("place", "chair", "attending", "agenda", "minutes", "revision")
    rest = {name: getattr(meeting, name) for name in names}
    day, lit, decisions = today(now()), rules(), []
    for one in meeting.decisions:
        light = meeting_queries.lit_of(one, day, lit)
        decisions.append(
            shapes.DecisionSummary(
                no=one.no,
                text=one.text,
                lead=one.unit.name if one.unit else one.lead,
                helpers=one.helpers,
                due=one.due,
                rows=[row.no for row in one.rows],
                process=one.process_id,
                stage=one.stage,
                stage_label=words(STAGES.get(one.stage, one.stage)),
                light=light.colour,
                light_reason=words(light.reason, light.params),
            )
        )
    return shapes.Meeting(**_head(meeting), **rest, decisions=decisions)


def _inspection(one: Inspection) -> shapes.Inspection:
    return shapes.Inspection(
        id=one.id,
        plan=one.plan_id,
        row=one.row.no if one.row else None,
        unit=one.unit.name,
        held_on=one.held_on,
        inspectors=one.inspectors,
        kind=one.kind,
        finding=one.finding,
        due=one.due,
        state=one.state,
        state_label=words(STATES[one.state]),
        process=one.process_id,
        slip=one.slip.number if one.slip else None,
        closed_at=one.closed_at,
        rechecks=[_recheck(look) for look in one.rechecks],
    )


def _recheck(look: Recheck) -> shapes.Recheck:
    return shapes.Recheck(
        held_on=look.held_on,
        inspectors=look.inspectors,
        mended=look.mended,
        note=look.note,
        next_due=look.next_due,
        slip=look.slip.number if look.slip else None,
        at=look.at,
        by=look.by_name,
    )
