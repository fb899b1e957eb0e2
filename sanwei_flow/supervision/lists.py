"""The lists of slips, meetings and inspections: what an address asks for, and page by page."""

from collections.abc import Sequence
from typing import Any

from flask import request, url_for

from sanwei_flow import web
from sanwei_flow.accounts.queries import all_units
from sanwei_flow.supervision.records import Filters, oversees, running_plans

PAGE = 50


def asked_for() -> tuple[Filters, int | None]:
    """The filters in the address, and the id of the record its page comes after."""
    filters = Filters(
        state=request.args.get("state", ""),
        plan=request.args.get("plan", type=web.key),
        unit=request.args.get("unit", type=web.key),
    )
    return filters, request.args.get("after", type=web.key)


def around(filters: Filters, after: int | None, ids: Sequence[int]) -> dict[str, Any]:
    """What stands around a page of records: the filters to choose from, the ways on and back.

    `ids` are those of the records found: one more than a page where another follows.
    """
    kept = {name: value for name, value in vars(filters).items() if value}
    return {
        "filters": filters,
        "plans": running_plans(),
        "units": all_units() if oversees(web.current_actor()) else [],
        "more": url_for(".index", after=ids[PAGE - 1], **kept) if len(ids) > PAGE else "",
        "first": url_for(".index", **kept) if after else "",
    }
