"""Timers, messages, signals, errors and escalations."""

from datetime import UTC, datetime, timedelta

import pytest

from sanwei_flow import engine
from sanwei_flow.engine import EngineError, Fire, MessageThrown, NotWaiting, TimerCleared, TimerSet
from tests.engine.bpmn import (
    both,
    boundary,
    catch,
    element,
    end,
    process,
    race,
    root,
    script,
    start,
    sub,
    throw,
    timer,
    trigger,
    user,
)
from tests.engine.player import MONDAY, Player


def waits(form, value):
    return process(
        "wait", start(), catch("t", timer(form, value)), user("u"), end(), flows="s > t > u > e"
    )


@pytest.mark.parametrize(
    ("form", "value", "due"),
    [
        ("Duration", "PT1H", MONDAY + timedelta(hours=1)),
        ("Duration", "P3D", MONDAY + timedelta(days=3)),
        ("Duration", "P1M", MONDAY.replace(month=4)),
        ("Duration", "${'P' + string(days) + 'D'}", MONDAY + timedelta(days=5)),
        ("Duration", "${duration('90m')}", MONDAY + timedelta(minutes=90)),
        ("Date", "2026-12-31", datetime(2026, 12, 30, 16, 0, tzinfo=UTC)),
        ("Date", "2026-12-31T09:00", datetime(2026, 12, 31, 1, 0, tzinfo=UTC)),
        ("Date", "2026-12-31T09:00Z", datetime(2026, 12, 31, 9, 0, tzinfo=UTC)),
        ("Date", "${workdays_after(today, 5)}", datetime(2026, 3, 8, 16, 0, tzinfo=UTC)),
        ("Date", "${now + duration('2h')}", MONDAY + timedelta(hours=2)),
        ("Date", "${end_of_month(today)}", datetime(2026, 3, 30, 16, 0, tzinfo=UTC)),
    ],
)
def test_a_timer_is_set_and_fires_once_not_before_its_time(form, value, due):
    p = Player(waits(form, value), {"days": 5})
    assert p.one("t").due_at == due
    ref = p.one("t").ref
    with pytest.raises(NotWaiting):
        p.act(Fire(ref))
    p.fire("t")
    assert p.tasks == ["u"]
    with pytest.raises(NotWaiting):
        p.act(Fire(ref))


@pytest.mark.parametrize("value", ["${3}", "${null}", "${'tomorrow'}", "${'P99999Y'}", "${[1]}"])
def test_a_timer_that_is_no_time_is_an_error(value):
    with pytest.raises(EngineError) as error:
        Player(waits("Duration", value))
    assert error.value.node == "t"


def with_boundary(*definition, interrupting=True, roots=""):
    return process(
        "bound",
        start(),
        user("work"),
        boundary("b", "work", *definition, interrupting=interrupting),
        user("side"),
        end(),
        end("e2"),
        flows="s > work > e; b > side > e2",
        roots=roots,
    )


def test_an_interrupting_timer_takes_the_task_away():
    p = Player(with_boundary(timer("Duration", "P1D")))
    assert p.timers == ["b"]
    p.fire("b")
    assert (p.tasks, p.timers) == (["side"], [])
    p.do("side")
    assert p.status == "finished"


def test_a_task_done_in_time_clears_the_timer():
    p = Player(with_boundary(timer("Duration", "P1D")))
    step = p.do("work")
    assert any(isinstance(e, TimerCleared) for e in step.effects)
    assert p.status == "finished"


def test_a_non_interrupting_timer_adds_work():
    p = Player(with_boundary(timer("Duration", "P1D"), interrupting=False))
    p.fire("b")
    assert (p.tasks, p.timers) == (["side", "work"], [])
    p.do("work")
    assert p.tasks == ["side"]
    p.do("side")
    assert p.status == "finished"


