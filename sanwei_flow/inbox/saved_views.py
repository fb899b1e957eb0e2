"""Pages of saved filters: keep one, name it, share it, open with it, forget it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from sanwei_flow import web
from sanwei_flow.accounts.queries import unit_names
from sanwei_flow.db import transaction
from sanwei_flow.errors import Conflict, Invalid
from sanwei_flow.inbox import pages, queries, saved
from sanwei_flow.inbox.views import bp


@bp.get("/filters")
def filters() -> str:
    """My filters and my unit's; asked with a list's own filters it offers to keep those."""
    return _page(request.args)


@bp.post("/filters")
def keep_filter() -> Response | tuple[str, int]:
    """Keep what a list is narrowed to; a refusal keeps what was typed."""
    form, by = request.form, web.current_actor()
    box, wanted = _asked(form)
    try:
        with transaction():
            shared = form.get("unit", type=int)
            record = saved.save(
                form.get("name", ""), box, wanted, unit_id=shared, by=by, at=web.now()
            )
            if form.get("first"):
                saved.open_with(record.id, by=by)
    except (Invalid, Conflict) as error:
        return _page(form, web.message_of(error)), 422
    flash(_("筛选“%(name)s”已保存。", name=record.name), "success")
    return redirect(url_for(".index", box=box, **wanted))


@bp.post("/filters/<int:filter_id>")
def change_filter(filter_id: int) -> Response:
    """Another name, shared or not; or forget it."""
    name, by = request.form.get("name", ""), web.current_actor()
    if request.form.get("act") == "delete":
        return _delete(filter_id)
    try:
        with transaction():
            shared = request.form.get("unit", type=int) if "unit" in request.form else ...
            record = saved.change(filter_id, name, unit_id=shared, by=by)
    except (Invalid, Conflict) as error:
        flash(web.message_of(error), "error")
    else:
        flash(_("筛选“%(name)s”已保存。", name=record.name), "success")
    return redirect(url_for(".filters"))


@bp.post("/filters/<int:filter_id>/first")
def open_with_filter(filter_id: int) -> Response:
    """Open my lists with it from now on, or no more."""
    yes = bool(request.form.get("first"))
    with transaction():
        saved.open_with(filter_id, yes=yes, by=web.current_actor())
    flash(_("打开待办事项时的默认筛选已更改。"), "success")
    return redirect(url_for(".filters"))


def _delete(filter_id: int) -> Response:
    with transaction():
        saved.delete(filter_id, by=web.current_actor())
    flash(_("筛选已删除。"), "success")
    ledger = request.form.get("box") == saved.LEDGER
    return redirect(url_for("supervision.show_ledger" if ledger else ".filters"))


def _asked(args: Any) -> tuple[str, dict[str, Any]]:
    """The list and what it is narrowed to, as arguments of its address."""
    box = args.get("box", "")
    if box not in pages.BOXES:
        return "", {}
    asked = pages.narrowing(box, args)
    return box, {key: "1" if value is True else value for key, value in asked.items() if value}


def _page(args: Any, complaint: str = "") -> str:
    actor, plans = web.current_actor(), dict(queries.running_plans())
    box, wanted = _asked(args)
    found = saved.filters_of(actor)
    names = unit_names({*actor.units(), *(each.record.unit_id or 0 for each in found)})
    return render_template(
        "inbox/filters.html",
        mine=[one for one in found if saved.may_change(one.record, actor)],
        others=[one for one in found if not saved.may_change(one.record, actor)],
        units={unit: names[unit] for unit in sorted(actor.units()) if unit in names},
        names=names,
        plans=plans,
        box=box,
        wanted=wanted,
        typed=args,
        complaint=complaint,
        titles=pages.TITLES,
        longest=saved.LONGEST_NAME,
    )
