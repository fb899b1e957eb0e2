"""The `flask` commands: each feature brings its own; here they are put on the table."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import IO, Any

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from .db import transaction
from .errors import AppError

#: `simulation` comes before `plans`, `migrating` before `designs`: their commands are of those.
FEATURES_WITH_COMMANDS = (
    "audit",
    "accounts",
    "calendars",
    "migrating",
    "designs",
    "scenarios",
    "processes",
    "closing",
    "simulation",
    "plans",
    "demo",
)


def init_app(app: Flask) -> None:
    """Register `db` and every feature's `commands.COMMANDS`."""
    app.cli.add_command(_in_one_line(database))
    app.cli.add_command(_in_one_line(serve))
    for name in FEATURES_WITH_COMMANDS:
        if find_spec(f"sanwei_flow.{name}.commands") is None:
            continue
        for command in import_module(f"sanwei_flow.{name}.commands").COMMANDS:
            app.cli.add_command(_in_one_line(_with_sentences(command)))


def _with_sentences(command: click.Command) -> click.Command:
    """Let an AppError leave a command as one clear line and exit code 2, never a stack trace."""
    if isinstance(command, click.Group):
        for sub in command.commands.values():
            _with_sentences(sub)
        return command
    inner = command.callback

    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return inner(*args, **kwargs) if inner else None
        except AppError as error:
            click.echo(str(error), err=True)
            sys.exit(2)

    command.callback = run
    return command


class WrongUse(click.UsageError):
    """A command given wrongly: says what is wrong, without the usage block."""

    def show(self, file: IO[Any] | None = None) -> None:
        words = " ".join(self.format_message().split())
        command = self.ctx.command_path if self.ctx else "flask"
        click.echo(f"{command}: {words} ({command} --help)", file=file, err=file is None)


@contextmanager
def _briefly() -> Iterator[None]:
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.UsageError as error:
        raise WrongUse(error.format_message(), error.ctx) from error


def _in_one_line(command: click.Command) -> click.Command:
    """Let a wrong argument or option leave a command and its subcommands as one clear line."""
    make_context, invoke = command.make_context, command.invoke

    def parse(*args: Any, **kwargs: Any) -> click.Context:
        with _briefly():
            return make_context(*args, **kwargs)

    def run(context: click.Context) -> Any:
        with _briefly():
            return invoke(context)

    # On the instance: the commands are made by click's decorators, each feature its own.
    for name, wrapped in (("make_context", parse), ("invoke", run)):
        setattr(command, name, wrapped)
    return command


database = AppGroup("db", help="The database's shape.")


@database.command("upgrade")
def upgrade() -> None:
    """Bring the database to the newest shape, with the working days we know; safe to repeat."""
    from .calendars.operations import seed_calendar
    from .migrations import upgrade_database

    upgrade_database()
    with transaction():
        seed_calendar()
    click.echo("database is up to date")


@database.command("check")
def check() -> None:
    """Fail when models and migrations disagree."""
    from .migrations import drift

    differences = drift()
    for difference in differences:
        click.echo(difference)
    if differences:
        raise SystemExit(1)
    click.echo("models and migrations agree")


@database.command("revision")
@click.option("-m", "--message", required=True, help="Why the shape changes.")
def revision(message: str) -> None:
    """Write a migration from the difference between models and database."""
    from .migrations import new_revision

    new_revision(message)


@click.command("serve")
def serve() -> None:
    """Serve the pages and run the jobs in one process, until Ctrl+C."""
    port = current_app.config["SANWEI"].port
    click.echo(f"sanwei_flow is at http://127.0.0.1:{port} (Ctrl+C stops it)")
    environment = os.environ | {"SANWEI_RUNNER": "1"}
    arguments = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port)]
    arguments += ["--blocking-threads", "4", "--no-ws", "--log-level", "warning", "wsgi:app"]
    os.execve(sys.executable, arguments, environment)  # noqa: S606 - our own interpreter
