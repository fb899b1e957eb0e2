"""A hand-over from beginning to end."""

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.db import transaction
from sanwei_flow.errors import AppError
from sanwei_flow.handovers import operations
from sanwei_flow.handovers.models import HandOver
from tests.processes.cases import Team


def hand(
    team: Team, person: Actor, receiver: Actor, by: Actor | None = None, key: str = "once"
) -> HandOver:
    """All of it, as the page does it."""
    by = by or person
    with transaction():
        given = {"comment": "调离", "key": key, "by": by, "at": team.at}
        begun = operations.begin(person.user_id, receiver.user_id, **given)
    for item in operations.waiting(begun, by=by, at=team.at):
        try:
            with transaction():
                operations.move(begun, item, by=by, at=team.at)
        except AppError as error:
            with transaction():
                operations.stay(begun, item, error)
    with transaction():
        operations.finish(begun, by=by, at=team.at)
    return begun
