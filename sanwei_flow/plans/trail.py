"""What happened to a row, from its correction before launch to its striking off."""

from flask_babel import gettext as _

from sanwei_flow.audit.models import AuditEntry
from sanwei_flow.audit.queries import entries
from sanwei_flow.db import db
from sanwei_flow.errors import N_
from sanwei_flow.plans.keys import business_key
from sanwei_flow.plans.models import Plan
from sanwei_flow.plans.records import RowReport
from sanwei_flow.processes.history import Told, history
from sanwei_flow.processes.models import ProcessInstance
from sanwei_flow.processes.queries import get_instance

#: A change of the plan follows from whatever was decided at that moment.
AFTER_ALL = 2**62
CHANGES = ("correct_row", "reassign_row", "reimport_row")
#: Acts of supervision, and what they are called.
WATCHED = {
    "issue_card": N_("发牌"),
    "issue_slip": N_("发督办单"),
    "raise_slip": N_("督办升级"),
    "close_slip": N_("督办办结"),
}


def row_trail(plan: Plan, no: int, process_id: int | None) -> list[Told]:
    """Everything that happened to the row, oldest first, then what waits."""
    # A discarded draft may have borne the same number before.
    acts = [one for one in entries(business_key(plan.id)) if one.at >= plan.imported_at]
    told = [_changed(one) for one in acts if one.kind in CHANGES and one.data.get("row") == no]
    told += [_watched(one) for one in acts if one.kind in WATCHED and one.data.get("row") == no]
    for each in _processes(plan, no) if process_id else []:
        told += _of_process(get_instance(each), plan)
    # What the office decided and what followed from it carry the same time.
    return sorted(told, key=lambda one: (one.when is None, one.when or plan.imported_at, one.event))


def _processes(plan: Plan, no: int) -> list[int]:
    """The row's processes, those given up too, with everything that was asked for it."""
    own = ProcessInstance.business_key == business_key(plan.id, no)
    called = own, ProcessInstance.parent_id == plan.process_id
    reports = ProcessInstance.id.in_(db.select(RowReport.process_id))
    asked = own, ProcessInstance.parent_id.is_(None), ~reports
    found = db.select(ProcessInstance.id).where(db.or_(db.and_(*called), db.and_(*asked)))
    return list(db.session.scalars(found.order_by(ProcessInstance.id)))


def _of_process(instance: ProcessInstance, plan: Plan) -> list[Told]:
    """A process as part of the row's story: that a request was begun says nothing by itself."""
    told = history(instance)
    if instance.parent_id == plan.process_id:
        return told
    return [one for one in told if one.kind not in ("start", "claim", "release")]


def _changed(entry: AuditEntry) -> Told:
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
    outcomes = {
        "correct_row": _("修改"),
        "reassign_row": _("改派"),
        "reimport_row": _("按修改稿修改"),
    }
    before, after = (_said(entry.data.get(key)) for key in ("before", "after"))
    return Told(
        kind="act",
        name=fields[str(entry.data.get("field") or "lead")],
        who=entry.by_name,
        unit="",
        when=entry.at,
        outcome=outcomes[entry.kind],
        opinion=f"{before} → {after}",
        event=AFTER_ALL,
    )


def _watched(entry: AuditEntry) -> Told:
    """A card or a slip: what, by whom, with its number and reason."""
    return Told(
        kind="act",
        name=_("督办"),
        who=_(entry.by_name) if entry.by_id is None else entry.by_name,
        unit="",
        when=entry.at,
        outcome=_(WATCHED[entry.kind]),
        opinion=str(entry.data.get("after") or ""),
    )


def _said(value: str | None) -> str:
    """A value of the record as words; yes and no are kept as msgids."""
    return _(value) if value else "—"
