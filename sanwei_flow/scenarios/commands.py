"""`flask scenario …`: replay saved scenarios at the command line."""

import json
from typing import Any

import click
from flask.cli import AppGroup

from sanwei_flow.db import db, transaction
from sanwei_flow.designs.queries import current
from sanwei_flow.scenarios import keeping, queries
from sanwei_flow.scenarios.keeping import Replay
from sanwei_flow.web import now

scenario = AppGroup("scenario", help="Scenarios: dry runs that are replayed at every publish.")
COMMANDS = (scenario,)


@scenario.command("list")
def list_() -> None:
    """Name every scenario with how it did with the newest version of its design."""
    for one in queries.scenarios():
        version = current(one.design_key)
        found = queries.results([version.id]).get(version.id, [])
        known = next((each for each in found if each.scenario_id == one.id), None)
        state = "not played" if known is None else "ok" if known.green else f"differs: {known.said}"
        click.echo(f"{one.design_key}/{one.name}: {state}")
    db.session.rollback()


@scenario.command("run")
@click.argument("key")
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
def run(key: str, as_json: bool) -> None:
    """Replay the scenarios that go through process KEY; exit 1 if one differs."""
    with transaction():
        version = current(key)
        found = keeping.replay_all([version], at=now())
    if as_json:
        listed = [_as_json(one) for one in found]
        click.echo(json.dumps(listed, ensure_ascii=False, indent=1))
    else:
        for one in found:
            said = "ok" if one.difference is None else f"differs: {one.difference.said}"
            click.echo(f"{one.scenario.design_key}/{one.scenario.name}: {said}")
        if not found:
            click.echo(f"{key}: no scenarios")
    if not all(one.green for one in found):
        raise SystemExit(1)


def _as_json(one: Replay) -> dict[str, Any]:
    return {
        "design": one.scenario.design_key,
        "name": one.scenario.name,
        "green": one.green,
        "step": one.difference.step if one.difference else None,
        "message": str(one.difference.said) if one.difference else None,
    }
