"""Index only side tasks by what they serve: every other task paid for an entry it never needs

Revision: 0010
Follows: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SIDE = sa.text("side_of_id IS NOT NULL")


def upgrade() -> None:
    op.drop_index("ix_task_side_of_id", "task")
    op.create_index(
        "ix_task_side_of_id", "task", ["side_of_id"], postgresql_where=SIDE, sqlite_where=SIDE
    )
