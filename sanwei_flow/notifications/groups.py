"""What people choose by: kinds of notices in groups, and when each group leaves."""

from collections.abc import Mapping

from sanwei_flow.errors import N_

NOW, DAILY, OFF = "now", "daily", "off"
MODES = {NOW: N_("即时"), DAILY: N_("每日汇总"), OFF: N_("不发")}

OTHER = "other"
#: Groups in the order of the page.
GROUPS = {
    "asked": N_("转办、委派、加签给我，或退回我办理"),
    "urge": N_("催办"),
    "mention": N_("抄送给我，或留言提到我"),
    "due_soon": N_("临近到期"),
    "overdue": N_("已逾期"),
    "row_changed": N_("任务变更"),
    OTHER: N_("其他通知"),
}
_KINDS = {
    "copy": "mention",
    "overdue_digest": "overdue",
    "card": "overdue",
    "escalation": "overdue",
    "slip": "urge",
    "decision": "asked",
    "inspection": "asked",
}
#: Said inside only: telling a broken channel that it is broken helps nobody.
INSIDE_ONLY = frozenset({"channel_failed"})


def group_of(kind: str) -> str:
    """The group a kind of notice belongs to; what is not known is `other`."""
    group = _KINDS.get(kind, kind)
    return group if group in GROUPS else OTHER


def mode_of(choices: Mapping[str, str], kind: str) -> str:
    """When a notice of this kind leaves by a channel with these choices."""
    return OFF if kind in INSIDE_ONLY else choices.get(group_of(kind), DAILY)


def usual_choices() -> dict[str, str]:
    """What a new channel starts with: being urged is said at once, all else once a day."""
    return {group: NOW if group == "urge" else DAILY for group in GROUPS}
