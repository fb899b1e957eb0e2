"""What happened to a row, from its correction before launch to its striking off."""

import datetime as dt
from dataclasses import dataclass

from flask_babel import gettext as _

from sanwei_flow.audit.models import AuditEntry
from sanwei_flow.audit.queries import entries
from sanwei_flow.plans.models import Plan, business_key
from sanwei_flow.processes.history import Told, history
from sanwei_flow.processes.queries import get_instance


@dataclass(frozen=True)
class Entry:
    """One line of the trail, in words; `kind` is `done`, `back`, `open` or `overdue`."""

    kind: str
    title: str
    who: str
    when: dt.datetime | None
    note: str = ""
    opinion: str = ""


def row_trail(plan: Plan, no: int, process_id: int | None) -> list[Entry]:
    """Everything that happened to the row, oldest first, then what waits."""
    changes = [one for one in entries(business_key(plan.id)) if one.data.get("row") == no]
    told = history(get_instance(process_id)) if process_id else []
    found = [_changed(one) for one in changes if one.kind in ("correct_row", "reassign_row")]
    found += [_told(one) for one in told]
    return sorted(found, key=lambda one: (one.when is None, one.when or plan.imported_at))


def _changed(entry: AuditEntry) -> Entry:
    fields = {
        "category": _("类别"),
        "item": _("事项"),
        "task": _("工作任务"),
        "due": _("完成时限"),
        "major": _("重大事项"),
        "open_ended": _("可能还有其他单位"),
        "lead": _("牵头单位"),
        "cooperating": _("配合单位"),
    }
    name = fields.get(str(entry.data.get("field") or "lead"), "")
    before, after = entry.data.get("before") or "—", entry.data.get("after") or "—"
    title = _("修改%(what)s", what=name) if entry.kind == "correct_row" else _("改派")
    return Entry("done", title, entry.by_name, entry.at, note=f"{before} → {after}")


def _told(told: Told) -> Entry:
    if told.kind == "open":
        return Entry("open", told.name, told.unit, None, note=_("等待办理"))
    titles = {
        "start": _("交办"),
        "cancel": _("终止"),
        "incident": _("流程出现故障"),
        "retry": _("故障恢复"),
        "claim": _("%(task)s：领取", task=told.name),
        "release": _("%(task)s：退领", task=told.name),
    }
    title = titles.get(told.kind, f"{told.name}：{told.outcome}" if told.outcome else told.name)
    who = " · ".join(filter(None, (told.unit, told.who)))
    return Entry("back" if told.back else "done", title, who, told.when, opinion=told.opinion)