def test_a_cycle_fires_again_and_again_and_what_it_started_stays():
    p = Player(with_boundary(timer("Cycle", "R/P7D"), interrupting=False))
    first = p.one("b").due_at
    step = p.fire("b")
    assert [e.due_at for e in step.effects if isinstance(e, TimerSet)] == [
        first + timedelta(days=7)
    ]
    p.fire("b")
    assert p.tasks == ["side", "side", "work"]
    p.do("side")
    p.do("work")
    assert (p.tasks, p.timers) == (["side"], [])
    p.do("side")
    assert p.status == "finished"


def test_a_cycle_with_a_number_stops():
    p = Player(with_boundary(timer("Cycle", "R2/PT1H"), interrupting=False))
    p.fire("b")
    p.fire("b")
    assert p.timers == []
    p.do("work")
    assert p.tasks == ["side", "side"]


def test_after_a_standstill_a_cycle_comes_once_not_a_hundred_times():
    p = Player(with_boundary(timer("Cycle", "R/PT1H"), interrupting=False))
    p.pass_time(days=5)
    p.fire("b")
    assert p.tasks == ["side", "work"]
    assert p.one("b").due_at > p.at


def test_messages_interrupt():
    p = Player(with_boundary(trigger("message", "m"), roots=root("message", "m", "stop")))
    p.deliver("something else")
    assert p.tasks == ["work"]
    p.deliver("stop", why="x")
    assert p.tasks == ["side"]
    assert p.variables["why"] == "x"


def test_a_non_interrupting_message_is_heard_every_time():
    xml = with_boundary(
        trigger("message", "m"), interrupting=False, roots=root("message", "m", "ask")
    )
    p = Player(xml)
    p.deliver("ask")
    p.deliver("ask")
    assert p.tasks == ["side", "side", "work"]
    p.do("work")
    assert p.tasks == ["side", "side"]
    p.deliver("ask")
    assert p.tasks == ["side", "side"]


def test_a_boundary_event_wins_over_automatic_tasks():
    xml = process(
        "win",
        start(),
        sub(
            "work",
            start("ws"),
            user("u"),
            script("auto", "ran = true"),
            throw("cry", trigger("signal", "sig")),
            script("more", "more = true"),
            user("u2"),
            end("we"),
            flows="ws > u > auto > cry > more > u2 > we",
        ),
        boundary("b", "work", trigger("signal", "sig")),
        user("side"),
        end(),
        end("e2"),
        flows="s > work > e; b > side > e2",
        roots=root("signal", "sig", "alarm"),
    )
    p = Player(xml)
    p.do("u")
    assert p.variables == {"ran": True}
    assert p.tasks == ["side"]


def test_the_first_event_of_a_race_wins():
    xml = process(
        "race",
        start(),
        race("g"),
        catch("t", timer("Duration", "P1D")),
        catch("m", trigger("message", "msg")),
        user("late"),
        user("answered"),
        end(),
        end("e2"),
        flows="s > g > t > late > e; g > m > answered > e2",
        roots=root("message", "msg", "answer"),
    )
    p = Player(xml)
    assert p.timers == ["t"]
    p.deliver("answer", text="yes")
    assert (p.tasks, p.timers) == (["answered"], [])
    p = Player(xml)
    p.fire("t")
    p.deliver("answer")
    assert p.tasks == ["late"]


def test_a_message_leaves_with_what_it_is_given():
    xml = process(
        "send",
        start(),
        throw("out", trigger("message", "m"), settings={"input.no": "${row.no}"}),
        end("e", trigger("message", "m")),
        flows="s > out > e",
        roots=root("message", "m", "done"),
    )
    p = Player(xml, {"row": {"no": 7}})
    assert p.messages == [MessageThrown("done", {"no": 7}), MessageThrown("done", {})]
    assert p.status == "finished"


def test_a_message_wakes_one_a_signal_all():
    def two(kind):
        return process(
            "two",
            start(),
            both("f"),
            catch("a", trigger(kind, "x")),
            catch("b", trigger(kind, "x")),
            end(),
            end("e2"),
            flows="s > f > a > e; f > b > e2",
            roots=root(kind, "x", "go"),
        )

    p = Player(two("message"))
    p.deliver("go")
    assert p.status == "running"
    p.deliver("go")
    assert p.status == "finished"
    p = Player(two("signal"))
    p.deliver("go")
    assert p.status == "finished"


