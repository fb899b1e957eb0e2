"""What simulated people write: words and figures for whatever a form asks."""

import datetime as dt
from collections.abc import Iterable, Mapping
from random import Random
from typing import Any

#: What may be written where a field of this name asks for words.
WORDS: dict[str, tuple[str, ...]] = {
    "summary": (
        "已按方案要求完成本项任务，制度、人员和场所均已到位，运行正常。",
        "任务已完成，台账和佐证材料已整理归档，后续转入常态管理。",
        "本单位承担的工作已办结，群众反映较好，个别点位将继续巩固。",
    ),
    "progress": (
        "本季度完成选点和摸底，已与有关乡镇对接，正在按计划推进。",
        "场所改造和设备采购已完成过半，人员培训两期，覆盖主要乡镇。",
        "试点运行平稳，已总结一批做法，下一步在其余乡镇推开。",
        "工作按序时进度推进，数据已与配合单位核对一致。",
    ),
    "problems": ("个别乡镇人手不足，进度不平衡。", "部分资金尚未拨付到位。", "场地手续办理较慢。"),
    "next_steps": ("下季度重点补齐短板，逐镇核实销号。", "完成验收准备，及时上报数据。"),
    "reason": ("前期手续办理时间超出预期，需顺延后方可保证质量。",),
    "measures": ("已成立工作小组，倒排工期，每周调度一次，按期完成整改。",),
    "comment": ("数据与台账不一致，请核对后再报。", "请补充佐证材料和分乡镇明细。"),
}
OTHERWISE = ("已按要求办理。",)
#: Of ten optional fields this many are filled in.
OPTIONAL = 0.4
#: Calendar days from now for a date that has to be named.
AHEAD = dt.timedelta(days=30)


def answers(
    fields: Iterable[Mapping[str, Any]],
    *,
    share: float,
    parts_due: dt.date | None,
    day: dt.date,
    draw: Random,
) -> dict[str, Any]:
    """Answers to the fields of an action, as `available_actions` describes them.

    `share` is how much of a figure is reached by now; `parts_due` the day by which
    cooperating units shall be done, None for that of the row.
    """
    given: dict[str, Any] = {}
    for field in fields:
        key, value = field["key"], field.get("value")
        if key == "comment" or field.get("readonly"):
            continue
        if field["type"] == "table":
            if value:
                given[key] = [_cells(row, share, parts_due) for row in value]
        elif field["type"] == "textarea" and key in WORDS:
            if field["required"] or draw.random() < OPTIONAL:
                given[key] = draw.choice(WORDS[key])
        elif field["required"] and value in (None, "", []):
            given[key] = _sample(field, day, draw)
    return given


def opinion(draw: Random) -> str:
    """Why something goes back."""
    return draw.choice(WORDS["comment"])


def _cells(row: Mapping[str, Any], share: float, parts_due: dt.date | None) -> dict[str, Any]:
    """A line of a table: reports say what is new, completions the whole, divisions the day."""
    cells = dict(row)
    if "change" in cells and _is_number(cells.get("goal")):
        wanted = int(cells["goal"] * share)
        cells["change"] = max(0, wanted - int(cells.get("last") or 0))
    elif "reported" in cells and _is_number(cells.get("value")):
        cells["reported"] = max(cells["value"], cells["reported"] or 0)
    elif "duty" in cells and parts_due is not None:
        cells["due"] = parts_due.isoformat()
    return cells


def _is_number(value: object) -> bool:
    return isinstance(value, int | float)


def _sample(field: Mapping[str, Any], day: dt.date, draw: Random) -> Any:
    choices = field.get("choices") or []
    kind = field["type"]
    if kind == "date":
        return (day + AHEAD).isoformat()
    if kind in ("choice", "unit", "person"):
        return choices[0][0]
    if kind in ("many", "units", "people"):
        return [choices[0][0]]
    if kind == "number":
        return field.get("min") or 1
    return True if kind == "bool" else draw.choice(OTHERWISE)
