"""Returning to an earlier step: alone, out of a parallel branch, out of a joint decision."""

import pytest

from sanwei_flow import engine
from sanwei_flow.engine import Amend, NotWaiting, Return, TaskOpened
from tests.engine.bpmn import (
    both,
    boundary,
    call,
    either,
    end,
    flow,
    multi,
    process,
    start,
    sub,
    timer,
    user,
    xor,
)
from tests.engine.player import Player

LINE = process(
    "line",
    start(),
    user("a"),
    user("b"),
    user("c"),
    xor("ok", default="on"),
    end(),
    flows="s > a > b > c > ok",
    extra=[flow("ok", "a", "outcome == 'again'"), flow("ok", "e", id_="on")],
)


def back(player: Player, source: str, node: str, index: int = 0, **data):
    return player.act(Return(player.one(source, index).ref, node, data))


def before(player: Player, source: str, index: int = 0):
    found = engine.before(player.design, player.state, player.one(source, index).ref)
    return sorted(found.again), sorted(found.amend)


def at(player: Player, *done: str) -> Player:
    for node in done:
        player.do(node, outcome="agree")
    return player


def test_to_any_earlier_step_twice_in_a_row():
    p = at(Player(LINE), "a", "b")
    assert before(p, "c") == (["a", "b"], ["a", "b"])
    back(p, "c", "b", comment="数字不对")
    assert (p.tasks, p.variables["comment"]) == (["b"], "数字不对")
    back(p, "b", "a")
    assert p.tasks == ["a"]
    assert before(p, "a") == ([], [])
    at(p, "a", "b", "c")
    assert p.status == "finished"


def test_what_lies_ahead_or_is_unknown_is_no_place_to_go_back_to():
    p = at(Player(LINE), "a")
    for node in ("c", "b", "e", "nowhere"):
        with pytest.raises(NotWaiting):
            back(p, "b", node)
    assert p.tasks == ["b"]


def test_a_step_of_an_earlier_round_is_not_before_but_ahead():
    p = at(Player(LINE), "a", "b")
    p.do("c", outcome="again")
    assert before(p, "a") == ([], [])


def branches():
    return process(
        "branches",
        start(),
        user("write"),
        both("fork"),
        user("a1"),
        user("a2"),
        user("b1"),
        user("b2"),
        both("join"),
        user("after"),
        xor("ok", default="on"),
        end(),
        flows="s > write > fork > a1 > a2 > join > after > ok",
        extra=[
            flow("fork", "b1"),
            flow("b1", "b2"),
            flow("b2", "join"),
            flow("ok", "write", "outcome == 'again'"),
            flow("ok", "e", id_="on"),
        ],
    )


def test_inside_a_branch_the_other_branch_goes_on():
    p = at(Player(branches()), "write", "a1", "b1")
    back(p, "a2", "a1")
    assert p.tasks == ["a1", "b2"]
    at(p, "b2", "a1", "a2")
    assert p.tasks == ["after"]


def test_the_branch_that_waits_at_the_join_stays_there():
    p = at(Player(branches()), "write", "a1", "b1", "b2")
    back(p, "a2", "a1")
    assert p.tasks == ["a1"]
    at(p, "a1", "a2")
    assert p.tasks == ["after"]


@pytest.mark.parametrize("done", [("a1",), ("a1", "b1"), ("a1", "b1", "b2")])
def test_before_the_split_all_branches_are_withdrawn(done):
    p = at(Player(branches()), "write", *done)
    back(p, "a2", "write")
    assert p.tasks == ["write"]
    at(p, "write", "a1", "a2", "b1", "b2", "after")
    assert p.status == "finished"


def test_not_into_one_branch_of_a_finished_join():
    p = at(Player(branches()), "write", "a1", "a2", "b1", "b2")
    assert before(p, "after") == (["write"], ["a1", "a2", "b1", "b2", "write"])
    with pytest.raises(NotWaiting):
        back(p, "after", "a1")
    back(p, "after", "write")
    assert p.tasks == ["write"]


def test_an_inclusive_join_goes_on_with_the_branch_that_was_run_anew():
    xml = process(
        "incl",
        start(),
        user("w"),
        either("fork"),
        user("a"),
        user("b"),
        either("join"),
        user("after"),
        end(),
        flows="s > w > fork",
        extra=[
            flow("fork", "a", "true"),
            flow("fork", "b", "both"),
            flow("a", "join"),
            flow("b", "join"),
            flow("join", "after"),
            flow("after", "e"),
        ],
    )
    p = at(Player(xml, {"both": True}), "w", "a", "b")
    back(p, "after", "a")
    at(p, "a", "after")
    assert p.status == "finished"


