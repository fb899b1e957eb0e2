"""The page of a plan's figures."""

from collections import Counter

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from sanwei_flow import web
from sanwei_flow.calendars import today
from sanwei_flow.plans.access import readable_plan
from sanwei_flow.plans.figures import Figure
from sanwei_flow.reports import figures
from sanwei_flow.reports.chart import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, chart

bp = Blueprint("figures", __name__)

LONGEST = 100
DRAWING = {
    "width": WIDTH,
    "height": HEIGHT,
    "left": LEFT,
    "right": RIGHT,
    "top": TOP,
    "bottom": BOTTOM,
}


@bp.get("/plans/<int:plan_id>/figures")
def show(plan_id: int) -> str:
    """The plan's figures by the filters of the address: totals, each one, curves, disputes."""
    plan = readable_plan(plan_id, web.current_actor())
    day = today(web.now())
    every = figures.lines(plan, day)
    disputes = figures.disputes(plan, every)
    disputed = frozenset(key for one in disputes for place in one.places for key in place.keys)
    wanted = wanted_from(request.args)
    kept = [line for line in every if wanted.keep(line, disputed)]
    keys = {line.key for line in kept}
    totals = figures.by_category(every)

    def here(**others: object) -> str:
        return url_for(".show", plan_id=plan.id, **wanted.arguments(**others))

    return render_template(
        "reports/figures.html",
        plan=plan,
        lines=kept,
        total=len(every),
        totals=totals,
        all_totals=sum(totals.values(), start=Counter()),
        curves=[(line, chart(line, day)) for line in kept if line.points],
        disputes=[one for one in disputes if any(set(place.keys) & keys for place in one.places)],
        disputed=disputed,
        wanted=wanted,
        own=wanted.arguments(),
        here=here,
        years=sorted({line.figure.year for line in every if line.figure.year}),
        leads=sorted({name for line in every for name in line.lead}),
        STATES=figures.STATES,
        DRAWING=DRAWING,
        pace=pace,
    )


def wanted_from(arguments: MultiDict[str, str]) -> figures.Wanted:
    """The figures an address asks for; what is no filter counts as none."""

    def words(name: str) -> str:
        return arguments.get(name, "").strip()[:LONGEST]

    state = words("state")
    return figures.Wanted(
        state=state if state in figures.STATES else "",
        category=words("category"),
        year=arguments.get("year", type=web.key),
        lead=words("lead"),
        q=words("q"),
        disputed=arguments.get("disputed") == "1",
    )


def pace(figure: Figure) -> str:
    """How a figure stands against time, in words."""
    if figure.reported is None:
        return ""
    if figure.ceiling:
        return _("已超过上限") if figure.state == "behind" else _("没有超过上限")
    if figure.state == "done" or figure.reached is None or figure.elapsed is None:
        return ""
    points = figure.reached - figure.elapsed
    if points > 0:
        return _("比时间进度快%(n)s个百分点", n=points)
    if points < 0:
        return _("比时间进度慢%(n)s个百分点", n=-points)
    return _("与时间进度持平")
