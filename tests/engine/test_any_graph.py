"""Any graph at all: either it is refused with sentences, or it runs without surprises."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sanwei_flow import engine
from sanwei_flow.engine import EngineError
from tests.engine.bpmn import (
    both,
    boundary,
    call,
    catch,
    either,
    end,
    flow,
    multi,
    process,
    root,
    script,
    service,
    start,
    sub,
    throw,
    timer,
    trigger,
    user,
    xor,
)
from tests.engine.player import Player

ROOTS = root("message", "m", "hello") + root("signal", "g", "alarm") + root("error", "x", "E1")


def inner(name, ending=""):
    s, u, e = f"{name}s", f"{name}u", f"{name}e"
    return sub(name, start(s), user(u), end(e, ending), flows=f"{s} > {u} > {e}")


def failing(name):
    return inner(name, trigger("error", "x"))


ACTIVITIES = [
    user,
    lambda i: user(i, multi(cardinality="2")),
    lambda i: user(i, multi(cardinality="2", until="n > 1")),
    lambda i: script(i, "n = n + 1"),
    lambda i: service(i, "op"),
    lambda i: call(i, "other"),
    lambda i: call(i, "other", multi(cardinality="2")),
    inner,
    failing,
]
CHOICES = [lambda i: xor(i, default=f"{i}_on"), lambda i: either(i, default=f"{i}_on")]
OTHERS = [
    both,
    lambda i: catch(i, timer("Duration", "P1D")),
    lambda i: catch(i, trigger("message", "m")),
    lambda i: throw(i, trigger("signal", "g")),
    lambda i: throw(i, trigger("message", "m")),
]
ENDS = [lambda i: end(i, trigger("terminate")), end]
KINDS = [*ACTIVITIES, *CHOICES, *OTHERS]
EVENTS = [
    timer("Duration", "P1D"),
    timer("Cycle", "R3/PT1H"),
    trigger("message", "m"),
    trigger("signal", "g"),
]


@st.composite
def graphs(draw):
    """A chain of random elements, so that all is reached, with random ways on, back and out."""
    n = draw(st.integers(2, 7))
    kinds = [draw(st.sampled_from(KINDS)) for _ in range(n)]
    ids = [f"n{i}" for i in range(n)]
    parts = [start(), *(kind(i) for kind, i in zip(kinds, ids, strict=True))]
    targets = [*ids, "e", "e2"]
    flows = [flow(a, b, id_=f"{a}_on") for a, b in pairwise(["s", *ids, "e"])]
    flows.append(flow(ids[0], "e2", "n > 2", id_="out") if kinds[0] in CHOICES else "")
    for number in range(draw(st.integers(0, 3))):
        source = draw(st.sampled_from(range(n)))
        condition = draw(st.sampled_from(["n < 2", "n >= 2"]))
        condition = condition if kinds[source] in CHOICES else None
        flows.append(flow(ids[source], draw(st.sampled_from(targets)), condition, f"f{number}"))
    hosts = [i for kind, i in zip(kinds, ids, strict=True) if kind in ACTIVITIES]
    for host in hosts:
        event, interrupting = draw(st.sampled_from([None, None, *EVENTS])), draw(st.booleans())
        if kinds[ids.index(host)] is failing:
            event, interrupting = trigger("error", "x"), True
        if event is not None:
            parts.append(boundary(f"b{host}", host, event, interrupting=interrupting))
            flows.append(flow(f"b{host}", draw(st.sampled_from(targets))))
    parts.append(end())
    if any('targetRef="e2"' in each for each in flows):
        parts.append(draw(st.sampled_from(ENDS))("e2"))
    return process("any", *parts, extra=flows, roots=ROOTS)


@settings(
    max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
@given(graphs(), st.data())
def test_any_graph_is_refused_or_runs(xml, data):
    problems = engine.check_design(xml)
    assert all(str(problem) for problem in problems)
    if any(problem.severity == "error" for problem in problems):
        return
    try:
        player = Player(xml, {"n": 0})
        for _ in range(12):
            if player.status != "running":
                return
            choice = data.draw(st.integers(0, len(player.open)))
            if choice == len(player.open):
                player.deliver(data.draw(st.sampled_from(["hello", "alarm"])))
                continue
            effect = list(player.open.values())[choice]
            match effect:
                case engine.TaskOpened():
                    player.act(engine.Complete(effect.ref, {"n": data.draw(st.integers(0, 3))}))
                case engine.TimerSet():
                    player.at = max(player.at, effect.due_at)
                    player.act(engine.Fire(effect.ref))
                case engine.ChildStart():
                    player.act(engine.ChildFinished(effect.ref, {"ok": True}))
                case engine.ServiceDue():
                    player.act(engine.ServiceDone(effect.ref, {"n": 1}))
    except EngineError as error:
        said = str(error)
        assert said, "an error must say something"
