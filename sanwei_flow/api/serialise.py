"""From what the queries found to the shapes of the API."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sanwei_flow.accounts.queries import unit_names
from sanwei_flow.api import shapes
from sanwei_flow.designs.models import DesignVersion
from sanwei_flow.plans.models import Finding, MajorItem, Plan, PlanPhase, Target
from sanwei_flow.plans.queries import PlanCard, Progress, UsedName
from sanwei_flow.plans.rows import RowView
from sanwei_flow.plans.statuses import PLAN_STATUSES, ROW_STATUSES
from sanwei_flow.web import sentence


def words(message: str | None, params: Mapping[str, object] | None = None) -> str:
    """Render a msgid in the caller's language."""
    return sentence(message, params)


def design_shape(version: DesignVersion) -> shapes.Design:
    return shapes.Design(
        key=version.design.key,
        name=version.design.name,
        version=version.number,
        hash=version.hash,
        published_at=version.published_at,
        note=version.note,
    )


def summary_values(card: PlanCard) -> dict[str, Any]:
    """What a plan's entry in a list and its own page have in common."""
    plan, counts = card.plan, card.counts
    return {
        "id": plan.id,
        "title": plan.title,
        "doc_number": plan.doc_number,
        "issuer": plan.issuer,
        "doc_date": plan.doc_date,
        "status": card.status,
        "status_label": words(PLAN_STATUSES[card.status]),
        "imported_at": plan.imported_at,
        "launched_at": plan.launched_at,
        "counts": shapes.PlanCounts(
            rows=counts.total,
            closed=counts.closed,
            by_status=dict(counts.statuses),
            by_light=dict(counts.lights),
            findings_open=card.doubts,
        ),
    }


def row_shape(view: RowView) -> shapes.Row:
    row = view.row
    return shapes.Row(
        no=row.no,
        category=row.category,
        item=row.item,
        task=row.task,
        lead=[name.text for name in view.lead],
        cooperating=[name.text for name in view.cooperating],
        open_ended=row.open_ended,
        due=row.due,
        due_inferred=row.due_inferred,
        due_past=row.due_past,
        major=row.major,
        status=view.status,
        status_label=words(ROW_STATUSES.get(view.status, view.status)),
        light=view.light.colour,
        light_reason=words(view.light.reason, view.light.params),
        process=view.process_id,
        incident=view.incident,
        written_off_at=row.written_off_at,
        result=row.result,
        targets=[target_shape(target, row.no) for target in view.targets],
        version=row.version,
        source=shapes.Place(line=row.source_line, end=row.source_end),
    )


def phase_shape(phase: PlanPhase) -> shapes.Phase:
    return shapes.Phase(
        name=phase.name,
        start=phase.start,
        end=phase.end,
        stated=phase.stated,
        implementing=phase.implementing,
    )


def major_shape(major: MajorItem) -> shapes.MajorItem:
    place = shapes.Place(line=major.source_line)
    return shapes.MajorItem(
        no=major.no, kind=major.kind, name=major.name, lead=major.lead, source=place
    )


def target_shape(target: Target, row_no: int | None) -> shapes.Target:
    return shapes.Target(
        key=target.key,
        indicator=target.indicator,
        op=target.op,
        value=float(target.value),
        unit=target.unit,
        year=target.year,
        annual=target.annual,
        row=row_no,
        reported=_number(target.reported),
        source=shapes.Place(line=target.source_line),
    )


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def finding_shape(finding: Finding) -> shapes.Finding:
    return shapes.Finding(
        id=finding.id,
        code=finding.code,
        line=finding.line,
        message=words(finding.message, finding.params),
        assumed=finding.assumed.format(**finding.params) if finding.assumed else None,
        assumed_label=words(finding.assumed, finding.params) or None,
        alternatives=finding.alternatives,
        row=finding.row.no if finding.row else None,
        settled=finding.settled_at is not None,
        choice=finding.choice,
    )


def mention_shape(name: UsedName) -> shapes.Mention:
    mention = name.mention
    return shapes.Mention(
        id=mention.id,
        name=mention.name,
        mentions=mention.count,
        rows=list(name.rows),
        status=mention.status,
        unit=_reference(name.unit),
        collective=_reference(name.collective),
        kinds=mention.kinds,
        candidates=[shapes.UnitRef(id=unit.id, name=unit.name) for unit in name.candidates],
    )


def _reference(thing: Any) -> shapes.UnitRef | None:
    return shapes.UnitRef(id=thing.id, name=thing.name) if thing else None


def office_shape(plan: Plan) -> shapes.UnitRef | None:
    unit_id = plan.office_unit_id
    if unit_id is None:
        return None
    return shapes.UnitRef(id=unit_id, name=unit_names([unit_id])[unit_id])


def progress_shape(progress: Progress) -> shapes.Progress:
    return shapes.Progress(started=progress.started, total=progress.total)
