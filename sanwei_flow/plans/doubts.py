"""Writes down everything doubtful about a plan just read: place, assumption, alternatives."""

import datetime as dt
from collections import defaultdict
from typing import Any

from sanwei_flow.db import db
from sanwei_flow.errors import N_
from sanwei_flow.plans.models import Finding, MentionStatus, Plan, PlanPhase, PlanRow, UnitMention
from sanwei_flow.plans.reader import PlanDocument
from sanwei_flow.plans.resolving import Register, asks_about_subdistricts
from sanwei_flow.plans.settling import EXCLUDED, INCLUDED, LEADER, MAJOR, NO_LEADER, SCOPE

#: What is assumed of a date that had passed before anybody could act on it.
NO_ALARM = N_("不触发预警")


#: The reader's note that a name stands for many units it does not list.
COLLECTIVE = "collective_unit"


def add_findings(plan: Plan, document: PlanDocument, register: Register, day: dt.date) -> None:
    """Add the reader's findings and ours: phases, majors, past dates, names, an equal title."""
    _read(plan, document)
    _phases(plan, document)
    _majors(plan, document)
    _past(plan, day)
    _names(plan, register)
    _title(plan)


def _read(plan: Plan, document: PlanDocument) -> None:
    asked = {mention.name for mention in plan.mentions if mention.kinds is not None}
    for read in document.findings:
        if read.code == COLLECTIVE and read.params.get("name") in asked:
            continue  # the register knows it; only its scope is asked
        _find(
            plan,
            read.code,
            read.line or None,
            read.message,
            params={key: _plain(value) for key, value in read.params.items()},
            assumed=read.assumed or None,
            alternatives=list(read.alternatives),
            row=_row_at(plan, read.line),
        )


def _phases(plan: Plan, document: PlanDocument) -> None:
    if not document.phases:
        _find(
            plan,
            "phases_default",
            None,
            N_("文件没有写实施步骤，已按部署、实施、总结三个阶段推定起止日期"),
            params=dict(zip(("first", "second", "third"), map(_span, plan.phases), strict=True)),
            assumed=N_("安排部署阶段 {first}；组织实施阶段 {second}；总结评估阶段 {third}"),
        )


def _majors(plan: Plan, document: PlanDocument) -> None:
    """Say of each row that belongs to the list of major items which ones it speaks of."""
    for row in plan.rows:
        items = [major for major in document.majors if row.no in major.rows]
        if items:
            names = "、".join(f"{major.no}“{major.name}”" for major in items)
            _find(
                plan,
                MAJOR,
                row.source_line,
                N_("第{row}项与重大清单{items}指同一件事，销号要经领导审批"),
                params={"row": row.no, "items": names},
                assumed=LEADER,
                alternatives=[NO_LEADER],
                row=row,
            )


def _past(plan: Plan, day: dt.date) -> None:
    late: dict[dt.date, list[PlanRow]] = defaultdict(list)
    for row in plan.rows:
        if row.due_past and row.due:
            late[row.due].append(row)
    for due, rows in sorted(late.items()):
        _find(
            plan,
            "due_past",
            rows[0].source_line,
            N_("完成时限{due}在导入时已经过去（第{rows}项）"),
            params={"due": due.isoformat(), "rows": "、".join(str(row.no) for row in rows)},
            assumed=NO_ALARM,
        )
    for phase in plan.phases:
        if phase.stated and phase.end and phase.end < day:
            _find(
                plan,
                "due_past",
                phase.source_line,
                N_("{phase}（至{due}）在导入时已经结束"),
                params={"phase": phase.name, "due": phase.end.isoformat()},
                assumed=NO_ALARM,
            )


def _names(plan: Plan, register: Register) -> None:
    """Ask once about every name in the rows that the register does not settle by itself."""
    asked: set[str] = set()
    for row in plan.rows:
        for place in row.units:
            mention = place.mention
            if mention.name in asked:
                continue
            asked.add(mention.name)
            if mention.kinds is not None:
                _ask_scope(plan, mention, row)
            elif mention.status != MentionStatus.SETTLED:
                _ask_name(plan, mention, row, register)


def _ask_scope(plan: Plan, mention: UnitMention, row: PlanRow) -> None:
    if asks_about_subdistricts(mention.name, mention.kinds or []):
        _find(
            plan,
            SCOPE,
            mention.line or row.source_line,
            N_("“{name}”是否包括街道，文件没有写明"),
            params={"name": mention.name},
            assumed=INCLUDED,
            alternatives=[EXCLUDED],
            mention=mention,
        )


def _ask_name(plan: Plan, mention: UnitMention, row: PlanRow, register: Register) -> None:
    by_id = {unit.id: unit.name for unit in register.units.values()}
    alike = mention.status == MentionStatus.DOUBTFUL
    _find(
        plan,
        "unit_ambiguous" if alike else "unit_unknown",
        row.source_line,
        N_("单位名册中没有“{name}”，但有相近的名称") if alike else N_("单位名册中没有“{name}”"),
        params={"name": mention.name},
        alternatives=[by_id[unit_id] for unit_id in mention.candidates],
        row=row,
        mention=mention,
    )


def _title(plan: Plan) -> None:
    query = db.select(Plan).where(Plan.title == plan.title, Plan.id != plan.id)
    earlier = db.session.scalars(query).first()
    if earlier is not None:
        _find(
            plan,
            "same_title",
            None,
            N_("已有同名方案（编号{plan}），但文件内容不同"),
            params={"plan": earlier.id},
            assumed=N_("作为新方案导入"),
        )


def _row_at(plan: Plan, line: int) -> PlanRow | None:
    """The row whose source holds the line."""
    for row in plan.rows:
        if (row.source_line or 0) <= line <= (row.source_end or 0):
            return row
    return None


def _find(
    plan: Plan,
    code: str,
    line: int | None,
    message: str,
    *,
    params: dict[str, Any] | None = None,
    assumed: str | None = None,
    alternatives: list[str] | None = None,
    row: PlanRow | None = None,
    mention: UnitMention | None = None,
) -> None:
    plan.findings.append(
        Finding(
            code=code,
            line=line,
            message=message,
            params=params or {},
            assumed=assumed,
            alternatives=alternatives or [],
            row=row,
            mention=mention,
        )
    )


def _span(phase: PlanPhase) -> str:
    return f"{phase.start}—{phase.end}"


def _plain(value: object) -> object:
    """A value JSON can hold."""
    return value if isinstance(value, str | int | bool | None) else str(value)