def test_a_signal_end_event_is_a_signal():
    xml = process(
        "sig",
        start(),
        both("f"),
        catch("a", trigger("signal", "x")),
        user("u"),
        end("e1"),
        end("e", trigger("signal", "x")),
        flows="s > f > a > e1; f > u > e",
        roots=root("signal", "x", "go"),
    )
    p = Player(xml)
    p.do("u")
    assert p.status == "finished"
    assert [m.name for m in p.messages] == ["go"]


@pytest.mark.parametrize("kind", ["error", "escalation"])
def test_errors_and_escalations_reach_the_activity_around(kind):
    xml = process(
        "err",
        start(),
        sub(
            "outer",
            start("os"),
            sub(
                "inner",
                start("is"),
                both("f"),
                user("u"),
                user("left"),
                end("ie", trigger(kind, "x")),
                end("ie2"),
                flows="is > f > u > ie; f > left > ie2",
            ),
            end("oe"),
            flows="os > inner > oe",
        ),
        boundary("b", "outer", trigger(kind, "x")),
        user("side"),
        end(),
        end("e2"),
        flows="s > outer > e; b > side > e2",
        roots=root(kind, "x", "E1"),
    )
    p = Player(xml)
    p.do("u")
    assert p.tasks == ["side"]
    p.do("side")
    assert p.status == "finished"


def test_a_non_interrupting_escalation_adds_work():
    xml = process(
        "esc",
        start(),
        sub(
            "inner",
            start("is"),
            throw("cry", trigger("escalation", "x")),
            user("u"),
            end("ie"),
            flows="is > cry > u > ie",
        ),
        boundary("b", "inner", trigger("escalation", "x"), interrupting=False),
        user("side"),
        end(),
        end("e2"),
        flows="s > inner > e; b > side > e2",
        roots=root("escalation", "x", "E1"),
    )
    p = Player(xml)
    assert p.tasks == ["side", "u"]


def test_terminate_ends_its_level_only():
    xml = process(
        "term",
        start(),
        sub(
            "inner",
            start("is"),
            both("f"),
            user("a"),
            user("b"),
            end("ie", trigger("terminate")),
            end("ie2"),
            flows="is > f > a > ie; f > b > ie2",
        ),
        user("after"),
        end(),
        flows="s > inner > after > e",
    )
    p = Player(xml)
    p.do("a")
    assert p.tasks == ["after"]


def test_receive_and_send_tasks():
    xml = process(
        "rs",
        start(),
        element("receiveTask", "r", messageRef="m"),
        element("sendTask", "o", messageRef="m"),
        end(),
        flows="s > r > o > e",
        roots=root("message", "m", "hello"),
    )
    p = Player(xml)
    assert p.status == "running"
    p.deliver("hello")
    assert p.status == "finished"
    assert p.messages[0].name == "hello"


def test_waiting_only_for_a_message_is_waiting_too():
    xml = process(
        "hear",
        start(),
        catch("c", trigger("message", "m")),
        end(),
        flows="s > c > e",
        roots=root("message", "m", "go"),
    )
    p = Player(xml)
    assert engine.waiting(p.design, p.state) == []
    assert p.status == "running"


def test_what_a_repeated_event_has_started_goes_on_even_if_it_ends_the_activity_itself():
    xml = process(
        "self",
        start(),
        user("work"),
        boundary("tick", "work", timer("Cycle", "R/P1D"), interrupting=False),
        boundary("stop", "work", trigger("signal", "g")),
        script("x", "n = 1"),
        throw("cry", trigger("signal", "g")),
        user("after"),
        end(),
        end("e2"),
        end("e3"),
        flows="s > work > e; tick > x > cry > after > e2; stop > e3",
        roots=root("signal", "g", "alarm"),
    )
    p = Player(xml)
    p.fire("tick")
    assert (p.tasks, p.timers) == (["after"], [])
    p.do("after")
    assert p.status == "finished"
