"""The pages of a migration: what it would do, doing it, how far it is, what became of each."""

import datetime as dt
import secrets

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from sanwei_flow import web
from sanwei_flow.accounts.queries import user_names
from sanwei_flow.db import transaction
from sanwei_flow.designs.models import DesignVersion, ProcessDesign
from sanwei_flow.errors import N_, Invalid
from sanwei_flow.migrating import jobs, operations, queries
from sanwei_flow.migrating.models import Migration

bp = Blueprint("migrating", __name__)
Args = MultiDict[str, str]

#: What each kind and outcome is called; msgids.
KINDS = {"move": N_("迁移"), "dry_run": N_("试迁移"), "undo": N_("撤销迁移")}
OUTCOMES = {
    "waiting": N_("等待"),
    "moved": N_("已迁移"),
    "able": N_("可以迁移"),
    "back": N_("已恢复原版本"),
    "stays": N_("留在原版本"),
}
FIELD = "map-"


@bp.get("/designs/<key>/migrations")
def index(key: str) -> str:
    """Choose the versions, see what would be moved and why not, correct the mapping."""
    return _page(key, request.args)


@bp.post("/designs/<key>/migrations")
def start(key: str) -> Response | tuple[str, int]:
    """Begin a migration or a dry run; sent twice it is begun once."""
    form = request.form
    given = {
        "sources": form.getlist("from", type=web.key),
        "corrections": _corrections(form),
        "dry_run": form.get("act") == "dry_run",
        "note": form.get("note", ""),
        "token": form.get("token", "")[:100] or secrets.token_hex(16),
        "by": web.current_actor(),
        "at": web.now(),
    }
    try:
        with transaction():
            begun = operations.begin(key, form.get("to", 0, type=web.key), **given)
    except Invalid as error:
        return _page(key, form, error), 422
    return _go_on(begun)


@bp.get("/designs/<key>/migrations/<int:migration_id>")
def show(key: str, migration_id: int) -> str:
    """How far it is, and what became of each instance; the upper part refreshes itself."""
    by = web.current_actor()
    found = queries.migration_of(key, migration_id, by)
    counted = queries.tally([found.id])[found.id]
    partial = request.headers.get("HX-Request") == "true"
    known = {"key": key, "migration": found, "counted": counted, "kinds": KINDS}
    if partial and found.finished_at is None:
        return render_template("migrating/_progress.html", **known)
    outcome = request.args.get("outcome")
    wanted = outcome if outcome in OUTCOMES else None
    after = request.args.get("after", 0, type=web.key)
    items = queries.items_of(found.id, outcome=wanted, after=after, limit=queries.PAGE + 1)
    page = "migrating/_result.html" if partial else "migrating/show.html"
    return render_template(
        page,
        **known,
        items=items[: queries.PAGE],
        more=items[queries.PAGE - 1].id if len(items) > queries.PAGE else None,
        after=after,
        wanted=wanted,
        outcomes=OUTCOMES,
        reasons=queries.why_staying(found.id),
        corrected=_corrected(found),
        once=secrets.token_hex(16),
    )


@bp.post("/designs/<key>/migrations/<int:migration_id>")
def resume(key: str, migration_id: int) -> Response:
    """Go on with one that is not finished."""
    return _go_on(queries.migration_of(key, migration_id, web.current_actor()))


@bp.post("/designs/<key>/migrations/<int:migration_id>/undo")
def undo(key: str, migration_id: int) -> Response:
    """Bring back those in which nobody has acted since."""
    form = request.form
    given = {"token": form.get("token", "")[:100] or secrets.token_hex(16)}
    by, at = web.current_actor(), web.now()
    with transaction():
        begun = operations.undo(key, migration_id, note=form.get("note", ""), **given, by=by, at=at)
    return _go_on(begun)


def _go_on(migration: Migration) -> Response:
    """Do the first part at once; the runner does the rest."""
    key, migration_id = migration.design.key, migration.id
    if migration.finished_at is None:
        jobs.run(migration_id, web.now())
    return redirect(url_for(".show", key=key, migration_id=migration_id), 303)


def _corrections(given: Args) -> dict[str, str]:
    """What the page's selects say, by old node id."""
    return {
        name.removeprefix(FIELD): value for name, value in given.items() if name.startswith(FIELD)
    }


def _page(key: str, given: Args, error: Invalid | None = None) -> str:
    by, at = web.current_actor(), web.now()
    design = queries.design_of(key, by)
    standings = queries.standings(design)
    to, sources = _chosen(design, standings, given)
    corrections, preview, problems = _corrections(given), None, []
    if error is not None:
        texts = [text for each in web.fields_of(error).values() for text in each]
        problems = [("map", "", text) for text in texts or [web.message_of(error)]]
    if to is not None and sources:
        preview = _preview(sources, to, corrections, at)
    latest = queries.migrations(design)
    return render_template(
        "migrating/index.html",
        key=key,
        design=design,
        standings=standings,
        to=to,
        sources=sources,
        preview=preview,
        field=FIELD,
        told=web.told,
        problems=problems,
        note=given.get("note", ""),
        once=secrets.token_hex(16),
        latest=latest,
        tallies=queries.tally([one.id for one in latest]),
        people=user_names({one.by_id for one in latest if one.by_id is not None}),
        kinds=KINDS,
    )


def _preview(
    sources: list[DesignVersion], to: DesignVersion, corrections: dict[str, str], at: dt.datetime
) -> queries.Preview:
    """Corrections that cannot be are left out of the picture; beginning refuses them."""
    try:
        sound = operations.check_corrections(sources, to, corrections)
    except Invalid as error:
        sound = {node: one for node, one in corrections.items() if node not in error.fields}
    return queries.preview(sources, to, sound, at)


def _chosen(
    design: ProcessDesign, standings: list[queries.Standing], given: Args
) -> tuple[DesignVersion | None, list[DesignVersion]]:
    """The version to go to, the newest unless said; and those to come from, all that run."""
    numbers = {one.number: one for one in design.versions}
    newest = standings[0].version if standings else None
    to = numbers.get(given.get("to", -1, type=web.key)) or newest
    wanted = given.getlist("from", type=web.key)
    sources = [
        one.version
        for one in standings
        if one.version is not to and (one.version.number in wanted if wanted else one.running)
    ]
    return to, sources


def _corrected(migration: Migration) -> list[tuple[str, str]]:
    """The corrections in words: what each element was called, and what it became."""
    return sorted(migration.mapping.items())
