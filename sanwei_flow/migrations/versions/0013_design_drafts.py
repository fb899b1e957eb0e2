"""Design drafts

Revision: 0013
Follows: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('draft_copy',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=100), nullable=False),
    sa.Column('xml', sa.Text(), nullable=False),
    sa.Column('forms', sa.JSON(), nullable=False),
    sa.Column('reason', sa.String(length=20), nullable=False),
    sa.Column('edited_by_id', sa.Integer(), nullable=True),
    sa.Column('edited_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kept_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kept_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['edited_by_id'], ['user.id'], name=op.f('fk_draft_copy_edited_by_id_user')),
    sa.ForeignKeyConstraint(['kept_by_id'], ['user.id'], name=op.f('fk_draft_copy_kept_by_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_draft_copy'))
    )
    with op.batch_alter_table('draft_copy', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_draft_copy_key'), ['key'], unique=False)

    op.create_table('design_draft',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=100), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('base_id', sa.Integer(), nullable=True),
    sa.Column('xml', sa.Text(), nullable=False),
    sa.Column('forms', sa.JSON(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('edited_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('edited_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['base_id'], ['design_version.id'], name=op.f('fk_design_draft_base_id_design_version')),
    sa.ForeignKeyConstraint(['edited_by_id'], ['user.id'], name=op.f('fk_design_draft_edited_by_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_design_draft')),
    sa.UniqueConstraint('key', name=op.f('uq_design_draft_key'))
    )


def downgrade() -> None:
    op.drop_table('design_draft')
    with op.batch_alter_table('draft_copy', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_draft_copy_key'))

    op.drop_table('draft_copy')
