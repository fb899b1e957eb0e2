"""Know what a file is and whether it was sent; know what came under an idempotency key

Revision: 0007
Follows: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:

    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "content",
                sa.String(length=100),
                nullable=False,
                server_default=sa.text("'application/octet-stream'"),
            )
        )
        batch_op.add_column(sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True))
    # What was there before may have been sent: it stays.
    op.execute("UPDATE attachment SET sent_at = uploaded_at")
    op.create_index(
        "ix_attachment_unsent",
        "attachment",
        ["uploaded_at"],
        unique=False,
        sqlite_where=sa.text("sent_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL"),
    )
    with op.batch_alter_table("task_event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("fingerprint", sa.String(length=64), nullable=True))


def downgrade() -> None:

    with op.batch_alter_table("task_event", schema=None) as batch_op:
        batch_op.drop_column("fingerprint")
    op.drop_index("ix_attachment_unsent", table_name="attachment")
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_column("sent_at")
        batch_op.drop_column("content")
