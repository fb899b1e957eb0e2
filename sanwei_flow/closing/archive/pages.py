"""The part of an archive people read: one page for the plan, one for each row, without scripts.

In Chinese whoever asks, with every moment in full: the same content is the same page.
"""

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flask import render_template
from flask_babel import force_locale

from sanwei_flow.calendars import today
from sanwei_flow.calendars.workdays import SHANGHAI
from sanwei_flow.closing.archive import records
from sanwei_flow.closing.units import figure_of, result_of
from sanwei_flow.errors import N_
from sanwei_flow.plans.models import Plan
from sanwei_flow.plans.rows import RowView
from sanwei_flow.plans.statuses import ROW_STATUSES
from sanwei_flow.processes.history import Told, history
from sanwei_flow.processes.models import ProcessInstance
from sanwei_flow.web import sentence

if TYPE_CHECKING:
    from sanwei_flow.closing.archive.contents import Folder

#: What events are called where a step has no name of its own.
KINDS = {
    "start": N_("流程启动"),
    "claim": N_("认领"),
    "release": N_("退回认领"),
    "cancel": N_("撤销"),
    "incident": N_("出现故障"),
    "retry": N_("重试"),
    "timer": N_("到时"),
    "message": N_("消息"),
    "return_to": N_("退回"),
    "withdraw": N_("撤回"),
    "transfer": N_("转办"),
    "delegate": N_("委派"),
    "add_signer": N_("加签"),
    "remove_signer": N_("减签"),
    "copy_to": N_("抄送"),
    "urge": N_("催办"),
    "comment": N_("留言"),
    "suspend": N_("中止"),
    "resume": N_("恢复"),
    "continue": N_("接续办理"),
    "hand_over": N_("移交"),
    "new_starter": N_("移交发起人"),
    "recount": N_("工作日历调整，时限顺延"),
}


def plan_page(plan: Plan, views: Sequence[RowView], folder: "Folder") -> str:
    """The plan: its facts, what became of every row, its figures, the trail of its processes."""
    assert plan.accepted_at is not None  # noqa: S101 - archives are of accepted plans
    day = today(plan.accepted_at)
    facts = records.plan_facts(plan)
    return _page(
        plan.title,
        [
            ("文号", facts["doc_number"]),
            ("印发单位", facts["issuer"]),
            ("成文日期", facts["doc_date"]),
            ("专班办公室", facts["office"]),
            ("启动时间", moment(plan.launched_at)),
            ("验收时间", moment(plan.accepted_at)),
            ("原文件", f"{plan.source_name}（SHA-256 {plan.source_hash}）"),
        ],
        [
            {
                "title": "任务分工",
                "head": ["序号", "工作任务", "牵头单位", "完成时限", "结果"],
                "link": True,
                "rows": [
                    [
                        f"{view.no:03d}",
                        view.row.task,
                        "、".join(name.text for name in view.lead),
                        view.row.due or "",
                        result_of(view, day),
                    ]
                    for view in views
                ],
            },
            _figures(figure_of(one, one.reported) for one in plan.targets),
        ],
        folder,
    )


def row_page(plan: Plan, view: RowView, folder: "Folder") -> str:
    """A row: its facts, its figures and dates, cards and slips, the trail of all its processes."""
    row, kept = view.row, records.row_record(view)
    return _page(
        f"第{row.no}项：{row.task}",
        [
            ("方案", plan.title),
            ("类别", row.category),
            ("事项", row.item),
            ("牵头单位", "、".join(kept["lead"])),
            ("配合单位", "、".join(kept["cooperating"])),
            ("完成时限", row.due),
            ("状态", sentence(ROW_STATUSES.get(view.status, view.status))),
            ("销号时间", moment(row.written_off_at)),
            ("终止时间", moment(row.terminated_at)),
            ("终止依据", row.basis),
            ("完成情况", row.result),
        ],
        [
            _figures(figure_of(one, one.reported) for one in view.targets),
            _listed("时限变更", ["原时限", "新时限", "理由", "批准人"], kept["dates"], _date),
            _listed("进展报告", ["期别", "进展", "问题", "下步"], kept["reports"], _report),
            _listed("发牌", ["编号", "单位", "理由", "发出"], kept["cards"], _issued),
            _listed("督办单", ["编号", "单位", "事由", "发出"], kept["slips"], _issued),
        ],
        folder,
    )


def _page(
    title: str,
    facts: list[tuple[str, Any]],
    tables: list[dict[str, Any]],
    folder: "Folder",
) -> str:
    with force_locale("zh_CN"):
        return render_template(
            "closing/record.html",
            title=title,
            facts=[(label, value) for label, value in facts if value],
            tables=[one for one in tables if one["rows"]],
            stories=[_story(one) for one in folder.processes],
            files={key: (place, one) for key, (place, one) in folder.files.items()},
            papers=folder.papers,
            moment=moment,
            KINDS=KINDS,
        )


def _story(process: ProcessInstance) -> dict[str, Any]:
    told: list[Told] = history(process)
    return {"process": process, "told": [one for one in told if one.kind != "open"]}


def _figures(found: Any) -> dict[str, Any]:
    names = ["indicator", "wanted", "reported", "met"]
    rows = [[one[name] or "" for name in names] for one in found]
    return {"title": "量化指标", "head": ["指标", "目标", "完成值", "是否达到"], "rows": rows}


def _listed(title: str, head: list[str], found: list[Any], row: Any) -> dict[str, Any]:
    return {"title": title, "head": head, "rows": [row(one) for one in found]}


def _date(one: dict[str, Any]) -> list[str]:
    return [one["old"], one["new"], one["reason"], one["by"]]


def _report(one: dict[str, Any]) -> list[str]:
    return [one["period"], one["progress"], one["problems"], one["next_steps"]]


def _issued(one: dict[str, Any]) -> list[str]:
    at = dt.datetime.fromisoformat(one["issued_at"])
    return [one["number"], one["unit"], one["reason"], f"{one['by']} {moment(at)}"]


def moment(value: dt.datetime | None) -> str:
    """A moment in Shanghai with its year: 2026-11-21 17:30."""
    return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if value else ""
