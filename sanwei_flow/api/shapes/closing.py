"""The conclusion of a plan."""

import datetime as dt

from pydantic import Field

from .common import Shape


class UnitClosing(Shape):
    """A unit's self-assessment: the rows it leads and helps with, where its form stands.

    `task` waits there until `due`; `grade` is its own, once it has answered.
    """

    unit: int
    name: str
    leads: list[int]
    helps: list[int]
    stage: str = Field(examples=["", "assessing", "unit_review", "done", "withdrawn"])
    stage_label: str
    task: int | None
    due: dt.date | None
    light: str | None = Field(examples=["green", "yellow", "red", "none"])
    grade: str | None = Field(examples=["excellent", "good", "passed", "failed"])
    finished_at: dt.datetime | None


class ArchiveState(Shape):
    """How far the archive is written; with `state` `done` it can be fetched."""

    state: str = Field(examples=["waiting", "writing", "done", "failed"])
    done: int
    total: int
    files: int | None
    size: int | None
    sha256: str | None
    finished_at: dt.datetime | None


class Closing(Shape):
    """Self-assessment, acceptance and archive of a plan; `stage` is null before they start."""

    plan: int
    process: int | None
    stage: str | None = Field(
        examples=["assessing", "summing_up", "leader_review", "accepted", "withdrawn"]
    )
    stage_label: str | None
    due: dt.date | None
    started_at: dt.datetime | None
    by: str | None
    units: list[UnitClosing]
    accepted_at: dt.datetime | None
    archived_at: dt.datetime | None
    archive: ArchiveState | None
