"""What is done for plans by the clock."""

import datetime as dt

from sanwei_flow.db import transaction
from sanwei_flow.plans import progress


def ask_for_reports(at: dt.datetime) -> int:
    """Ask rows for their progress where a period is due; return how many were asked.

    Safe to repeat and to interrupt: each plan is a transaction, each row asked once a period.
    """
    asked = 0
    for plan_id in progress.plans_to_ask(at):
        with transaction():
            asked += progress.ask_for_reports(plan_id, at=at)
    return asked
