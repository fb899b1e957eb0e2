"""A fact an instance was started with changes while it runs."""

from datetime import date, datetime

from sanwei_flow import engine
from sanwei_flow.engine import Revise, TimerSet
from tests.engine.bpmn import boundary, end, process, start, timer, user
from tests.engine.player import MONDAY, Player

LATE = "${row.due}"
XML = process(
    "work",
    start("s"),
    user("do", due=LATE, title="${row.due}"),
    boundary("late", "do", timer("Date", LATE)),
    boundary("silent", "do", timer("Date", "${workdays_after(today, 3)}"), interrupting=False),
    user("after"),
    user("told"),
    end("e"),
    end("f"),
    flows="s > do > e; late > after > f; silent > told > f",
)


def begin() -> Player:
    return Player(XML, {"row": {"due": "2026-06-30", "no": 1}})


def due_of(player: Player, node: str) -> date:
    effects = engine.waiting(player.design, player.state, player.at, functions=Weekdays)
    found = next(one for one in effects if one.node == node)
    return found.due_at.date() if isinstance(found, TimerSet) else found.settings["due"]


class Weekdays:
    @staticmethod
    def workdays_after(day: date, n: int) -> date:
        return date.fromordinal(day.toordinal() + n)


def test_what_is_open_shows_the_new_fact_and_its_timer_follows():
    player = begin()
    ref = player.one("late").ref
    row = {"due": "2026-09-30", "no": 1}
    step = engine.act(
        player.design, player.state, Revise({"row": row}), player.at, functions=Weekdays
    )
    assert step.variables == {"row": row}
    (moved,) = step.effects
    assert (moved.ref, moved.node) == (ref, "late")
    player.state = step.state
    assert due_of(player, "do") == date(2026, 9, 30)
    assert engine.variables(player.design, player.state) == {"row": row}


def test_a_timer_that_counts_from_the_day_it_was_set_stays():
    player = begin()
    before = player.one("silent").due_at
    later = datetime.fromisoformat("2026-03-04T01:00:00+00:00")
    assert later > MONDAY
    step = engine.act(
        player.design,
        player.state,
        Revise({"row": {"due": "2026-09-30", "no": 1}}),
        later,
        functions=Weekdays,
    )
    assert [one.node for one in step.effects] == ["late"]
    waiting = engine.waiting(player.design, step.state, later, functions=Weekdays)
    assert next(one.due_at for one in waiting if one.node == "silent") == before


def test_what_the_process_does_not_know_stays_out():
    player = begin()
    step = engine.act(
        player.design, player.state, Revise({"colour": "red"}), player.at, functions=Weekdays
    )
    assert (step.effects, step.variables) == ((), {"row": {"due": "2026-06-30", "no": 1}})
