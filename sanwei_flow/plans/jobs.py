"""What is done for plans by the clock."""

import datetime as dt
import logging

from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.accounts.models import User
from sanwei_flow.accounts.operations import actor_of
from sanwei_flow.db import db, transaction
from sanwei_flow.errors import AppError
from sanwei_flow.plans import progress, reimporting

#: Changes of an edited plan carried out in one transaction.
BATCH = 20
log = logging.getLogger(__name__)


def ask_for_reports(at: dt.datetime) -> int:
    """Ask rows for their progress where a period is due; return how many were asked.

    Safe to repeat and to interrupt: each plan is a transaction, each row asked once a period.
    """
    asked = 0
    for plan_id in progress.plans_to_ask(at):
        with transaction():
            asked += progress.ask_for_reports(plan_id, at=at)
    return asked


def apply_revisions(at: dt.datetime) -> int:
    """Finish edited plans whose page was left before everything was applied; return how many.

    In the name of whoever began, as long as that person may still do so.
    """
    waiting = reimporting.unfinished()
    db.session.rollback()
    return sum(_finish(plan_id, revision_id, by_id, at) for plan_id, revision_id, by_id in waiting)


def _finish(plan_id: int, revision_id: int, by_id: int | None, at: dt.datetime) -> bool:
    try:
        while True:
            with transaction():
                user = db.session.get(User, by_id) if by_id else None
                by = actor_of(user) if user else SYSTEM
                kept = reimporting.carry_on(plan_id, revision_id, limit=BATCH, by=by, at=at)
                if kept.applied_at is not None:
                    return True
    except AppError as error:
        log.warning("revision %s of plan %s is not applied: %s", revision_id, plan_id, error)
        return False