def test_one_of_several_takes_the_others_back_with_it():
    for sequential in (False, True):
        xml = process(
            "votes",
            start(),
            user("write"),
            user(
                "vote",
                multi(sequential=sequential),
                unit="${voter}",
                collection="${voters}",
                item="voter",
                result="votes",
            ),
            user("after"),
            end(),
            flows="s > write > vote > after > e",
        )
        p = at(Player(xml, {"voters": [1, 2, 3]}), "write")
        p.do("vote", outcome="agree")
        assert before(p, "vote") == (["write"], ["write"])
        back(p, "vote", "write")
        assert p.tasks == ["write"]
        at(p, "write")
        groups = {task.group for task in p.of(TaskOpened)}
        assert len(groups) == 1
        assert None not in groups
        at(p, "vote", "vote", "vote")
        assert len(p.variables["votes"]) == 3
        assert p.one("after").group is None
        back(p, "after", "vote")
        assert set(p.tasks) == {"vote"}


def rounds(result="votes", **marks):
    settings = {"result": result} if result else {}
    return process(
        "round",
        start(),
        user("write"),
        user(
            "vote",
            multi(sequential=True, **marks),
            unit="${voter}",
            collection="${voters}",
            item="voter",
            **settings,
        ),
        user("after"),
        end(),
        flows="s > write > vote > after > e",
    )


def turn_of(player: Player):
    task = player.one("vote")
    return task.data["loopCounter"], task.settings["candidate_unit"]


def turns(player: Player):
    found = engine.before(player.design, player.state, player.one("vote").ref)
    return sorted(found.turns)


def test_one_after_another_it_goes_back_to_any_turn_before():
    p = at(Player(rounds(), {"voters": [7, 8, 9]}), "write")
    assert turns(p) == []
    p.do("vote", outcome="agree", figure=1)
    p.do("vote", outcome="agree", figure=2)
    assert (turns(p), turn_of(p)) == ([0, 1], (2, 9))
    group = p.one("vote").group
    p.act(Return(p.one("vote").ref, "vote", {"comment": "数字不对"}, 1))
    assert (p.tasks, turn_of(p), turns(p)) == (["vote"], (1, 8), [0])
    assert p.one("vote").group == group
    seen = p.one("vote").data
    assert (seen["figure"], seen["comment"]) == (2, "数字不对")
    p.do("vote", outcome="agree", figure=20)
    assert turn_of(p) == (2, 9)
    p.act(Return(p.one("vote").ref, "vote", {}, 0))
    for figure in (10, 200, 3):
        p.do("vote", outcome="agree", figure=figure)
    assert [vote["figure"] for vote in p.variables["votes"]] == [10, 200, 3]
    assert p.tasks == ["after"]


def test_an_earlier_turn_answered_anew_leaves_the_turn_where_it_is():
    p = at(Player(rounds(), {"voters": [7, 8, 9]}), "write")
    p.do("vote", outcome="agree", figure=1)
    p.do("vote", outcome="agree", figure=2)
    p.act(Amend(p.one("vote").ref, "vote", {"figure": 10}, 0))
    assert turn_of(p) == (2, 9)
    p.do("vote", outcome="agree", figure=3)
    assert [vote["figure"] for vote in p.variables["votes"]] == [10, 2, 3]
    assert [vote["outcome"] for vote in p.variables["votes"]] == ["agree"] * 3


def test_without_results_the_answers_stay_plain_variables():
    p = at(Player(rounds(result=None), {"voters": [7, 8]}), "write")
    p.do("vote", outcome="agree", figure=1)
    p.act(Amend(p.one("vote").ref, "vote", {"figure": 5}, 0))
    assert p.one("vote").data["figure"] == 5
    p.act(Return(p.one("vote").ref, "vote", {}, 0))
    assert (turn_of(p), p.one("vote").data["figure"]) == ((0, 7), 5)


def test_a_condition_counts_only_the_turns_that_stand():
    p = Player(rounds(until="nrOfCompletedInstances >= 2"), {"voters": [7, 8, 9]})
    at(p, "write")
    p.do("vote", outcome="agree")
    p.act(Return(p.one("vote").ref, "vote", {}, 0))
    p.do("vote", outcome="agree")
    assert turn_of(p) == (1, 8)
    p.do("vote", outcome="agree")
    assert p.tasks == ["after"]


