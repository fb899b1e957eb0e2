"""The reminder sweep, for the scheduler."""

import datetime as dt

from sanwei_flow.db import transaction
from sanwei_flow.supervision import operations

BATCH = 200


def sweep(at: dt.datetime) -> int:
    """Send what is due at this moment; return the number of tasks looked at.

    Safe to repeat, to interrupt and to run beside another: every batch commits its notices
    together with the next day to look.
    """
    looked = 0
    while True:
        with transaction():
            found = operations.remind_of_tasks(at=at, limit=BATCH)
        looked += found
        if found < BATCH:
            break
    with transaction():
        operations.remind_of_rows(at=at)
    return looked
