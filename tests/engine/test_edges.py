"""Rare turns that must not surprise anybody."""

from collections import OrderedDict
from datetime import date, timedelta

import pytest

from sanwei_flow import engine
from sanwei_flow.engine import (
    BadData,
    EngineError,
    ServiceCancel,
    build,
    evaluation,
    timers,
)
from sanwei_flow.engine.expressions import compile_template
from sanwei_flow.engine.guard import clean_data
from tests.engine.bpmn import (
    both,
    boundary,
    call,
    either,
    end,
    flow,
    loop,
    multi,
    process,
    root,
    script,
    service,
    start,
    sub,
    timer,
    trigger,
    user,
)
from tests.engine.player import MONDAY, Player, Weekdays

ONE = process("p", start(), user("u"), end(), flows="s > u > e")


def test_a_published_design_is_loaded_without_the_checks():
    """An error nobody catches is refused today; an old design that has one still runs."""
    xml = process(
        "p",
        start(),
        user("u"),
        end("e", trigger("error", "x")),
        flows="s > u > e",
        roots=root("error", "x", "E1"),
    )
    design = engine.load_design(xml)
    step = engine.start(design, {}, MONDAY, functions=Weekdays())
    event = engine.Complete(step.effects[0].ref)
    with pytest.raises(EngineError, match="E1") as error:
        engine.act(design, step.state, event, MONDAY, functions=Weekdays())
    assert error.value.node == "e"


def test_settings_of_the_process_itself():
    xml = process(
        "p", start(), user("u"), end(), flows="s > u > e",
        settings={"title": "第 ${row.no} 行", "business_key": "row"},
    )  # fmt: skip
    design = engine.compile_design(xml)
    args = (design, "title", {"row": {"no": 3}}, MONDAY)
    assert engine.process_setting(*args, functions=Weekdays()) == "第 3 行"
    assert engine.process_setting(design, "nothing", {}, MONDAY, functions=Weekdays()) is None


@pytest.mark.parametrize(
    ("due", "value"),
    [
        ("5", 5),
        ("2026-12-31", date(2026, 12, 31)),
        ("${null}", None),
        ("${''}", None),
        ("${2 + 3}", 5),
        ("${'7'}", 7),
        ("${now}", date(2026, 3, 2)),
        (None, None),
    ],
)
def test_due_is_a_number_of_working_days_or_a_day(due, value):
    xml = process("p", start(), user("u", due=due), end(), flows="s > u > e")
    assert Player(xml).one("u").settings.get("due") == value


@pytest.mark.parametrize(
    "settings", [{"due": "${'soon'}"}, {"due": "${[1]}"}, {"due": "${true}"},
                 {"unit": "${'x'}"}, {"unit": "${null}"}, {"unit": "${1.5}"}, {"unit": "${a.b}"}]
)  # fmt: skip
def test_a_setting_of_the_wrong_kind_names_its_task(settings):
    xml = process("p", start(), user("u", **settings), end(), flows="s > u > e")
    with pytest.raises(EngineError) as error:
        Player(xml, {"a": {}})
    assert error.value.node == "u"
    assert str(error.value)


def test_a_title_may_be_worked_out():
    xml = process(
        "p", start(), user("u", title="${row.task}", name="办理"), user("v", name="审核"), end(),
        flows="s > u > v > e",
    )  # fmt: skip
    p = Player(xml, {"row": {"task": "修路"}})
    assert p.one("u").name == "修路"
    p.do("u")
    assert p.one("v").name == "审核"


def test_stages_follow_the_tokens():
    xml = process(
        "p",
        start(),
        user("a", stage="writing"),
        script("x", "n = 1"),
        call("c", "child", stage="waiting"),
        sub("w", start("ws"), user("b"), end("we"), flows="ws > b > we", settings={"stage": "on"}),
        end("e", settings={"stage": "${'over'}"}),
        flows="s > a > x > c > w > e",
    )
    p = Player(xml)
    assert p.step.stage == "writing"
    assert p.do("a").stage == "waiting"
    assert p.child_done("c").stage == "on"
    assert p.do("b").stage == "over"


