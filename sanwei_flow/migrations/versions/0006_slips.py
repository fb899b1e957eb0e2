"""Slips and cards

Revision: 0006
Follows: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "serial_number",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "year", name=op.f("pk_serial_number")),
    )
    op.create_table(
        "slip_level",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_slip_level")),
    )
    op.create_table(
        "supervision_card",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("colour", sa.String(length=10), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("row_id", sa.Integer(), nullable=True),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=30), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name=op.f("fk_supervision_card_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_supervision_card_plan_id_plan")
        ),
        sa.ForeignKeyConstraint(
            ["row_id"], ["plan_row.id"], name=op.f("fk_supervision_card_row_id_plan_row")
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name=op.f("fk_supervision_card_task_id_task")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=op.f("fk_supervision_card_unit_id_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision_card")),
        sa.UniqueConstraint(
            "colour", "year", "serial", name=op.f("uq_supervision_card_colour_year_serial")
        ),
        sa.UniqueConstraint("key", name=op.f("uq_supervision_card_key")),
    )
    with op.batch_alter_table("supervision_card", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_supervision_card_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_supervision_card_row_id"), ["row_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_supervision_card_task_id"), ["task_id"], unique=False)

    op.create_table(
        "supervision_slip",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("process_id", sa.Integer(), nullable=True),
        sa.Column("key", sa.String(length=160), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=60), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name=op.f("fk_supervision_slip_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_supervision_slip_plan_id_plan")
        ),
        sa.ForeignKeyConstraint(
            ["process_id"],
            ["process_instance.id"],
            name=op.f("fk_supervision_slip_process_id_process_instance"),
        ),
        sa.ForeignKeyConstraint(
            ["row_id"], ["plan_row.id"], name=op.f("fk_supervision_slip_row_id_plan_row")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=op.f("fk_supervision_slip_unit_id_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision_slip")),
        sa.UniqueConstraint("key", name=op.f("uq_supervision_slip_key")),
        sa.UniqueConstraint("process_id", name=op.f("uq_supervision_slip_process_id")),
        sa.UniqueConstraint("year", "serial", name=op.f("uq_supervision_slip_year_serial")),
    )
    with op.batch_alter_table("supervision_slip", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_supervision_slip_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_supervision_slip_row_id"), ["row_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_supervision_slip_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "slip_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slip_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["slip_id"],
            ["supervision_slip.id"],
            name=op.f("fk_slip_step_slip_id_supervision_slip"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slip_step")),
    )
    with op.batch_alter_table("slip_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_slip_step_slip_id"), ["slip_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("slip_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_slip_step_slip_id"))

    op.drop_table("slip_step")
    with op.batch_alter_table("supervision_slip", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_supervision_slip_unit_id"))
        batch_op.drop_index(batch_op.f("ix_supervision_slip_row_id"))
        batch_op.drop_index(batch_op.f("ix_supervision_slip_plan_id"))

    op.drop_table("supervision_slip")
    with op.batch_alter_table("supervision_card", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_supervision_card_task_id"))
        batch_op.drop_index(batch_op.f("ix_supervision_card_row_id"))
        batch_op.drop_index(batch_op.f("ix_supervision_card_plan_id"))

    op.drop_table("supervision_card")
    op.drop_table("slip_level")
    op.drop_table("serial_number")
