"""Edited documents of a plan: what they say differently, what became of it."""

import datetime as dt

from .common import Shape
from .plans import Mention


class SaidFigure(Shape):
    """A promised figure in the document's words."""

    indicator: str
    op: str
    value: float
    unit: str
    year: int | None
    annual: bool


class SaidRow(Shape):
    """A row as a document states it; `no` is its number there."""

    no: int
    category: str
    item: str
    task: str
    due: dt.date | None
    lead: list[str]
    cooperating: list[str]
    figures: list[SaidFigure]


class RowDifference(Shape):
    """A row both documents know: `fields` are those that differ."""

    row: int
    fields: list[str]
    before: SaidRow
    after: SaidRow


class Difference(Shape):
    """Rows only the new document has, rows only the old one had, those that changed."""

    added: list[SaidRow]
    removed: list[SaidRow]
    changed: list[RowDifference]
    unchanged: int


class Outcome(Shape):
    """What became of one change, in words."""

    row: int
    message: str


class Revision(Shape):
    """An edited document. `difference` until it is begun to be applied, then `outcomes`.

    `done` of `total` changes have been carried out. `units` are names that came with it and
    mean nothing yet: settle them at `/plans/{id}/units/{mention}`, so that what waits for them
    starts; `without_lead` are rows whose lead is to be named at `/plans/{id}/rows/{no}/lead`.
    """

    id: int
    file_name: str
    kept_at: dt.datetime
    applied_at: dt.datetime | None
    done: int
    total: int
    difference: Difference | None
    outcomes: list[Outcome]
    units: list[Mention]
    without_lead: list[int]


class Joined(Shape):
    """Whether a row that joined a running plan could start."""

    row: int
    started: bool
