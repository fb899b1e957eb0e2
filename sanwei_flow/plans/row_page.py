"""What the page of a row shows of requests, dates and progress."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.queries import unit_names
from sanwei_flow.plans import history, requests
from sanwei_flow.plans.records import RowReport
from sanwei_flow.plans.rows import RowView
from sanwei_flow.plans.statuses import REQUEST_STAGES
from sanwei_flow.processes import attachments
from sanwei_flow.processes.models import InstanceStatus, ProcessInstance


@dataclass(frozen=True)
class Asked:
    """A request in a list: what, by whom, when, and where it stands."""

    label: str
    unit: str
    at: dt.datetime
    stage: str
    words: str
    url: str


@dataclass(frozen=True)
class Told:
    """A progress report in a list; `told` is the record."""

    period: str
    told: RowReport
    stage: str
    words: str
    url: str


def parts_of_page(
    view: RowView, actor: Actor, process_url: Callable[[int | None], str]
) -> dict[str, Any]:
    """What the row's page shows of requests, dates and reports."""
    found = requests.requests_of(view.row.id)
    units = unit_names({one.unit_id for one in found})
    return {
        "may_ask": requests.available(view, actor),
        "asked": [
            Asked(
                requests.KINDS[one.kind].label,
                units.get(one.unit_id, ""),
                one.started_at,
                *stage_of(one.process),
                process_url(one.process_id),
            )
            for one in reversed(found)
        ],
        "dues": history.dues(view.row.id),
        "reports": [
            Told(one.period, one, *stage_of(process), process_url(process.id))
            for one, process in history.reports(view.row.id)
        ],
        "basis_files": attachments.readable(
            attachments.by_ids(view.row.basis_files or []).values(), actor
        ),
    }


def stage_of(process: ProcessInstance) -> tuple[str, str]:
    """Where a request stands: its stage, and the msgid of what that is called."""
    if process.status == InstanceStatus.cancelled:
        return "withdrawn", REQUEST_STAGES["withdrawn"]
    return process.stage, REQUEST_STAGES.get(process.stage, process.stage)
