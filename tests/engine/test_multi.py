"""One task for many people: all, any, one after another, by ratio; and loops."""

import pytest

from sanwei_flow.engine import EngineError
from tests.engine.bpmn import (
    both,
    boundary,
    end,
    flow,
    loop,
    multi,
    process,
    script,
    start,
    sub,
    timer,
    user,
    xor,
)
from tests.engine.player import Player


def votes(*, until=None, sequential=False, result="votes"):
    return process(
        "election",
        start(),
        user(
            "vote",
            multi(until=until, sequential=sequential),
            unit="${voter}",
            collection="${voters}",
            item="voter",
            result=result,
        ),
        user("after"),
        end(),
        flows="s > vote > after > e",
    )


def test_all_must_answer():
    p = Player(votes(), {"voters": [11, 12, 13]})
    assert [t.settings["candidate_unit"] for t in p.open.values()] == [11, 12, 13]
    assert p.one("vote").data["nrOfInstances"] == 3
    p.do("vote", 2, outcome="agree")
    p.do("vote", 0, outcome="oppose")
    assert p.tasks == ["vote"]
    p.do("vote", outcome="agree")
    assert [v["outcome"] for v in p.variables["votes"]] == ["oppose", "agree", "agree"]
    assert p.tasks == ["after"]


def test_any_one_is_enough_and_the_others_are_closed():
    p = Player(votes(until="nrOfCompletedInstances >= 1"), {"voters": [1, 2, 3]})
    p.do("vote", 1, outcome="agree")
    assert p.tasks == ["after"]
    assert p.variables["votes"] == [{"outcome": "agree"}]


def test_one_opponent_stops_the_vote():
    p = Player(votes(until="outcome == 'oppose'"), {"voters": [1, 2, 3]})
    p.do("vote", outcome="agree")
    assert p.tasks == ["vote", "vote"]
    p.do("vote", outcome="oppose")
    assert p.tasks == ["after"]


def test_two_thirds_are_enough():
    ratio = "double(nrOfCompletedInstances) / double(nrOfInstances) >= 0.66"
    p = Player(votes(until=ratio), {"voters": [1, 2, 3]})
    p.do("vote", outcome="agree")
    p.do("vote", outcome="agree")
    assert p.tasks == ["after"]


def test_one_after_another():
    p = Player(votes(sequential=True), {"voters": [7, 8]})
    assert [t.settings["candidate_unit"] for t in p.open.values()] == [7]
    p.do("vote", outcome="agree")
    assert [t.settings["candidate_unit"] for t in p.open.values()] == [8]
    p.do("vote", outcome="agree")
    assert p.tasks == ["after"]


def test_without_a_result_the_last_answer_stays():
    p = Player(votes(result=""), {"voters": [1, 2]})
    p.do("vote", outcome="agree")
    p.do("vote", outcome="oppose")
    assert p.variables["outcome"] == "oppose"
    assert "voter" not in p.variables


@pytest.mark.parametrize("voters", [None, "abc", {"a": 1}, list(range(501))])
def test_what_is_no_list_or_too_long_is_an_error(voters):
    with pytest.raises(EngineError) as error:
        Player(votes(), {"voters": voters})
    assert error.value.node == "vote"


@pytest.mark.parametrize(("count", "tasks"), [("0", 0), ("2", 2), ("n", 3)])
def test_a_number_of_times(count, tasks):
    xml = process(
        "n", start(), user("u", multi(cardinality=count)), user("a"), end(), flows="s > u > a > e"
    )
    p = Player(xml, {"n": 3})
    for i in range(tasks):
        assert [t.data["loopCounter"] for t in p.open.values()] == list(range(i, tasks))
        p.do("u")
    assert p.tasks == ["a"]


@pytest.mark.parametrize("count", ["-1", "500 + 1", "'3'", "true", "1000 * 1000000"])
def test_a_silly_number_of_times_is_an_error(count):
    xml = process("n", start(), user("u", multi(cardinality=count)), end(), flows="s > u > e")
    with pytest.raises(EngineError):
        Player(xml)


def test_a_sub_process_for_each_item_keeps_its_variables_apart():
    xml = process(
        "each",
        start(),
        sub(
            "part",
            start("ps"),
            user("write", unit="${unit}"),
            user("check", unit="${unit}"),
            xor("ok", default="no"),
            end("pe"),
            multi("units", item="unit", result="parts"),
            flows="ps > write > check > ok",
            extra=[flow("ok", "pe", "good"), flow("ok", "write", id_="no")],
        ),
        user("last"),
        end(),
        flows="s > part > last > e",
    )
    p = Player(xml, {"units": [1, 2]})
    p.do("write", 0, text="one")
    p.do("write", 0, text="two")
    assert [t.data["text"] for t in p.open.values()] == ["one", "two"]
    p.do("check", 0, good=True)
    p.do("check", 0, good=False)
    assert p.tasks == ["write"]
    assert p.one("write").data["text"] == "two"
    p.do("write", text="better")
    p.do("check", good=True)
    assert p.variables["parts"] == [{"text": "one", "good": True}, {"text": "better", "good": True}]
    assert "text" not in p.variables


def test_a_deadline_on_a_vote_is_one_for_all():
    xml = process(
        "deadline",
        start(),
        user("vote", multi("voters")),
        boundary("late", "vote", timer("Duration", "P2D")),
        user("decide"),
        end(),
        end("e2"),
        flows="s > vote > e; late > decide > e2",
    )
    p = Player(xml, {"voters": [1, 2, 3]})
    assert p.timers == ["late"]
    p.do("vote")
    p.fire("late")
    assert p.tasks == ["decide"]


@pytest.mark.parametrize(
    ("mark", "rounds"),
    [
        (loop("n < 3"), 3),
        (loop("n < 3", before=True), 3),
        (loop("n < 0"), 1),
        (loop("n < 0", before=True), 0),
        (loop(maximum=4), 4),
        (loop("true", maximum=2), 2),
    ],
)
def test_loops(mark, rounds):
    xml = process("loop", start(), user("u", mark), user("a"), end(), flows="s > u > a > e")
    p = Player(xml, {"n": 0})
    for i in range(rounds):
        assert p.tasks == ["u"]
        p.do("u", n=i + 1)
    assert p.tasks == ["a"]


def test_a_loop_that_never_ends_by_itself_becomes_an_error():
    xml = process("loop", start(), script("x", "n = 1", loop("true")), end(), flows="s > x > e")
    with pytest.raises(EngineError, match="死循环"):
        Player(xml)


def test_parallel_branches_share_variables_without_mixing_lists():
    xml = process(
        "share",
        start(),
        both("f"),
        user("a"),
        user("b"),
        both("j"),
        user("c"),
        end(),
        flows="s > f > a > j; f > b > j > c > e",
    )
    p = Player(xml, {"list": [{"x": 1}, {"x": 2}]})
    p.do("a", list=[{"x": 9}])
    assert p.waiting()[0].data["list"] == [{"x": 9}]
    p.do("b", other=1)
    assert p.one("c").data["list"] == [{"x": 9}]
