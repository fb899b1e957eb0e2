"""Meetings with their decisions, inspections with their re-checks."""

import datetime as dt

from .common import Shape


class DecisionSummary(Shape):
    """A decision of a meeting: whose it is, by when, where it stands and its light in words."""

    no: int
    text: str
    lead: str
    helpers: str
    due: dt.date | None
    rows: list[int]
    process: int | None
    stage: str
    stage_label: str
    light: str
    light_reason: str


class MeetingSummary(Shape):
    """A meeting in a list; `number` is empty while it is a draft."""

    id: int
    plan: int
    number: str
    title: str
    held_on: dt.date
    issued_at: dt.datetime | None
    decisions: int
    open: int
    late: int


class Meeting(Shape):
    """Minutes with what was decided; `revision` is what saving and issuing name."""

    id: int
    plan: int
    number: str
    title: str
    held_on: dt.date
    place: str
    chair: str
    attending: str
    agenda: str
    minutes: str
    revision: int
    issued_at: dt.datetime | None
    decisions: list[DecisionSummary]


class MeetingPage(Shape):
    """Meetings, newest first."""

    items: list[MeetingSummary]
    next: str | None


class Recheck(Shape):
    """Somebody looked again."""

    held_on: dt.date
    inspectors: str
    mended: bool
    note: str
    next_due: dt.date | None
    slip: str | None
    at: dt.datetime
    by: str


class Inspection(Shape):
    """A finding on a row or a unit. `state`: good, open, rectifying, to_recheck or closed."""

    id: int
    plan: int
    row: int | None
    unit: str
    held_on: dt.date
    inspectors: str
    kind: str
    finding: str
    due: dt.date | None
    state: str
    state_label: str
    process: int | None
    slip: str | None
    closed_at: dt.datetime | None
    rechecks: list[Recheck]


class InspectionPage(Shape):
    """Findings, newest first."""

    items: list[Inspection]
    next: str | None
