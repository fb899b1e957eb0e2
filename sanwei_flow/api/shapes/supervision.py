"""Slips and cards; bulletins and closing reports."""

import datetime as dt

from .common import Shape


class Slip(Shape):
    """A 督办单. `due` is the day by which `level` (0 for the first addressee) answers."""

    id: int
    number: str
    plan: int
    row: int
    unit: str
    reason: str
    level: int
    due: dt.date
    stage: str
    stage_label: str
    process: int | None
    issued_at: dt.datetime
    by: str
    closed_at: dt.datetime | None


class SlipPage(Shape):
    """Slips, newest first."""

    items: list[Slip]
    next: str | None


class IssuedSlips(Shape):
    """The slips that went out, one for each row."""

    items: list[Slip]


class Card(Shape):
    """A card, `yellow` or `red`; of a task outside any plan neither `plan` nor `row` is known."""

    id: int
    number: str
    colour: str
    plan: int | None
    row: int | None
    task: int | None
    unit: str
    reason: str
    issued_at: dt.datetime
    by: str


class CardPage(Shape):
    """Cards, newest first."""

    items: list[Card]
    next: str | None


class BulletinSummary(Shape):
    """A bulletin in a list; `number`, `issued_at` and `sha256` come with its issue.

    `month` is `2026-10`; a closing report has none.
    """

    id: int
    plan: int
    kind: str
    kind_label: str
    number: str
    month: str | None
    title: str
    made_at: dt.datetime
    issued_at: dt.datetime | None
    issued_by: str
    sha256: str | None


class BulletinNumber(Shape):
    """What stands for a name in the text, and the numbers of the rows behind it."""

    value: str
    rows: list[int]


class Bulletin(BulletinSummary):
    """A bulletin with its words; names in 【】 stand for the `numbers`.

    Those of a draft are as of today, or of the end of its month once that is over.
    """

    text: str
    numbers: dict[str, BulletinNumber]


class BulletinPage(Shape):
    """Bulletins and closing reports, newest first."""

    items: list[BulletinSummary]
    next: str | None