def test_a_service_may_have_a_name_for_its_answer_and_may_be_cancelled():
    xml = process(
        "p",
        start(),
        service("x", "op", result="answer"),
        service("y", "op"),
        boundary("b", "y", timer("Duration", "P1D")),
        end(),
        end("e2"),
        flows="s > x > y > e; b > e2",
    )
    p = Player(xml)
    p.service_done("x", ok=1)
    assert p.variables == {"answer": {"ok": 1}}
    step = p.fire("b")
    assert any(isinstance(effect, ServiceCancel) for effect in step.effects)


def test_services_for_each_item():
    xml = process(
        "p",
        start(),
        service("x", "op", multi("rows", result="answers"), arg_row="${item}"),
        user("u"),
        end(),
        flows="s > x > u > e",
    )
    p = Player(xml, {"rows": [1, 2]})
    assert [due.arguments for due in p.open.values()] == [{"row": 1}, {"row": 2}]
    p.service_done("x", n=1)
    p.service_done("x", n=2)
    assert p.variables["answers"] == [{"n": 1}, {"n": 2}]


def test_an_inclusive_gateway_without_a_way_names_itself():
    xml = process(
        "p", start(), either("g"), user("a"), user("b"), end(), flows="s > g; a > e; b > e",
        extra=[flow("g", "a", "x == 1"), flow("g", "b", "x == 2")],
    )  # fmt: skip
    with pytest.raises(EngineError) as error:
        Player(xml, {"x": 3})
    assert error.value.node == "g"


def test_a_completion_condition_must_be_true_or_false():
    xml = process(
        "p", start(), user("u", multi("us", until="nrOfInstances")), end(), flows="s > u > e"
    )
    p = Player(xml, {"us": [1, 2]})
    with pytest.raises(EngineError, match="不是真或假"):
        p.do("u")


def test_an_error_inside_a_repeated_sub_process_ends_all_of_it():
    xml = process(
        "p",
        start(),
        sub(
            "w",
            multi("units"),
            start("ws"),
            user("u"),
            end("we", trigger("error", "x")),
            flows="ws > u > we",
        ),
        boundary("b", "w", trigger("error", "x")),
        user("after"),
        end(),
        end("e2"),
        flows="s > w > e; b > after > e2",
        roots=root("error", "x", "E1"),
    )
    p = Player(xml, {"units": [1, 2]})
    p.do("u")
    assert p.tasks == ["after"]


def test_two_errors_at_once_are_caught_once():
    xml = process(
        "p",
        start(),
        sub(
            "w",
            start("ws"),
            user("u"),
            both("f"),
            end("e1", trigger("error", "x")),
            end("e2", trigger("error", "x")),
            flows="ws > u > f > e1; f > e2",
        ),
        boundary("b", "w", trigger("error", "x")),
        user("after"),
        end(),
        end("oe"),
        flows="s > w > e; b > after > oe",
        roots=root("error", "x", "E1"),
    )
    p = Player(xml)
    p.do("u")
    assert p.tasks == ["after"]


def test_a_sub_process_in_a_sub_process_goes_with_it():
    xml = process(
        "p",
        start(),
        sub(
            "outer",
            start("os"),
            sub("inner", start("ins"), user("u"), end("ine"), flows="ins > u > ine"),
            end("oe"),
            flows="os > inner > oe",
        ),
        boundary("b", "outer", timer("Duration", "P1D")),
        user("after"),
        end(),
        end("e2"),
        flows="s > outer > e; b > after > e2",
    )
    p = Player(xml)
    p.fire("b")
    assert p.tasks == ["after"]
    assert b"inner" not in p.state


def test_a_looped_sub_process():
    xml = process(
        "p",
        start(),
        sub("w", loop("n < 2"), start("ws"), user("u"), end("we"), flows="ws > u > we"),
        end(),
        flows="s > w > e",
    )
    p = Player(xml, {"n": 0})
    p.do("u", n=1)
    assert p.tasks == ["u"]
    p.do("u", n=2)
    assert p.status == "finished"


