"""Schema migrations, run by `flask --app wsgi db upgrade`.

New revision: `flask --app wsgi db revision -m "why"`, then read what it wrote.
"""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

from ..db import db

HERE = Path(__file__).resolve().parent


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    return config


def upgrade_database() -> None:
    """Run every migration the database has not seen (needs an application context)."""
    command.upgrade(_config(), "head")


def new_revision(message: str) -> None:
    """Write a revision from the difference between models and database."""
    command.revision(_config(), message, autogenerate=True)


def drift() -> list[str]:
    """Return the differences between the models and the migrated database, one line each."""
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences: list[Any] = compare_metadata(context, db.metadata)
    return [str(difference) for difference in differences]
