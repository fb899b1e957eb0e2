"""What a drawing says wrongly although each of its parts is right."""

import pytest

from sanwei_flow import engine
from sanwei_flow.engine import DesignError, Names
from tests.engine.bpmn import end, flow, multi, process, script, service, start, user, xor


def found(xml, **names):
    problems = engine.check_design(xml, names=Names(**names))
    return {(p.rule, p.severity, p.element_id) for p in problems}


def the_one(xml, **names):
    [problem] = engine.check_design(xml, names=Names(**names))
    return problem


def single(task):
    return process("p", start(), task, end(), flows="s > a > e")


def test_a_round_without_an_end_is_refused_once():
    xml = process(
        "p", start(), xor("g", default="f"), user("a"), user("b"), end(),
        flows="s > g; a > b; b > a",
        extra=[flow("g", "a", "n > 1"), flow("g", "e", id_="f")],
    )  # fmt: skip
    [problem] = engine.check_design(xml)
    assert problem.rule == "never-ends"
    assert problem.severity == "error"
    assert "结束事件" in str(problem)


def test_a_round_of_operations_only_deserves_a_look():
    again = process(
        "p", start(), xor("g0"), service("a", "op"), xor("g", default="f"), end(),
        flows="s > g0 > a > g",
        extra=[flow("g", "g0", "n > 1"), flow("g", "e", id_="f")],
    )  # fmt: skip
    assert {rule for rule, severity, _ in found(again) if severity == "warning"} == {
        "unattended-loop"
    }
    attended = again.replace(b"serviceTask", b"userTask")
    assert "unattended-loop" not in {rule for rule, *_ in found(attended)}


def test_two_flows_to_one_step_and_a_gateway_for_nothing_deserve_a_look():
    ab = [flow("a", "b", id_="again")]
    double = process("p", start(), user("a"), user("b"), end(), flows="s > a > b > e", extra=ab)
    assert found(double) == {("flow-double", "warning", "a")}
    pointless = process("p", start(), user("a"), xor("g"), end(), flows="s > a > g > e")
    assert found(pointless) == {("gateway-pointless", "warning", "g")}


def asking(name, task=None):
    return process(
        "p", start(), task or user("a", outcomes="agree,return=打回"), xor("g", default="f"), end(),
        flows="s > a > g",
        extra=[flow("g", "a", f'${{outcome == "{name}"}}', id_="back"), flow("g", "e", id_="f")],
    )  # fmt: skip


def test_a_condition_that_waits_for_an_answer_nobody_gives_is_told_which_there_are():
    assert found(asking("return")) == set()
    problem = the_one(asking("reject"))
    assert (problem.rule, problem.element_id, problem.setting) == (
        "outcome-unknown", "back", "condition",
    )  # fmt: skip
    assert "agree、return" in str(problem)
    # What a script says of it nobody can know beforehand.
    free = process(
        "p", start(), user("a"), script("x", 'outcome = "reject"'), xor("g", default="f"), end(),
        flows="s > a > x > g",
        extra=[flow("g", "a", 'outcome == "reject"'), flow("g", "e", id_="f")],
    )  # fmt: skip
    assert found(free) == set()


@pytest.mark.parametrize(
    ("task", "rule", "setting"),
    [
        (user("a", due="PT1H"), "due-invalid", "due"),
        (user("a", unit="县财政局"), "unit-invalid", "candidate_unit"),
        (user("a", unit="7"), "unit-unknown", "candidate_unit"),
        (user("a", role="king"), "role-unknown", "candidate_role"),
        (user("a", role="__import__('os')"), "role-unknown", "candidate_role"),
        (user("a", form="../../etc/passwd"), "form-unknown", "form"),
        (user("a", outcomes="agree,os.system(1)"), "outcome-invalid", "outcomes"),
        (user("a", outcomes="agree,agree"), "outcome-invalid", "outcomes"),
        (service("a", "os.system"), "service-unknown", "operation"),
        (service("a", "op", **{"arg.__class__.x": "${n}"}), "name-invalid", "arg.__class__.x"),
        (script("a", "__import__('os').system('x')"), "script", "script"),
        (user("a", multi(cardinality="1000000"), due="3"), "multi-too-many", "collection"),
    ],
)
def test_bad_input_is_refused_with_a_sentence_at_its_setting(task, rule, setting):
    names = {
        "services": frozenset(["op"]),
        "forms": frozenset(["known"]),
        "roles": frozenset(["staff"]),
        "units": frozenset([1]),
    }
    problems = engine.check_design(single(task), names=Names(**names))
    told = [p for p in problems if p.rule == rule]
    assert [(p.severity, p.element_id, p.setting) for p in told] == [("error", "a", setting)]
    assert len(str(told[0])) > 12
    with pytest.raises(DesignError):
        engine.compile_design(single(task), names=Names(**names))


def test_a_task_without_a_name_or_a_due_date_deserves_a_look():
    bare = single(user("a")).replace(b' name="a"', b"")
    rules = {rule for rule, severity, _ in found(bare) if severity == "warning"}
    assert "label-missing" in rules


@pytest.mark.parametrize(
    ("source", "column", "words"),
    [
        ("row.due >", 10, "没有写完"),
        ("outcome = 'x'", 9, "相等写 =="),
        ("size(a", 7, "缺少"),
        ("a == b c", 8, "多余"),
    ],
)
def test_an_expression_is_refused_at_the_character_that_is_wrong(source, column, words):
    problem = the_one(single(user("a", title="${" + source + "}", due="3")))
    assert problem.rule == "expression"
    assert problem.setting == "title"
    assert problem.params["column"] == column
    assert words in str(problem)
