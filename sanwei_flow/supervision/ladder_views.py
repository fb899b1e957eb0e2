"""The page of the ladder: reminders by scope with a look ahead, lights, levels, escalation."""

import json
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from sanwei_flow import web
from sanwei_flow.db import transaction
from sanwei_flow.designs.queries import newest_versions
from sanwei_flow.engine import DesignError, Table, read_table
from sanwei_flow.errors import N_, Forbidden, Invalid
from sanwei_flow.plans.lights import COLOUR_NAMES, STATES, Rules, rules
from sanwei_flow.supervision import levels, records, settings
from sanwei_flow.supervision.ladder import KINDS, OVERDUE, RECIPIENTS, Step
from sanwei_flow.supervision.outlook import look_ahead

bp = Blueprint("ladder", __name__)

KIND_NAMES = {
    "before": N_("到期前"),
    "long": N_("到期前（办理期一年以上）"),
    OVERDUE: N_("逾期后每个工作日"),
}
#: What the values of the escalation table are called.
VALUE_NAMES = {
    '"reminder"': N_("提醒"),
    '"yellow_card"': N_("黄牌"),
    '"red_card"': N_("红牌"),
    '"slip"': N_("督办单"),
    '"red"': N_("红"),
    '"yellow"': N_("黄"),
    '"none"': N_("不发"),
    '"card"': N_("发牌"),
}
SPARE = 2
#: The column of the escalation table that says who is told.
TOLD = "recipients"


@bp.get("/supervision/ladder")
def index() -> str:
    """Show the settings of one scope, and those of the whole county."""
    return _page(request.args.get("scope") or settings.ROWS)


@bp.post("/supervision/ladder")
def save() -> str | Response | tuple[str, int]:
    """Look ahead with the steps sent, keep them, or give a scope's own up."""
    scope, act = request.form.get("scope", ""), request.form.get("act", "save")
    _must()
    steps = _steps()
    try:
        if act == "preview":
            settings.check_steps(steps)
            return _page(scope, steps=steps, ahead=True)
        with transaction():
            wanted = None if act == "drop" else steps
            settings.change_settings(scope, wanted, by=web.current_actor(), at=web.now())
    except Invalid as error:
        return _page(scope, steps=steps, problem=web.message_of(error)), error.status
    flash(_("提醒设置已保存，明天起生效。"), "success")
    return redirect(url_for(".index", scope=scope))


@bp.post("/supervision/ladder/lights")
def save_lights() -> str | Response | tuple[str, int]:
    """Keep what the lights mean."""
    given = request.form
    wanted = Rules(
        near=given.get("near", -1, type=int),
        behind=given.get("behind", 0, type=int),
        far_behind=given.get("far_behind", 0, type=int),
        colours={state: given.get(f"colour-{state}", "") for state in STATES},
    )
    return _kept(lambda: settings.change_lights(wanted, by=web.current_actor(), at=web.now()))


@bp.post("/supervision/ladder/levels")
def save_levels() -> str | Response | tuple[str, int]:
    """Keep the levels a slip climbs; rows without a name are left out."""
    columns = [request.form.getlist(name) for name in ("name", "side", "role", "days")]
    wanted = [
        levels.Level(name, side, role, int(days) if days.isdigit() else 0)
        for name, side, role, days in zip(*columns, strict=False)
        if name.strip()
    ]
    return _kept(lambda: levels.change_levels(wanted, by=web.current_actor()))


@bp.post("/supervision/ladder/table")
def save_table() -> str | Response | tuple[str, int]:
    """Publish the escalation table with the cells sent; rules without a condition go."""
    _must()
    table = read_table(settings.table_source())
    width, wide = len(table.inputs), len(table.outputs)
    found = []
    for number in range(request.form.get("rules", 0, type=int)):
        cells = request.form.getlist(f"rule-{number}")
        if len(cells) == width + wide:
            cells = _with_recipients(table, cells, request.form.getlist(f"told-{number}"))
        if len(cells) == width + wide and any(cell.strip() for cell in cells[:width]):
            note = request.form.get(f"note-{number}", "").strip()
            found.append((note, cells[:width], cells[width:]))
    return _kept(lambda: settings.change_table(found, by=web.current_actor(), at=web.now()))


