"""Who I am, which units there are, which designs are published."""

from flask import Blueprint, Response, g
from flask_babel import gettext

from sanwei_flow.accounts.models import KIND_NAMES, ROLE_NAMES
from sanwei_flow.accounts.queries import all_units, collectives_by_name, unit_names
from sanwei_flow.api.http import actor, next_page, paged, read_query, reply
from sanwei_flow.api.query_strings import NumberedQuery, PageQuery
from sanwei_flow.api.serialise import design_shape
from sanwei_flow.api.shapes import DesignPage, Grant, Me, UnitEntry, UnitPage
from sanwei_flow.designs.queries import newest_versions
from sanwei_flow.errors import N_

bp = Blueprint("register", __name__)

COLLECTIVE = N_("统称")


@bp.get("/me")
def me() -> Response:
    """Tell a program as whom it acts and what that person may be where."""
    by = actor()
    names = unit_names(by.units())
    grants = [
        Grant(unit_id=unit, unit=names[unit], role=role, role_label=gettext(ROLE_NAMES[role]))
        for unit, role in sorted(by.grants)
    ]
    return reply(
        Me(id=by.user_id or 0, username=g.api_person.username, name=by.name, grants=grants)
    )


@bp.get("/units")
def units() -> Response:
    """List the register in its order; collective names follow the units on the last page."""
    query = read_query(NumberedQuery)
    entries = [
        UnitEntry(id=u.id, name=u.name, kind=u.kind, kind_label=gettext(KIND_NAMES[u.kind]))
        for u in all_units()
    ]
    entries += [
        UnitEntry(id=c.id, name=c.name, kind="collective", kind_label=gettext(COLLECTIVE))
        for c in collectives_by_name().values()
    ]
    start = query.after or 0
    end = start + query.limit
    more = end if end < len(entries) else None
    return reply(UnitPage(items=entries[start:end], next=next_page(more)))


@bp.get("/designs")
def designs() -> Response:
    """List the published designs, each with its newest version; a plan's own one included."""
    query = read_query(PageQuery)
    found = newest_versions(after=query.after, limit=query.limit + 1)
    shown, following = paged(found, query.limit, lambda version: version.design.key)
    items = [design_shape(version) for version in shown]
    return reply(DesignPage(items=items, next=following))
