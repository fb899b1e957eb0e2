"""Goes on with migrations, a batch at a time: right after they were begun, and by sweeps.

Each instance is a transaction of its own that also notes what became of it, so a killed runner
leaves nothing half done, and any number of runners may work side by side.
"""

import datetime as dt
import logging

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.db import db, transaction
from sanwei_flow.errors import N_, AppError
from sanwei_flow.migrating import operations
from sanwei_flow.migrating.models import Kind, Migration, MigrationItem, Outcome
from sanwei_flow.processes.writing import MOVED

log = logging.getLogger(__name__)

#: Instances for one request; the runner does the rest.
AT_ONCE = 50
#: Instances for one look of the runner, so that other work gets its turn.
BATCH = 500
#: Instances of a dry run looked into together.
TOGETHER = 50


def sweep(at: dt.datetime) -> int:
    """Go on with what is not finished, the oldest first; returns how many instances were done."""
    query = select(Migration.id).where(Migration.finished_at.is_(None)).order_by(Migration.id)
    unfinished = list(db.session.scalars(query))
    db.session.rollback()
    done = 0
    for migration_id in unfinished:
        if done < BATCH:
            done += run(migration_id, at, limit=BATCH - done)
    return done


def run(migration_id: int, at: dt.datetime, limit: int = AT_ONCE) -> int:
    """Do it to the next instances of a migration, and finish it after the last."""
    migration = db.session.get_one(Migration, migration_id)
    by, tries = operations.actor_for(migration), migration.kind == Kind.dry_run
    query = select(MigrationItem.id).where(
        MigrationItem.migration_id == migration_id, MigrationItem.outcome == Outcome.waiting
    )
    waiting = list(db.session.scalars(query.order_by(MigrationItem.id).limit(limit)))
    db.session.rollback()
    if tries:
        done = _find_out(migration_id, waiting, at)
    else:
        done = sum(_one(item_id, by, at) for item_id in waiting)
    with transaction():
        operations.finish(migration_id, by=by, at=at)
    return done


def _find_out(migration_id: int, item_ids: list[int], at: dt.datetime) -> int:
    done = 0
    for first in range(0, len(item_ids), TOGETHER):
        with transaction():
            migration = db.session.get_one(Migration, migration_id)
            done += operations.find_out(migration, item_ids[first : first + TOGETHER], at=at)
    return done


def _one(item_id: int, by: Actor, at: dt.datetime) -> bool:
    """Do it to one instance, or note why it stays; True if it was ours to do and is done."""
    try:
        with transaction():
            return operations.carry_out(item_id, by=by, at=at)
    except AppError as error:
        if error.message == MOVED:  # somebody acted at this very moment: the next round sees to it
            return False
        why = error
    except OperationalError as error:
        log.warning("item %s of a migration is tried again later: %s", item_id, error)
        return False
    except Exception:
        # Whatever breaks one instance must not stop the others.
        log.exception("item %s of a migration failed", item_id)
        why = AppError(N_("系统出错，没有迁移。"))
    with transaction():
        operations.stay(item_id, why, at=at)
    return True