def _with_recipients(table: Table, cells: list[str], picked: list[str]) -> list[str]:
    """The cells with the recipients picked, where their column was left to the boxes."""
    for place, column in enumerate(table.outputs, len(table.inputs)):
        if column.name == TOLD and not cells[place].strip():
            known = [name for name in RECIPIENTS if name in picked]
            cells = [*cells[:place], json.dumps(known), *cells[place + 1 :]]
    return cells


def recipients_of(cell: str) -> list[str] | None:
    """The recipients a cell names one by one; None if it says it in another way."""
    try:
        named = json.loads(cell or "[]")
    except ValueError:
        return None
    plain = isinstance(named, list) and all(one in RECIPIENTS for one in named)
    return named if plain else None


def _kept(change: Any) -> str | Response | tuple[str, int]:
    """Do the change and come back, or show what is wrong with it."""
    try:
        with transaction():
            change()
    except DesignError as error:
        said = [web.told(one) for one in error.problems if one.severity == "error"]
        return _page(settings.ROWS, problem=_("；").join(said)), error.status
    except Invalid as error:
        return _page(settings.ROWS, problem=web.message_of(error)), error.status
    flash(_("设置已保存。"), "success")
    return redirect(url_for(".index"))


def _must() -> None:
    if not settings.may_set(web.current_actor()):
        raise Forbidden(N_("您没有权限设置提醒"))


def _page(
    scope: str, *, steps: Sequence[Step] | None = None, ahead: bool = False, problem: str = ""
) -> str:
    _must()
    present = settings.ladders()
    scopes = _scopes()
    scope = scope if scope in scopes else settings.ROWS
    shown = present.of_scope(scope).rungs if steps is None else steps
    outlook = None
    if ahead:
        outlook = look_ahead(present.with_scope(scope, shown), at=web.now())
    return render_template(
        "supervision/ladder.html",
        scope=scope,
        scopes=scopes,
        own=present.own(scope) and scope not in (settings.TASKS, settings.ROWS),
        steps=[*shown, *[None] * SPARE],
        kinds=KIND_NAMES,
        recipients=RECIPIENTS,
        outlook=outlook,
        rules=rules(),
        states=STATES,
        colours=COLOUR_NAMES,
        levels=[*levels.levels(), None],
        sides=levels.SIDES,
        roles=levels.role_names(),
        table=_table(),
        value_names=VALUE_NAMES,
        told_column=TOLD,
        recipients_of=recipients_of,
        problem=problem,
    )


def _table() -> Table:
    return read_table(settings.table_source())


def _scopes() -> dict[str, str]:
    """Every scope and what it is called."""
    found = {settings.ROWS: _("全部方案的分工"), settings.TASKS: _("全部流程的任务")}
    for plan in records.running_plans():
        found[f"plan:{plan.id}"] = _("方案：%(name)s", name=plan.title)
    for version in newest_versions(limit=500):
        if not version.design.key.startswith("plan_"):
            name = version.design.name
            found[f"design:{version.design.key}"] = _("流程：%(name)s", name=name)
    return found


def _steps() -> list[Step]:
    """The steps as the form sends them; rows without a kind are left out."""
    found = []
    for number in range(request.form.get("steps", 0, type=int)):
        kind = request.form.get(f"kind-{number}", "")
        if kind in KINDS:
            days = 0 if kind == OVERDUE else request.form.get(f"days-{number}", 0, type=int)
            found.append(Step(kind, days, tuple(request.form.getlist(f"to-{number}"))))
    return found
