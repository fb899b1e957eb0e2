"""Edited plans are applied step by step; rows added to a running plan are known as such

Revision: 0016
Follows: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("plan_revision", schema=None) as batch_op:
        batch_op.add_column(sa.Column("steps", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("done", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("plan_revision", schema=None) as batch_op:
        batch_op.alter_column("done", server_default=None)
    with op.batch_alter_table("plan_row", schema=None) as batch_op:
        batch_op.add_column(sa.Column("added_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("plan_row", schema=None) as batch_op:
        batch_op.drop_column("added_at")
    with op.batch_alter_table("plan_revision", schema=None) as batch_op:
        batch_op.drop_column("done")
        batch_op.drop_column("steps")