def test_too_many_tasks_at_once():
    xml = process(
        "p",
        start(),
        sub(
            "w",
            multi(cardinality="500"),
            start("ws"),
            user("u", multi(cardinality="20")),
            end("we"),
            flows="ws > u > we",
        ),
        end(),
        flows="s > w > e",
    )
    with pytest.raises(EngineError, match="超过"):
        Player(xml)


def test_working_days_need_a_calendar():
    xml = process(
        "p", start(), user("u", due="${workdays_after(today, 3)}"), end(), flows="s > u > e"
    )
    p = Player(xml)
    assert engine.waiting(p.design, p.state, functions=Weekdays())[0].settings["due"]
    with pytest.raises(EngineError):
        engine.waiting(p.design, p.state)


def test_data_must_be_named():
    for data in ([1], "text", None):
        with pytest.raises(BadData):
            clean_data(data)
    with pytest.raises(BadData):
        from decimal import Decimal

        clean_data({"n": Decimal("NaN")})


@pytest.mark.parametrize("text", ["P", "PT", "P1H", "3D", "P1.5D", "P60Y", "-P1D", "P1D2H", ""])
def test_what_is_no_duration(text):
    with pytest.raises(ValueError, match=r".*"):
        timers.parse_duration(text)


@pytest.mark.parametrize(
    "text", ["R", "R/", "P1D", "R/P1D/P1D/P1D", "R0/P1D", "R5000/P1D", "x/P1D"]
)
def test_what_is_no_cycle(text):
    with pytest.raises(ValueError, match=r".*"):
        timers.parse_cycle(text)


def test_a_cycle_may_begin_at_a_given_time():
    xml = process(
        "p",
        start(),
        user("u"),
        boundary("b", "u", timer("Cycle", "R/2026-03-09T09:00+08:00/P7D"), interrupting=False),
        user("side"),
        end(),
        end("e2"),
        flows="s > u > e; b > side > e2",
    )
    p = Player(xml)
    assert p.one("b").due_at == MONDAY + timedelta(days=7)
    p.fire("b")
    assert p.one("b").due_at == MONDAY + timedelta(days=14)


def test_only_so_many_designs_stay_in_memory(monkeypatch):
    monkeypatch.setattr(build, "CACHE_SIZE", 2)
    monkeypatch.setattr(build._programs, "cache", OrderedDict(), raising=False)
    designs = [engine.compile_design(ONE.replace(b'"p"', f'"p{i}"'.encode())) for i in range(4)]
    for design in designs * 2:
        assert build.program_of(design).spec.name == design.key
    assert len(build._programs.cache) == 2


def test_nothing_of_the_library_ever_evaluates(monkeypatch):
    """Python's own evaluation is what the library falls back to; it must never be asked."""
    from SpiffWorkflow.bpmn.script_engine import TaskDataEnvironment

    def refuse(*_args, **_kwargs):
        raise AssertionError("the library evaluated Python")

    monkeypatch.setattr(TaskDataEnvironment, "evaluate", refuse)
    monkeypatch.setattr(TaskDataEnvironment, "execute", refuse)
    monkeypatch.setattr(TaskDataEnvironment, "__init__", refuse)
    xml = process(
        "p",
        start(),
        script("x", "n = 1"),
        user("u", multi(cardinality="n", until="n == 1"), unit="${n}"),
        boundary("b", "u", timer("Date", "${now + duration('1h')}")),
        end(),
        end("e2"),
        flows="s > x > u > e; b > e2",
    )
    p = Player(xml)
    p.do("u")
    assert p.status == "finished"


def test_a_template_keeps_its_text_around_values():
    ambient = evaluation.Ambient(MONDAY, "2026-03-02", {})
    assert evaluation.fill(compile_template("a${1}b${null}c"), {}, ambient) == "a1bc"


def test_variables_that_need_no_second_look_stay_as_they_were_given():
    """A title is worked out from what was passed on, not from what the first step made of it."""
    xml = process(
        "p", start(), script("x", "n = n + 1"), user("u"), end("e"), flows="s > x > u > e"
    )
    design = engine.load_design(xml)
    given = {"n": 1}
    step = engine.start(design, given, MONDAY, functions=Weekdays(), checked=True)
    assert (given, step.variables["n"]) == ({"n": 1}, 2)
