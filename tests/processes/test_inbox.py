"""Boxes are pages by key: nothing is shown twice or left out, counts stop at the cap."""

import datetime as dt

import pytest

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.db import transaction
from sanwei_flow.errors import Invalid
from sanwei_flow.processes import operations
from sanwei_flow.processes.inbox import counts, inbox
from tests import factories
from tests.processes.conftest import NOW, Office


@pytest.fixture
def busy(office: Office) -> Actor:
    """A person with two units and seven open tasks between them, due on different days."""
    with transaction():
        second = factories.make_unit()
        person = Actor(
            office.clerk.user_id,
            office.clerk.name,
            frozenset({(office.unit_id, "staff"), (second.id, "staff")}),
        )
    for days in range(7):
        unit = office.unit_id if days % 2 else second.id
        at = NOW + dt.timedelta(days=days)
        with transaction():
            operations.start_process("approval", {"unit": unit}, by=office.head, at=at)
    return person


def all_pages(actor: Actor, box: str, limit: int) -> list[int]:
    found, after = [], None
    while True:
        page = inbox(actor, box, after=after, limit=limit)
        found += [row.id for row in page.items]
        after = page.next
        if after is None:
            return found


def test_pages_go_on_where_the_last_one_ended(busy: Actor) -> None:
    whole = inbox(busy, "to_accept", limit=50)
    assert whole.next is None
    dues = [row.due for row in whole.items]
    assert len(dues) == 7
    assert dues == sorted(dues)
    ids = [row.id for row in whole.items]
    for limit in (1, 2, 3, 7):
        assert all_pages(busy, "to_accept", limit) == ids


def test_claimed_tasks_stay_in_order_among_the_others(busy: Actor, office: Office) -> None:
    ids = [row.id for row in inbox(busy, "to_accept").items]
    for task_id in ids[1::2]:
        with transaction():
            operations.act_on_task(task_id, "claim", by=busy, at=NOW)
    assert all_pages(busy, "to_accept", 2) == ids
    mine = [row.id for row in inbox(office.colleague, "to_accept").items]
    assert set(mine).isdisjoint(ids[1::2])


def test_counts_and_the_done_box(busy: Actor, office: Office) -> None:
    assert counts(busy) == {"to_accept": 7, "todo": 0}
    assert counts(office.head) == {"to_accept": 0, "todo": 0}
    assert counts(Actor(None, "无", frozenset())) == {"to_accept": 0, "todo": 0}
    ids = [row.id for row in inbox(busy, "to_accept").items]
    for number, task_id in enumerate(ids):
        at = NOW + dt.timedelta(days=30, minutes=number)
        with transaction():
            operations.act_on_task(task_id, "submit", {"summary": "好"}, by=busy, at=at)
    assert all_pages(busy, "done", 3) == ids[::-1]
    assert counts(busy) == {"to_accept": 0, "todo": 0}


def test_a_place_or_box_that_is_none_is_refused(busy: Actor) -> None:
    for after in ("x", "2024-01-01~", "2024-13-01~4", "~1", "2024-01-01~9999999999999999999"):
        with pytest.raises(Invalid):
            inbox(busy, "todo", after=after)
    with pytest.raises(Invalid):
        inbox(busy, "done", after="2024-01-01T00:00:00~3")
    with pytest.raises(Invalid):
        inbox(busy, "everything")
