"""Pages: begin a dry run, play it, keep it as a scenario."""

import datetime as dt
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import CombinedMultiDict
from werkzeug.wrappers import Response

from sanwei_flow import web
from sanwei_flow.calendars import today
from sanwei_flow.db import transaction
from sanwei_flow.designer.queries import one_design
from sanwei_flow.designs.drafting import require_designer
from sanwei_flow.designs.forms import file_keys
from sanwei_flow.designs.models import DesignDraft, DesignVersion
from sanwei_flow.designs.queries import current, version_of
from sanwei_flow.errors import N_, AppError, Conflict, Invalid
from sanwei_flow.scenarios import keeping, operations, pages, queries, starts
from sanwei_flow.scenarios.comparing import STATUSES
from sanwei_flow.scenarios.forms import MadeUpForm, SaveForm
from sanwei_flow.scenarios.material import material_of
from sanwei_flow.scenarios.models import DryRun
from sanwei_flow.scenarios.steps import MOST_SKIPPED, Act, read_given, skip
from sanwei_flow.supervision.ladder import RECIPIENTS

bp = Blueprint("scenarios", __name__)

RUN = "/designs/<key>/dry-runs/<int:run_id>"
DRAFT = "draft"


@bp.app_context_processor
def names() -> dict[str, Any]:
    """What the pages of runs call things."""
    return {"RUN_RECIPIENTS": RECIPIENTS, "RUN_STATUSES": STATUSES, "as_text": pages.as_text}


@bp.get("/designs/<key>/dry-runs")
def index(key: str) -> str:
    """The dry runs of a design and its scenarios, with how these did with the newest versions."""
    version, draft = one_design(key, web.current_actor())
    scenarios = queries.scenarios_of(key)
    found = queries.results([version.id]).get(version.id, []) if version else []
    return render_template(
        "scenarios/index.html",
        key=key,
        name=name_of(version, draft),
        version=version,
        draft=draft,
        runs=queries.runs_of(key),
        scenarios=scenarios,
        results={one.scenario_id: one for one in found},
        others=[one for one in found if one.design_key != key],
    )


def name_of(version: DesignVersion | None, draft: DesignDraft | None) -> str:
    return draft.name if draft else version.design.name if version else ""


@bp.get("/designs/<key>/dry-runs/new")
def new(key: str) -> str:
    """Choose a version and what it starts with: a row of a plan, or one made up."""
    return _new(key, _made_up_form())


def _new(key: str, form: MadeUpForm, problem: AppError | None = None) -> str:
    actor = web.current_actor()
    version, draft = one_design(key, actor)
    asked = request.values.get("version") or (DRAFT if draft or not version else "")
    plan_id = request.values.get("plan", type=web.key)
    offered = starts.plans(actor)
    if plan_id is None and offered:
        plan_id = offered[0].id
    tried = draft if asked == DRAFT else None
    return render_template(
        "scenarios/new.html",
        key=key,
        name=name_of(version, draft),
        version=version,
        draft=draft,
        versions=queries.versions_of(key),
        asked=asked,
        plans=offered,
        plan_id=plan_id,
        rows=starts.rows(plan_id, actor) if plan_id is not None else [],
        day=request.values.get("day") or today(web.now()).isoformat(),
        further=_further(key, tried or version or draft),
        form=form,
        problem=web.message_of(problem) if problem else "",
    )


def _further(key: str, tried: DesignVersion | DesignDraft | None) -> list[str]:
    """The variables only the person can know; nothing for a draft that cannot run."""
    if tried is None:
        return []
    try:
        material = material_of(key, tried)
        design = material.design(key)
    except AppError:
        return []
    named = {node.settings["form"] for node in design.nodes.values() if node.settings.get("form")}
    fields = {field.key for name in named for field in material.form(key, name).fields}
    return starts.further(design, frozenset(fields))


def _made_up_form() -> MadeUpForm:
    form = MadeUpForm()
    listed = list(queries.register().items())
    form.lead_unit.choices = form.office_unit.choices = form.cooperating.choices = listed
    return form


@bp.post("/designs/<key>/dry-runs")
def begin(key: str) -> Response | tuple[str, int]:
    """Begin a dry run; a refusal keeps what was typed."""
    actor, at = web.current_actor(), web.now()
    require_designer(actor)
    form = _made_up_form()
    try:
        facts = _facts(form)
        if facts is None:
            return _new(key, form), 422
        number = None if request.form.get("version") == DRAFT else _number()
        with transaction():
            tried = queries.tried(_unsaved(key, number))
            design = material_of(key, tried).design(key)
            more = {k[5:]: v for k, v in request.form.items() if k.startswith("more-")}
            given = starts.given(design, facts, _day(), more)
            run = operations.begin(key, number, given, facts.title, by=actor, at=at)
    except AppError as error:
        return _new(key, form, error), error.status
    return redirect(url_for(".run", key=key, run_id=run.id))


def _unsaved(key: str, number: int | None) -> DryRun:
    version = version_of(key, number) if number is not None else None
    return DryRun(design_key=key, version=version, version_id=version.id if version else None)


def _number() -> int:
    number = request.form.get("version", type=web.key)
    if number is None:
        raise Invalid(N_("请选择要试运行的版本"))
    return number


