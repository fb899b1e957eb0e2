"""Pages of the ledger: on screen, on paper, as a sheet."""

import io

from flask import Response, render_template, request, send_file, url_for
from flask_babel import gettext as _

from sanwei_flow import web
from sanwei_flow.accounts.queries import all_units
from sanwei_flow.calendars import today
from sanwei_flow.plans.statuses import CLOSED
from sanwei_flow.supervision import columns, ledger, slips
from sanwei_flow.supervision.arguments import ledger_arguments, sort_from, wanted_from
from sanwei_flow.supervision.board_views import bp
from sanwei_flow.supervision.merging import spans
from sanwei_flow.supervision.sheet import write_sheet
from sanwei_flow.supervision.standing import Wanted, plans_under_way
from sanwei_flow.supervision.wording import words

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Lines on a page, and on paper.
PAGE, PRINTED = 50, 2_000


@bp.get("/supervision/ledger")
def show_ledger() -> str:
    """The ledger by the filters of the address; with `print` all of it, for paper."""
    wanted, sort, at = wanted_from(request.args), sort_from(request.args), web.now()
    chosen = columns.chosen(request.args.getlist("col"))
    printing = request.args.get("print", "")
    if printing:
        page = ledger.Page(list(ledger.everything(wanted, sort, at, most=PRINTED)), None)
    else:
        after = request.args.get("after")
        page = ledger.page(wanted, sort, at, after=after, limit=PAGE)
    plans, actor = plans_under_way(), web.current_actor()
    own = ledger_arguments(request.args)
    may_slip = any(slips.may_issue(plan, actor) for plan in plans)
    return render_template(
        "supervision/ledger.html",
        page=page,
        total=ledger.count(wanted, at),
        wanted=wanted,
        sort=sort,
        sorts=ledger.SORTS,
        columns=chosen,
        all_columns=columns.COLUMNS,
        spans=spans(page.entries, columns.MERGED) if not sort else {},
        plans=plans,
        may_slip=may_slip,
        may_slip_all=may_slip and not printing and _open_ones(wanted),
        units=all_units(),
        printing=printing,
        own=own,
        next_url=url_for(".show_ledger", **own, after=page.next) if page.next else "",
        first_url=url_for(".show_ledger", **own) if request.args.get("after") else "",
    )


def _open_ones(wanted: Wanted) -> bool:
    """True if the address narrows the ledger to rows of which some may be open."""
    return wanted != Wanted() and wanted.status not in {"closed", *CLOSED}


@bp.get("/supervision/ledger.xlsx")
def ledger_sheet() -> Response:
    """All the lines that the filters keep, with the chosen columns, as a file."""
    wanted, sort, at = wanted_from(request.args), sort_from(request.args), web.now()
    chosen = columns.chosen(request.args.getlist("col"))
    if not request.args.getlist("col"):
        chosen = list(columns.COLUMNS)
    content = write_sheet(
        _("督办台账"),
        ledger.everything(wanted, sort, at),
        chosen,
        [web.sentence(one.label) for one in chosen],
        words,
        merge=not sort,
    )
    name = f"{_('督办台账')}-{today(at).isoformat()}.xlsx"
    return send_file(io.BytesIO(content), XLSX, as_attachment=True, download_name=name)
