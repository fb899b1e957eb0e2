"""Decision tables: what they answer, and how plainly they say what is wrong."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanwei_flow.designs.operations import WORKFLOWS
from sanwei_flow.engine import (
    DesignError,
    EngineError,
    check_decision,
    compile_decision,
    decide,
)

SPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def table(rules, *, policy="UNIQUE", more="", inputs=("x",), outputs=("y",), values=None) -> bytes:
    """A table named 级别; each rule is a list of cells, inputs first."""
    head = "".join(
        f'<input id="in{n}" label="条件{n}"><inputExpression><text>{escaped(one)}</text>'
        "</inputExpression></input>"
        for n, one in enumerate(inputs, 1)
    )
    listed = f"<outputValues><text>{escaped(values)}</text></outputValues>" if values else ""
    head += "".join(f'<output id="o_{one}" name="{one}">{listed}</output>' for one in outputs)
    body = ""
    for number, cells in enumerate(rules, 1):
        body += f'<rule id="r{number}">'
        for place, cell in enumerate(cells):
            kind = "inputEntry" if place < len(inputs) else "outputEntry"
            body += f'<{kind} id="c{number}_{place}"><text>{escaped(cell)}</text></{kind}>'
        body += "</rule>\n"
    return (
        f'<definitions xmlns="{SPACE}" id="d" namespace="n"><decision id="level" name="级别">'
        f'<decisionTable id="t" hitPolicy="{policy}"{more}>{head}\n{body}'
        "</decisionTable></decision></definitions>"
    ).encode()


def ask(rules, x, **how):
    return decide(compile_decision(table(rules, **how)), {"x": x})


def passes(cell: str, value) -> bool:
    return ask([[cell, "1"]], value) == {"y": 1}


@pytest.mark.parametrize(
    ("cell", "yes", "no"),
    [
        ("5", [5, 5.0], [4, "5", None]),
        ('"甲，乙"', ["甲，乙"], ["甲", None]),
        ("true", [True], [False, None]),
        ("null", [None], [0, ""]),
        ("< 10", [9.5, -1], [10, None]),
        (">=2.5", [2.5, 3], [2, None]),
        ("!= 3", [2, None], [3]),
        ("[1..5]", [1, 3.5, 5], [0, 6, None]),
        ("(1..5)", [2], [1, 5]),
        ("[0.5..1)", [0.5, 0.99], [1]),
        ("[-3..-1]", [-2], [0]),
        ('["2026-01-01".."2026-12-31"]', ["2026-05-01"], ["2027-01-01"]),
        ('"a", "b,c"', ["a", "b,c"], ["b", "c"]),
        ("1, [5..7], > 100", [1, 6, 101], [2, 8]),
        ('not("a","b")', ["c", None], ["a", "b"]),
        ("not([1..5])", [0, None], [3]),
        ("-", [1, None, "x"], []),
        ("", [1, None, "x"], []),
        ("1 + 1", [2], [3]),
    ],
)
def test_an_input_cell_lets_pass_what_it_says(cell, yes, no):
    for value in yes:
        assert passes(cell, value), (cell, value)
    for value in no:
        assert not passes(cell, value), (cell, value)


@given(st.integers(-50, 50), st.integers(-50, 50), st.integers(-50, 50))
def test_a_range_is_what_comparing_says(low, high, value):
    assert passes(f"[{low}..{high}]", value) == (low <= value <= high)
    assert passes(f"({low}..{high})", value) == (low < value < high)
    assert passes(f"not([{low}..{high}])", value) == (not low <= value <= high)


def test_each_hit_policy_answers_in_its_way():
    steps = [["> 0", '"low"'], ["> 10", '"high"'], ["> 100", '"high"']]
    assert ask(steps, 200, policy="FIRST") == {"y": "low"}
    assert ask(steps, 200, policy="RULE ORDER") == [{"y": "low"}, {"y": "high"}, {"y": "high"}]
    assert ask(steps, 200, policy="COLLECT") == [{"y": "low"}, {"y": "high"}, {"y": "high"}]
    assert ask(steps, 200, policy="PRIORITY", values='"high", "low"') == {"y": "high"}
    assert ask(steps[1:], 200, policy="ANY") == {"y": "high"}
    assert ask(steps, 5) == {"y": "low"}
    assert ask(steps, -5) == {}
    assert ask(steps, -5, policy="COLLECT") == []
    with pytest.raises(EngineError, match="第1、2条"):
        ask(steps, 11)
    with pytest.raises(EngineError, match="第1、2、3条规则都符合，结果却不同"):
        ask(steps, 200, policy="ANY")


@pytest.mark.parametrize(
    ("how", "found", "nothing"),
    [("SUM", 6, 0), ("MIN", 1, None), ("MAX", 3, None), ("COUNT", 3, 0)],
)
def test_collected_numbers_become_one(how, found, nothing):
    points = [["> 0", "1"], ["> 10", "2"], ["> 100", "3"]]
    collected = {"policy": "COLLECT", "more": f' aggregation="{how}"'}
    assert ask(points, 200, **collected) == {"y": found}
    assert ask(points, -1, **collected) == {"y": nothing}


def test_outputs_are_expressions_over_the_tables_variables():
    xml = table(
        [["> limit", "true", '[unit, "office"]', "x - limit"]],
        inputs=("x", "major"),
        outputs=("told", "over"),
    )
    decision = compile_decision(xml)
    assert decision.variables == {"x", "limit", "major", "unit"}
    given = {"x": 12, "limit": 10, "major": True, "unit": "head"}
    assert decide(decision, given) == {"told": ["head", "office"], "over": 2}


def test_a_table_that_reads_the_time_must_be_given_it():
    decision = compile_decision(table([["< today", '"late"']]))
    at = dt.datetime(2026, 3, 1, 20, tzinfo=dt.UTC)
    assert decide(decision, {"x": "2026-03-01"}, at=at) == {"y": "late"}
    with pytest.raises(EngineError, match="没有给出"):
        decide(decision, {"x": "2026-03-01"})


def sentences(xml: bytes) -> list[str]:
    return [str(problem) for problem in check_decision(xml)]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["[1..", '"a"'], "表「级别」第1条规则「条件1」：区间应写成"),
        (["[..5]", '"a"'], "表「级别」第1条规则「条件1」：区间的两端都要填写"),
        (["1,,2", '"a"'], "表「级别」第1条规则「条件1」：逗号前后都要有内容"),
        (["> ", '"a"'], "表「级别」第1条规则「条件1」：表达式写法不对"),
        (["no_such(3)", '"a"'], "表「级别」第1条规则「条件1」：表达式用了不存在的函数"),
        (["-", ""], "表「级别」第1条规则「y」：结果是空的"),
        (["-", '"a'], "表「级别」第1条规则「y」：表达式写法不对"),
    ],
)
def test_a_wrong_cell_is_named_by_table_rule_and_column(cells, said):
    problem = check_decision(table([cells]))[0]
    assert str(problem).startswith(said)
    assert problem.element_id in ("c1_0", "c1_1")
    assert problem.line == 2


def test_what_is_wrong_with_the_table_is_said():
    rule = [["-", "1"]]
    assert "命中规则 OUTPUT ORDER 不支持" in sentences(table(rule, policy="OUTPUT ORDER"))[0]
    assert "汇总方式 SUM" in sentences(table(rule, more=' aggregation="SUM"'))[0]
    assert "按优先级取值" in sentences(table(rule, policy="PRIORITY"))[0]
    assert "英文名称" in sentences(table(rule, outputs=("级别",)))[0]
    assert "格数与列数不符" in sentences(table([["-", "1", "2"]]))[0]
    assert "条件列「条件1」" in sentences(table(rule, inputs=("1 +",)))[0]
    assert sentences(table([["5", "1"], ["5", "2"]])) == ["表「级别」第2条规则与第1条的条件相同"]
    assert "至少要有一列条件" in sentences(table([]))[0]
    two = table(rule).replace(b"</definitions>", b'<decision id="b"/></definitions>')
    assert "正好有一张" in sentences(two)[0]
    assert "DMN 1.3" in sentences(b"<definitions/>")[0]
    assert "DOCTYPE" in sentences(b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + table(rule))[0]
    assert "有效的 XML" in sentences(table(rule)[:-5])[0]
    with pytest.raises(DesignError) as caught:
        compile_decision(table([["[1..", ""]]))
    assert len(caught.value.problems) == 2


def test_the_table_we_ship_climbs_and_never_steps_down():
    escalation = compile_decision((WORKFLOWS / "escalation.dmn").read_bytes())
    levels = ["", "reminder", "yellow_card", "red_card", "slip"]
    for major in (False, True):
        for repeated in range(4):
            for unanswered in range(3):
                given = {"major": major, "repeated": repeated, "unanswered": unanswered}
                climbed = [
                    levels.index(decide(escalation, {**given, "days_past": days}).get("level", ""))
                    for days in range(-5, 60)
                ]
                assert climbed == sorted(climbed)
                assert climbed[5] == 0
                assert climbed[-1] == 4
