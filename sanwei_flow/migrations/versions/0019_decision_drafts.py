"""Decision drafts and examples

Revision: 0019
Follows: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('decision_draft',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=100), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('base_id', sa.Integer(), nullable=True),
    sa.Column('xml', sa.Text(), nullable=False),
    sa.Column('examples', sa.JSON(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('edited_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('edited_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['base_id'], ['decision_version.id'], name=op.f('fk_decision_draft_base_id_decision_version')),
    sa.ForeignKeyConstraint(['edited_by_id'], ['user.id'], name=op.f('fk_decision_draft_edited_by_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decision_draft')),
    sa.UniqueConstraint('key', name=op.f('uq_decision_draft_key'))
    )
    with op.batch_alter_table('decision', schema=None) as batch_op:
        batch_op.add_column(sa.Column('examples', sa.JSON(), server_default='[]', nullable=False))


def downgrade() -> None:
    with op.batch_alter_table('decision', schema=None) as batch_op:
        batch_op.drop_column('examples')
    op.drop_table('decision_draft')
