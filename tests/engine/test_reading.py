"""Files nobody vouches for: broken, hostile, huge. Each gets a sentence, none hangs or leaks."""

import time

import pytest

from sanwei_flow import engine
from sanwei_flow.engine import DesignError
from tests.engine.bpmn import HEAD, both, element, end, flow, process, start, user

GOOD = process("p", start(), user("a"), end(), flows="s > a > e")


def rules(xml: bytes) -> set[str]:
    with pytest.raises(DesignError) as error:
        engine.compile_design(xml)
    assert all(str(problem) for problem in error.value.problems)
    return {problem.rule for problem in error.value.problems}


BOMB = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12))


@pytest.mark.parametrize(
    ("xml", "rule"),
    [
        (b"", "xml-invalid"),
        (b"not xml", "xml-invalid"),
        (b"\x00\x01\x02", "xml-invalid"),
        (GOOD[:-10], "xml-invalid"),
        (GOOD.replace(b"UTF-8", b"no-such-charset"), "xml-invalid"),
        (b"<html/>", "not-bpmn"),
        (b"<definitions/>", "not-bpmn"),
        (f"{HEAD}</bpmn:definitions>".encode(), "no-process"),
        (b'<!DOCTYPE x [<!ENTITY a0 "x">%s]><x>&a11;</x>' % BOMB.encode(), "xml-doctype"),
        (b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>', "xml-doctype"),
        (b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><x/>', "xml-doctype"),
        (
            '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY e "v">]>'
            "<x>&e;</x>".encode("utf-16"),
            "xml-doctype",
        ),
        (b"<a>" * 100 + b"</a>" * 100, "not-bpmn"),
        (HEAD.encode() + b"<a>" * 70 + b"</a>" * 70 + b"</bpmn:definitions>", "xml-too-deep"),
        (HEAD.encode() + b"<a>" * 300 + b"</a>" * 300 + b"</bpmn:definitions>", "xml-invalid"),
        (HEAD.encode() + b"<a/>" * 20_001 + b"</bpmn:definitions>", "xml-too-many"),
        (GOOD + b" " * 1024 * 1024, "xml-too-large"),
        (GOOD.replace(b"bpmn:userTask", b"bpmn:userTusk"), "schema"),
    ],
)
def test_a_bad_file_gets_a_sentence(xml, rule):
    began = time.monotonic()
    assert rule in rules(xml)
    assert time.monotonic() - began < 2


def test_comments_and_instructions_are_dropped():
    xml = GOOD.replace(b"<bpmn:process", b"<?php evil ?><!-- note --><bpmn:process")
    assert engine.compile_design(xml).key == "p"


def test_too_many_nodes_are_refused():
    # Short tags: the file itself is within bounds.
    nodes = "".join(f'<bpmn:task id="t{i}"/>' for i in range(4100))
    assert rules(process("p", start(), nodes, end(), flows="s > e")) == {"too-many-nodes"}


def test_too_many_settings_are_refused():
    task = user("u", **{f"p{i}": "x" for i in range(5001)})
    assert rules(process("p", start(), task, end(), flows="s > u > e")) == {"too-many-settings"}


def test_a_long_design_is_no_problem():
    """The library's own parser fails at some 300 nodes in a row."""
    n = 900
    ids = [f"t{i}" for i in range(n)]
    nodes = [element("task", i) for i in ids]
    xml = process("p", start(), *nodes, end(), flows=" > ".join(["s", *ids, "e"]))
    design = engine.compile_design(xml)
    assert len(design.nodes) == n + 2


def test_many_parallel_blocks_in_a_row_cost_no_more_than_their_number():
    """The library predicts every path: twelve blocks of two are 4096 of them."""
    parts, chain = [], []
    for i in range(40):
        parts += [both(f"f{i}"), element("task", f"a{i}"), element("task", f"b{i}"), both(f"j{i}")]
        chain += [f"f{i}", f"a{i}", f"j{i}"]
    extra = [flow(f"f{i}", f"b{i}") for i in range(40)]
    extra += [flow(f"b{i}", f"j{i}") for i in range(40)]
    xml = process(
        "p", start(), *parts, user("u"), end(),
        flows=" > ".join(["s", *chain, "u", "e"]), extra=extra,
    )  # fmt: skip
    from tests.engine.player import Player

    assert Player(xml).tasks == ["u"]
