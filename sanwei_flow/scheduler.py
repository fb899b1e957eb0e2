"""The timetable: what runs by itself, and how often.

Started inside the web process only when asked to (`SANWEI_RUNNER=1`, `flask serve`). Several
runners may run side by side: every job and every sweep claims what it works on.
"""

import logging
from collections.abc import Callable
from functools import partial

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from sanwei_flow.processes import jobs, sweeps
from sanwei_flow.web import SHANGHAI, now

log = logging.getLogger(__name__)

#: Jobs are normally run by the request that caused them; this catches timers and failures.
EVERY_SECONDS = 5


def start(app: Flask) -> BackgroundScheduler:
    """Start the timetable in a thread of this process; it ends with the process."""
    scheduler = BackgroundScheduler(
        timezone=SHANGHAI,
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 3600},
    )
    due = _in_app(app, "jobs", lambda: jobs.run_due_jobs(now()))
    scheduler.add_job(due, "interval", seconds=EVERY_SECONDS, id="jobs")
    for sweep in sweeps.registered():
        run = _in_app(app, sweep.name, partial(_sweep, sweep))
        if sweep.seconds is not None:
            scheduler.add_job(run, "interval", seconds=sweep.seconds, id=sweep.name)
            continue
        hour = "*" if sweep.hour is None else sweep.hour
        scheduler.add_job(run, "cron", hour=hour, minute=sweep.minute, id=sweep.name)
        # Whatever came due while nobody was running is not left until tomorrow.
        scheduler.add_job(run, id=f"{sweep.name}-at-start")
    scheduler.start()
    return scheduler


def _sweep(sweep: sweeps.Sweep) -> int:
    return sweep.run(now())


def _in_app(app: Flask, name: str, run: Callable[[], int]) -> Callable[[], None]:
    def task() -> None:
        with app.app_context():
            try:
                count = run()
            except Exception:
                # The next round tries again; the timetable itself must go on.
                log.exception("%s failed", name)
                return
            if count:
                log.info("%s: %s done", name, count)

    return task
