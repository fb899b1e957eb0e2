"""Loads the demo county. Running it again adds what is missing and touches nothing else."""

import datetime as dt

from sanwei_flow.accounts import operations, queries
from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.accounts.passwords import hash_password
from sanwei_flow.calendars.operations import seed_calendar
from sanwei_flow.demo import register

#: Everybody's password until they change it.
PASSWORD = "sanwei2024"  # noqa: S105 - printed for everybody to try the product


def load_county(at: dt.datetime) -> None:
    """Enter units, collective units, people and the calendar, in the caller's transaction.

    What exists is left as it is: renamed units, changed passwords, taken-back roles.
    """
    seed_calendar()
    _load_units(at)
    _load_people(at)


def _load_units(at: dt.datetime) -> None:
    codes = {unit.code for unit in queries.all_units(active=None)}
    for unit in register.UNITS:
        if unit.code not in codes:
            operations.create_unit(
                unit.code, unit.name, unit.kind, aliases=unit.aliases, by=SYSTEM, at=at
            )
    known = queries.collectives_by_name()
    for name, kinds in register.COLLECTIVES.items():
        if name not in known:
            operations.create_collective(name, kinds, by=SYSTEM, at=at)


def _load_people(at: dt.datetime) -> None:
    known = {user.username for user in queries.all_users()}
    missing = [person for person in register.people() if person[0] not in known]
    if not missing:
        return
    hashed = hash_password(PASSWORD)
    codes = {unit.name: unit.code for unit in register.UNITS}
    units = {unit.code: unit for unit in queries.all_units(active=None)}
    for username, name, unit_name, role in missing:
        user = operations.create_user(username, name, hashed, by=SYSTEM, at=at, hashed=True)
        operations.grant(user, units[codes[unit_name]], role, by=SYSTEM, at=at)
