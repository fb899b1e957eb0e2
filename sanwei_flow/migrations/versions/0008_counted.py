"""Count returns and urgings without reading every event

Revision: 0008
Follows: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

COUNTED = "kind = 'return_to' OR kind = 'urge' OR (action >= 'return' AND action < 'returo')"


def upgrade() -> None:
    op.create_index(
        "ix_task_event_counted",
        "task_event",
        ["instance_id"],
        sqlite_where=sa.text(COUNTED),
        postgresql_where=sa.text(COUNTED),
    )


def downgrade() -> None:
    op.drop_index("ix_task_event_counted", table_name="task_event")
