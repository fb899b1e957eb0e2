"""Moving running processes to other versions

Revision: 0014
Follows: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('migration',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('design_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('to_version_id', sa.Integer(), nullable=False),
    sa.Column('undoes_id', sa.Integer(), nullable=True),
    sa.Column('mapping', sa.JSON(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('key', sa.String(length=100), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('by_name', sa.String(length=60), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_migration_by_id_user')),
    sa.ForeignKeyConstraint(['design_id'], ['process_design.id'], name=op.f('fk_migration_design_id_process_design')),
    sa.ForeignKeyConstraint(['to_version_id'], ['design_version.id'], name=op.f('fk_migration_to_version_id_design_version')),
    sa.ForeignKeyConstraint(['undoes_id'], ['migration.id'], name=op.f('fk_migration_undoes_id_migration')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_migration')),
    sa.UniqueConstraint('key', name=op.f('uq_migration_key'))
    )
    with op.batch_alter_table('migration', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_migration_design_id'), ['design_id'], unique=False)

    op.create_table('migration_item',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('migration_id', sa.Integer(), nullable=False),
    sa.Column('instance_id', sa.Integer(), nullable=False),
    sa.Column('from_version_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('outcome', sa.String(length=20), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('params', sa.JSON(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['from_version_id'], ['design_version.id'], name=op.f('fk_migration_item_from_version_id_design_version')),
    sa.ForeignKeyConstraint(['instance_id'], ['process_instance.id'], name=op.f('fk_migration_item_instance_id_process_instance')),
    sa.ForeignKeyConstraint(['migration_id'], ['migration.id'], name=op.f('fk_migration_item_migration_id_migration')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_migration_item')),
    sa.UniqueConstraint('migration_id', 'instance_id', name=op.f('uq_migration_item_migration_id_instance_id'))
    )
    with op.batch_alter_table('migration_item', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_migration_item_instance_id'), ['instance_id'], unique=False)
        batch_op.create_index('ix_migration_item_outcome', ['migration_id', 'outcome', 'id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('migration_item', schema=None) as batch_op:
        batch_op.drop_index('ix_migration_item_outcome')
        batch_op.drop_index(batch_op.f('ix_migration_item_instance_id'))

    op.drop_table('migration_item')
    with op.batch_alter_table('migration', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_migration_design_id'))

    op.drop_table('migration')
