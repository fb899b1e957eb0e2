"""`flask plan rehearse`, beside the other commands of plans."""

import datetime as dt
import json
import sys

import click
from flask import current_app

from sanwei_flow.plans.commands import plan
from sanwei_flow.simulation.rehearsal import COLUMNS, Rehearsal, rehearse
from sanwei_flow.web import LARGEST_KEY

DAY = click.DateTime(formats=["%Y-%m-%d"])
#: Nobody plans further; a slip of the finger must not run for hours.
MOST_YEARS = 10


@plan.command("rehearse")
@click.argument("plan_id", type=click.IntRange(1, LARGEST_KEY))
@click.option("--from", "first", type=DAY, required=True, help="The day of the launch.")
@click.option("--to", "last", type=DAY, required=True, help="The last day to live through.")
@click.option("--late", type=click.FloatRange(0, 1), default=0.2, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="Another one, another story.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def rehearse_(
    plan_id: int, first: dt.datetime, last: dt.datetime, *, late: float, seed: int, as_json: bool
) -> None:
    """Play plan PLAN_ID with simulated people, of whose work the share LATE is late.

    Prints by month what would be reminded, escalated, reported and struck off. A copy is
    played; the database itself is only read.
    """
    start, end = first.date(), last.date()
    if not start <= end <= start.replace(year=start.year + MOST_YEARS, day=1):
        raise click.UsageError(f"--to must follow --from, by {MOST_YEARS} years at most")
    seen: set[str] = set()

    def tell(day: dt.date) -> None:
        month = f"{day:%Y-%m}"
        if sys.stderr.isatty() and month not in seen:
            seen.add(month)
            click.echo(f"\r{month} …", nl=False, err=True)

    found = rehearse(
        plan_id,
        start,
        end,
        late=late,
        seed=seed,
        build=current_app.extensions["create_app"],
        tell=tell,
    )
    if seen:
        click.echo("\r", nl=False, err=True)
    click.echo(_json(found) if as_json else "\n".join(_table(found)))


def _json(found: Rehearsal) -> str:
    months = [{"month": month, **counts} for month, counts in found.months]
    whole = {
        "title": found.title,
        "rows": found.rows,
        "acts": found.played.acts,
        "refused": found.played.refused,
        "months": months,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1)


def _table(found: Rehearsal) -> list[str]:
    lines = [f"{found.title}: {found.rows} rows, {found.played.acts} acts"]
    lines.append("month    " + "".join(f"{name:>12}" for name in COLUMNS))
    sums = dict.fromkeys(COLUMNS, 0)
    for month, counts in found.months:
        lines.append(f"{month:<9}" + "".join(f"{counts[name]:>12}" for name in COLUMNS))
        sums = {name: sums[name] + counts[name] for name in COLUMNS}
    lines.append("in all   " + "".join(f"{sums[name]:>12}" for name in COLUMNS))
    return lines


#: It sits among the commands of plans, which are registered after this module.
COMMANDS: tuple[click.Command, ...] = ()
