"""What BPMN allows to be drawn shortly runs as it is meant."""

import pytest

from tests.engine.bpmn import (
    boundary,
    element,
    end,
    flow,
    process,
    root,
    start,
    sub,
    trigger,
    user,
    xor,
)
from tests.engine.player import Player


def test_several_flows_out_of_a_task_are_parallel():
    xml = process(
        "p",
        start(),
        user("a"),
        user("b"),
        user("c"),
        end(),
        end("e2"),
        flows="s > a > b > e; a > c > e2",
    )
    p = Player(xml)
    step = p.do("a")
    assert p.tasks == ["b", "c"]
    assert step.passed == ("a", "f_a_b", "f_a_c")
    p.do("c")
    p.do("b")
    assert p.status == "finished"


@pytest.mark.parametrize(
    ("x", "y", "tasks"),
    [(True, True, ["b", "c"]), (True, False, ["b"]), (False, False, ["d"])],
)
def test_conditional_flows_out_of_a_task(x, y, tasks):
    xml = process(
        "p",
        start(),
        user("a"),
        user("b"),
        user("c"),
        user("d"),
        end(),
        flows="s > a; b > e; c > e; d > e",
        extra=[flow("a", "b", "x"), flow("a", "c", "y"), flow("a", "d", id_="else")],
    ).replace(b'<bpmn:userTask id="a"', b'<bpmn:userTask default="else" id="a"')
    p = Player(xml, {"x": x, "y": y})
    step = p.do("a")
    assert p.tasks == tasks
    assert step.passed[0] == "a"


def test_flows_without_a_condition_go_always():
    xml = process(
        "p",
        start(),
        user("a"),
        user("b"),
        user("c"),
        end(),
        flows="s > a; b > e; c > e",
        extra=[flow("a", "b", "x"), flow("a", "c")],
    )
    p = Player(xml, {"x": False})
    p.do("a")
    assert p.tasks == ["c"]


def link(kind, id_, name):
    return element(kind, id_, f'<bpmn:linkEventDefinition name="{name}"/>')


def test_links_lead_from_here_to_there():
    xml = process(
        "p",
        start(),
        user("a"),
        xor("g", default="on"),
        link("intermediateThrowEvent", "back1", "again"),
        link("intermediateThrowEvent", "back2", "again"),
        link("intermediateCatchEvent", "there", "again"),
        xor("entry"),
        end(),
        flows="s > entry > a > g; there > entry",
        extra=[
            flow("g", "back1", "n == 1"),
            flow("g", "back2", "n == 2"),
            flow("g", "e", id_="on"),
        ],
    )
    p = Player(xml)
    for n in (1, 2):
        p.do("a", n=n)
        assert p.tasks == ["a"]
    p.do("a", n=3)
    assert p.status == "finished"


def test_an_event_may_refer_to_its_definition():
    xml = process(
        "p",
        start(),
        user("a"),
        boundary("b", "a", "<bpmn:eventDefinitionRef>shared</bpmn:eventDefinitionRef>"),
        end(),
        end("e2"),
        flows="s > a > e; b > e2",
        roots=root("message", "m", "stop")
        + '<bpmn:messageEventDefinition id="shared" messageRef="m"/>',
    )
    p = Player(xml)
    p.deliver("stop")
    assert p.status == "finished"


def test_splits_inside_a_sub_process():
    xml = process(
        "p",
        start(),
        sub(
            "w",
            start("ws"),
            user("a"),
            user("b"),
            end("we1", trigger("terminate")),
            end("we2"),
            flows="ws > a > we1; ws > b > we2",
        ),
        end(),
        flows="s > w > e",
    )
    p = Player(xml)
    assert p.tasks == ["a", "b"]
    p.do("a")
    assert p.status == "finished"


def test_each_token_goes_on_by_itself_where_paths_merge_without_a_gateway():
    xml = process(
        "p",
        start(),
        user("a"),
        user("b"),
        user("c"),
        end(),
        flows="s > a > c > e; s > b > c",
    )
    p = Player(xml)
    p.do("a")
    p.do("b")
    assert p.tasks == ["c", "c"]
    p.do("c")
    p.do("c")
    assert p.status == "finished"