def test_no_turn_to_go_back_to_ahead_or_where_all_decide_at_once():
    p = at(Player(rounds(), {"voters": [7, 8, 9]}), "write")
    p.do("vote", outcome="agree")
    ref = p.one("vote").ref
    for node, turn in (("vote", 1), ("vote", 2), ("vote", -1), ("write", 0)):
        for event in (Return(ref, node, {}, turn), Amend(ref, node, {}, turn)):
            with pytest.raises(NotWaiting):
                p.act(event)
    many = votes_at_once()
    many.do("vote", outcome="agree")
    assert turns(many) == []
    with pytest.raises(NotWaiting):
        many.act(Return(many.one("vote").ref, "vote", {}, 0))


def votes_at_once():
    vote = user("vote", multi(), collection="${voters}", item="voter")
    xml = process("many", start(), vote, end(), flows="s > vote > e")
    return Player(xml, {"voters": [1, 2, 3]})


def test_joint_decisions_are_told_apart():
    def joint(*marks, **kw):
        xml = process("j", start(), user("v", *marks, **kw), end(), flows="s > v > e")
        return engine.compile_design(xml).nodes["v"].joint

    assert joint() is None
    assert joint(multi(cardinality="3")) == "all"
    assert joint(multi(cardinality="3", sequential=True)) == "sequential"
    assert joint(multi(cardinality="3", until="nrOfCompletedInstances >= 1")) == "any"
    assert joint(multi(cardinality="3", until="nrOfCompletedInstances * 3 >= 2")) == "ratio"


def test_out_of_a_sub_process_and_inside_it():
    xml = process(
        "outer",
        start(),
        user("write"),
        sub(
            "part",
            start("ps"),
            user("x"),
            user("y"),
            end("pe"),
            flows="ps > x > y > pe",
        ),
        user("after"),
        end(),
        flows="s > write > part > after > e",
    )
    p = at(Player(xml), "write", "x")
    assert before(p, "y") == (["write", "x"], ["write", "x"])
    back(p, "y", "x")
    at(p, "x")
    back(p, "y", "write")
    assert p.tasks == ["write"]
    at(p, "write", "x", "y")
    assert before(p, "after") == (["write"], ["write"])
    design = p.design
    assert {"x", "y", "part", "after"} <= engine.nodes_after(design, "write")
    assert engine.nodes_after(design, "x") >= {"y", "after"}


def test_a_copy_of_a_sub_process_goes_back_alone():
    xml = process(
        "copies",
        start(),
        user("write"),
        sub(
            "part",
            multi(),
            start("ps"),
            user("x", unit="${one}"),
            user("y", unit="${one}"),
            end("pe"),
            flows="ps > x > y > pe",
            settings={"collection": "${all}", "item": "one"},
        ),
        end(),
        flows="s > write > part > e",
    )
    p = at(Player(xml, {"all": [1, 2]}), "write", "x", "x")
    back(p, "y", "x", comment="只改这一份")
    assert p.tasks == ["x", "y"]
    assert (p.one("x").settings["candidate_unit"], p.one("x").data["comment"]) == (1, "只改这一份")
    assert "comment" not in p.one("y").data
    back(p, "y", "write")
    assert p.tasks == ["write"]


def test_timers_and_children_follow():
    xml = process(
        "effects",
        start(),
        user("write"),
        both("fork"),
        user("a"),
        boundary("late", "a", timer("Duration", "P2D")),
        call("helper", "other"),
        both("join"),
        end(),
        user("rescue"),
        end("e2"),
        flows="s > write > fork > a > join > e",
        extra=[
            flow("fork", "helper"),
            flow("helper", "join"),
            flow("late", "rescue"),
            flow("rescue", "e2"),
        ],
    )
    p = at(Player(xml), "write")
    assert (p.timers, p.calls) == (["late"], ["helper"])
    back(p, "a", "write")
    assert (p.tasks, p.timers, p.calls, p.cancelled) == (["write"], [], [], ["helper"])
    at(p, "write")
    assert (p.tasks, p.timers, p.calls) == (["a"], ["late"], ["helper"])


def test_an_earlier_step_answered_anew_changes_what_others_see():
    p = at(Player(branches()), "write", "b1")
    p.do("a1", figure=1)
    p.act(Amend(p.one("a2").ref, "a1", {"figure": 2}))
    assert p.tasks == ["a2", "b2"]
    assert p.one("a2").data["figure"] == 2
    with pytest.raises(NotWaiting):
        p.act(Amend(p.one("a2").ref, "after", {"figure": 3}))
