"""People's tasks: who, by when, with which form, ending how."""

from __future__ import annotations

import re
from typing import Any

from sanwei_flow.engine import bpmn, timers
from sanwei_flow.engine.lint_scan import Scan
from sanwei_flow.errors import N_

OUTCOME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")


def check(node: Any, settings: dict[str, str], _process: Any, scan: Scan) -> None:
    """Check one user task."""
    scan.writes |= {"outcome", "comment"}
    if not (node.get("name") or "").strip():
        scan.report.warning(
            "label-missing",
            node,
            N_("任务「{element}」没有名称，办理人看不出要办什么，请写上名称"),
            setting="name",
        )
    _unit(node, settings, scan)
    _role(node, settings, scan)
    _due(node, settings, scan)
    _outcomes(node, settings, scan)
    _form(node, settings, scan)


def _unit(node: Any, settings: dict[str, str], scan: Scan) -> None:
    unit = settings.get("candidate_unit")
    if not unit:
        scan.report.error(
            "unit-missing",
            node,
            N_("任务「{element}」没有指定办理单位，请选一个"),
            setting="candidate_unit",
        )
    elif "${" in unit:
        return
    elif not unit.isdecimal():
        scan.report.error(
            "unit-invalid",
            node,
            N_("任务「{element}」的办理单位要从名册里选，或写成 ${{…}} 表达式"),
            setting="candidate_unit",
        )
    elif scan.names.units is not None and int(unit) not in scan.names.units:
        scan.report.error(
            "unit-unknown",
            node,
            N_("任务「{element}」的办理单位（编号 {name}）不在名册里，请另选一个"),
            setting="candidate_unit",
            name=unit,
        )


def _role(node: Any, settings: dict[str, str], scan: Scan) -> None:
    role = settings.get("candidate_role")
    if not role:
        scan.report.error(
            "role-missing",
            node,
            N_("任务「{element}」没有指定办理角色，请选一个"),
            setting="candidate_role",
        )
    elif "${" not in role and scan.names.roles is not None and role not in scan.names.roles:
        scan.report.error(
            "role-unknown",
            node,
            N_("任务「{element}」的办理角色「{name}」不存在，请另选一个"),
            setting="candidate_role",
            name=role,
        )


def _due(node: Any, settings: dict[str, str], scan: Scan) -> None:
    due = settings.get("due")
    if not due:
        scan.report.warning(
            "due-missing",
            node,
            N_("任务「{element}」没有办理期限，不会提醒，也不会算逾期；请写几个工作日"),
            setting="due",
        )
    elif "${" not in due and not _is_due(due):
        scan.report.error(
            "due-invalid",
            node,
            N_("任务「{element}」的期限要写成工作日数、日期或 ${{…}} 表达式"),
            setting="due",
        )


def _is_due(text: str) -> bool:
    if text.isdecimal():
        return len(text) <= 4
    try:
        timers.parse_moment(text)
    except ValueError:
        return False
    return True


def _outcomes(node: Any, settings: dict[str, str], scan: Scan) -> None:
    names = outcome_names(settings)
    wrong = [name for name in names if not OUTCOME.fullmatch(name)]
    if wrong:
        scan.report.error(
            "outcome-invalid",
            node,
            N_("任务「{element}」的办理结果「{name}」不能用；名称只能是字母、数字和下划线"),
            setting="outcomes",
            name=wrong[0][:60],
        )
    elif len(set(names)) < len(names):
        scan.report.error(
            "outcome-invalid",
            node,
            N_("任务「{element}」有两个相同的办理结果「{name}」，请删去一个"),
            setting="outcomes",
            name=next(name for name in names if names.count(name) > 1),
        )


def outcome_names(settings: dict[str, str]) -> list[str]:
    """What a task may end with; without the setting it is simply submitted."""
    listed = (part.split("=")[0].strip() for part in settings.get("outcomes", "").split(","))
    return [name for name in listed if name] or ["submit"]


def _form(node: Any, settings: dict[str, str], scan: Scan) -> None:
    form = settings.get("form")
    if form is None:
        return
    if scan.names.forms is not None and form not in scan.names.forms:
        scan.report.error(
            "form-unknown",
            node,
            N_("任务「{element}」用了不存在的表单「{form}」，请另选一个或先建这张表单"),
            setting="form",
            form=form,
        )
    fields = (scan.names.form_fields or {}).get(form)
    scan.complete &= fields is not None
    scan.writes |= fields or frozenset()


def is_task(node: Any) -> bool:
    """Whether a person answers here."""
    return bpmn.tag(node) in ("userTask", "manualTask")
