"""Meetings with their decisions, inspections with their re-checks, and the files of both

Revision: 0015
Follows: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("chair", sa.String(length=100), nullable=False),
        sa.Column("attending", sa.Text(), nullable=False),
        sa.Column("agenda", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_by_id", sa.Integer(), nullable=True),
        sa.Column("edited_by", sa.String(length=60), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("serial", sa.Integer(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issued_by_id", sa.Integer(), nullable=True),
        sa.Column("issued_by", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["edited_by_id"], ["user.id"], name=op.f("fk_meeting_edited_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["issued_by_id"], ["user.id"], name=op.f("fk_meeting_issued_by_id_user")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_meeting_plan_id_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("year", "serial", name=op.f("uq_meeting_year_serial")),
    )
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "meeting_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("lead", sa.String(length=100), nullable=False),
        sa.Column("helpers", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("row_nos", sa.String(length=100), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("process_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.id"],
            name=op.f("fk_meeting_decision_meeting_id_meeting"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["process_id"],
            ["process_instance.id"],
            name=op.f("fk_meeting_decision_process_id_process_instance"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=op.f("fk_meeting_decision_unit_id_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_decision")),
        sa.UniqueConstraint("meeting_id", "no", name=op.f("uq_meeting_decision_meeting_id_no")),
        sa.UniqueConstraint("process_id", name=op.f("uq_meeting_decision_process_id")),
    )
    with op.batch_alter_table("meeting_decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_decision_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "meeting_unit",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.id"],
            name=op.f("fk_meeting_unit_meeting_id_meeting"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=op.f("fk_meeting_unit_unit_id_unit")
        ),
        sa.PrimaryKeyConstraint("meeting_id", "unit_id", name=op.f("pk_meeting_unit")),
    )
    with op.batch_alter_table("meeting_unit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_unit_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "inspection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("inspectors", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("process_id", sa.Integer(), nullable=True),
        sa.Column("slip_id", sa.Integer(), nullable=True),
        sa.Column("key", sa.String(length=64), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=60), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_inspection_by_id_user")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_inspection_plan_id_plan")),
        sa.ForeignKeyConstraint(
            ["process_id"],
            ["process_instance.id"],
            name=op.f("fk_inspection_process_id_process_instance"),
        ),
        sa.ForeignKeyConstraint(
            ["row_id"], ["plan_row.id"], name=op.f("fk_inspection_row_id_plan_row")
        ),
        sa.ForeignKeyConstraint(
            ["slip_id"],
            ["supervision_slip.id"],
            name=op.f("fk_inspection_slip_id_supervision_slip"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_inspection_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection")),
        sa.UniqueConstraint("key", name=op.f("uq_inspection_key")),
        sa.UniqueConstraint("process_id", name=op.f("uq_inspection_process_id")),
    )
    with op.batch_alter_table("inspection", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inspection_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inspection_row_id"), ["row_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inspection_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "meeting_decision_row",
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["meeting_decision.id"],
            name=op.f("fk_meeting_decision_row_decision_id_meeting_decision"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["row_id"], ["plan_row.id"], name=op.f("fk_meeting_decision_row_row_id_plan_row")
        ),
        sa.PrimaryKeyConstraint("decision_id", "row_id", name=op.f("pk_meeting_decision_row")),
    )
    with op.batch_alter_table("meeting_decision_row", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_meeting_decision_row_row_id"), ["row_id"], unique=False
        )

    op.create_table(
        "inspection_recheck",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inspection_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("inspectors", sa.String(length=200), nullable=False),
        sa.Column("mended", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("next_due", sa.Date(), nullable=True),
        sa.Column("slip_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name=op.f("fk_inspection_recheck_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["inspection_id"],
            ["inspection.id"],
            name=op.f("fk_inspection_recheck_inspection_id_inspection"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["slip_id"],
            ["supervision_slip.id"],
            name=op.f("fk_inspection_recheck_slip_id_supervision_slip"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_recheck")),
    )
    with op.batch_alter_table("inspection_recheck", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_inspection_recheck_inspection_id"), ["inspection_id"], unique=False
        )

    op.create_table(
        "record_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=True),
        sa.Column("inspection_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_record_file_by_id_user")),
        sa.ForeignKeyConstraint(
            ["inspection_id"],
            ["inspection.id"],
            name=op.f("fk_record_file_inspection_id_inspection"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.id"],
            name=op.f("fk_record_file_meeting_id_meeting"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_file")),
    )
    with op.batch_alter_table("record_file", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_record_file_inspection_id"), ["inspection_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_record_file_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_record_file_sha256"), ["sha256"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("record_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_record_file_sha256"))
        batch_op.drop_index(batch_op.f("ix_record_file_meeting_id"))
        batch_op.drop_index(batch_op.f("ix_record_file_inspection_id"))

    op.drop_table("record_file")
    with op.batch_alter_table("inspection_recheck", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inspection_recheck_inspection_id"))

    op.drop_table("inspection_recheck")
    with op.batch_alter_table("meeting_decision_row", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meeting_decision_row_row_id"))

    op.drop_table("meeting_decision_row")
    with op.batch_alter_table("inspection", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inspection_unit_id"))
        batch_op.drop_index(batch_op.f("ix_inspection_row_id"))
        batch_op.drop_index(batch_op.f("ix_inspection_plan_id"))

    op.drop_table("inspection")
    with op.batch_alter_table("meeting_unit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meeting_unit_unit_id"))

    op.drop_table("meeting_unit")
    with op.batch_alter_table("meeting_decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meeting_decision_unit_id"))

    op.drop_table("meeting_decision")
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meeting_plan_id"))

    op.drop_table("meeting")
