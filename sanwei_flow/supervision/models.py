"""How far ahead people are reminded, and which day the rows were last looked at."""

import datetime as dt

from sqlalchemy.orm import Mapped, mapped_column

from sanwei_flow.db import db


class ReminderSetting(db.Model):
    """The one row of settings; without it the usual ladder counts."""

    id: Mapped[int] = mapped_column(primary_key=True)
    before: Mapped[list[int]] = mapped_column(db.JSON)
    long_before: Mapped[list[int]] = mapped_column(db.JSON)
    overdue: Mapped[bool] = mapped_column(default=True)


class SweepMark(db.Model):
    """The newest day for which a daily sweep is done; written with what it did."""

    name: Mapped[str] = mapped_column(db.String(40), primary_key=True)
    day: Mapped[dt.date]
