"""A bulletin says which month it is about

Revision: 0021
Follows: 0020
"""

import datetime as dt

import sqlalchemy as sa
from alembic import op

from sanwei_flow.calendars import today

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

BULLETIN = sa.table(
    "bulletin",
    sa.column("id", sa.Integer),
    sa.column("kind", sa.String),
    sa.column("month", sa.String),
    sa.column("made_at", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    with op.batch_alter_table("bulletin", schema=None) as batch_op:
        batch_op.add_column(sa.Column("month", sa.String(length=7), nullable=True))
    # Until now a bulletin was about the month it was drafted in.
    connection = op.get_bind()
    drafted = sa.select(BULLETIN.c.id, BULLETIN.c.made_at).where(BULLETIN.c.kind == "monthly")
    for one in connection.execute(drafted).all():
        month = f"{today(_aware(one.made_at)):%Y-%m}"
        connection.execute(
            sa.update(BULLETIN).where(BULLETIN.c.id == one.id).values(month=month)
        )


def downgrade() -> None:
    with op.batch_alter_table("bulletin", schema=None) as batch_op:
        batch_op.drop_column("month")


def _aware(moment):
    """SQLite gives the moment without its zone, which is UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
