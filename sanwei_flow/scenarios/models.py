"""Dry runs, scenarios, and how a scenario did with each version.

None of it touches what runs: a run is what it was given and its steps, played anew each time.
"""

import datetime as dt
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column, relationship

from sanwei_flow.accounts.models import User
from sanwei_flow.db import db
from sanwei_flow.designs.models import DesignVersion


class DryRun(db.Model):
    """Somebody trying a design. `version` None means its draft, as it is at the moment.

    `given` and `steps` as `steps.py` reads them; the first `position` steps count, the others
    were stepped back from. `revision` grows with every change.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    design_key: Mapped[str] = mapped_column(db.String(100), index=True)
    version_id: Mapped[int | None] = mapped_column(db.ForeignKey("design_version.id"))
    title: Mapped[str] = mapped_column(db.String(300))
    given: Mapped[dict[str, Any]] = mapped_column(db.JSON, deferred=True)
    steps: Mapped[list[dict[str, Any]]] = mapped_column(db.JSON, deferred=True)
    position: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=1)
    begun_by_id: Mapped[int | None] = mapped_column(db.ForeignKey("user.id"))
    begun_at: Mapped[dt.datetime]
    changed_at: Mapped[dt.datetime]

    version: Mapped[DesignVersion | None] = relationship()
    begun_by: Mapped[User | None] = relationship()

    __mapper_args__ = {  # noqa: RUF012 - SQLAlchemy's own attribute
        "version_id_col": revision,
    }


class Scenario(db.Model):
    """A dry run kept as a promise: `expected` is what was seen after its start and each step.

    `passes` are the keys of the processes it went through. `shipped` is the hash of the file it
    was installed from; None once a person has made or changed it.
    """

    __table_args__ = (db.UniqueConstraint("design_key", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    design_key: Mapped[str] = mapped_column(db.String(100), index=True)
    name: Mapped[str] = mapped_column(db.String(120))
    note: Mapped[str] = mapped_column(db.Text, default="")
    given: Mapped[dict[str, Any]] = mapped_column(db.JSON, deferred=True)
    steps: Mapped[list[dict[str, Any]]] = mapped_column(db.JSON, deferred=True)
    expected: Mapped[list[dict[str, Any]]] = mapped_column(db.JSON, deferred=True)
    passes: Mapped[list[str]] = mapped_column(db.JSON, default=list)
    shipped: Mapped[str | None] = mapped_column(db.String(64))
    made_by_id: Mapped[int | None] = mapped_column(db.ForeignKey("user.id"))
    changed_at: Mapped[dt.datetime]

    made_by: Mapped[User | None] = relationship()


class ScenarioResult(db.Model):
    """How a scenario did with a version in place: green, or `said` where it first differed."""

    __table_args__ = (db.UniqueConstraint("scenario_id", "version_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    scenario_id: Mapped[int] = mapped_column(db.ForeignKey("scenario.id", ondelete="CASCADE"))
    version_id: Mapped[int] = mapped_column(db.ForeignKey("design_version.id"), index=True)
    green: Mapped[bool]
    step: Mapped[int | None]
    said: Mapped[dict[str, Any] | None] = mapped_column(db.JSON)
    played_at: Mapped[dt.datetime]

    scenario: Mapped[Scenario] = relationship()
    version: Mapped[DesignVersion] = relationship()
