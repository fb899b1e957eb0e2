"""Expressions: what they can, what they cannot, and how much work they may cause."""

import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine

from sanwei_flow import engine
from sanwei_flow.engine import BadData, EngineError, build, codec, evaluation, workflow
from sanwei_flow.engine.expressions import (
    ExpressionError,
    compile_expression,
    compile_script,
    compile_template,
)
from tests.engine.bpmn import end, flow, process, script, start, user, xor
from tests.engine.player import MONDAY, Player, Weekdays

AMBIENT = evaluation.Ambient(MONDAY, "2026-03-02", evaluation.functions_of(Weekdays()))


def value(text, **variables):
    return evaluation.fill(compile_template(text), variables, AMBIENT)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("plain text", "plain text"),
        ("3", "3"),
        ("${3}", 3),
        ("${row.lead_unit}", 7),
        ("第 ${row.no} 行：${row.task}", "第 4 行：修路"),
        ("${unset}", None),
        ("a${unset}b", "ab"),
        ("${{'a': {'b': row.no}}}", {"a": {"b": 4}}),
        ("${'}' + \"}\"}", "}}"),
        ("${today}", "2026-03-02"),
        ("${now}", "2026-03-02T01:00:00+00:00"),
        ("${workdays_after(today, 5)}", "2026-03-09"),
        ("${workdays_after(now, 1)}", "2026-03-03"),
        ("${end_of_month('2024-02-10')}", "2024-02-29"),
        ("${end_of_month('2024-12-01')}", "2024-12-31"),
        ("${days_after(row.due, -1)}", "2026-12-30"),
        ("${months_after('2026-01-31', 1)}", "2026-02-28"),
        ("${days_between(today, row.due)}", 304),
        ("${day_of('2026-03-01T20:00:00Z')}", "2026-03-02"),
        ("${row.due < today}", False),
        ("${units.filter(u, u.ok).map(u, u.id)}", [1]),
        ("${units.exists(u, u.id == 2) ? 'yes' : 'no'}", "yes"),
        ("${has(row.nothing) ? 1 : 2}", 2),
        ("${size(units)}", 2),
        ("${duration('90m')}", "PT5400S"),
    ],
)
def test_values(text, result):
    row = {"no": 4, "task": "修路", "lead_unit": 7, "due": "2026-12-31"}
    units = [{"id": 1, "ok": True}, {"id": 2, "ok": False}]
    assert value(text, row=row, units=units) == result


@pytest.mark.parametrize(
    "text",
    ["${1 / 0}", "${row.x}", "${1 + 1.5}", "${double('nan')}", "${b'x'}", "${1.0 / 0.0}",
     "${workdays_after('soon', 1)}", "${row.x.y.z}", "${9223372036854775807 + 1}"],
)  # fmt: skip
def test_a_bad_value_is_an_engine_error(text):
    with pytest.raises(EngineError):
        value(text, row={})


@pytest.mark.parametrize(
    "source",
    [
        "", "1 +", "a b", "x = 1", "import os", "lambda: 1", "__import__('os')", "open('x')",
        "getattr(a, 'b')", "f'{x}'", "x if y else z", "[i for i in x]", "nothing(1)", "x.nothing()",
        "1" * 1001, "(" * 40 + "1" + ")" * 40,
        "a.map(x, b.map(y, c.map(z, 1)))",
        "a.map(x, 1).map(x, 1).map(x, 1).map(x, 1).map(x, 1)",
    ],
)  # fmt: skip
def test_what_is_no_expression_is_refused_before_it_runs(source):
    with pytest.raises(ExpressionError) as error:
        compile_expression(source)
    assert error.value.args[0].format(**error.value.params)


def test_long_texts_are_refused_before_they_are_read():
    for text in ("${" + "'\\'" * 200_000, "${1}" * 2000):
        with pytest.raises(ExpressionError):
            compile_template(text)
    with pytest.raises(ExpressionError):
        compile_script("x = 1\n" * 5000)
    assert compile_template("long " * 5000)


@pytest.mark.parametrize("text", ["${", "a ${b", "${{'a': 1}", "${'}"])
def test_a_mark_must_be_closed(text):
    with pytest.raises(ExpressionError):
        compile_template(text)


@pytest.mark.parametrize(
    "source", ["x", "x == 1", "1x = 2", "a.b = 1", "today = 1", "x = ", "if x: y = 1", "a, b = 1"]
)
def test_a_script_is_assignments(source):
    with pytest.raises(ExpressionError):
        compile_script(source)


@pytest.mark.parametrize(
    ("source", "variables"),
    [
        ("a.map(x, a.map(y, x + y))", {"a": list(range(400))}),
        ("a.map(x, 1)", {"a": list(range(501))}),
        ("a.map(x, x + x).map(x, x + x + x + x).map(x, x + x + x + x)", {"a": ["long"] * 400}),
        ("(a + a + a + a).map(x, a.map(y, 1))", {"a": list(range(200))}),
        ("a.map(x, x.map(y, y))", {"a": [list(range(500))] * 300}),
    ],
)
def test_too_much_work_is_refused_at_once(source, variables):
    began = time.monotonic()
    with pytest.raises(EngineError):
        evaluation.evaluate(compile_expression(source), variables, AMBIENT)
    assert time.monotonic() - began < 1


