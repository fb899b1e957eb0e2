"""Where a plan and a row stand, derived from their processes; names as people read them."""

from sanwei_flow.errors import N_
from sanwei_flow.processes.models import InstanceStatus

DRAFT, LAUNCHING, RUNNING, DONE = "draft", "launching", "running", "done"
CONCLUDING, ACCEPTED, ARCHIVED = "concluding", "accepted", "archived"

PLAN_STATUSES: dict[str, str] = {
    DRAFT: N_("待启动"),
    LAUNCHING: N_("正在启动"),
    RUNNING: N_("办理中"),
    DONE: N_("已办结"),
    CONCLUDING: N_("总结验收中"),
    ACCEPTED: N_("已验收"),
    ARCHIVED: N_("已归档"),
}

STARTING, UPCOMING, SUSPENDED = "starting", "upcoming", "suspended"
WRITTEN_OFF, TERMINATED = "written_off", "terminated"

#: In the order a row passes them; between `dispatched` and `leader_review` they are the
#: `stage` settings of the row's process design.
ROW_STATUSES: dict[str, str] = {
    DRAFT: N_("待启动"),
    STARTING: N_("正在启动"),
    UPCOMING: N_("待所在阶段开始"),
    "dispatched": N_("待签收"),
    "objected": N_("异议待裁定"),
    "in_progress": N_("办理中"),
    "division_review": N_("分工待审核"),
    "cooperating": N_("配合单位办理中"),
    "reporting": N_("待汇总上报"),
    "unit_review": N_("单位审核"),
    "office_review": N_("专班审核"),
    "leader_review": N_("领导审批"),
    SUSPENDED: N_("已中止"),
    WRITTEN_OFF: N_("已销号"),
    TERMINATED: N_("已终止"),
}

#: Stages of a cooperating unit's part.
PART_STATUSES: dict[str, str] = {
    "": N_("正在启动"),
    "dispatched": N_("待签收"),
    "in_progress": N_("办理中"),
    "unit_review": N_("单位审核"),
    "lead_review": N_("牵头单位确认"),
    "done": N_("已完成"),
}

#: Stages of what is asked for a row, and of its progress reports.
REQUEST_STAGES: dict[str, str] = {
    "applying": N_("待提交"),
    "to_report": N_("待填报"),
    "unit_review": N_("单位审核"),
    "office_review": N_("专班审核"),
    "leader_review": N_("领导审批"),
    "granted": N_("已批准"),
    "refused": N_("未批准"),
    "withdrawn": N_("已撤回"),
    "recorded": N_("已阅"),
}

CLOSED = frozenset({WRITTEN_OFF, TERMINATED})
#: Nobody has anything to do yet.
NOT_BEGUN = frozenset({DRAFT, STARTING, UPCOMING})


def plan_status(
    root_status: str | None,
    *,
    starting: bool,
    added: int = 0,
    concluding: bool = False,
    accepted: bool = False,
    archived: bool = False,
) -> str:
    """The plan's status from its root process (None: not launched) and whether rows still start.

    `added` rows came after the launch and have not ended: a plan is not done before they are.
    `concluding`: its units are assessing themselves, or it is being summed up and accepted.
    """
    if accepted:
        return ARCHIVED if archived else ACCEPTED
    if concluding:
        return CONCLUDING
    if root_status is None:
        return DRAFT
    if root_status == InstanceStatus.cancelled:
        return DONE
    if root_status == InstanceStatus.finished:
        return RUNNING if added else DONE
    return LAUNCHING if starting else RUNNING


def row_status(
    *,
    launched: bool,
    starting: bool,
    instance_status: str | None,
    stage: str | None,
    written_off: bool,
) -> str:
    """The row's status: the stage of its process, or where it stands before and after.

    `starting`: its process is about to be there. Else a row of a launched plan that has none
    waits for its phase.
    """
    if written_off or instance_status == InstanceStatus.finished:
        return WRITTEN_OFF
    if instance_status == InstanceStatus.cancelled:
        return TERMINATED
    if instance_status == InstanceStatus.suspended:
        return SUSPENDED
    if not launched:
        return DRAFT
    if instance_status is None and not starting:
        return UPCOMING
    return stage or STARTING
