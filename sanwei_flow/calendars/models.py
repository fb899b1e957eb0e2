"""The days that differ from plain weekdays."""

import datetime as dt

from sqlalchemy.orm import Mapped, mapped_column

from sanwei_flow.db import db


class CalendarDay(db.Model):
    """A holiday (`working` False) or a make-up working day, as a notice settles it.

    A year with at least one row counts as settled; other years are estimated.
    """

    day: Mapped[dt.date] = mapped_column(primary_key=True)
    working: Mapped[bool]
    label: Mapped[str] = mapped_column(db.String(40), default="")
    source: Mapped[str] = mapped_column(db.String(100))
