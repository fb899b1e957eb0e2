"""What an operator can do about an incident, in plain words."""

from collections.abc import Mapping
from typing import Any

from sanwei_flow.errors import N_

#: What the cause begins with -> what to do next.
ADVICE = {
    "任务“{name}”没有可以办理的单位": N_("更正说明办理单位的变量，再重试。"),
    "任务「{node}」的办理单位": N_("更正说明办理单位的变量，再重试。"),
    "任务“{name}”的期限": N_("更正说明期限的变量（如 2027-12-31），再重试。"),
    "任务「{node}」的期限": N_("更正说明期限的变量（如 2027-12-31），再重试。"),
    "表达式": N_("表达式用到的变量缺少或不对：更正变量，再重试。"),
    "流程调用了未登记的服务": N_(
        "请系统管理员装上提供这项服务的功能，再重试；或发布改好的流程后迁移。"
    ),
    "没有已发布的流程": N_("先发布被调用的流程，再重试。"),
    "流程互相调用": N_("流程在反复调用自己：改正流程后迁移，或取消这个流程。"),
    "流程状态": N_("流程状态读不出来：回退到较早的一步，或从备份恢复。"),
    "流程数据超过": N_("流程数据太大：更正或清空过大的变量，再重试。"),
    "流程停在汇合处": N_("再也等不到别的路径：回退到较早的一步，并检查流程图。"),
}
SERVICE = N_("后台作业多次失败：查明原因（如对方服务停了、参数不对），更正变量或等其恢复后重试。")
OTHERWISE = N_("查明原因后重试；不行就回退到较早的一步。")


def next_step(cause: Mapping[str, Any] | None) -> str:
    """What to do about a cause as the incident keeps it; a msgid."""
    message = str((cause or {}).get("message", ""))
    for start, advice in ADVICE.items():
        if message.startswith(start):
            return advice
    return SERVICE if (cause or {}).get("job_id") else OTHERWISE
