"""Views of the ledger with a name: the same records as the filters of lists."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from sanwei_flow import web
from sanwei_flow.accounts.queries import unit_names
from sanwei_flow.db import transaction
from sanwei_flow.errors import Conflict, Invalid
from sanwei_flow.inbox import saved
from sanwei_flow.inbox.views import bp
from sanwei_flow.supervision.arguments import ledger_arguments

PAGE = "supervision.show_ledger"


@bp.app_template_global()
def ledger_views() -> list[dict[str, Any]]:
    """The views this person may use: name, address, whether shared and whether theirs."""
    actor = web.current_actor()
    return [
        {
            "id": one.record.id,
            "name": one.record.name,
            "url": url_for(PAGE, **one.record.wanted),
            "wanted": one.record.wanted,
            "shared": one.record.unit_id is not None,
            "mine": saved.may_change(one.record, actor),
        }
        for one in saved.filters_of(actor, box=saved.LEDGER)
    ]


@bp.app_template_global()
def my_units() -> dict[int, str]:
    """The units whose people a view may be shared with."""
    return unit_names(web.current_actor().units())


@bp.post("/supervision/ledger/views")
def keep_view() -> Response:
    """Keep what the ledger shows under a name, for oneself or for everybody of a unit."""
    wanted, by = ledger_arguments(request.form), web.current_actor()
    try:
        with transaction():
            record = saved.save(
                request.form.get("name", ""),
                saved.LEDGER,
                wanted,
                unit_id=request.form.get("unit", type=int),
                by=by,
                at=web.now(),
            )
        flash(_("视图“%(name)s”已保存。", name=record.name), "success")
    except (Invalid, Conflict) as error:
        flash(web.message_of(error), "error")
    return redirect(url_for(PAGE, **wanted))
