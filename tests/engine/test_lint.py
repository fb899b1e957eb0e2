"""What is refused, by which rule, at which element; and that what is not refused runs."""

import re

import pytest

from sanwei_flow import engine
from sanwei_flow.engine import DesignError, Names
from tests.engine.bpmn import (
    both,
    boundary,
    call,
    catch,
    either,
    element,
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
    throw,
    timer,
    trigger,
    user,
    xor,
)

MESSAGE = root("message", "m", "hello")
SIGNAL = root("signal", "g", "alarm")
ERROR = root("error", "x", "E1")
ESCALATION = root("escalation", "y", "up")
ROOTS = MESSAGE + SIGNAL + ERROR + ESCALATION


def line(*middle, extra=(), roots=ROOTS, settings=None):
    """A process that is a start, these elements one after another, and an end."""
    ids = [part.split('id="', 1)[1].split('"', 1)[0] for part in middle]
    chain = " > ".join(["s", *[i for i in ids if not i.startswith("b_")], "e"])
    return process(
        "p",
        start(),
        *middle,
        end(),
        flows=chain,
        extra=list(extra),
        roots=roots,
        settings=settings,
    )


def problems(xml, **names):
    return {
        (p.rule, p.element_id)
        for p in engine.check_design(xml, names=Names(**names))
        if p.severity == "error"
    }


def around(definition, *, interrupting=True, inner_end=""):
    """A sub-process with a boundary event."""
    return process(
        "p",
        start(),
        sub("w", start("ws"), user("u"), end("we", inner_end), flows="ws > u > we"),
        boundary("b", "w", definition, interrupting=interrupting),
        end(),
        end("e2"),
        flows="s > w > e; b > e2",
        roots=ROOTS,
    )


