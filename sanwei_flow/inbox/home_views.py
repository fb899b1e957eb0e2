"""The first page after log-in, and the page of a unit."""

from flask import Blueprint, render_template, request

from sanwei_flow import web
from sanwei_flow.accounts.models import KIND_NAMES, ROLE_NAMES
from sanwei_flow.calendars import today
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.inbox import unit_page, workbench
from sanwei_flow.plans.statuses import ROW_STATUSES

bp = Blueprint("home", __name__)


@bp.get("/home")
def index() -> str:
    """What each of my roles has before it."""
    at = web.now()
    plan = request.args.get("plan", type=web.key)
    page = workbench.workbench(web.current_actor(), at, plan)
    day, calendar = today(at), load_calendar()
    return render_template(
        "inbox/home.html",
        page=page,
        remaining=lambda due: web.told(calendar.remaining(due, day)),
    )


@bp.get("/units/<int:unit_id>")
def unit(unit_id: int) -> str:
    """What a unit leads and helps with, and who holds what."""
    page = unit_page.unit_page(unit_id, by=web.current_actor(), at=web.now())
    return render_template(
        "inbox/unit.html",
        page=page,
        kind_name=KIND_NAMES[page.unit.kind],
        ROLE_NAMES=ROLE_NAMES,
        STATUS_NAMES=ROW_STATUSES,
    )
