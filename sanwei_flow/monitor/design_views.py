"""One design watched: its drawing with what waits where, the same as a table, its processes."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from sanwei_flow import web
from sanwei_flow.accounts.models import Role
from sanwei_flow.accounts.queries import all_units
from sanwei_flow.calendars import today
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.calendars.workdays import SHANGHAI
from sanwei_flow.db import db
from sanwei_flow.designs.models import DesignVersion
from sanwei_flow.designs.queries import compiled
from sanwei_flow.errors import N_, NotFound
from sanwei_flow.monitor import access, listing, numbers, overview
from sanwei_flow.monitor.spans import age
from sanwei_flow.processes.models import InstanceStatus

bp = Blueprint("design_monitor", __name__)

#: Columns of the table of elements by which it can be sorted, the largest first.
SORTS = ("open", "overdue", "mean", "longest", "stays")
PERIOD_NAMES = {30: N_("近 30 天"), 90: N_("近 90 天"), 365: N_("近一年"), 0: N_("全部时间")}
STATUSES = {
    "open": N_("未结束"),
    InstanceStatus.running: N_("运行中"),
    InstanceStatus.incident: N_("出现故障"),
    InstanceStatus.suspended: N_("已中止"),
    InstanceStatus.finished: N_("已办结"),
    InstanceStatus.cancelled: N_("已取消"),
}


@dataclass(frozen=True)
class Chosen:
    """The versions that count (`number` None: all of them), and the one that is drawn."""

    key: str
    number: int | None
    versions: list[tuple[int, overview.Standing]]
    version: DesignVersion

    @property
    def ids(self) -> list[int]:
        """The ids of the versions that count."""
        return [ident for ident, one in self.versions if self.number in (None, one.version)]

    @property
    def total(self) -> overview.Standing:
        """Their processes, added up."""
        return overview.together([one for ident, one in self.versions if ident in self.ids])

    @property
    def kept(self) -> dict[str, int]:
        """What stands in an address for them."""
        return {"version": self.number} if self.number is not None else {}


def _chosen(key: str, day: dt.date) -> Chosen:
    """The versions the address names. Raises Forbidden, NotFound."""
    access.require_watcher(web.current_actor())
    found = overview.by_version(day, key)
    number = request.args.get("version", type=web.key)
    wanted = [ident for ident, one in found if number in (None, one.version)]
    if not wanted:
        raise NotFound(N_("没有这个流程版本。"))
    return Chosen(key, number, found, db.session.get_one(DesignVersion, wanted[0]))


@bp.get("/designs/<key>/monitor")
def show(key: str) -> str:
    """The drawing of one design with what waits where, and the same as a table."""
    at = web.now()
    chosen = _chosen(key, today(at))
    period = request.args.get("days", 365, type=int)
    period = period if period in numbers.PERIODS else 365
    since = at - dt.timedelta(days=period) if period else None
    places = numbers.places(
        chosen.ids,
        compiled(chosen.version),
        on=today(at),
        since=since,
        calendar=load_calendar(),
    )
    sort = request.args.get("sort", "")
    return render_template(
        "monitor/design.html",
        chosen=chosen,
        total=chosen.total,
        places=_sorted(places, sort),
        sort=sort,
        sorts=SORTS,
        period=period,
        periods=PERIOD_NAMES,
        ages={place.node: age(place.oldest, at) for place in places},
        age=age(chosen.total.oldest, at),
        designs=web.current_actor().has_role(Role.designer),
        drawing=url_for(".drawing", key=key, version=chosen.version.number),
    )


def _sorted(places: list[numbers.Place], sort: str) -> list[numbers.Place]:
    def weight(place: numbers.Place) -> tuple[float, float]:
        value = getattr(place, sort)
        if sort in ("mean", "longest"):
            return (-value.workdays, -value.seconds) if value else (1, 1)
        return -value, -place.open

    return sorted(places, key=weight) if sort in SORTS else places


@bp.get("/designs/<key>/monitor/diagram.bpmn")
def drawing(key: str) -> Response:
    """The BPMN of the version that is watched."""
    version = _chosen(key, today(web.now())).version
    answer = Response(version.xml, mimetype="application/xml")
    answer.headers["Cache-Control"] = "private, max-age=86400"
    return answer


@bp.get("/designs/<key>/monitor/processes")
def processes(key: str) -> str:
    """The processes of a design, or of one version, at one element or anywhere in it."""
    day = today(web.now())
    chosen, filters = _chosen(key, day), _filters()
    began = filters.since
    since = dt.datetime.combine(began, dt.time(), SHANGHAI) if began is not None else None
    after = request.args.get("after", type=web.key)
    found = listing.processes(chosen.ids, filters, day=day, since=since, after=after)
    kept: dict[str, Any] = {**filters.kept(), **chosen.kept}
    lines, more = found[: listing.PAGE], found[listing.PAGE :]
    node = compiled(chosen.version).nodes.get(filters.node)
    return render_template(
        "monitor/processes.html",
        chosen=chosen,
        filters=filters,
        kept=kept,
        place=(node.name or node.id) if node else filters.node,
        lines=lines,
        more=url_for(".processes", key=key, after=lines[-1].instance.id, **kept) if more else "",
        first=url_for(".processes", key=key, **kept) if after else "",
        units=all_units(),
        statuses=STATUSES,
        designs=web.current_actor().has_role(Role.designer),
        day=day,
    )


def _filters() -> listing.Filters:
    status = request.args.get("status", "")
    return listing.Filters(
        node=request.args.get("node", "")[:100],
        status=status if status in STATUSES else "",
        overdue=request.args.get("overdue") == "1",
        unit=request.args.get("unit", type=web.key),
        since=request.args.get("since", type=dt.date.fromisoformat),
    )
