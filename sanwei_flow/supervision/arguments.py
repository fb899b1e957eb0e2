"""What the addresses of board and ledger say; whatever is no filter counts as none."""

from typing import Any

from werkzeug.datastructures import MultiDict

from sanwei_flow import web
from sanwei_flow.supervision.board import AXES
from sanwei_flow.supervision.columns import BY_NAME
from sanwei_flow.supervision.ledger import SORTS
from sanwei_flow.supervision.standing import Wanted

LONGEST = 100


def wanted_from(arguments: MultiDict[str, str]) -> Wanted:
    """The rows an address asks for."""

    def words(name: str) -> str:
        return arguments.get(name, "").strip()

    return Wanted(
        plan=arguments.get("plan", type=web.key),
        lead=arguments.get("lead", type=web.key),
        category=words("category"),
        phase=words("phase"),
        status=words("status"),
        light=words("light"),
        waiting=words("waiting"),
        soon=arguments.get("soon") == "1",
        returned=arguments.get("returned") == "1",
        q=words("q")[:LONGEST],
    )


def axis_from(arguments: MultiDict[str, str]) -> str:
    """What the board's columns are; phases unless another axis is named."""
    axis = arguments.get("by", "")
    return axis if axis in AXES else AXES[0]


def sort_from(arguments: MultiDict[str, str]) -> str:
    """How the ledger is sorted; by the document unless a known order is named."""
    sort = arguments.get("sort", "")
    return sort if sort in SORTS else ""


def cell(axis: str, column: str, kind: str) -> dict[str, Any]:
    """The filters that lead from a number of the board to its rows.

    A column without a name cannot be asked for in an address; its numbers lead to the line.
    """
    found: dict[str, Any] = {axis: column} if column else {}
    if kind == "closed":
        return found | {"status": found.get("status", "closed")}
    if kind == "none":
        return {"status": "open", "light": "none"} | found
    return found | ({"light": kind} if kind else {})


def ledger_arguments(arguments: MultiDict[str, str]) -> dict[str, Any]:
    """What the ledger shows, as the arguments of its address: filters, order and columns."""
    known = [one for one in arguments.getlist("col") if one in BY_NAME]
    return wanted_from(arguments).arguments(sort=sort_from(arguments), col=known)
