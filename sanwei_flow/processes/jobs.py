"""Runs what is due: right after the commit that wrote it, and by sweeps.

Each job is a transaction of its own that also removes it; the row lock is the claim, so any
number of runners may sweep side by side, and a killed one leaves nothing half done. A job
that fails is tried again later and later, then its instance becomes an incident; the other
jobs go on.
"""

import datetime as dt
import logging
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from sqlalchemy import Row
from sqlalchemy.exc import OperationalError

from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.db import db, transaction
from sanwei_flow.engine import EngineError
from sanwei_flow.errors import Conflict
from sanwei_flow.processes import handlers, incidents, outbox
from sanwei_flow.processes.models import Job, JobKind, JobStatus, is_waiting

log = logging.getLogger(__name__)

#: Attempts before a job is given up.
ATTEMPTS = 6
#: The pause after the first failure; each further one is four times as long (5 s … 85 min).
PAUSE = dt.timedelta(seconds=5)
#: Jobs read at a time.
BATCH = 100
#: Children started in one transaction.
TOGETHER = 50
#: Jobs run for one request at most; a sweep does the rest.
AT_ONCE = 500


def run_due_jobs(until: dt.datetime, limit: int = 10_000) -> int:
    """Run the jobs due by `until`, and those they lead to, as if it were that time.

    Returns how many were run; stops after `limit`.
    """
    count = 0
    due = db.select(Job.id, Job.kind, Job.instance_id).where(is_waiting, Job.due_at <= until)
    due = due.order_by(Job.due_at, Job.id)
    # What these jobs wake is due as well and comes with the next batch.
    with outbox.queueing(()):
        while count < limit:
            batch = _read(due.limit(min(BATCH, limit - count)))
            done = _run_all(batch, until)
            count += done
            if not done:
                break
    return count


def run_jobs_of(instance_ids: Iterable[int], at: dt.datetime) -> int:
    """Run the jobs of these instances that are due `at`, and those they lead to."""
    count = 0
    with outbox.queueing(instance_ids) as queue:
        while queue and count < AT_ONCE:
            ids = set(queue)
            queue.clear()
            due = db.select(Job.id, Job.kind, Job.instance_id).where(
                Job.instance_id.in_(ids), is_waiting, Job.due_at <= at
            )
            count += _run_all(_read(due.order_by(Job.id)), at)
    return count


def _read(query: Any) -> list[Row[Any]]:
    rows = list(db.session.execute(query))
    # Reading opened a transaction; the next one wants its own.
    db.session.rollback()
    return rows


def _run_all(jobs: list[Row[Any]], at: dt.datetime) -> int:
    """Run jobs one by one, except that children of one instance start several at a time."""
    done = 0
    for (kind, instance_id), group in groupby(jobs, key=lambda job: (job.kind, job.instance_id)):
        alike = list(group)
        if kind == JobKind.child_start and len(alike) > 1:
            for first in range(0, len(alike), TOGETHER):
                done += _start_together(alike[first : first + TOGETHER], instance_id, at)
        else:
            done += sum(_run(job, at) for job in alike)
    return done


def _start_together(jobs: list[Row[Any]], instance_id: int, at: dt.datetime) -> int:
    """Start children in one transaction; if one cannot start, each gets its own after all."""
    try:
        with transaction():
            return handlers.start_children([job.id for job in jobs], instance_id, at=at)
    except Exception as error:  # noqa: BLE001 - the single attempts tell which one it was
        log.info("children of instance %s are started one by one: %s", instance_id, error)
    return sum(_run(job, at) for job in jobs)


def _run(job: Row[Any], at: dt.datetime) -> bool:
    """Run one job; True if it was ours to run and is done."""
    try:
        with transaction():
            return handlers.run(job.id, job.kind, job.instance_id, at=at)
    except Exception as error:  # noqa: BLE001 - whatever breaks one job must not stop the others
        _failed(job, error, at)
        return False


def _failed(job: Row[Any], error: Exception, at: dt.datetime) -> None:
    log.warning("job %s (%s) of instance %s failed: %s", job.id, job.kind, job.instance_id, error)
    # Somebody else was quicker, or the database chose us to give way: no fault of the job's.
    harmless = isinstance(error, Conflict | OperationalError)
    try:
        with transaction():
            _postpone(job, error, at, fatal=isinstance(error, EngineError), harmless=harmless)
    except OperationalError:
        log.exception("failure of job %s could not be recorded", job.id)


def _postpone(
    job: Row[Any], error: Exception, at: dt.datetime, *, fatal: bool, harmless: bool
) -> None:
    mine = db.select(Job).where(Job.id == job.id).with_for_update()
    row = db.session.scalar(mine.execution_options(populate_existing=True))
    if row is None:
        return
    row.error = f"{type(error).__name__}: {error}"[:2000]
    row.due_at = at + PAUSE * 4**row.attempts
    row.attempts += 0 if harmless else 1
    if fatal or row.attempts >= ATTEMPTS:
        row.status = JobStatus.failed
        db.session.flush()
        node = row.payload.get("node")
        incidents.report(job.instance_id, error, {"job_id": job.id}, node, by=SYSTEM, at=at)


outbox.waker.run = run_jobs_of
