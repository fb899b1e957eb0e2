"""What every answer builds on, and who and what there is."""

import datetime as dt

from pydantic import BaseModel, ConfigDict, Field


class Shape(BaseModel):
    """An answer or a part of one; a member that is not declared here is a mistake of ours."""

    model_config = ConfigDict(extra="forbid")


class Problem(Shape):
    """RFC 9457 problem details. `errors` names each wrong field; `who` and `when` who was first."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=["urn:sanwei:invalid"])
    title: str
    status: int
    detail: str
    code: str
    trace: str
    errors: dict[str, list[str]] | None = None


class Grant(Shape):
    unit_id: int
    unit: str
    role: str
    role_label: str


class Me(Shape):
    id: int
    username: str
    name: str
    grants: list[Grant]


class UnitRef(Shape):
    id: int
    name: str


class UnitEntry(Shape):
    """A unit of the register, or (`kind` collective) a name for many of them."""

    id: int
    name: str
    kind: str
    kind_label: str


class UnitPage(Shape):
    items: list[UnitEntry]
    next: str | None


class Design(Shape):
    key: str
    name: str
    version: int
    hash: str
    published_at: dt.datetime
    note: str


class Staying(Shape):
    """Why some processes of a migration stay where they are, with a few of them."""

    reason: str
    count: int
    processes: list[int]


class Migration(Shape):
    """Running processes on their way to another version; `counts` by what became of them."""

    id: int
    kind: str = Field(examples=["move", "dry_run", "undo"])
    to: int
    at: dt.datetime
    finished_at: dt.datetime | None
    counts: dict[str, int]
    staying: list[Staying]


class DesignPage(Shape):
    items: list[Design]
    next: str | None
