"""Process designs and their published versions. A version never changes once written."""

import datetime as dt
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column, relationship

from sanwei_flow.db import db


class ProcessDesign(db.Model):
    """One process; `key` is the BPMN process id, `name` the one its newest version bears."""

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(db.String(100), unique=True)
    name: Mapped[str] = mapped_column(db.String(300))

    versions: Mapped[list["DesignVersion"]] = relationship(
        back_populates="design", order_by="DesignVersion.number"
    )


class DesignVersion(db.Model):
    """One published state of a design, with the forms its tasks use.

    `forms` maps form keys to schemas (`schema.Schema`). `hash` (SHA-256, hex) covers the
    BPMN and the forms, so that equal hashes mean equal behaviour.
    """

    __table_args__ = (db.UniqueConstraint("design_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    design_id: Mapped[int] = mapped_column(db.ForeignKey("process_design.id"))
    number: Mapped[int]
    xml: Mapped[str] = mapped_column(db.Text, deferred=True)
    hash: Mapped[str] = mapped_column(db.String(64), index=True)
    forms: Mapped[dict[str, Any]] = mapped_column(db.JSON, default=dict, deferred=True)
    published_at: Mapped[dt.datetime]
    published_by_id: Mapped[int | None] = mapped_column(db.ForeignKey("user.id"))
    note: Mapped[str] = mapped_column(db.Text, default="")

    design: Mapped[ProcessDesign] = relationship(back_populates="versions")


class DecisionTable(db.Model):
    """One decision; `key` is the DMN decision id, `name` the one its newest version bears.

    `examples` are rows it is tried with before every publication: `{"name", "inputs"}` and,
    once accepted, the `answer`.
    """

    __tablename__ = "decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(db.String(100), unique=True)
    name: Mapped[str] = mapped_column(db.String(300))
    examples: Mapped[list[dict[str, Any]]] = mapped_column(
        db.JSON, default=list, server_default="[]", deferred=True
    )

    versions: Mapped[list["DecisionVersion"]] = relationship(
        back_populates="decision", order_by="DecisionVersion.number"
    )


class DecisionVersion(db.Model):
    """One published state of a decision table; `hash` (SHA-256, hex) is of its DMN."""

    __table_args__ = (db.UniqueConstraint("decision_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(db.ForeignKey("decision.id"))
    number: Mapped[int]
    xml: Mapped[str] = mapped_column(db.Text, deferred=True)
    hash: Mapped[str] = mapped_column(db.String(64), index=True)
    published_at: Mapped[dt.datetime]
    published_by_id: Mapped[int | None] = mapped_column(db.ForeignKey("user.id"))
    note: Mapped[str] = mapped_column(db.Text, default="")

    decision: Mapped[DecisionTable] = relationship(back_populates="versions")


class DesignDraft(db.Model):
    """The one unpublished state of a design that its designers work on together.

    `key` is the BPMN process id; `base` the version it began from, None for a design never
    published. `revision` grows with every save, so that nobody saves over what they did not see.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(db.String(100), unique=True)
    name: Mapped[str] = mapped_column(db.String(300))
    base_id: Mapped[int | None] = mapped_column(db.ForeignKey("design_version.id"))
    xml: Mapped[str] = mapped_column(db.Text, deferred=True)
    forms: Mapped[dict[str, Any]] = mapped_column(db.JSON, default=dict, deferred=True)
    revision: Mapped[int] = mapped_column(default=1)
    edited_at: Mapped[dt.datetime]
    edited_by_id: Mapped[int | None] = mapped_column(db.ForeignKey("user.id"))

    base: Mapped[DesignVersion | None] = relationship()

    __mapper_args__ = {  # noqa: RUF012 - SQLAlchemy's own attribute
        "version_id_col": revision,
    }


class DecisionDraft(db.Model):
    """The one unpublished state of a decision table; like `DesignDraft`."""

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(db.String(100), unique=True)
    name: Mapped[str] = mapped_column(db.String(300))
    base_id: Mapped[int | None] = mapped_column(db.ForeignKey("decision_version.id"))
    xml: Mapped[str] = mapped_column(db.Text, deferred=True)
    examples: Mapped[list[dict[str, Any]]] = mapped_column(db.JSON, default=list, deferred=True)
    revision: Mapped[int] = mapped_column(default=1)
    edited_at: Mapped[dt.datetime]
    edited_by_id: Mapped[int | None] = mapped_column(db.ForeignKey("user.id"))

    __mapper_args__ = {  # noqa: RUF012 - SQLAlchemy's own attribute
        "version_id_col": revision,
    }


class DraftCopy(db.Model):
    """A draft's content that was saved over or thrown away, kept for whoever wants it back.

    Those of decision tables have `decision:` before their key, and no forms.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(db.String(100), index=True)
    xml: Mapped[str] = mapped_column(db.Text, deferred=True)
    forms: Mapped[dict[str, Any]] = mapped_column(db.JSON, default=dict, deferred=True)
    reason: Mapped[str] = mapped_column(db.String(20))
    edited_by_id: Mapped[int | None] = mapped_column(db.ForeignKey("user.id"))
    edited_at: Mapped[dt.datetime]
    kept_at: Mapped[dt.datetime]
    kept_by_id: Mapped[int | None] = mapped_column(db.ForeignKey("user.id"))
