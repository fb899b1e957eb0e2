"""`flask design migrate`: the operator moves running processes from the command line."""

import json
import secrets
from typing import Any

import click

from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.db import db, transaction
from sanwei_flow.designs.commands import design
from sanwei_flow.errors import N_, Invalid
from sanwei_flow.migrating import jobs, operations, queries
from sanwei_flow.migrating.models import Migration, Outcome
from sanwei_flow.web import now

#: Its one command belongs to the designs' group, which is put on the table after this.
COMMANDS: tuple[click.Command, ...] = ()


@design.command("migrate")
@click.argument("key")
@click.option("--to", type=int, required=True, help="The version they go to.")
@click.option("--from", "sources", type=int, multiple=True, help="Only from these versions.")
@click.option("--map", "pairs", multiple=True, metavar="OLD=NEW", help="What a step has become.")
@click.option("--note", default="", help="Why, for the trail of each process.")
@click.option("--dry-run", is_flag=True, help="Only find out.")
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
def migrate(key: str, *, as_json: bool, pairs: tuple[str, ...], **given: Any) -> None:
    """Move the running processes of a design to another version; exit 1 if some stay."""
    given["corrections"] = _corrections(pairs)
    with transaction():
        begun = operations.begin(key, **given, token=secrets.token_hex(16), by=SYSTEM, at=now())
    while jobs.run(begun.id, now()):
        pass
    found = _results(begun)
    click.echo(json.dumps(found, ensure_ascii=False, indent=2) if as_json else _words(found))
    if found["counts"].get(Outcome.stays) or found["counts"].get(Outcome.waiting):
        raise SystemExit(1)


def _corrections(pairs: tuple[str, ...]) -> dict[str, str]:
    wrong = [pair for pair in pairs if "=" not in pair]
    if wrong:
        raise Invalid(N_("“{text}”应写成 旧标识=新标识。"), text=wrong[0])
    return {old: new for old, _, new in (pair.partition("=") for pair in pairs)}


def _results(begun: Migration) -> dict[str, Any]:
    db.session.rollback()
    items = queries.items_of(begun.id, limit=100_000)
    return {
        "migration": begun.id,
        "counts": dict(queries.tally([begun.id])[begun.id]),
        "items": [
            {
                "process": one.instance_id,
                "title": one.title,
                "from": one.from_version.number,
                "outcome": one.outcome,
                "reason": one.reason.format(**one.params),
            }
            for one in items
        ],
    }


def _words(found: dict[str, Any]) -> str:
    lines = [
        f"#{one['process']} {one['title']}: {one['outcome']} {one['reason']}".rstrip()
        for one in found["items"]
    ]
    counts = ", ".join(f"{count} {outcome}" for outcome, count in found["counts"].items())
    return "\n".join([*lines, counts])