def _day() -> dt.date:
    try:
        return dt.date.fromisoformat(request.form.get("day", ""))
    except ValueError:
        raise Invalid(N_("请填写开始日期")) from None


def _facts(form: MadeUpForm) -> starts.Facts | None:
    """The row chosen or made up; None where the form was not filled in."""
    if request.form.get("from") != "made-up":
        plan, no = request.form.get("plan", type=web.key), request.form.get("row", type=web.key)
        if plan is None or no is None:
            raise Invalid(N_("请选择方案中的一项"))
        return starts.facts_of(plan, no, web.current_actor())
    if not form.validate_on_submit():
        return None
    made = starts.MadeUp(
        form.task.data.strip(),
        form.lead_unit.data,
        form.office_unit.data,
        form.due.data,
        bool(form.major.data),
        tuple(form.cooperating.data or ()),
    )
    return starts.facts_made_up(made, queries.register())


@bp.get(RUN)
def run(key: str, run_id: int) -> str:
    """How a dry run stands."""
    require_designer(web.current_actor())
    return _page(queries.dry_run(key, run_id))


def _page(shown: DryRun, form: pages.PlayForm | None = None, save: SaveForm | None = None) -> str:
    version, draft = one_design(shown.design_key, web.current_actor())
    page = pages.run_page(
        shown,
        task=request.args.get("task", type=int),
        path=request.args.get("part"),
        form=form,
    )
    return render_template(
        "scenarios/run.html",
        key=shown.design_key,
        name=name_of(version, draft),
        page=page,
        save=save or SaveForm(formdata=None, name=shown.title[:60]),
        most=MOST_SKIPPED,
    )


@bp.post(RUN)
def answer(key: str, run_id: int) -> Response | tuple[str, int]:
    """Answer a task as its people would; a refusal keeps everything that was typed."""
    actor = web.current_actor()
    require_designer(actor)
    shown = queries.dry_run(key, run_id)
    material, given = material_of(key, queries.tried(shown)), read_given(shown.given)
    seen = operations.played(shown)
    number = request.form.get("task", type=int) or 0
    if shown.revision != _revision() or not 1 <= number <= len(seen.last.open):
        raise Conflict(N_("这次试运行在别处又走了一步，请看最新的样子再继续。"))
    task = seen.last.open[number - 1]
    form = pages.form_of(material, given, task, CombinedMultiDict([request.files, request.form]))
    outcome = request.form.get("action", "")
    if outcome not in form.actions:
        raise Invalid(N_("请选择怎样办理"))
    answers = form.payload(outcome)
    for name in file_keys(form.schema, outcome):
        answers.pop(name, None)
    step = Act(task.process, task.node, task.unit, outcome, answers, form.comment.strip(), task.nth)
    try:
        with transaction():
            operations.take(key, run_id, step, revision=_revision(), by=actor, at=web.now())
    except Invalid as error:
        form.show(web.fields_of(error), web.message_of(error))
        return _page(queries.dry_run(key, run_id), form), 422
    return redirect(url_for(".run", key=key, run_id=run_id))


def _revision() -> int:
    return request.form.get("revision", type=int) or 0


@bp.post(f"{RUN}/skip")
def skip_time(key: str, run_id: int) -> Response:
    """Let time pass."""
    until_next = request.form.get("until") == "next"
    step = skip(None if until_next else request.form.get("days", ""))
    with transaction():
        operations.take(
            key, run_id, step, revision=_revision(), by=web.current_actor(), at=web.now()
        )
    return redirect(url_for(".run", key=key, run_id=run_id))


@bp.post(f"{RUN}/move")
def move(key: str, run_id: int) -> Response:
    """Go back to an earlier step, or forward again."""
    position = request.form.get("to", type=int)
    with transaction():
        operations.move(
            key,
            run_id,
            -1 if position is None else position,
            revision=_revision(),
            by=web.current_actor(),
            at=web.now(),
        )
    return redirect(url_for(".run", key=key, run_id=run_id))


@bp.post(f"{RUN}/discard")
def discard(key: str, run_id: int) -> Response:
    """Throw it away."""
    with transaction():
        operations.discard(key, run_id, by=web.current_actor())
    flash(_("已删除这次试运行。"), "success")
    return redirect(url_for(".index", key=key))


@bp.get(f"{RUN}/diagram.bpmn")
def drawing(key: str, run_id: int) -> Response:
    """The BPMN of one of the run's processes."""
    require_designer(web.current_actor())
    shown = queries.dry_run(key, run_id)
    process = request.args.get("process", key)
    tried = queries.tried(shown) if process == key else current(process)
    return Response(tried.xml, mimetype="application/xml")


@bp.post(f"{RUN}/save")
def save(key: str, run_id: int) -> Response | tuple[str, int]:
    """Keep it as a scenario."""
    actor = web.current_actor()
    require_designer(actor)
    form = SaveForm()
    if form.validate_on_submit():
        try:
            with transaction():
                made = keeping.save(
                    key, run_id, form.name.data, form.note.data or "", by=actor, at=web.now()
                )
            flash(_("已保存为情形“%(name)s”，以后每次发布都会重放。", name=made.name), "success")
            return redirect(url_for(".show", key=key, scenario_id=made.id))
        except Invalid as error:
            form.name.errors = [*form.name.errors, web.message_of(error)]
    return _page(queries.dry_run(key, run_id), save=form), 422
