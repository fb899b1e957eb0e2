"""Alembic's entry: uses the application's engine, one transaction per upgrade."""

from typing import Any, Literal

from alembic import context

from sanwei_flow.db import UTCDateTime, db


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our UTC type as what it is to the database, so migrations never import the package."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    return False


with db.engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        compare_type=True,
        render_item=render_item,
        # SQLite cannot alter columns in place.
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
