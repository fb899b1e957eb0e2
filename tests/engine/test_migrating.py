"""Moving running instances to another version: what goes on, and what must not be moved."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanwei_flow import engine
from sanwei_flow.engine import CannotMove, TaskOpened, TimerSet
from tests.engine.bpmn import (
    both,
    boundary,
    call,
    catch,
    either,
    end,
    flow,
    loop,
    multi,
    process,
    race,
    root,
    script,
    service,
    start,
    sub,
    timer,
    trigger,
    user,
    xor,
)
from tests.engine.player import Player, Weekdays

DAY = timer("Duration", "P1D")
ITEMS = {"people": ["甲", "乙", "丙"]}


def version(*content: str, flows: str = "", **more) -> bytes:
    return process("work", start(), *content, end(), flows=flows, **more)


def move(player: Player, xml: bytes, fields=None, **named: str) -> Player:
    """Let the player go on with another version; `named` corrects the automatic mapping."""
    new = engine.compile_design(xml)
    mapping = engine.automatic(player.design, new) | named
    moved = engine.migrate(
        player.design,
        new,
        player.state,
        mapping,
        player.at,
        functions=Weekdays(),
        fields=fields,
    )
    assert [one.ref for one in moved.before] == [one.ref for one in moved.after]
    player.design, player.state = new, moved.state
    player.open = {one.ref: one for one in moved.after}
    assert {one.ref for one in player.waiting()} == set(player.open)
    return player


def refusal(player: Player, xml: bytes, **named: str) -> str:
    state = player.state
    with pytest.raises(CannotMove) as refused:
        move(player, xml, **named)
    assert player.state == state
    return str(refused.value)


OLD = version(user("a"), user("b"), flows="s > a > b > e")


# What goes on


def test_a_step_put_in_ahead_is_passed_by_whoever_has_not_come_to_it():
    new = version(user("a"), user("legal"), user("b"), flows="s > a > legal > b > e")
    p = move(Player(OLD), new)
    p.do("a")
    assert p.tasks == ["legal"]
    p.do("legal")
    p.do("b")
    assert p.status == "finished"


def test_whoever_is_past_the_new_step_does_not_go_back_to_it():
    p = Player(OLD)
    p.do("a")
    move(p, version(user("a"), user("legal"), user("b"), flows="s > a > legal > b > e"))
    assert p.tasks == ["b"]
    p.do("b")
    assert p.status == "finished"


def test_a_finished_step_may_be_gone():
    p = Player(OLD)
    p.do("a", note="7")
    move(p, version(user("b"), flows="s > b > e"))
    p.do("b")
    assert (p.status, p.variables["note"]) == ("finished", "7")


def test_a_renamed_step_is_found_by_the_correction():
    new = version(user("a2"), user("b"), flows="s > a2 > b > e")
    assert "没有对应的环节" in refusal(Player(OLD), new)
    p = move(Player(OLD), new, a="a2")
    assert p.tasks == ["a2"]
    p.do("a2")
    assert p.tasks == ["b"]


def test_a_waiting_timer_keeps_its_moment():
    old = version(
        user("a", name="写"), boundary("t", "a", DAY), user("x"), flows="s > a > e; t > x > e"
    )
    longer = boundary("t", "a", timer("Duration", "P9D"))
    p = Player(old)
    due = p.one("t").due_at
    move(p, version(user("a"), longer, user("x"), flows="s > a > e; t > x > e"))
    assert p.one("t").due_at == due
    p.fire("t")
    assert p.tasks == ["x"]


def test_a_cycle_goes_on_counting():
    cycle = boundary("t", "a", timer("Cycle", "R3/P1D"), interrupting=False)
    old = version(user("a"), cycle, script("n", "x = 1"), end("e2"), flows="s > a > e; t > n > e2")
    p = Player(old)
    p.fire("t")
    due = p.one("t").due_at
    longer = version(
        user("a"), cycle, script("n", "x = 1"), user("more"), end("e2"),
        flows="s > a > more > e; t > n > e2",
    )  # fmt: skip
    move(p, longer)
    assert p.one("t").due_at == due
    p.fire("t")
    p.fire("t")
    assert p.timers == []


def test_a_called_process_and_a_service_go_on():
    body = (call("c", "child", input_n="${n}"), service("v", "plans.note"))
    split = (both("f"), both("j"))
    old = version(*split, *body, flows="s > f > c > j; f > v > j; j > e")
    new = version(*split, *body, user("after"), flows="s > f > c > j; f > v > j; j > after > e")
    p = move(Player(old, {"n": 1}), new)
    p.service_done("v")
    p.child_done("c")
    assert p.tasks == ["after"]


def test_inside_a_phase_with_events():
    inner = (start("s1"), user("a"), end("e1"))
    more = (start("s1"), user("a"), user("legal"), end("e1"))
    late = boundary("t", "p", DAY, interrupting=False)
    tail = (user("x"), end("e2"))
    old = version(sub("p", *inner, flows="s1 > a > e1"), late, *tail, flows="s > p > e; t > x > e2")
    new = version(
        sub("p", *more, flows="s1 > a > legal > e1"), late, *tail, flows="s > p > e; t > x > e2"
    )
    p = Player(old)
    p.fire("t")
    move(p, new)
    assert p.tasks == ["a", "x"]
    p.do("a")
    p.do("x")
    p.do("legal")
    assert p.status == "finished"


@pytest.mark.parametrize("sequential", [False, True])
def test_in_the_middle_of_a_joint_decision(sequential):
    joint = multi("people", sequential=sequential, item="person", result="said")
    old = version(user("a", joint), flows="s > a > e")
    new = version(user("a", joint), user("legal"), flows="s > a > legal > e")
    p = Player(old, ITEMS)
    p.do("a", vote="yes")
    move(p, new)
    while p.tasks and p.tasks[0] == "a":
        p.do("a", vote="no")
    assert p.tasks == ["legal"]
    assert [one["vote"] for one in p.variables["said"]] == ["yes", "no", "no"]


def test_copies_of_a_phase_keep_their_own_variables():
    def xml(*more: str, way: str = "s1 > a > e1") -> bytes:
        inner = (start("s1"), user("a", title="${person}"), *more, end("e1"))
        mark = multi("people", item="person", result="said")
        return version(sub("p", mark, *inner, flows=way), flows="s > p > e")

    p = Player(xml(), ITEMS)
    p.do("a", vote="yes")
    move(p, xml(user("b", title="${person}"), way="s1 > a > b > e1"))
    p.do("a", vote="no")
    assert p.one("b").name == "乙"


def test_a_token_at_a_join_waits_on():
    split = (both("f"), user("a"), user("b"), both("j"))
    ways = "s > f > a > j; f > b > j"
    p = Player(version(*split, flows=f"{ways}; j > e"))
    p.do("a")
    move(p, version(*split, user("legal"), flows=f"{ways}; j > legal > e"))
    p.do("b")
    assert p.tasks == ["legal"]


def test_rivals_of_an_event_gateway_stay_rivals():
    wait = (race("r"), catch("t", DAY), catch("m", trigger("message", "msg")))
    more = {"roots": root("message", "msg", "ok")}
    ways = "s > r > t > e; r > m > e"
    p = Player(version(*wait, flows=ways, **more))
    new = version(*wait, user("legal"), flows="s > r > t > e; r > m > legal > e", **more)
    move(p, new)
    p.deliver("ok")
    assert (p.tasks, p.timers) == (["legal"], [])


def test_a_repeated_task_goes_on_repeating():
    p = Player(version(user("a", loop("again")), flows="s > a > e"), {"again": True})
    p.do("a")
    move(p, version(user("a", loop("again")), user("b"), flows="s > a > b > e"))
    p.do("a", again=False)
    assert p.tasks == ["b"]


# What must not be moved

PAIR = (both("f"), user("a"), user("b"), both("j"))
PAIR_WAYS = "s > f > a > j; f > b > j; j > e"
MSG = {"roots": root("message", "m1", "one") + root("message", "m2", "two")}

INNER = sub("p", start("s1"), user("a"), end("e1"), flows="s1 > a > e1")
PHASE = version(INNER, flows="s > p > e")


def at_join() -> Player:
    p = Player(version(*PAIR, flows=PAIR_WAYS))
    p.do("a")
    return p


REFUSED = {
    "removed": (
        lambda: Player(OLD),
        version(user("b"), flows="s > b > e"),
        "没有对应的环节",
    ),
    "another kind": (
        lambda: Player(OLD),
        version(service("a", "plans.note"), user("b"), flows="s > a > b > e"),
        "没有对应的环节",
    ),
    "into a phase": (
        lambda: Player(OLD),
        PHASE,
        "换到了别的阶段",
    ),
    "out of a phase": (
        lambda: Player(
            PHASE
        ),
        version(user("a"), flows="s > a > e"),
        "没有对应的环节",
    ),
    "now for several": (
        lambda: Player(OLD, ITEMS),
        version(user("a", multi("people")), user("b"), flows="s > a > b > e"),
        "多人办理或循环",
    ),
    "no longer for several": (
        lambda: Player(version(user("a", multi("people")), flows="s > a > e"), ITEMS),
        version(user("a"), flows="s > a > e"),
        "多人办理或循环",
    ),
    "in turn instead of together": (
        lambda: Player(version(user("a", multi("people")), flows="s > a > e"), ITEMS),
        version(user("a", multi("people", sequential=True)), flows="s > a > e"),
        "多人办理或循环",
    ),
    "another name for the item": (
        lambda: Player(version(user("a", multi("people", item="x")), flows="s > a > e"), ITEMS),
        version(user("a", multi("people", item="y")), flows="s > a > e"),
        "多人办理或循环",
    ),
    "an event on what is under way": (
        lambda: Player(OLD),
        version(user("a"), boundary("t", "a", DAY), user("b"), flows="s > a > b > e; t > e"),
        "附加了新的事件",
    ),
    "an event taken away": (
        lambda: Player(version(user("a"), boundary("t", "a", DAY), flows="s > a > e; t > e")),
        version(user("a"), flows="s > a > e"),
        "没有",
    ),
    "another message": (
        lambda: Player(version(catch("m", trigger("message", "m1")), flows="s > m > e", **MSG)),
        version(catch("m", trigger("message", "m2")), flows="s > m > e", **MSG),
        "不是同一件事",
    ),
    "a date instead of a duration": (
        lambda: Player(version(catch("t", DAY), flows="s > t > e")),
        version(catch("t", timer("Date", "2027-01-01")), flows="s > t > e"),
        "不是同一件事",
    ),
    "no longer interrupting": (
        lambda: Player(version(user("a"), boundary("t", "a", DAY), flows="s > a > e; t > e")),
        version(user("a"), boundary("t", "a", DAY, interrupting=False), flows="s > a > e; t > e"),
        "不是同一件事",
    ),
    "one more to wait for at the race": (
        lambda: Player(
            version(race("r"), catch("t", DAY), catch("m", trigger("message", "m1")),
                    flows="s > r > t > e; r > m > e", **MSG)
        ),
        version(race("r"), catch("t", DAY), catch("m", trigger("message", "m1")),
                catch("n", trigger("message", "m2")),
                flows="s > r > t > e; r > m > e; r > n > e", **MSG),
        "不是同一件事",
    ),
    "a third branch where one has arrived": (
        at_join,
        version(*PAIR, user("c"), flows=f"{PAIR_WAYS}; f > c > j"),
        "改变了在那里汇合的路径",
    ),
    "a third branch where nobody has arrived": (
        lambda: Player(version(*PAIR, flows=PAIR_WAYS)),
        version(*PAIR, user("c"), flows=f"{PAIR_WAYS}; f > c > j"),
        "再也等不齐",
    ),
    "into one branch of two": (
        lambda: Player(OLD),
        version(*PAIR, flows=PAIR_WAYS),
        "再也等不齐",
    ),
    "one after the other instead of side by side": (
        lambda: Player(version(*PAIR, flows=PAIR_WAYS)),
        version(user("a"), user("b"), flows="s > a > b > e"),
        "先后两步",
    ),
    "a name nobody fills in any more": (
        lambda: Player(OLD),
        version(
            user("legal", form="legal"), user("a"), xor("x", default="d"), user("b"),
            flows="s > legal > a > x; b > e",
            extra=[flow("x", "b", "risky"), flow("x", "e", id_="d")],
        ),
        "「risky」",
    ),
    "a start variable it does not have": (
        lambda: Player(OLD),
        version(user("a"), user("b", title="${budget.sum}"), flows="s > a > b > e"),
        "「budget」",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_a_reason(case):
    player, new, reason = REFUSED[case]
    assert reason in refusal(player(), new)


def test_a_correction_to_something_of_another_kind_or_none_at_all():
    new = version(user("b"), service("v", "plans.note"), flows="s > b > v > e")
    assert "另一类环节" in refusal(Player(OLD), new, a="v")
    assert "没有对应的环节" in refusal(Player(OLD), new, a="nowhere")


def test_what_a_form_ahead_fills_in_may_be_read():
    new = version(
        user("a"), user("legal", form="legal"), xor("x", default="d"), user("b"),
        flows="s > a > legal > x; b > e",
        extra=[flow("x", "b", "risky"), flow("x", "e", id_="d")],
    )  # fmt: skip
    p = move(Player(OLD), new, fields={"legal": frozenset({"risky"})})
    p.do("a")
    p.do("legal", risky=True)
    assert p.tasks == ["b"]


def test_inside_a_phase_the_step_that_was_passed_by_fills_nothing_in():
    def xml(*more: str, ways: str, extra=()) -> bytes:
        inner = sub("p", start("s1"), user("a"), *more, end("e1"), flows=ways, extra=list(extra))
        return version(inner, flows="s > p > e")

    new = xml(
        user("legal", form="legal"), xor("x", default="d"), user("b"),
        ways="s1 > legal > a > x; b > e1",
        extra=[flow("x", "b", "risky"), flow("x", "e1", id_="d")],
    )  # fmt: skip
    player = Player(xml(ways="s1 > a > e1"))
    with pytest.raises(CannotMove, match="risky"):
        move(player, new, fields={"legal": frozenset({"risky"})})


def test_a_finished_instance_has_nowhere_to_go():
    p = Player(OLD)
    p.do("a")
    p.do("b")
    assert "已经结束" in refusal(p, OLD)


def test_inclusive_joins_wait_for_what_can_still_come():
    def xml(*tail: str, ways: str) -> bytes:
        return version(either("f"), user("a"), user("b"), either("j"), *tail, flows=ways,
                       extra=[flow("f", "a", "true"), flow("f", "b", "true")])  # fmt: skip

    p = Player(xml(ways="a > j; b > j; s > f; j > e"))
    p.do("a")
    move(p, xml(user("legal"), ways="a > j; b > j; s > f; j > legal > e"))
    assert p.tasks == ["b"]
    p.do("b")
    assert p.tasks == ["legal"]


# Whatever the versions: who is moved gets to the end, and nobody is asked twice

STEPS = ["a", "b", "c", "d"]


@st.composite
def chains(draw):
    """Two orders of steps, and how far the instance has come in the first."""
    first = draw(st.permutations(STEPS).map(lambda s: s[: draw(st.integers(1, 4))]))
    second = draw(st.permutations([*STEPS, "new"]).map(lambda s: s[: draw(st.integers(1, 5))]))
    return list(first), list(second), draw(st.integers(0, len(first) - 1))


@settings(max_examples=60)
@given(chains())
def test_any_line_to_any_line(drawn):
    first, second, done = drawn

    def line(steps):
        return version(*(user(one) for one in steps), flows=" > ".join(["s", *steps, "e"]))

    p = Player(line(first))
    for step in first[:done]:
        p.do(step)
    here = first[done]
    if here not in second:
        refusal(p, line(second))
        return
    move(p, line(second))
    for step in itertools.dropwhile(lambda one: one != here, second):
        assert p.tasks == [step]
        p.do(step)
    assert p.status == "finished"


@settings(max_examples=60)
@given(
    st.sets(st.sampled_from(STEPS), min_size=2),
    st.sets(st.sampled_from(STEPS), min_size=2),
    st.data(),
)
def test_any_fork_to_any_fork(first, second, data):
    """Branches may be renamed one to one; any other change of what meets is refused."""

    def fork(branches):
        ways = "; ".join(f"f > {one} > j" for one in sorted(branches))
        return version(
            both("f"),
            both("j"),
            *(user(one) for one in sorted(branches)),
            flows=f"s > f; {ways}; j > e",
        )

    p = Player(fork(first))
    done = data.draw(st.sets(st.sampled_from(sorted(first)), max_size=len(first) - 1))
    for step in sorted(done):
        p.do(step)
    if first != second:
        refusal(p, fork(second))
        return
    move(p, fork(second))
    for step in sorted(first - done):
        p.do(step)
    assert p.status == "finished"


def test_everything_open_keeps_its_ref():
    p = Player(version(*PAIR, boundary("t", "a", DAY), flows=f"{PAIR_WAYS}; t > j"))
    refs = {one.ref: type(one) for one in p.open.values()}
    assert set(refs.values()) == {TaskOpened, TimerSet}
    move(
        p,
        version(
            *PAIR,
            boundary("t", "a", DAY),
            user("z"),
            flows="s > f > a > j; f > b > j; t > j; j > z > e",
        ),
    )
    assert {one.ref: type(one) for one in p.open.values()} == refs
