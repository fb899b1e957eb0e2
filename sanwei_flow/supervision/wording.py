"""What a column of the ledger says of a line outside a page: in a sheet."""

from typing import Any

from flask_babel import gettext

from sanwei_flow import web
from sanwei_flow.plans.models import Target
from sanwei_flow.plans.statuses import ROW_STATUSES
from sanwei_flow.supervision.entries import Entry

#: What stands before a figure, by the sign of its target.
SIGNS = {"~": "≈", ">": ">", ">=": "≥", "<": "<", "<=": "≤"}


def words(entry: Entry, name: str) -> Any:
    """Text in the request's language; numbers, dates and moments as they are."""
    value = getattr(entry, name)
    if name == "light":
        return "" if entry.closed else web.sentence(value.reason, value.params)
    if name == "status":
        return web.sentence(ROW_STATUSES.get(value, value))
    if name == "targets":
        return "\n".join(_figure(one) for one in value)
    if name in ("lead", "cooperating"):
        more = gettext("等") if name == "cooperating" and entry.open_ended else ""
        return gettext("、").join(value) + more
    return value


def _figure(target: Target) -> str:
    value = f"{target.value:.4f}".rstrip("0").rstrip(".")
    sign = "".join(SIGNS.get(one, "") for one in _parts(target.op))
    when = gettext("每年") if target.annual else f"{target.year}" if target.year else ""
    return " ".join(filter(None, (target.indicator, f"{sign}{value}{target.unit}", when)))


def _parts(op: str) -> list[str]:
    """`~>=` is two signs."""
    return [op[:1], op[1:]] if op.startswith("~") else [op]
