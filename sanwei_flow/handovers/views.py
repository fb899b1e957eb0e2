"""The pages of a hand-over: what would go to whom, doing it, what became of it."""

import secrets

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanwei_flow import web
from sanwei_flow.accounts.models import User
from sanwei_flow.accounts.queries import unit_names
from sanwei_flow.db import db, transaction
from sanwei_flow.errors import N_, AppError, Invalid, NotFound
from sanwei_flow.handovers import operations, queries
from sanwei_flow.handovers.models import HandOver

bp = Blueprint("handovers", __name__)

#: What each kind is called; msgids.
KINDS = {
    "task": N_("承办的任务"),
    "asked": N_("受托协助的任务"),
    "draft": N_("草稿"),
    "started": N_("发起的流程"),
    "stands_for": N_("代理他人"),
    "deputy": N_("本人的代理人"),
}


@bp.get("/people/<int:person_id>/handover")
def preview(person_id: int) -> str | Response:
    """What is open in somebody's name, and what of it would go to the person chosen."""
    wanted = request.args.get("of", type=web.key)
    if wanted is not None and wanted != person_id:
        return redirect(url_for(".preview", person_id=wanted))
    return _preview(person_id, request.args.get("to", type=web.key))


@bp.post("/people/<int:person_id>/handover")
def hand_over(person_id: int) -> Response | tuple[str, int]:
    """Hand it over; sent twice it is done once."""
    by, at, form = web.current_actor(), web.now(), request.form
    to, key = form.get("to", type=web.key), form.get("key", "")[:100] or secrets.token_hex(16)
    try:
        with transaction():
            given = {"comment": form.get("comment", ""), "key": key, "by": by, "at": at}
            begun = operations.begin(person_id, to, **given)
    except Invalid as error:
        texts = [text for each in web.fields_of(error).values() for text in each]
        return _preview(person_id, to, texts or [web.message_of(error)]), 422
    return _go_on(begun.id)


@bp.get("/handovers/<int:hand_over_id>")
def result(hand_over_id: int) -> str:
    """What became of each thing."""
    found = queries.visible(hand_over_id, web.current_actor())
    items = queries.items_of(hand_over_id)
    moved = sum(not one.stays for one in items)
    return render_template(
        "handovers/result.html",
        hand=found,
        items=items,
        moved=moved,
        kinds=KINDS,
        user_id=web.current_actor().user_id,
    )


@bp.post("/handovers/<int:hand_over_id>")
def resume(hand_over_id: int) -> Response:
    """Go on with one that was interrupted."""
    found = queries.visible(hand_over_id, web.current_actor())
    queries.reach(found.person_id, web.current_actor())
    return _go_on(hand_over_id)


def _go_on(hand_over_id: int) -> Response:
    """Hand over one thing after another, each in a transaction of its own."""
    by, at = web.current_actor(), web.now()
    found = db.session.get_one(HandOver, hand_over_id)
    if found.finished_at is None:
        for item in operations.waiting(found, by=by, at=at):
            _one(found, item)
        with transaction():
            operations.finish(found, by=by, at=at)
    return redirect(url_for(".result", hand_over_id=hand_over_id))


def _one(found: HandOver, item: queries.Item) -> None:
    try:
        with transaction():
            operations.move(found, item, by=web.current_actor(), at=web.now())
    except AppError as error:
        with transaction():
            operations.stay(found, item, error)


def _preview(person_id: int, to: int | None, problems: list[str] | None = None) -> str:
    by, at = web.current_actor(), web.now()
    person = db.session.get(User, person_id)
    if person is None:
        raise NotFound(N_("没有这个人。"))
    within = queries.reach(person_id, by)
    takers = queries.receivers(person_id, within)
    chosen = next((one for one in takers if one.id == to), None)
    found = queries.open_items(person_id, within, at, chosen.id if chosen else None)
    return render_template(
        "handovers/preview.html",
        person=person,
        people=queries.subjects(by),
        takers=takers,
        chosen=chosen,
        found=found,
        units=unit_names({one.unit_id for one in found.items if one.unit_id}),
        kinds=KINDS,
        told=web.told,
        problems=[("to" if takers else "", "", text) for text in problems or []],
        key=secrets.token_hex(16),
    )