def test_what_is_allowed_does_not_take_long():
    began = time.monotonic()
    expression = compile_expression("a.map(x, a.map(y, x * y))")
    evaluation.evaluate(expression, {"a": list(range(120))}, AMBIENT)
    rows = [{"no": i, "name": "x" * 50, "ok": True} for i in range(400)]
    expression = compile_expression("rows.filter(r, r.no > 3).map(r, r.name)")
    evaluation.evaluate(expression, {"rows": rows}, AMBIENT)
    assert time.monotonic() - began < 3


def test_nobody_can_shadow_what_the_engine_provides():
    variables = {"today": "1999-01-01", "now": 1, "workdays_after": "mine"}
    assert value("${workdays_after(today, 1)}", **variables) == "2026-03-03"


def test_a_bad_script_changes_nothing():
    xml = process(
        "p", start(), user("u"), script("c", "a = 1\nb = 1 / 0"), end(), flows="s > u > c > e"
    )
    p = Player(xml)
    before = p.state
    with pytest.raises(EngineError) as error:
        p.do("u")
    assert error.value.node == "c"
    assert p.state == before
    assert p.waiting()


def test_a_loaded_instance_has_our_engine_and_no_other():
    xml = process("p", start(), user("u"), end(), flows="s > u > e")
    p = Player(xml)
    content = codec.read(p.state, p.design)
    program = build.program_of(p.design)
    loaded = codec.load(content, program, workflow.CelEngine(AMBIENT, MONDAY))
    assert type(loaded.script_engine) is workflow.CelEngine
    with pytest.raises(EngineError, match="our expression engine only"):
        codec.load(content, program, PythonScriptEngine())
    engine_ = loaded.script_engine
    for attack in ("__import__('os').system('true')", "().__class__", "open('/etc/passwd')"):
        with pytest.raises((ExpressionError, EngineError)):
            engine_.environment.evaluate(attack, {})
        with pytest.raises((ExpressionError, EngineError)):
            engine_.execute(loaded.task_tree, f"x = {attack}")
        with pytest.raises(SyntaxError):
            engine_.validate(attack.replace("().__class__", "1 +"))
    with pytest.raises(EngineError):
        engine_.call_service(loaded.task_tree)


def deep(n):
    data = "bottom"
    for _ in range(n):
        data = {"in": data}
    return data


@pytest.mark.parametrize(
    "data",
    [
        {"typename": "UUID"},
        {"note": {"typename": "UUID", "value": "zz"}},
        {"data_objects": {}},
        {"x": float("nan")},
        {"x": float("inf")},
        {"x": deep(21)},
        {"x": object()},
        {"x": {1: 2}},
        {"x": {1, 2}},
        {"x": b"bytes"},
        {"x": 2**70},
        {"x": "\ud800"},
        {"x": "a\x00b"},
        {"k" * 101: 1},
        {"x": [1] * 200_001},
    ],
)
def test_what_is_no_data_is_refused_and_the_instance_lives_on(data):
    xml = process("p", start(), user("u"), end(), flows="s > u > e")
    p = Player(xml)
    with pytest.raises(BadData):
        p.do("u", **data)
    p.do("u", ok=True)
    assert p.status == "finished"


def test_days_and_decimals_become_json():
    from datetime import date
    from decimal import Decimal

    xml = process("p", start(), user("u"), end(), flows="s > u > e")
    p = Player(xml)
    p.do("u", day=date(2026, 1, 2), at=datetime(2026, 1, 2, tzinfo=UTC), n=Decimal("1.50"),
         whole=Decimal(3), some=(1, 2))  # fmt: skip
    assert p.variables == {
        "day": "2026-01-02", "at": "2026-01-02T00:00:00+00:00", "n": 1.5, "whole": 3,
        "some": [1, 2],
    }  # fmt: skip


def test_a_day_in_the_form_decides_at_the_gateway():
    xml = process(
        "p", start(), user("u"), xor("g", default="d"), user("late"), end(),
        flows="s > u > g; late > e",
        extra=[flow("g", "late", "${due < today}"), flow("g", "e", id_="d")],
    )  # fmt: skip
    from datetime import date

    p = Player(xml)
    p.do("u", due=date(2026, 3, 1))
    assert p.tasks == ["late"]
    p = Player(xml)
    p.do("u", due=date(2026, 3, 3))
    assert p.status == "finished"


def test_moments_must_be_aware():
    design = engine.compile_design(process("p", start(), user("u"), end(), flows="s > u > e"))
    with pytest.raises(ValueError, match="aware"):
        engine.start(design, {}, datetime(2026, 1, 1), functions=Weekdays())  # noqa: DTZ001


NAMES = st.sampled_from(["row", "plan", "unit", "today", "in_time", "size"])
LEAVES = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5)
TREES = st.recursive(
    LEAVES | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(NAMES, TREES, max_size=4), st.lists(NAMES, min_size=1, max_size=4))
def test_what_is_only_looked_up_is_what_the_language_would_say(variables, names):
    expression = compile_expression(".".join(names))
    ours = _outcome(expression, variables)
    assert ours == _outcome(replace(expression, path=()), variables)


def _outcome(expression, variables):
    ambient = evaluation.Ambient(MONDAY, "2026-03-02", {})
    try:
        return evaluation.evaluate(expression, variables, ambient)
    except EngineError as error:
        return str(error)


@pytest.mark.parametrize("source", ["today", "now", "true", "null", "row.a + 1", "size(row)"])
def test_what_means_something_by_itself_is_no_name_to_look_up(source):
    assert compile_expression(source).path == ()
