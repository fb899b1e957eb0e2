"""Pages of scenarios: what they promise, how they did, playing them again."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from sanwei_flow import web
from sanwei_flow.db import transaction
from sanwei_flow.designer.queries import one_design
from sanwei_flow.designs.drafting import require_designer
from sanwei_flow.designs.queries import current
from sanwei_flow.errors import N_, NotFound
from sanwei_flow.scenarios import keeping, operations, pages, queries
from sanwei_flow.scenarios.material import material_of
from sanwei_flow.scenarios.steps import read_given
from sanwei_flow.scenarios.views import DRAFT, bp, name_of

SCENARIO = "/designs/<key>/scenarios/<int:scenario_id>"


@bp.get(SCENARIO)
def show(key: str, scenario_id: int) -> str:
    """A scenario: what it promises step by step, and how it did with each version."""
    version, draft = one_design(key, web.current_actor())
    kept = queries.scenario(key, scenario_id)
    tried = version or draft
    if tried is None:
        raise NotFound(N_("没有流程 {key}"), key=key)
    return render_template(
        "scenarios/show.html",
        key=key,
        name=name_of(version, draft),
        version=version,
        draft=draft,
        scenario=kept,
        given=read_given(kept.given),
        steps=pages.expectations(kept, material_of(key, tried)),
        results=[(one, queries.result_of(one)) for one in queries.results_of(kept.id)],
    )


@bp.post(f"{SCENARIO}/replay")
def replay(key: str, scenario_id: int) -> Response:
    """Play it with the newest version, or with the draft, and say how it did."""
    actor = web.current_actor()
    require_designer(actor)
    if request.form.get("with") == DRAFT:
        found = keeping.replay_draft(key, by=actor)
        done = next(one for one in found if one.scenario.id == scenario_id)
        what = _("草稿")
    else:
        with transaction():
            done = keeping.replay_one(key, scenario_id, by=actor, at=web.now())
        what = _("当前版本")
    if done.difference is None:
        flash(_("用%(what)s重放：与保存时一致。", what=what), "success")
    else:
        said = done.difference.said
        flash(
            _("用%(what)s重放：%(why)s", what=what, why=web.sentence(said.message, said.params)),
            "error",
        )
    return redirect(url_for(".show", key=key, scenario_id=scenario_id))


@bp.post(f"{SCENARIO}/accept")
def accept(key: str, scenario_id: int) -> Response:
    """Expect from now on what the newest version does."""
    with transaction():
        keeping.accept(key, scenario_id, by=web.current_actor(), at=web.now())
    flash(_("已改为以当前版本的结果为准。"), "success")
    return redirect(url_for(".show", key=key, scenario_id=scenario_id))


@bp.post(f"{SCENARIO}/open")
def reopen(key: str, scenario_id: int) -> Response:
    """Play it by hand: as a dry run of the newest version, or of the draft."""
    number = None if request.form.get("with") == DRAFT else current(key).number
    with transaction():
        opened = operations.reopen(key, scenario_id, number, by=web.current_actor(), at=web.now())
    return redirect(url_for(".run", key=key, run_id=opened.id))


@bp.post(f"{SCENARIO}/remove")
def remove(key: str, scenario_id: int) -> Response:
    """Give it up."""
    with transaction():
        keeping.remove(key, scenario_id, by=web.current_actor(), at=web.now())
    flash(_("已删除这个情形。"), "success")
    return redirect(url_for(".index", key=key))
