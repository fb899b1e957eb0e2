"""Files drawn for Camunda 7 and Flowable become ours; what cannot is listed."""

from pathlib import Path

import pytest
from lxml import etree

from sanwei_flow.designs.foreign import Register, adopt
from sanwei_flow.designs.operations import WORKFLOWS
from sanwei_flow.engine import DesignError, check_design
from sanwei_flow.engine.bpmn import process_of, settings_of

FILES = Path(__file__).parent / "files"
REGISTER = Register(
    units={"县财政局": 7}, roles=frozenset(["staff", "reviewer"]), people={"zhangsan": 9}
)


def adopted(name):
    found = adopt((FILES / name).read_bytes(), REGISTER)
    process = process_of(etree.fromstring(found.xml.encode()))
    return found, {e.get("id"): e for e in process.iter(etree.Element) if e.get("id")}


def left(found):
    return {(note.element, note.params["their"]) for note in found.left}


def test_camunda_becomes_ours():
    found, elements = adopted("camunda7.bpmn")
    assert settings_of(elements["apply"]) == {
        "candidate_unit": "${starter_unit}",
        "candidate_role": "staff",
        "due": "${days_after(today, 3)}",
        "form": "leave_form",
    }
    assert settings_of(elements["approve"]) == {
        "candidate_unit": "7",
        "candidate_role": "reviewer",
        "due": "${deadline}",
        "collection": "${heads}",
        "item": "head",
    }
    assert settings_of(elements["record"]) == {"input.days": "${days}"}
    assert elements["record"].get("calledElement") == "filing"
    assert elements["f4"].findtext("{*}conditionExpression") == "${approved && days > 3}"
    assert "camunda" not in found.xml
    assert left(found) == {
        ("请假", "historyTimeToLive"),
        ("s", "initiator"),
        ("申请", "taskListener"),
        ("批准", "candidateGroups"),
        ("备案", "in"),
        ("发信", "class"),
    }
    assert {p.rule for p in check_design(found.xml.encode())} <= {"service-missing"}


def test_flowable_becomes_ours_and_nobody_is_guessed():
    found, elements = adopted("flowable.bpmn")
    assert settings_of(elements["plan"]) == {
        "candidate_unit": "9",
        "form": "travel",
        "due": "2026-12-31",
    }
    assert settings_of(elements["check"]) == {}
    assert left(found) == {
        ("填写", "priority"),
        ("核对", "assignee"),
        ("核对", "candidateUsers"),
        ("f2", "conditionExpression"),
    }
    rules = {p.rule for p in check_design(found.xml.encode())}
    assert {"unit-missing", "role-missing"} <= rules


def test_our_own_file_stays_as_it_is():
    source = (WORKFLOWS / "task_division.bpmn").read_bytes()
    found = adopt(source, REGISTER)
    assert found.xml.encode() == source
    assert (found.taken, found.left) == ([], [])


@pytest.mark.parametrize("source", [b"", b"PK\x03\x04", b"<!DOCTYPE a><a/>", b"<html/>"])
def test_what_is_no_bpmn_is_refused(source):
    with pytest.raises(DesignError):
        adopt(source, REGISTER)
