"""What the designer's panel calls things: stages, operations, functions and variables, in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sanwei_flow.errors import N_

#: The business states a step may set; the same words as on the badges (macros/status.html).
STAGES: dict[str, str] = {
    "dispatched": N_("待签收"),
    "objected": N_("异议待裁定"),
    "in_progress": N_("办理中"),
    "division_review": N_("分工待审核"),
    "cooperating": N_("配合单位办理中"),
    "reporting": N_("待汇总上报"),
    "unit_review": N_("单位审核"),
    "lead_review": N_("牵头单位确认"),
    "office_review": N_("专班审核"),
    "leader_review": N_("领导审批"),
    "applying": N_("待提交"),
    "to_report": N_("待填报"),
    "to_reply": N_("待回复"),
    "checking": N_("待核查"),
    "considering": N_("理由待审议"),
    "granted": N_("已批准"),
    "refused": N_("未批准"),
    "recorded": N_("已阅"),
    "written_off": N_("已销号"),
    "done": N_("已完成"),
    "closed": N_("已办结"),
}


@dataclass(frozen=True)
class Service:
    """An operation as the panel shows it; `more`: it takes arguments of any other name too."""

    label: str
    help: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    more: bool = False


_REASON = {"reason": N_("理由")}

SERVICES: dict[str, Service] = {
    "decisions.decide": Service(
        N_("查决策表"),
        N_("按决策表给出结果；另加的各项是它的输入"),
        {"decision": N_("决策表标识"), "result": N_("结果变量名")},
        more=True,
    ),
    "plans.write_off_row": Service(
        N_("销号"),
        N_("把本行任务销号，并记下完成的数"),
        {"summary": N_("完成情况"), "figures": N_("指标完成值"), "evidence": N_("佐证材料")},
        more=True,
    ),
    "plans.reassign_row": Service(
        N_("按裁定更换牵头单位"), "", {"unit": N_("新的牵头单位")}, more=True
    ),
    "plans.apply_extension": Service(N_("延期"), "", {"due": N_("新的期限"), **_REASON}),
    "plans.apply_lead_change": Service(
        N_("按申请更换牵头单位"), "", {"unit": N_("新的牵头单位"), **_REASON}
    ),
    "plans.suspend_row": Service(N_("中止任务"), "", dict(_REASON)),
    "plans.resume_row": Service(
        N_("恢复任务"), "", {"due": N_("新的期限"), "late": N_("是否已逾期"), **_REASON}, more=True
    ),
    "plans.terminate_row": Service(
        N_("终止任务"), "", {"basis": N_("依据"), "files": N_("依据的文件"), **_REASON}
    ),
    "plans.refuse_request": Service(N_("不批准申请")),
    "plans.record_progress": Service(
        N_("记下进展"),
        "",
        {
            "figures": N_("本期增加"),
            "progress": N_("进展情况"),
            "problems": N_("存在问题"),
            "next_steps": N_("下步打算"),
        },
    ),
    "oversight.keep_recheck": Service(N_("记下复查结果"), more=True),
    "supervision.raise_slip": Service(N_("督办单升级")),
    "supervision.renew_slip": Service(N_("督办单重新限期"), "", {"due": N_("新的期限")}),
    "supervision.close_slip": Service(N_("督办单办结")),
}

ANSWERED = {"outcome": N_("上一步的办理结果"), "comment": N_("上一步的意见")}
LOOP = {
    "loopCounter": N_("会签中的第几个（从 0 数起）"),
    "nrOfInstances": N_("会签共几家"),
    "nrOfCompletedInstances": N_("会签已办完几家"),
    "nrOfActiveInstances": N_("会签还有几家在办"),
}
AMBIENT = {"today": N_("当天日期"), "now": N_("此刻")}
FUNCTIONS: dict[str, tuple[str, str]] = {
    "workdays_after": ("workdays_after(today, 3)", N_("若干个工作日之后的日期，负数是之前")),
    "days_after": ("days_after(today, 7)", N_("若干天之后的日期")),
    "months_after": ("months_after(today, 1)", N_("若干个月之后的日期")),
    "end_of_month": ("end_of_month(today)", N_("当月最后一天")),
    "days_between": ("days_between(today, row.due)", N_("两个日期相隔几天")),
    "day_of": ("day_of(now)", N_("某一时刻是哪一天")),
    "size": ("size(cooperating)", N_("列表有几项，文字有几个字")),
    "has": ("has(row.due)", N_("这一项有没有")),
    "string": ("string(row.no)", N_("变成文字")),
}

_PLAN = (
    ("plan.id", N_("方案编号"), ""),
    ("plan.title", N_("方案标题"), ""),
    ("plan.office_unit", N_("专班办公室"), "unit"),
)
_ROW = (
    ("row.no", N_("任务序号"), ""),
    ("row.task", N_("任务内容"), ""),
    ("row.category", N_("任务类别"), ""),
    ("row.due", N_("任务期限"), "date"),
    ("row.major", N_("是否重大事项"), "bool"),
    ("row.targets", N_("任务指标"), "list"),
    ("row.lead_unit", N_("牵头单位"), "unit"),
    ("row.lead_name", N_("牵头单位名称"), ""),
)
_LEAD = (("lead_unit", N_("现任牵头单位"), "unit"),)
_REQUEST = (*_PLAN, *_ROW, *_LEAD)
_DIVISION = (*_REQUEST, ("cooperating", N_("配合单位名单"), "list"))
#: What is asked for a row, and what is reported of it.
OF_ROWS = frozenset(
    [
        "extension",
        "progress_report",
        "reassignment",
        "resumption",
        "suspension",
        "termination",
    ]
)
#: What each shipped process is started with: name, meaning, kind.
GIVEN: dict[str, tuple[tuple[str, str, str], ...]] = {
    "task_division": _DIVISION,
    "cooperation": (
        *_REQUEST,
        ("part.unit", N_("本配合单位"), "unit"),
        ("part.name", N_("配合单位名称"), ""),
        ("part.duty", N_("配合职责"), ""),
        ("part.due", N_("配合期限"), "date"),
    ),
    "supervision_slip": (
        *_PLAN,
        *_ROW,
        ("slip.unit", N_("督办对象"), "unit"),
        ("slip.role", N_("督办对象的角色"), ""),
        ("slip.due", N_("督办期限"), "date"),
    ),
}


def given(key: str) -> tuple[tuple[str, str, str], ...]:
    """The names a process is started with; one of people's own works on a plan's row."""
    if key in GIVEN:
        return GIVEN[key]
    return _REQUEST if key in OF_ROWS else _DIVISION
