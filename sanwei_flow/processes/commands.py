"""`flask jobs …`."""

import datetime as dt

import click
from flask.cli import AppGroup

from sanwei_flow.calendars.workdays import SHANGHAI
from sanwei_flow.errors import N_, Invalid
from sanwei_flow.storage.serving import vault
from sanwei_flow.web import now

jobs = AppGroup("jobs", help="Timers, child processes and service calls that wait.")


@jobs.command("run")
@click.option("--until", help="Act as if it were this time (ISO; Shanghai if no zone is given).")
def run(until: str | None) -> None:
    """Run everything due, then the sweeps such as reminders."""
    from sanwei_flow.processes import sweeps
    from sanwei_flow.processes.jobs import run_due_jobs

    at = moment(until) if until else now()
    click.echo(f"{run_due_jobs(at)} jobs run")
    for sweep in sweeps.registered():
        click.echo(f"{sweep.name}: {sweep.run(at)}")


def moment(text: str) -> dt.datetime:
    """Read an ISO date or time; without a zone it is Shanghai's.

    Raises Invalid for anything else.
    """
    try:
        value = dt.datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(N_("“{text}”不是 ISO 格式的时间。"), text=text) from None
    return (value if value.tzinfo else value.replace(tzinfo=SHANGHAI)).astimezone(dt.UTC)


files = AppGroup("attachments", help="The files people have given.")


@files.command("clear")
def clear() -> None:
    """Delete uploads that no act has carried for a week, and content without a file."""
    from sanwei_flow.processes import clearing

    click.echo(f"{clearing.clear(vault(), at=now())} removed")


COMMANDS = (jobs, files)
