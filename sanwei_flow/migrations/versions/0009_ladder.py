"""Steps of the ladder by scope, and what the lights mean

Revision: 0009
Follows: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    setting = op.create_table(
        "ladder_setting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(length=120), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ladder_setting")),
        sa.UniqueConstraint("scope", name=op.f("uq_ladder_setting_scope")),
    )
    op.create_table(
        "light_setting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("near", sa.Integer(), nullable=False),
        sa.Column("behind", sa.Integer(), nullable=False),
        sa.Column("far_behind", sa.Integer(), nullable=False),
        sa.Column("colours", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_light_setting")),
    )
    old = sa.table(
        "reminder_setting",
        sa.column("before", sa.JSON()),
        sa.column("long_before", sa.JSON()),
        sa.column("overdue", sa.Boolean()),
    )
    for before, long_before, overdue in op.get_bind().execute(sa.select(old)).all()[:1]:
        for scope, told, late in (
            ("task", ["handler"], ["handler"]),
            ("row", ["handler", "head"], ["handler", "head", "office"]),
        ):
            steps = [["long", days, told] for days in long_before]
            steps += [["before", days, told] for days in before]
            steps += [["overdue", 0, late]] if overdue else []
            op.bulk_insert(setting, [{"scope": scope, "steps": steps}])
    op.drop_table("reminder_setting")


def downgrade() -> None:
    op.create_table(
        "reminder_setting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("long_before", sa.JSON(), nullable=False),
        sa.Column("overdue", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_setting")),
    )
    op.drop_table("light_setting")
    op.drop_table("ladder_setting")
