"""Plans are summed up, accepted and archived

Revision: 0017
Follows: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.add_column(sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))

    op.create_table(
        "plan_closing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("process_id", sa.Integer(), nullable=True),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_plan_closing_by_id_user")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_plan_closing_plan_id_plan")
        ),
        sa.ForeignKeyConstraint(
            ["process_id"],
            ["process_instance.id"],
            name=op.f("fk_plan_closing_process_id_process_instance"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_closing")),
        sa.UniqueConstraint("process_id", name=op.f("uq_plan_closing_process_id")),
    )
    with op.batch_alter_table("plan_closing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_closing_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "plan_archive",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=60), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("files", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_plan_archive_by_id_user")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_plan_archive_plan_id_plan")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_archive")),
        sa.UniqueConstraint("plan_id", name=op.f("uq_plan_archive_plan_id")),
    )
    with op.batch_alter_table("plan_archive", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_archive_digest"), ["digest"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("plan_archive", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_archive_digest"))

    op.drop_table("plan_archive")
    with op.batch_alter_table("plan_closing", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_closing_plan_id"))

    op.drop_table("plan_closing")
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.drop_column("archived_at")
        batch_op.drop_column("accepted_at")
