"""A migration and what became of each instance in it."""

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column, relationship

from sanwei_flow.db import db
from sanwei_flow.designs.models import DesignVersion, ProcessDesign


class Kind(StrEnum):
    """What is done to the instances: moved, only tried, or brought back where they were."""

    move = "move"
    dry_run = "dry_run"
    undo = "undo"


class Outcome(StrEnum):
    """What became of one instance; `able` is said by a dry run."""

    waiting = "waiting"
    moved = "moved"
    able = "able"
    back = "back"
    stays = "stays"


class Migration(db.Model):
    """Running instances of a design on their way to one of its versions.

    `mapping` are a person's corrections, old node id to new one. `key` is the page's: sent twice
    it is one migration. While `finished_at` is null it goes on, with the next look of the runner
    or when asked. An undo names what it takes back in `undoes_id`.
    """

    __tablename__ = "migration"

    id: Mapped[int] = mapped_column(primary_key=True)
    design_id: Mapped[int] = mapped_column(db.ForeignKey("process_design.id"), index=True)
    kind: Mapped[str] = mapped_column(db.String(20))
    to_version_id: Mapped[int] = mapped_column(db.ForeignKey("design_version.id"))
    undoes_id: Mapped[int | None] = mapped_column(db.ForeignKey("migration.id"))
    mapping: Mapped[dict[str, str]] = mapped_column(db.JSON, default=dict)
    note: Mapped[str] = mapped_column(db.Text, default="")
    key: Mapped[str] = mapped_column(db.String(100), unique=True)
    by_id: Mapped[int | None] = mapped_column(db.ForeignKey("user.id"))
    by_name: Mapped[str] = mapped_column(db.String(60))
    at: Mapped[dt.datetime]
    finished_at: Mapped[dt.datetime | None]

    design: Mapped[ProcessDesign] = relationship()
    to_version: Mapped[DesignVersion] = relationship()


class MigrationItem(db.Model):
    """One instance of a migration, and why it stays if it does (a msgid and what fills it)."""

    __tablename__ = "migration_item"
    __table_args__ = (
        db.UniqueConstraint("migration_id", "instance_id"),
        db.Index("ix_migration_item_outcome", "migration_id", "outcome", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    migration_id: Mapped[int] = mapped_column(db.ForeignKey("migration.id"))
    instance_id: Mapped[int] = mapped_column(db.ForeignKey("process_instance.id"), index=True)
    from_version_id: Mapped[int] = mapped_column(db.ForeignKey("design_version.id"))
    title: Mapped[str] = mapped_column(db.Text)
    outcome: Mapped[str] = mapped_column(db.String(20), default=Outcome.waiting)
    reason: Mapped[str] = mapped_column(db.String(300), default="")
    params: Mapped[dict[str, Any]] = mapped_column(db.JSON, default=dict)
    #: Of the instance's own history; what an undo takes back.
    event_id: Mapped[int | None]
    at: Mapped[dt.datetime | None]

    from_version: Mapped[DesignVersion] = relationship()
