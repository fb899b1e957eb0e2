"""Commands for the operator: people and tokens."""

import json

import click
from flask.cli import AppGroup

from sanwei_flow import web
from sanwei_flow.accounts import operations, queries, sessions
from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.accounts.models import Role, Unit, UnitKind, User
from sanwei_flow.db import transaction
from sanwei_flow.errors import N_, NotFound

people = AppGroup("user", help="People who can log in.")
units = AppGroup("unit", help="The register of units.")
tokens = AppGroup("token", help="Keys with which programs act for a person.")


@people.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def list_users(as_json: bool) -> None:
    """List everybody with their unit and roles."""
    entries = [_entry(user) for user in queries.all_users()]
    if as_json:
        click.echo(json.dumps(entries, ensure_ascii=False, indent=2))
        return
    for entry in entries:
        click.echo("\t".join(str(value or "-") for value in entry.values()))


def _entry(user: User) -> dict[str, object]:
    return {
        "username": user.username,
        "name": user.name,
        "unit": user.roles[0].unit.name if user.roles else None,
        "roles": list(dict.fromkeys(str(held.role) for held in user.roles)),
    }


@people.command("create")
@click.argument("username")
@click.option("--name", required=True, help="The person's name as others see it.")
@click.option("--unit", "unit_name", required=True, help="Name or alias of their unit.")
@click.option(
    "--role", "roles", multiple=True, required=True, type=click.Choice([*Role]), help="Repeatable."
)
@click.password_option(help="Asked for when not given; at least 8 characters.")
def create_user(
    username: str, name: str, unit_name: str, roles: tuple[str, ...], password: str
) -> None:
    """Open an account and grant its roles."""
    at = web.now()
    with transaction():
        unit = _unit(unit_name)
        user = operations.create_user(username, name, password, by=SYSTEM, at=at)
        for role in roles:
            operations.grant(user, unit, Role(role), by=SYSTEM, at=at)
    click.echo(username)


@people.command("grant")
@click.argument("username")
@click.option("--unit", "unit_name", required=True, help="Name or alias of the unit.")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice([*Role]))
def grant(username: str, unit_name: str, roles: tuple[str, ...]) -> None:
    """Give a person more roles."""
    with transaction():
        user = queries.user_by_name(username)
        if user is None:
            raise NotFound(N_("没有用户“{username}”"), username=username)
        for role in roles:
            operations.grant(user, _unit(unit_name), Role(role), by=SYSTEM, at=web.now())


@people.command("password")
@click.argument("username")
@click.password_option(help="Asked for when not given; at least 8 characters.")
def reset_password(username: str, password: str) -> None:
    """Set a new password, unlock the account and end its sessions."""
    with transaction():
        sessions.reset_password(username, password, by=SYSTEM, at=web.now())


@units.command("create")
@click.argument("name")
@click.option("--code", required=True, help="Gives the register's order.")
@click.option("--kind", required=True, type=click.Choice([*UnitKind]))
@click.option("--alias", "aliases", multiple=True, help="Another exact name; repeatable.")
def create_unit(name: str, code: str, kind: str, aliases: tuple[str, ...]) -> None:
    """Enter a unit into the register."""
    with transaction():
        operations.create_unit(code, name, UnitKind(kind), aliases=aliases, by=SYSTEM, at=web.now())
    click.echo(name)


@units.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def list_units(as_json: bool) -> None:
    """List the active units in the register's order."""
    entries = [
        {
            "code": unit.code,
            "name": unit.name,
            "kind": str(unit.kind),
            "aliases": [alias.alias for alias in unit.aliases],
        }
        for unit in queries.all_units()
    ]
    if as_json:
        click.echo(json.dumps(entries, ensure_ascii=False, indent=2))
        return
    for entry in entries:
        click.echo(f"{entry['code']}\t{entry['name']}\t{entry['kind']}")


def _unit(name: str) -> Unit:
    unit = queries.units_by_name().get(name)
    if unit is None:
        raise NotFound(N_("没有单位“{name}”"), name=name)
    return unit


@tokens.command("create")
@click.argument("username")
@click.option("--label", default="", help="What the token is for.")
def create_token(username: str, label: str) -> None:
    """Print a new token for this person; it cannot be shown again."""
    with transaction():
        token = sessions.create_token(username, label=label, by=SYSTEM, at=web.now())
    click.echo(token)


@tokens.command("list")
@click.argument("username")
def list_tokens(username: str) -> None:
    """Print this person's tokens that count: number, when it was made, what it is for."""
    for key in sessions.tokens_of(username):
        click.echo(f"{key.id}\t{web.moment(key.created_at)}\t{key.label}")


@tokens.command("revoke")
@click.argument("token_id", type=int)
def revoke_token(token_id: int) -> None:
    """End a token; programs that use it are refused from now on."""
    with transaction():
        sessions.revoke_token(token_id, by=SYSTEM, at=web.now())


COMMANDS = [people, units, tokens]
