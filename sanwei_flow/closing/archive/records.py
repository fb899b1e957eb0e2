"""What is kept of a plan, a row, a process, as values a program can read."""

import datetime as dt
from typing import Any

from sanwei_flow.accounts.queries import unit_names
from sanwei_flow.audit.models import AuditEntry
from sanwei_flow.audit.queries import entries
from sanwei_flow.db import db
from sanwei_flow.plans import history
from sanwei_flow.plans.figures import figures
from sanwei_flow.plans.keys import business_key
from sanwei_flow.plans.models import Plan, Target
from sanwei_flow.plans.records import TargetValue
from sanwei_flow.plans.rows import RowView
from sanwei_flow.processes.chain import STATED
from sanwei_flow.processes.models import ProcessInstance, Task, TaskEvent
from sanwei_flow.processes.queries import trail
from sanwei_flow.supervision.models import Card, Slip
from sanwei_flow.supervision.records import cards_of_row, slips_of_row

#: What the hash of an entry of the record covers, beside the hash before it.
ENTRY = ("subject", "number", "kind", "by_id", "by_name", "data")
ACCEPTED = "accept_plan"


def facts_of(plan: Plan, by_name: str, at: dt.datetime, no: int | None = None) -> dict[str, Any]:
    """What a manifest states beside its files: of which plan (and row), when, by whom."""
    return {"made_at": moment(at), "made_by": by_name, "plan": plan_facts(plan), "row": no}


def plan_facts(plan: Plan) -> dict[str, Any]:
    """The plan in short, as the manifest has it as well."""
    names = unit_names([plan.office_unit_id]) if plan.office_unit_id else {}
    return {
        "id": plan.id,
        "title": plan.title,
        "doc_number": plan.doc_number,
        "issuer": plan.issuer,
        "doc_date": _iso(plan.doc_date),
        "office": names.get(plan.office_unit_id or 0),
        "launched_at": moment(plan.launched_at),
        "accepted_at": moment(plan.accepted_at),
        "source": {"name": plan.source_name, "sha256": plan.source_hash},
    }


def plan_record(plan: Plan, views: list[RowView], day: dt.date) -> dict[str, Any]:
    """The plan with its phases, figures, rows in short, and the document as it was read."""
    return {
        **plan_facts(plan),
        "phases": [
            {"name": one.name, "start": _iso(one.start), "end": _iso(one.end)}
            for one in plan.phases
        ],
        "targets": [_target(one.target, one.row) for one in figures(plan, day)],
        "rows": [{"no": view.no, "task": view.row.task, "status": view.status} for view in views],
        "document": [[number, text] for number, _kind, text in plan.source_lines],
    }


def row_record(view: RowView) -> dict[str, Any]:
    """A row with everything kept of it: units, dates, figures over time, reports, cards, slips."""
    row = view.row
    return {
        "no": row.no,
        "category": row.category,
        "item": row.item,
        "task": row.task,
        "major": row.major,
        "lead": [name.text for name in view.lead],
        "cooperating": [name.text for name in view.cooperating],
        "due": _iso(row.due),
        "due_inferred": row.due_inferred,
        "status": view.status,
        "written_off_at": moment(row.written_off_at),
        "terminated_at": moment(row.terminated_at),
        "basis": row.basis,
        "result": row.result,
        "targets": [_target(one, row.no) for one in view.targets],
        "dates": [
            {"kind": one.kind, "old": _iso(one.old), "new": _iso(one.new), "reason": one.reason}
            | {"late": one.late, "asked_at": moment(one.asked_at), "by": one.by_name}
            for one in history.dues(row.id)
        ],
        "reports": [
            {"period": one.period, "due": _iso(one.due), "process": one.process_id}
            | {"progress": one.progress, "problems": one.problems, "next_steps": one.next_steps}
            | {"figures": one.figures, "by": one.by_name, "at": moment(one.reported_at)}
            for one, _process in reversed(history.reports(row.id))
        ],
        "cards": [_card(one) for one in reversed(cards_of_row(row.id))],
        "slips": [_slip(one) for one in reversed(slips_of_row(row.id))],
    }


