"""The state: its size, its version, its bounds, and one design used by many threads."""

import statistics
import threading
import time

import orjson
import pytest

from sanwei_flow import engine
from sanwei_flow.engine import Complete, EngineError, NotWaiting, TaskOpened, build
from tests.engine.bpmn import (
    both,
    boundary,
    call,
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
from tests.engine.player import MONDAY, Player, Weekdays

REWORK = process(
    "rework",
    start(),
    sub(
        "phase",
        start("ps"),
        user("write"),
        both("f"),
        user("check"),
        user("sign"),
        both("j"),
        end("pe"),
        flows="ps > write > f > check > j > pe; f > sign > j",
    ),
    boundary("late", "phase", timer("Duration", "P3D"), interrupting=False),
    script("count", "round = round + 1"),
    user("review", multi("reviewers")),
    xor("ok", default="no"),
    end(),
    end("e2"),
    flows="s > phase > count > review > ok; late > e2",
    extra=[flow("ok", "e", "outcome == 'agree'"), flow("ok", "phase", id_="no")],
)


def test_five_hundred_rounds_leave_the_state_as_small_as_five():
    p = Player(REWORK, {"round": 0, "reviewers": [1, 2]})
    sizes = []
    for i in range(500):
        p.do("write", text="x" * 20)
        sizes.append(len(p.state))
        for node in ("check", "sign") if i % 2 else ("sign", "check"):
            p.do(node)
        p.do("review", outcome="agree")
        p.do("review", outcome="return")
    assert p.variables["round"] == 500
    assert sizes[-1] <= sizes[4] * 1.05
    assert p.tasks == ["write"]


def test_the_state_of_a_case_is_small():
    xml = process(
        "case",
        start(),
        user("a"),
        boundary("b", "a", timer("Duration", "P3D"), interrupting=False),
        user("side"),
        end(),
        end("e2"),
        flows="s > a > e; b > side > e2",
    )
    p = Player(xml)
    assert len(p.state) < 400


def test_a_hundred_children_grow_the_state_by_their_number_only():
    xml = process(
        "many",
        start(),
        call("c", "child", multi("units"), input_row="${row}"),
        end(),
        flows="s > c > e",
    )
    row = {"text": "x" * 1000}
    ten = len(Player(xml, {"row": row, "units": list(range(10))}).state)
    hundred = len(Player(xml, {"row": row, "units": list(range(100))}).state)
    assert (hundred - ten) / 90 < 150


@pytest.mark.parametrize(
    "change",
    [
        lambda s: {**s, "v": 0},
        lambda s: {**s, "v": 2},
        lambda s: {**s, "serializer_version": "1.1", "v": None},
        lambda s: {**s, "k": "another"},
        lambda s: [s],
        lambda s: {**s, "w": [[1, "gone", 16, 0, 0]]},
    ],
)
def test_a_state_of_another_kind_is_refused(change):
    p = Player(REWORK, {"round": 0, "reviewers": []})
    state = orjson.dumps(change(orjson.loads(p.state)))
    with pytest.raises(EngineError):
        engine.act(p.design, state, Complete("x"), MONDAY, functions=Weekdays())


@pytest.mark.parametrize("state", [b"", b"{", b"null", b"\x80\x04K\x01."])
def test_garbage_is_no_state(state):
    p = Player(REWORK, {"round": 0, "reviewers": []})
    with pytest.raises(EngineError):
        engine.waiting(p.design, state)


def test_an_old_state_still_runs():
    """A state as version 1 wrote it. It must load for as long as the version is 1."""
    state = (
        b'{"v":1,"k":"rework","s":"running","t":"2026-03-02T01:00:00+00:00","n":1772413200000008,'
        b'"d":{"round":0,"reviewers":[1]},"r":1772413200000001,"w":[[1772413200000003,'
        b'"phase [events]",64,0,0],[1772413200000004,"phase",32,1772413200000003,0],'
        b'[1772413200000005,"late",8,1772413200000003,{"due":"2026-03-05T01:00:00+00:00"}]],'
        b'"p":[[1772413200000004,1772413200000006,[[1772413200000008,"write",16,0,0]]]]}'
    )
    design = engine.compile_design(REWORK)
    [timer_set, task] = sorted(engine.waiting(design, state), key=lambda e: e.node)
    assert (timer_set.node, task.node) == ("late", "write")
    step = engine.act(design, state, Complete(task.ref), MONDAY, functions=Weekdays())
    assert sorted(e.node for e in step.effects if isinstance(e, TaskOpened)) == ["check", "sign"]


def test_too_much_data_is_an_error_and_the_old_state_stays_good():
    p = Player(REWORK, {"round": 0, "reviewers": []})
    with pytest.raises(EngineError, match="8 MB"):
        p.do("write", text="x" * 9_000_000)
    p.do("write", text="ok")


def test_a_hundred_automatic_rounds_are_fine_two_thousand_are_not():
    def counting(limit):
        return process(
            "count",
            start(),
            script("x", "n = n + 1", loop(f"n < {limit}")),
            user("u"),
            end(),
            flows="s > x > u > e",
        )

    p = Player(counting(100), {"n": 0})
    assert p.tasks == ["u"]
    began = time.monotonic()
    with pytest.raises(EngineError):
        Player(counting(100_000), {"n": 0})
    assert time.monotonic() - began < 5


def test_a_join_nobody_can_reach_is_an_error_not_a_silent_stop():
    xml = process(
        "stuck",
        start(),
        both("f"),
        user("a"),
        xor("g", default="d"),
        user("b"),
        both("j"),
        end(),
        end("e2"),
        flows="s > f > a > j > e; f > g; b > j",
        extra=[flow("g", "b", "x"), flow("g", "e2", id_="d")],
    )
    p = Player(xml, {"x": False})
    with pytest.raises(EngineError, match="等不到"):
        p.do("a")


def test_an_undo_never_meets_a_ref_again():
    """After going back to an earlier state, new work has new refs, even if it is the same work."""
    xml = process("p", start(), user("a"), user("b"), end(), flows="s > a > b > e")
    p = Player(xml)
    earlier, ref = p.state, p.one("a").ref
    first = engine.act(p.design, earlier, Complete(ref), p.at, functions=Weekdays())
    p.pass_time(seconds=1)
    second = engine.act(p.design, earlier, Complete(ref), p.at, functions=Weekdays())
    refs = {e.ref for s in (first, second) for e in s.effects if isinstance(e, TaskOpened)}
    assert len(refs) == 2


def test_threads_may_share_a_design():
    """Each thread has its own specs; a multi-instance started in one goes on in another."""
    p = Player(REWORK, {"round": 0, "reviewers": [1, 2, 3]})
    failures: list[BaseException] = []
    programs: list[object] = []

    def play():
        try:
            programs.append(build.program_of(p.design))
            for _ in range(20):
                state, steps = p.state, 0
                while steps < 30:
                    waiting = engine.waiting(p.design, state, MONDAY, functions=Weekdays())
                    task = next(e for e in waiting if isinstance(e, TaskOpened))
                    event = Complete(task.ref, {"outcome": "agree"})
                    step = engine.act(p.design, state, event, MONDAY, functions=Weekdays())
                    state, steps = step.state, steps + 1
                    if step.status == "finished":
                        break
                assert steps == 6
        except BaseException as error:  # noqa: BLE001 - the test's thread reports it
            failures.append(error)

    threads = [threading.Thread(target=play) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert len(set(map(id, programs))) == 8


def test_a_cold_act_is_quick():
    """Loading, acting and saving: some 0.1 ms on a quiet machine; the bound is a loose one."""
    p = Player(REWORK, {"round": 0, "reviewers": [1]})
    event = Complete(p.one("write").ref, {"text": "x"})
    times = []
    for _ in range(100):
        began = time.perf_counter()
        engine.act(p.design, p.state, event, MONDAY, functions=Weekdays())
        times.append(time.perf_counter() - began)
    assert statistics.median(times) < 0.005


def test_nothing_happens_to_what_has_ended():
    p = Player(process("p", start(), user("a"), end(), flows="s > a > e"))
    p.do("a")
    assert p.waiting() == []
    with pytest.raises(NotWaiting):
        p.act(Complete("x"))


@pytest.mark.parametrize(
    "change",
    [
        {"w": [["x"]]},
        {"w": [[1, "nowhere", 4, 0, 0]]},
        {"w": [[1, "write", 4, 99, 0]]},
        {"p": [[7, 7, []]]},
        {"p": "abc"},
        {"n": None},
        {"d": []},
        {"t": "yesterday"},
        {"k": "somebody_else"},
    ],
)
def test_a_state_from_elsewhere_is_refused_with_a_sentence(change):
    p = Player(REWORK, {"round": 0, "reviewers": [1, 2]})
    strange = orjson.dumps({**orjson.loads(p.state), **change})
    with pytest.raises(EngineError, match="流程状态"):
        engine.waiting(p.design, strange, MONDAY, functions=Weekdays())


def test_a_state_beyond_the_bound_is_refused_before_it_is_read():
    p = Player(REWORK, {"round": 0, "reviewers": [1, 2]})
    huge = orjson.dumps({**orjson.loads(p.state), "d": {"x": "x" * (9 * 1024 * 1024)}})
    began = time.perf_counter()
    with pytest.raises(EngineError, match="流程状态"):
        engine.variables(p.design, huge)
    assert time.perf_counter() - began < 5
