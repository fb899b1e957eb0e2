"""What programs may send as JSON. Anything else is refused by name."""

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import Field

from sanwei_flow.api.http import Body, Number


class RowChange(Body):
    """What to change in a row before the launch; what is left out stays.

    Units are names or ids of the register, whole list, in order; collective names are allowed.
    `version` is the row's version you saw: a row changed since is not overwritten.
    """

    category: str | None = None
    item: str | None = None
    task: str | None = None
    due: str | None = Field(None, description="ISO date, or null for none")
    major: bool | None = None
    open_ended: bool | None = None
    lead: list[int | str] | None = None
    cooperating: list[int | str] | None = None
    version: int | None = None


class UnitAnswer(Body):
    """What a name in the document means: exactly one of `unit`, `collective`, `drop`.

    `unit` and `collective` are ids or names of the register; `drop` says it is no unit.
    `remember` keeps the name as the unit's alias, so that the next plan knows it.
    """

    unit: int | str | None = None
    collective: int | str | None = None
    drop: bool = False
    remember: bool = True


class LeadAnswer(Body):
    """The unit that leads a row: id or name of the register."""

    unit: int | str


class RevisionApply(Body):
    """What becomes of running rows whose lead the document changed, by the row's number.

    `ask`: the present lead asks for it, the usual way (so it is where nothing is said);
    `apply`: the unit the document names signs for the row at once.
    """

    leads: dict[Annotated[int, Field(strict=False)], Literal["ask", "apply"]] = Field(
        default_factory=dict
    )


class FindingAnswer(Body):
    """The decision on a finding: one of its alternatives where it asks for one, else words."""

    choice: str


class NewScenario(Body):
    """A scenario to play at every publish.

    `given` has `begun` (ISO date), `variables`, `units` (names by id). Each of `steps` is
    `{"do": "act", "process", "node", "unit", "outcome", "answers", "comment"}` or
    `{"do": "skip", "days"}` (working days; null for whatever happens next).
    """

    name: str
    note: str = ""
    given: dict[str, Any]
    steps: list[dict[str, Any]]


class Nothing(Body):
    """An empty object, or no body at all."""


class Act(Body):
    """An act on a task: the answers to its form, the opinion, ids of files that go with it."""

    data: dict[str, Any] = Field(default_factory=dict)
    comment: str = ""
    attachments: list[Number] = Field(default_factory=list, max_length=200)


class Ask(Body):
    """A request for a row: with `data` it is submitted at once, without it its form waits."""

    data: dict[str, Any] | None = None
    comment: str = ""


class CycleChange(Body):
    """How often rows report progress, and by which day of the period's last month."""

    cycle: Literal["none", "monthly", "quarterly"]
    day: Annotated[int, Field(ge=1, le=31)] = 25


class DecisionWords(Body):
    """A decision as the office words it: units by their names, rows by their numbers."""

    text: str
    lead: str = ""
    helpers: str = ""
    due: dt.date | None = None
    rows: list[Number] = Field(default_factory=list, max_length=20)


class _Minutes(Body):
    title: str
    held_on: dt.date
    place: str = Field("", max_length=200)
    chair: str = Field("", max_length=100)
    attending: str = ""
    agenda: str = ""
    minutes: str = ""
    decisions: list[DecisionWords] = Field(default_factory=list, max_length=50)


class NewMeeting(_Minutes):
    """The minutes of a plan's meeting, as a draft."""

    plan: Number


class Minutes(_Minutes):
    """A draft as it is to be from now on; `revision` is the one that was read."""

    revision: Number


class Issue(Body):
    """Which revision of the draft is issued."""

    revision: Number


class NewInspection(Body):
    """What an inspection found: about a row, a unit's part in the plan, or both."""

    plan: Number
    row: Number | None = None
    unit: Number | None = None
    held_on: dt.date
    inspectors: str
    kind: Literal["good", "problem", "rectify"]
    finding: str
    due: dt.date | None = None
    follow: Literal["task", "slip", "none"] = "task"


class Looked(Body):
    """What a re-check saw; where it was not mended a new day, and a slip if wanted."""

    mended: bool
    held_on: dt.date
    inspectors: str
    note: str = ""
    next_due: dt.date | None = None
    slip: bool = False
    seen: Number


class NewSlips(Body):
    """A slip for the lead unit of each of a plan's rows, to be answered by the day `due`."""

    plan: Number
    rows: list[Number] = Field(max_length=200)
    reason: str
    due: dt.date


class NewCard(Body):
    """A card for the unit that leads a row, and why."""

    colour: Literal["yellow", "red"]
    reason: str


class NewBulletin(Body):
    """A month's bulletin of a plan, or its closing report.

    `month` is `2026-10`, from the launch to the present one, which it is where none is named.
    """

    plan: Number
    kind: Literal["monthly", "closing"]
    month: str | None = None


class BulletinWords(Body):
    """A draft as it is to be; names in 【】 stand for numbers."""

    title: str
    text: str


class CloseAsk(Body):
    """Ask the units of a plan for their self-assessments; ten working days if no day is given."""

    due: dt.date | None = None


class GoOn(Body):
    """Why the units that have not answered are not waited for."""

    reason: Annotated[str, Field(max_length=1000)]


class PublishDesign(Body):
    """A design: its BPMN, and the forms it brings, by key."""

    xml: str
    forms: dict[str, Any] = Field(default_factory=dict)
    note: str = ""


class Migrate(Body):
    """Which running processes go where. `mapping`: old element to new one, "" for none."""

    to: Number
    sources: list[Number] | None = None
    mapping: dict[str, str] = Field(default_factory=dict)
    dry_run: bool = False
    note: str = ""


class UndoMigration(Body):
    """Why a migration is taken back."""

    note: str = ""


class Retry(Body):
    """Why it is tried again; kept in the process's trail and in the audit."""

    reason: str = ""
