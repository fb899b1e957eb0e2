"""Tokens: tasks, gateways, scripts, sub-processes, services."""

import pytest

from sanwei_flow import engine
from sanwei_flow.engine import Cancel, Complete, EngineError, NotWaiting, TaskClosed
from tests.engine.bpmn import (
    both,
    either,
    end,
    flow,
    process,
    script,
    service,
    start,
    sub,
    user,
    xor,
)  # fmt: skip
from tests.engine.player import MONDAY, Player, Weekdays

APPROVAL = process(
    "approval",
    start(), user("write", unit="${unit}"),
    user("review", unit="${unit + 1}", due="${workdays_after(today, 3)}", outcomes="agree,return"),
    xor("ok", default="back"), end(),
    flows="s > write > review > ok",
    extra=[flow("ok", "e", "${outcome == 'agree'}"), flow("ok", "write", id_="back")],
)  # fmt: skip


def test_a_person_writes_another_sends_back_then_agrees():
    p = Player(APPROVAL, {"unit": 7})
    assert p.tasks == ["write"]
    assert p.one("write").settings["candidate_unit"] == 7
    assert p.one("write").settings["due"] == 3
    p.do("write", text="first")
    review = p.one("review")
    assert review.settings["candidate_unit"] == 8
    assert review.settings["due"].isoformat() == "2026-03-05"
    assert review.data["text"] == "first"
    step = p.do("review", outcome="return", comment="more")
    assert p.tasks == ["write"]
    assert step.passed == ("review", "f_review_ok", "ok", "back")
    p.do("write", text="second")
    p.do("review", outcome="agree")
    assert p.status == "finished"
    assert p.variables["text"] == "second"


def test_what_is_done_cannot_be_done_again():
    p = Player(APPROVAL, {"unit": 1})
    ref = p.one("write").ref
    p.do("write")
    with pytest.raises(NotWaiting):
        p.act(Complete(ref))
    with pytest.raises(NotWaiting):
        p.act(Complete("no such ref"))
    assert p.tasks == ["review"]


def test_the_same_state_and_event_give_the_same_bytes():
    p = Player(APPROVAL, {"unit": 1})
    event = Complete(p.one("write").ref, {"text": "x"})
    once, again = (
        engine.act(p.design, p.state, event, MONDAY, functions=Weekdays()) for _ in range(2)
    )
    assert once == again


def test_cancel_closes_everything():
    p = Player(APPROVAL, {"unit": 1})
    step = p.act(Cancel())
    assert step.status == "cancelled"
    assert [type(e) for e in step.effects] == [TaskClosed]
    with pytest.raises(NotWaiting):
        engine.act(p.design, step.state, Cancel(), MONDAY, functions=Weekdays())


def test_parallel_branches_meet_in_any_order_and_in_every_round():
    xml = process(
        "par", start(), xor("entry"), both("fork"), user("a"), user("b"), both("join"),
        xor("again", default="no"),        end(),
        flows="s > entry > fork > a > join; fork > b > join > again",
        extra=[flow("again", "entry", "outcome == 'again'"), flow("again", "e", id_="no")],
    )  # fmt: skip
    p = Player(xml)
    for first, second in ("ab", "ba", "ab"):
        assert p.tasks == ["a", "b"]
        p.do(first)
        assert p.tasks == [second]
        p.do(second, outcome="again")
    p.do("b")
    p.do("a", outcome="enough")
    assert p.status == "finished"


@pytest.mark.parametrize(
    ("wanted", "tasks"), [("ab", ["a", "b"]), ("a", ["a"]), ("b", ["b"]), ("", ["c"])]
)
def test_an_inclusive_gateway_waits_for_what_it_started(wanted, tasks):
    xml = process(
        "inc", start(), either("fork", default="else"), user("a"), user("b"), user("c"),
        either("join"), user("last"), end(),
        flows="s > fork; a > join; b > join; c > join; join > last > e",
        extra=[
            flow("fork", "a", "w.contains('a')"), flow("fork", "b", "w.contains('b')"),
            flow("fork", "c", id_="else"),
        ],
    )  # fmt: skip
    p = Player(xml, {"w": wanted})
    assert p.tasks == tasks
    for i, node in enumerate(tasks):
        assert p.tasks == tasks[i:]
        p.do(node)
    assert p.tasks == ["last"]


def test_no_way_out_of_a_gateway_is_an_error_that_names_it():
    xml = process(
        "stuck", start(), xor("g"), end(), end("e2"),
        flows="s > g", extra=[flow("g", "e", "n == 1"), flow("g", "e2", "n == 2")],
    )  # fmt: skip
    with pytest.raises(EngineError) as error:
        Player(xml, {"n": 3})
    assert error.value.node == "g"
    assert Player(xml, {"n": 2}).step.passed[-1] == "e2"


def test_a_condition_must_be_true_or_false():
    xml = process(
        "cond", start(), xor("g", default="d"), end(), end("e2"),
        flows="s > g", extra=[flow("g", "e", "n"), flow("g", "e2", id_="d")],
    )  # fmt: skip
    with pytest.raises(EngineError, match="不是真或假"):
        Player(xml, {"n": 3})


def test_a_script_sets_variables_line_by_line():
    lines = "total = a + b\n# a comment\nnames = rows.map(r, r.name)\nhalf = double(total) / 2.0"
    xml = process("scr", start(), script("calc", lines), user("u"), end(), flows="s > calc > u > e")
    p = Player(xml, {"a": 2, "b": 3, "rows": [{"name": "x"}, {"name": "y"}]})
    assert p.variables["total"] == 5
    assert p.variables["names"] == ["x", "y"]
    assert p.variables["half"] == 2.5


def test_an_embedded_sub_process_waits_for_all_its_ends():
    xml = process(
        "outer", start(),
        sub("phase", start("is"), both("f"), user("a"), user("b"), end("e1"), end("e2"),
            flows="is > f > a > e1; f > b > e2"),
        user("after"), end(), flows="s > phase > after > e",
    )  # fmt: skip
    p = Player(xml)
    assert p.tasks == ["a", "b"]
    p.do("b", seen="inside")
    assert p.tasks == ["a"]
    p.do("a")
    assert p.tasks == ["after"]
    assert p.one("after").data["seen"] == "inside"


def test_a_service_is_due_and_its_answer_is_merged():
    xml = process(
        "svc", start(), service("close", "plans.close", arg_row="${row.no}"), user("u"), end(),
        flows="s > close > u > e",
    )  # fmt: skip
    p = Player(xml, {"row": {"no": 4}})
    due = p.one("close")
    assert (due.operation, due.arguments) == ("plans.close", {"row": 4})
    p.service_done("close", closed=True)
    assert p.one("u").data["closed"] is True


def test_an_inclusive_join_in_a_loop_does_not_wait_for_the_next_round():
    """A token held by the join around it could come back, but only after this one has gone on."""
    xml = process(
        "inc", start(), xor("entry"), both("f"), user("a"), either("of"), user("b"), user("c"),
        either("oj"), both("j"), xor("again", default="no"), end(),
        flows="s > entry > f > a > j > again; f > of; b > oj; c > oj > j",
        extra=[
            flow("of", "b", "w != 'c'"), flow("of", "c", "w != 'b'"),
            flow("again", "entry", "w != 'x'"), flow("again", "e", id_="no"),
        ],
    )  # fmt: skip
    p = Player(xml, {"w": "b"})
    p.do("a")
    p.do("b", w="both")
    assert p.tasks == ["a", "b", "c"]
    p.do("b")
    p.do("a")
    p.do("c", w="x")
    assert p.status == "finished"
