"""Addresses and keys of channels are kept sealed

Revision: 0018
Follows: 0017
"""

import sqlalchemy as sa
from alembic import op

from sanwei_flow.notifications.sealing import MARK, seal, unseal

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

CHANNEL = sa.table(
    "channel", sa.column("id", sa.Integer), sa.column("target", sa.Text), sa.column("secret", sa.Text)
)


def upgrade() -> None:
    with op.batch_alter_table("channel", schema=None) as batch_op:
        batch_op.alter_column("target", existing_type=sa.String(500), type_=sa.Text())
        batch_op.alter_column("secret", existing_type=sa.String(200), type_=sa.Text())
    _rewrite(lambda kept: kept if kept.startswith(MARK) else seal(kept))


def downgrade() -> None:
    _rewrite(unseal)
    with op.batch_alter_table("channel", schema=None) as batch_op:
        batch_op.alter_column("secret", existing_type=sa.Text(), type_=sa.String(200))
        batch_op.alter_column("target", existing_type=sa.Text(), type_=sa.String(500))


def _rewrite(change) -> None:
    connection = op.get_bind()
    for row in connection.execute(sa.select(CHANNEL)).all():
        values = {"target": change(row.target), "secret": change(row.secret)}
        connection.execute(sa.update(CHANNEL).where(CHANNEL.c.id == row.id).values(**values))