RUNS = {
    "task": line(element("task", "a")),
    "user task": line(user("a")),
    "manual task": line(element("manualTask", "a", settings={
        "candidate_unit": "1", "candidate_role": "staff", "due": "1"})),
    "script": line(script("a", "x = 1")),
    "service": line(service("a", "op")),
    "call": line(call("a", "other")),
    "receive task": line(element("receiveTask", "a", messageRef="m")),
    "send task": line(element("sendTask", "a", messageRef="m")),
    "sub-process": line(sub("a", start("as"), user("u"), end("ae"), flows="as > u > ae")),
    "multi-instance, all": line(user("a", multi("units"))),
    "multi-instance, sequential": line(user("a", multi("units", sequential=True))),
    "multi-instance, number": line(user("a", multi(cardinality="3"))),
    "multi-instance call": line(call("a", "other", multi("units"))),
    "multi-instance sub-process": line(
        sub("a", multi("units"), start("as"), user("u"), end("ae"), flows="as > u > ae")
    ),
    "loop": line(user("a", loop("x < 3"))),
    "exclusive gateway": process(
        "p", start(), xor("gate", default="d"), user("a"), end(),
        flows="s > gate; a > e", extra=[flow("gate", "a", "x"), flow("gate", "e", id_="d")],
    ),
    "parallel gateway": process(
        "p", start(), both("f"), user("a"), user("b"), both("j"), end(),
        flows="s > f > a > j > e; f > b > j",
    ),
    "a choice inside a parallel branch": process(
        "p", start(), both("f"), user("a"), xor("g", default="d"), user("b"), user("c"), xor("m"),
        both("j"), end(), flows="s > f > a > j > e; f > g; b > m; c > m > j",
        extra=[flow("g", "b", "x"), flow("g", "c", id_="d")],
    ),
    "inclusive gateway": process(
        "p", start(), either("f"), user("a"), user("b"), either("j"), end(),
        flows="s > f; a > j > e; b > j", extra=[flow("f", "a", "x"), flow("f", "b", "y")],
    ),
    "event gateway": process(
        "p", start(), race("f"), catch("a", timer("Duration", "P1D")),
        catch("b", trigger("message", "m")), end(), flows="s > f > a > e; f > b > e", roots=ROOTS,
    ),
    "timer, duration": line(catch("a", timer("Duration", "PT1H"))),
    "timer, date": line(catch("a", timer("Date", "2026-12-31"))),
    "message catch": line(catch("a", trigger("message", "m"))),
    "message throw": line(throw("a", trigger("message", "m"))),
    "signal catch": line(catch("a", trigger("signal", "g"))),
    "signal throw": line(throw("a", trigger("signal", "g"))),
    "none throw": line(throw("a")),
    "boundary timer": around(timer("Duration", "P1D")),
    "boundary cycle": around(timer("Cycle", "R/P7D"), interrupting=False),
    "boundary message": around(trigger("message", "m")),
    "boundary signal": around(trigger("signal", "g"), interrupting=False),
    "boundary error": around(trigger("error", "x"), inner_end=trigger("error", "x")),
    "boundary error, any": around(trigger("error"), inner_end=trigger("error", "x")),
    "boundary escalation": around(
        trigger("escalation", "y"), interrupting=False, inner_end=trigger("escalation", "y")
    ),
    "terminate end": line(user("a")).replace(
        end().encode(), end("e", trigger("terminate")).encode()
    ),
    "message end": line(user("a")).replace(
        end().encode(), end("e", trigger("message", "m")).encode()
    ),
    "several ends, implicit split": process(
        "p", start(), user("a"), user("b"), end(), end("e2"), flows="s > a > e; s > b > e2"
    ),
    "implicit merge": process(
        "p", start(), both("f"), user("a"), user("b"), user("c"), end(),
        flows="s > f > a > c > e; f > b > c",
    ),
    "ids the library keeps for itself": process(
        "p", start("Start"), user("Root"), end("End"), flows="Start > Root > End"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", RUNS)
def test_this_runs(name):
    design = engine.compile_design(RUNS[name])
    assert not [p for p in design.warnings if p.severity == "error"]


def link(kind, id_, name):
    return element(kind, id_, f'<bpmn:linkEventDefinition name="{name}"/>')


REFUSED = {
    "complex gateway": (line(element("complexGateway", "a")), "unsupported-element", "a"),
    "ad hoc": (line(element("adHocSubProcess", "a")), "unsupported-element", "a"),
    "transaction": (line(element("transaction", "a")), "unsupported-element", "a"),
    "business rule": (line(element("businessRuleTask", "a")), "unsupported-element", "a"),
    "event sub-process": (
        line(sub("a", start("as"), end("ae"), flows="as > ae", triggeredByEvent="true")),
        "event-subprocess", "a",
    ),
    "compensation throw": (
        line(throw("a", "<bpmn:compensateEventDefinition/>")), "unsupported-event", "a",
    ),
    "compensation activity": (
        line(element("task", "a", isForCompensation="true")), "unsupported-event", "a",
    ),
    "cancel end": (line(user("a")).replace(
        end().encode(), end("e", "<bpmn:cancelEventDefinition/>").encode()
    ), "unsupported-event", "e"),
    "conditional event": (
        line(catch("a", "<bpmn:conditionalEventDefinition><bpmn:condition>x</bpmn:condition>"
                        "</bpmn:conditionalEventDefinition>")),
        "unsupported-event", "a",
    ),
    "two triggers": (
        line(catch("a", trigger("message", "m"), trigger("signal", "g"))), "multiple-events", "a",
    ),
    "timer start": (
        process("p", element("startEvent", "s", timer("Duration", "P1D")), user("a"), end(),
                flows="s > a > e"),
        "start-event-type", "s",
    ),
    "two starts": (
        process("p", start(), start("s2"), user("a"), end(), flows="s > a > e; s2 > a"),
        "start-event-count", "p",
    ),
    "no start": (process("p", user("a"), end(), flows="a > e"), "start-event-count", "p"),
    "no end": (process("p", start(), user("a"), flows="s > a"), "no-end-event", "p"),
    "dead end": (
        process("p", start(), both("f"), user("a"), user("b"), end(), flows="s > f > a > e; f > b"),
        "dead-end", "b",
    ),
    "gateway with no way out": (
        process("p", start(), both("f"), xor("g"), end(), flows="s > f > e; f > g"),
        "dead-end", "g",
    ),
    "unreachable": (
        process("p", start(), user("a"), user("b"), end(), flows="s > a > e; b > e"),
        "unreachable", "b",
    ),
    "disconnected": (
        process("p", start(), user("a"), user("b"), end(), flows="s > a > e"), "unreachable", "b",
    ),
    "end goes on": (
        process("p", start(), user("a"), user("b"), end(), flows="s > a > e > b > e"),
        "end-has-outgoing", "e",
    ),
    "back to the start": (
        process("p", start(), user("a"), end(), xor("g", default="f_g_e"),
                flows="s > a > g > e", extra=[flow("g", "s", "x")]),
        "start-has-incoming", "s",
    ),
    "flow into a sub-process": (
        process("p", start(), sub("w", start("ws"), user("u"), end("we"), flows="ws > u > we"),
                end(), flows="s > w > e", extra=[flow("s", "u")]),
        "flow-dangling", "f_s_u",
    ),
    "duplicate id": (
        process("p", start(), user("a"), user("a"), end(), flows="s > a > e"), "duplicate-id", "a",
    ),
    "self call": (line(call("a", "p")), "self-call", "a"),
    "call nobody": (line(element("callActivity", "a")), "call-missing", "a"),
    "unknown call": (line(call("a", "nobody")), "called-unknown", "a"),
    "unknown service": (line(service("a", "os.system")), "service-unknown", "a"),
    "no service": (line(element("serviceTask", "a")), "service-missing", "a"),
    "unknown form": (line(user("a", form="nothing")), "form-unknown", "a"),
    "no unit": (line(user("a", unit="")), "unit-missing", "a"),
    "unit by name": (line(user("a", unit="财政局")), "unit-invalid", "a"),
    "no role": (line(user("a", role="")), "role-missing", "a"),
    "silly due": (line(user("a", due="soon")), "due-invalid", "a"),
    "bare gateway flow": (
        process("p", start(), xor("g"), user("a"), user("b"), end(),
                flows="s > g > a > e; g > b > e"),
        "condition-missing", "f_g_a",
    ),
    "default elsewhere": (
        process("p", start(), xor("g", default="f_s_g"), user("a"), end(),
                flows="s > g; a > e", extra=[flow("g", "a", "x"), flow("g", "e", "y")]),
        "default-dangling", "g",
    ),
    "condition on a parallel flow": (
        process("p", start(), both("f"), user("a"), user("b"), end(), flows="s > f > a > e; b > e",
                extra=[flow("f", "b", "x")]),
        "condition-ignored", "f_f_b",
    ),
    "only one conditional flow": (
        process("p", start(), user("a"), end(), flows="s > a", extra=[flow("a", "e", "x")]),
        "condition-alone", "f_a_e",
    ),
    "return into a parallel gateway": (
        process("p", start(), both("f"), user("a"), user("b"), both("j"),
                xor("again", default="f_again_e"), end(),
                flows="s > f > a > j > again > e; f > b > j", extra=[flow("again", "f", "x")]),
        "parallel-loop", "f",
    ),
    "loop without anybody": (
        process("p", start(), script("a", "n = n + 1"), xor("g", default="f_g_e"), end(),
                flows="s > a > g > e", extra=[flow("g", "a", "n < 10")]),
        "endless-loop", "a",
    ),
    "join of a choice": (
        process("p", start(), xor("g", default="d"), user("a"), user("b"), both("j"), end(),
                flows="s > g; a > j; b > j > e",
                extra=[flow("g", "a", "x"), flow("g", "b", id_="d")]),
        "parallel-waits", "j",
    ),
    "join of a choice and its short cut": (
        process("p", start(), xor("g", default="d"), user("a"), both("j"), end(),
                flows="s > g; a > j > e", extra=[flow("g", "a", "x"), flow("g", "j", id_="d")]),
        "parallel-waits", "j",
    ),
    "race with a task": (
        process("p", start(), race("f"), user("a"), catch("b", trigger("message", "m")), end(),
                flows="s > f > a > e; f > b > e", roots=ROOTS),
        "race-target", "a",
    ),
    "link without a partner": (
        process("p", start(), link("intermediateThrowEvent", "a", "L"), end(), flows="s > a > e"),
        "link-unpaired", "a",
    ),
    "message nowhere defined": (
        line(catch("a", trigger("message", "zz"))), "event-ref-dangling", "a",
    ),
    "message without a name": (
        line(catch("a", trigger("message"))), "event-ref-missing", "a",
    ),
    "catch of nothing": (line(catch("a")), "catch-empty", "a"),
    "boundary on nothing": (
        process("p", start(), user("a"), boundary("b", "zz", timer("Duration", "P1D")), end(),
                flows="s > a > e; b > e"),
        "boundary-dangling", "b",
    ),
    "boundary on a gateway": (
        process("p", start(), both("a"), boundary("b", "a", timer("Duration", "P1D")), end(),
                flows="s > a > e; b > e"),
        "boundary-dangling", "b",
    ),
    "boundary of nothing": (
        process("p", start(), user("a"), boundary("b", "a"), end(), flows="s > a > e; b > e"),
        "boundary-empty", "b",
    ),
    "error nobody catches": (
        line(user("a")).replace(end().encode(), end("e", trigger("error", "x")).encode()),
        "error-uncaught", "e",
    ),
    "error nobody throws": (around(trigger("error", "x")), "never-thrown", "b"),
    "error that does not interrupt": (
        around(trigger("error", "x"), interrupting=False, inner_end=trigger("error", "x")),
        "error-interrupts", "b",
    ),
    "cycle that waits": (line(catch("a", timer("Cycle", "R/P1D"))), "timer", "a"),
    "timer in words": (line(catch("a", timer("Duration", "three days"))), "timer", "a"),
    "timer too fast": (around(timer("Cycle", "R/PT1S"), interrupting=False), "timer", "b"),
    "timer without a time": (
        line(catch("a", "<bpmn:timerEventDefinition/>")), "timer", "a",
    ),
    "multi-instance of nothing": (line(user("a", multi())), "multi-input", "a"),
    "multi-instance of both": (line(user("a", multi("x", cardinality="3"))), "multi-input", "a"),
    "endless standard loop": (line(user("a", loop())), "loop-endless", "a"),
    "loop too long": (line(user("a", loop(maximum=9999))), "loop-maximum", "a"),
    "start quantity": (line(element("task", "a", startQuantity="2")), "quantity", "a"),
    "data store": (
        line(user("a"), extra=[element("dataStoreReference", "ds")]), "data-store", "ds",
    ),
    "dangling data object in a sub-process": (
        line(sub("a", start("as"), user("u"), end("ae"), flows="as > u > ae",
                 extra=[element("dataObjectReference", "dr", dataObjectRef="nothing")])),
        "data-object-dangling", "dr",
    ),
    "Python in a condition": (
        process("p", start(), xor("g", default="f_g_e"), user("a"), end(), flows="s > g > e; a > e",
                extra=[flow("g", "a", "__import__('os').system('x')")]),
        "expression", "f_g_a",
    ),
    "Python in a script": (line(script("a", "import os")), "script", "a"),
    "script on a reserved name": (line(script("a", "today = 1")), "script", "a"),
    "empty script": (line(script("a", "")), "script", "a"),
    "variable name that is code": (line(user("a", multi("x"), item="a.b")), "name-invalid", "a"),
    "result name that is code": (line(call("a", "other", result="x[0]")), "name-invalid", "a"),
    "unfinished expression": (line(user("a", unit="${1 + }")), "expression", "a"),
    "unclosed mark": (line(user("a", unit="${unit")), "expression", "a"),
    "boundary with a way in": (
        process("p", start(), user("a"), boundary("b", "a", timer("Duration", "P1D")), end(),
                flows="s > a > e; b > e", extra=[flow("s", "b")]),
        "boundary-incoming", "b",
    ),
    "two flows from one place into a join": (
        process("p", start(), xor("g", default="d"), both("j"), end(), flows="s > g; j > e",
                extra=[flow("g", "j", "x"), flow("g", "j", id_="d")]),
        "parallel-double", "j",
    ),
    "race of one": (
        process("p", start(), race("f"), catch("b", trigger("message", "m")), end(),
                flows="s > f > b > e", roots=ROOTS),
        "race-target", "f",
    ),
    "default of a task elsewhere": (
        process("p", start(), user("a"), end(), flows="s > a > e").replace(
            b'<bpmn:userTask id="a"', b'<bpmn:userTask default="f_s_a" id="a"'),
        "default-dangling", "a",
    ),
    "escalation start": (
        line(throw("a", trigger("error", "x"))), "unsupported-event", "a",
    ),
    "send nothing": (line(element("sendTask", "a")), "event-ref-missing", "a"),
    "send what is not there": (
        line(element("sendTask", "a", messageRef="zz")), "event-ref-dangling", "a",
    ),
    "one event for all": (
        line(user("a", multi("units"))).replace(
            b"<bpmn:multiInstanceLoopCharacteristics",
            b'<bpmn:multiInstanceLoopCharacteristics behavior="None"'),
        "multi-behavior", "a",
    ),
    "no id": (
        line(user("a")).replace(b'<bpmn:startEvent id="s">', b"<bpmn:startEvent>"),
        "id-missing", None,
    ),
    "key that is no name": (
        line(user("a")).replace(b'process id="p"', 'process id="流程"'.encode()),
        "name-invalid", "流程",
    ),
    "unknown variable": (line(user("a", unit="${lead_untit}")), "variable-unknown", "a"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_this_is_refused(name):
    xml, rule, element_id = REFUSED[name]
    allowed = {
        "services": frozenset(["op"]),
        "forms": frozenset(["known"]),
        "called": frozenset(["other", "p"]),
        "variables": frozenset(["n", "x", "y", "units"]),
    }
    found = problems(xml, **allowed)
    assert (rule, element_id) in found, found
    with pytest.raises(DesignError):
        engine.compile_design(xml, names=Names(**allowed))


def test_every_sentence_can_be_said():
    for xml, rule, _ in REFUSED.values():
        for problem in engine.check_design(xml, names=Names(frozenset(), frozenset(), frozenset())):
            assert str(problem)
            assert not re.search(r"\{[a-z_]+\}", str(problem)), rule


def test_several_processes_are_refused():
    one = line(user("a")).decode()
    two = element("process", "q")
    assert problems(one.replace("</bpmn:definitions>", two + "</bpmn:definitions>").encode()) == {
        ("several-processes", "q")
    }


def test_a_black_box_pool_and_lanes_are_fine():
    lanes = (
        '<bpmn:laneSet id="ls"><bpmn:lane id="l1" name="专班办公室">'
        "<bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>"
    )
    xml = line(user("a")).decode()
    at = xml.index("<bpmn:startEvent")
    xml = xml[:at] + lanes + xml[at:]
    pool = (
        '<bpmn:collaboration id="c"><bpmn:participant id="p1" processRef="p"/>'
        '<bpmn:participant id="p2" name="县政府"/></bpmn:collaboration>'
    )
    xml = xml.replace("</bpmn:definitions>", pool + "</bpmn:definitions>")
    design = engine.compile_design(xml.encode())
    assert design.nodes["a"].lane == "专班办公室"
    assert design.nodes["s"].lane is None


def test_a_missing_due_date_is_only_a_warning():
    found = engine.check_design(line(user("a", due=None)))
    assert [(p.rule, p.severity) for p in found] == [("due-missing", "warning")]
    assert found[0].line == 3


def test_a_form_tells_which_variables_there_are():
    xml = line(user("a", form="f", unit="1"), user("b", unit="${chosen}"))
    names = {"forms": frozenset(["f"]), "variables": frozenset()}
    assert problems(xml, **names, form_fields={"f": frozenset(["chosen"])}) == set()
    assert problems(xml, **names, form_fields={"f": frozenset(["other"])}) == {
        ("variable-unknown", "b")
    }
    assert problems(xml, **names) == set()  # the fields are not known: nothing can be said


def test_the_file_itself_may_say_what_variables_there_are():
    settings = {"variables": "row, plan"}
    xml = line(user("a", unit="${row.unit}"), user("b", unit="${plam.unit}"), settings=settings)
    assert problems(xml) == {("variable-unknown", "b")}
    xml = line(service("a", "op", returns="unit"), user("b", unit="${unit}"), settings=settings)
    assert problems(xml) == set()


def warnings(xml):
    return {(p.rule, p.element_id) for p in engine.compile_design(xml).warnings}


def test_what_only_deserves_a_look():
    assert warnings(line(user("a")).replace(b'Executable="true"', b'Executable="false"')) == {
        ("not-executable", "p")
    }
    data = element("dataObject", "do") + element("dataObjectReference", "dr", dataObjectRef="do")
    joined = '<bpmn:dataInputAssociation id="da"><bpmn:sourceRef>dr</bpmn:sourceRef>'
    joined += "<bpmn:targetRef>a</bpmn:targetRef></bpmn:dataInputAssociation>"
    assert warnings(line(user("a", joined), extra=[data])) == {("data-object-ignored", "a")}
    assert warnings(line(throw("a", trigger("escalation", "y")))) == {("escalation-uncaught", "a")}
    assert warnings(
        process("p", start(), xor("g"), end(), end("e2"), flows="s > g",
                extra=[flow("g", "e", "x"), flow("g", "e2", "!x")])
    ) == {("no-default", "g")}  # fmt: skip


def test_a_design_tells_what_it_needs():
    design = engine.compile_design(
        line(script("a", "total = plan.sum + 1"), user("b", unit="${row.lead + total}"))
    )
    assert design.variables == {"plan", "row"}
    assert design.key == "p"
    assert design.nodes["b"].settings["candidate_role"] == "staff"