def process_record(instance: ProcessInstance) -> dict[str, Any]:
    """A process with its tasks and every event, as the hash of each event covers it."""
    version = instance.design_version
    told = trail(instance.id)
    query = db.select(Task).where(Task.instance_id == instance.id).order_by(Task.id)
    tasks = list(db.session.scalars(query))
    names = unit_names({one.unit_id for one in tasks})
    return {
        "id": instance.id,
        "design": {"key": version.design.key, "number": version.number, "hash": version.hash},
        "title": instance.title,
        "business_key": instance.business_key,
        "status": instance.status,
        "stage": instance.stage,
        "parent": instance.parent_id,
        "started_at": moment(instance.started_at),
        "finished_at": moment(instance.finished_at),
        "result": instance.result,
        "chain_head": instance.chain_head,
        "tasks": [_task(one, names) for one in tasks],
        "events": [_event(event) for event, _task_of in told],
    }


def audit_record(plan: Plan) -> list[dict[str, Any]]:
    """Who did what to the plan, up to its acceptance, as the hash of each entry covers it."""
    found = entries(business_key(plan.id))
    last = max((one.number for one in found if one.kind == ACCEPTED), default=len(found))
    return [_entry(one) for one in found if one.number <= last]


def _entry(one: AuditEntry) -> dict[str, Any]:
    stated = {name: getattr(one, name) for name in ENTRY}
    return stated | {"at": moment(one.at), "prev_hash": one.prev_hash, "hash": one.hash}


def _event(one: TaskEvent) -> dict[str, Any]:
    stated = {name: getattr(one, name) for name in STATED}
    return stated | {"at": moment(one.at), "prev_hash": one.prev_hash, "hash": one.hash}


def _task(one: Task, names: dict[int, str]) -> dict[str, Any]:
    return {
        "id": one.id,
        "node": one.node,
        "name": one.name,
        "title": one.title,
        "unit": names.get(one.unit_id),
        "role": one.role,
        "status": one.status,
        "opened_at": moment(one.opened_at),
        "due": None if one.due.year == dt.MAXYEAR else _iso(one.due),
        "closed_at": moment(one.closed_at),
        "outcome": one.outcome,
        "side": one.side,
    }


def _target(one: Target, no: int | None) -> dict[str, Any]:
    query = db.select(TargetValue).where(TargetValue.target_id == one.id).order_by(TargetValue.id)
    return {
        "key": one.key,
        "row": no,
        "indicator": one.indicator,
        "op": one.op,
        "value": _plain(one.value),
        "unit": one.unit,
        "year": one.year,
        "annual": one.annual,
        "reported": None if one.reported is None else _plain(one.reported),
        "values": [
            {"value": _plain(each.value), "at": moment(each.at), "period": each.period}
            for each in db.session.scalars(query)
        ],
    }


def _card(one: Card) -> dict[str, Any]:
    said = one.reason.format(**one.params)
    told = {"number": one.number, "unit": one.unit.name, "reason": said, "by": one.by_name}
    return told | {"issued_at": moment(one.issued_at)}


def _slip(one: Slip) -> dict[str, Any]:
    return {
        "number": one.number,
        "unit": one.unit.name,
        "reason": one.reason.format(**one.params),
        "by": one.by_name,
        "issued_at": moment(one.issued_at),
        "closed_at": moment(one.closed_at),
        "process": one.process_id,
        "levels": [
            {"name": step.name, "due": _iso(step.due), "opened_at": moment(step.opened_at)}
            | {"expired_at": moment(step.expired_at)}
            for step in one.steps
        ],
    }


def moment(value: dt.datetime | None) -> str | None:
    """A moment in UTC to the microsecond, as the chains are computed with it."""
    return value.astimezone(dt.UTC).isoformat(timespec="microseconds") if value else None


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _plain(value: Any) -> str:
    text = f"{value:.4f}"
    return text.rstrip("0").rstrip(".")
