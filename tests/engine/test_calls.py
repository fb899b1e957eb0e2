"""Call activities: other instances do the work, one or many, in any order, in every round."""

import pytest

from sanwei_flow.engine import ChildCancel, ChildFinished, NotWaiting
from tests.engine.bpmn import (
    boundary,
    call,
    end,
    flow,
    multi,
    process,
    root,
    start,
    sub,
    trigger,
    user,
    xor,
)
from tests.engine.player import Player


def test_a_called_process_gets_only_what_it_is_given_and_returns_one_result():
    xml = process(
        "caller",
        start(),
        call("c", "child", input_row="${row}", business_key="row:${row.no}", result="answer"),
        user("u"),
        end(),
        flows="s > c > u > e",
    )
    p = Player(xml, {"row": {"no": 3}, "secret": 1})
    child = p.one("c")
    assert (child.process, child.variables) == ("child", {"row": {"no": 3}})
    assert child.settings == {"business_key": "row:3"}
    p.child_done("c", ok=True)
    assert p.one("u").data["answer"] == {"ok": True}
    assert "ok" not in p.variables


def test_what_a_process_returns_is_its_result_setting():
    xml = process(
        "child",
        start(),
        user("u"),
        end(),
        flows="s > u > e",
        settings={"result": "${{'sum': a + 1, 'day': today}}"},
    )
    p = Player(xml, {"a": 1})
    assert p.do("u").result == {"sum": 2, "day": "2026-03-02"}


COOPERATION = process(
    "row",
    start(),
    user("divide"),
    call(
        "parts",
        "cooperation",
        multi(),
        collection="${units}",
        item="part",
        input_part="${part}",
        result="parts",
    ),
    user("review"),
    xor("ok", default="yes"),
    end(),
    flows="s > divide > parts > review > ok",
    extra=[flow("ok", "divide", "outcome == 'return'"), flow("ok", "e", id_="yes")],
)


def test_many_called_at_once_finish_in_any_order_and_results_keep_the_items_order():
    p = Player(COOPERATION)
    p.do("divide", units=["a", "b", "c"])
    assert [c.variables["part"] for c in p.of(type(p.one("parts")))] == ["a", "b", "c"]
    p.child_done("parts", 2, name="c")
    p.child_done("parts", 0, name="a")
    assert p.tasks == []
    p.child_done("parts", 0, name="b")
    assert p.tasks == ["review"]
    assert p.variables["parts"] == [{"name": "a"}, {"name": "b"}, {"name": "c"}]
    assert "part" not in p.variables


def test_a_second_round_starts_afresh():
    p = Player(COOPERATION)
    p.do("divide", units=["a", "b"])
    for name in "ab":
        p.child_done("parts", name=name)
    p.do("review", outcome="return")
    p.do("divide", units=["c"])
    assert [c.variables["part"] for c in p.open.values()] == ["c"]
    p.child_done("parts", name="c")
    assert p.variables["parts"] == [{"name": "c"}]
    p.do("review", outcome="agree")
    assert p.status == "finished"


def test_nobody_to_call_passes_straight_through():
    p = Player(COOPERATION)
    p.do("divide", units=[])
    assert p.tasks == ["review"]
    assert p.variables["parts"] == []


def test_one_after_another():
    xml = COOPERATION.replace(b'isSequential="false"', b'isSequential="true"')
    p = Player(xml)
    p.do("divide", units=["a", "b"])
    assert [c.variables["part"] for c in p.open.values()] == ["a"]
    p.child_done("parts", name="a")
    assert [c.variables["part"] for c in p.open.values()] == ["b"]
    p.child_done("parts", name="b")
    assert p.tasks == ["review"]


def test_a_child_that_finishes_twice_or_after_its_cancel_changes_nothing():
    p = Player(COOPERATION)
    p.do("divide", units=["a", "b"])
    ref = p.one("parts").ref
    p.child_done("parts", name="a")
    with pytest.raises(NotWaiting):
        p.act(ChildFinished(ref, {}))


def test_termination_cancels_every_child_wherever_it_hangs():
    xml = process(
        "row",
        start(),
        sub(
            "work",
            start("ws"),
            call("parts", "cooperation", multi(), collection="${units}", input_part="${item}"),
            end("we"),
            flows="ws > parts > we",
        ),
        boundary("stop", "work", trigger("message", "m")),
        user("close"),
        end(),
        end("e2"),
        flows="s > work > e; stop > close > e2",
        roots=root("message", "m", "terminate"),
    )
    p = Player(xml, {"units": [1, 2, 3]})
    assert p.calls == ["parts"] * 3
    p.child_done("parts", 1)
    step = p.deliver("terminate", reason="merged")
    assert p.cancelled == ["parts", "parts"]
    assert sum(isinstance(e, ChildCancel) for e in step.effects) == 2
    assert p.tasks == ["close"]
    assert p.variables["reason"] == "merged"
    p.do("close")
    assert p.status == "finished"
