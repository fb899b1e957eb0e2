"""`flask calendar …`: the State Council's yearly notice, as a table."""

import csv
import datetime as dt
from pathlib import Path

import click
from flask.cli import AppGroup

from sanwei_flow import web
from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.calendars.operations import import_notice
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.db import transaction
from sanwei_flow.errors import N_, Invalid

calendar = AppGroup("calendar", help="Working days.")

WORDS = {"休": False, "班": True}


@calendar.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--source", required=True, help="Number of the notice, such as 国办发明电〔2026〕7号."
)
def import_file(file: Path, source: str) -> None:
    """Settle a year from a CSV file: lines of `2027-01-01,休,元旦` (班 for a make-up day)."""
    days = _read(file)
    year = days[0][0].year if days else 0
    with transaction():
        import_notice(year, days, source=source, by=SYSTEM, at=web.now())
    click.echo(f"{year}: {len(days)}")


def _read(file: Path) -> list[tuple[dt.date, bool, str]]:
    days = []
    for number, cells in enumerate(csv.reader(_text(file).splitlines()), 1):
        if not any(cells):
            continue
        try:
            day, word, label = (cell.strip() for cell in cells)
            days.append((dt.date.fromisoformat(day), WORDS[word], label))
        except (ValueError, KeyError):
            raise Invalid(
                N_("第{line}行应为“日期,休或班,名称”，例如 2027-01-01,休,元旦"), line=number
            ) from None
    return days


def _text(file: Path) -> str:
    content = file.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:  # as a Chinese spreadsheet program saves it
        return content.decode("gb18030", errors="replace")


@calendar.command("show")
@click.argument("year", type=int)
def show(year: int) -> None:
    """List a year's holidays and make-up days."""
    known = load_calendar()
    for day in sorted(day for day in known.special if day.year == year):
        click.echo(f"{day},{'班' if known.is_workday(day) else '休'},{known.label(day)}")


COMMANDS = (calendar,)
