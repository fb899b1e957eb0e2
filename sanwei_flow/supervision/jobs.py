"""The daily sweep, for the scheduler: reminders, then what late work calls for."""

import datetime as dt
import logging
from collections.abc import Iterable

from sqlalchemy.exc import IntegrityError

from sanwei_flow.db import transaction
from sanwei_flow.errors import AppError
from sanwei_flow.supervision import operations
from sanwei_flow.supervision.escalating import Late, escalate

BATCH = 200
log = logging.getLogger(__name__)


def sweep(at: dt.datetime) -> int:
    """Send what is due at this moment; return the number of tasks looked at.

    Safe to repeat, to interrupt and to run beside another: every batch commits its notices
    together with the next day to look; every card and slip is written once, by its key, and
    one that was interrupted follows on the next working day.
    """
    looked = 0
    while True:
        with transaction():
            found, late = operations.remind_of_tasks(at=at, limit=BATCH)
        _escalate(late, at)
        looked += found
        if found < BATCH:
            break
    try:
        with transaction():
            late = operations.remind_of_rows(at=at)
    except IntegrityError:
        log.info("the rows of %s were looked at by another runner", at.date())
    else:
        _escalate(late, at)
    return looked


def _escalate(late: Iterable[Late], at: dt.datetime) -> None:
    """Each in a transaction of its own: what fails for one row stops no other."""
    for one in late:
        try:
            with transaction():
                escalate(one, at=at)
        except AppError as error:
            log.warning("%s was not escalated: %s", one.subject, error)
        except IntegrityError:
            log.info("%s was escalated by another runner", one.subject)
