"""`flask archive …`."""

from pathlib import Path

import click
from flask.cli import AppGroup

from sanwei_flow.closing.archive.verifying import Verdict
from sanwei_flow.closing.archive.verifying import verify as check
from sanwei_flow.closing.models import PlanArchive
from sanwei_flow.db import db

archive = AppGroup("archive", help="Archives of plans that have been accepted.")


@archive.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--recorded", is_flag=True, help="Also ask this database whether it wrote the file.")
def verify(file: Path, *, recorded: bool) -> None:
    """Check every file and every chain of an archive; leave with exit code 1 if one is broken.

    Needs no database unless --recorded is given.
    """
    found = check(file)
    click.echo(f"SHA-256 {found.digest}")
    for path in found.missing:
        click.echo(f"{path}: was lost already when the archive was written")
    if recorded and not _is_recorded(found):
        found.problems.append("this database has no record of an archive with this SHA-256")
    for problem in found.problems:
        click.echo(problem)
    if found.problems:
        raise SystemExit(1)
    click.echo(f"whole: {found.files} files, {found.events} acts; {_said(found)}")


def _is_recorded(found: Verdict) -> bool:
    query = db.select(PlanArchive.id).where(PlanArchive.digest == found.digest)
    return db.session.scalar(query) is not None


def _said(found: Verdict) -> str:
    plan, row = found.manifest["plan"], found.manifest.get("row")
    place = f" row {row}" if row else ""
    return f"{plan['title']}{place}, {found.manifest['made_at']} by {found.manifest['made_by']}"


COMMANDS = [archive]
