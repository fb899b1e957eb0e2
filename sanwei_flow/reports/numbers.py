"""The numbers of a bulletin, computed from the plan; each knows the rows it counts."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sanwei_flow.plans.models import Plan
from sanwei_flow.plans.statuses import TERMINATED, WRITTEN_OFF
from sanwei_flow.reports import figures
from sanwei_flow.reports.figures import Line
from sanwei_flow.reports.official import chinese_date
from sanwei_flow.reports.standing import NO_LEAD, Item, items, items_then, lines_then

NOBODY = "无"


@dataclass(frozen=True)
class Number:
    """What stands in the text for a name, and the numbers of the plan's rows behind it."""

    value: str
    rows: tuple[int, ...] = ()


@dataclass(frozen=True)
class Facts:
    """Everything a bulletin says of a plan on a day; `numbers` by their names in the text.

    `past`: the day is over, and what has changed since was taken back.
    """

    numbers: Mapping[str, Number]
    behind: Sequence[Item] = field(default_factory=tuple)
    in_time: Sequence[Item] = field(default_factory=tuple)
    past: bool = False


def facts(plan: Plan, day: dt.date, *, past: bool = False) -> Facts:
    """Count the plan's rows and figures; shares are of all rows, and of all figures.

    With `past` as they stood at the end of `day`, else as they stand on it, today.
    """
    views = items_then(plan, day) if past else items(plan, day)
    lines = lines_then(plan, day) if past else figures.lines(plan, day)
    closed = [one for one in views if one.status == WRITTEN_OFF]
    ended = [one for one in views if one.status == TERMINATED]
    running = [one for one in views if not one.closed]
    late = [one for one in running if one.late]
    lagging = [one for one in lines if one.figure.state == "behind"]
    lagging_rows = {one.figure.row for one in lagging}
    found = {"截至日期": Number(chinese_date(day)), "任务总数": _count(views)}
    for name, some in (("办结", closed), ("在办", running), ("终止", ended), ("逾期", late)):
        found[f"{name}数"] = _count(some)
        found[f"{name}率"] = Number(share(len(some), len(views)), _count(some).rows)
    found["指标总数"] = _figures(lines)
    for state, name in figures.STATES.items():
        some_lines = [one for one in lines if one.figure.state == state]
        found[f"{name}数"] = _figures(some_lines)
        found[f"{name}率"] = Number(share(len(some_lines), len(lines)), _rows(some_lines))
    found["逾期名单"] = Number("；".join(map(_named, late)) or NOBODY, _count(late).rows)
    named = "；".join(map(_figure_named, lagging))
    found["欠进度名单"] = Number(named or NOBODY, _rows(lagging))
    behind = [one for one in running if one in late or one.no in lagging_rows]
    return Facts(found, behind, [one for one in running if one not in behind], past)


def share(part: int, whole: int) -> str:
    """A share with one place behind the point, 12.5%; of nothing it is 0%."""
    return f"{round(100 * part / whole, 1):g}%" if whole else "0%"


def _count(views: Sequence[Item]) -> Number:
    return Number(str(len(views)), tuple(one.no for one in views))


def _figures(lines: Sequence[Line]) -> Number:
    return Number(str(len(lines)), _rows(lines))


def _rows(lines: Iterable[Line]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(one.figure.row for one in lines if one.figure.row))


def _named(one: Item) -> str:
    return f"由{one.lead}牵头的第{one.no}项"


def _figure_named(line: Line) -> str:
    figure = line.figure
    lead = "、".join(line.lead) or NO_LEAD
    place = f"由{lead}牵头的第{figure.row}项" if figure.row else "未分工的"
    told = f"完成{figure.reached}%，时间已过{figure.elapsed}%"
    if figure.reached is None:
        told = "已超过上限"
    elif figure.elapsed is None:
        told = f"完成{figure.reached}%"
    return f"{place}“{figure.target.indicator}”（{told}）"
