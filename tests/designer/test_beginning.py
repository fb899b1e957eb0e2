"""Beginning a design: from a template, from a design we have, from a file."""

import io
from pathlib import Path

import pytest

from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.db import transaction
from sanwei_flow.designs import drafting, gallery, operations
from sanwei_flow.engine import check_design
from tests.factories import NOW, log_in, make_unit, make_user

CAMUNDA = Path(__file__).parent.parent / "designs" / "files" / "camunda7.bpmn"


@pytest.fixture
def designer(database, client):
    with transaction():
        operations.install_shipped(by=SYSTEM, at=NOW)
        user = make_user(make_unit("县财政局"), ["designer"])
    log_in(client, user)


@pytest.mark.parametrize("key", gallery.TEMPLATES)
def test_every_template_can_be_published_as_it_is(key, app):
    xml, forms = gallery.begin(f"template:{key}")
    assert check_design(gallery.named(xml, "mine", "我的").encode()) == []
    assert forms == {}


def test_a_template_becomes_a_draft_of_its_own(designer, client):
    page = client.get("/designs/new").text
    assert "两级审批" in page
    assert "任务分工" in page
    given = {"from": "template:two_step_approval", "key": "legal_review", "name": "法制审核"}
    answer = client.post("/designs/new", data=given)
    assert answer.location == "/designs/legal_review/edit"
    draft = drafting.draft_of("legal_review")
    assert draft.name == "法制审核"
    assert drafting.draft_problems(draft) == []
    again = client.post("/designs/new", data=given)
    assert again.status_code == 409
    assert "已有标识为 legal_review 的流程" in again.text


def test_a_copy_of_a_design_keeps_its_pool_and_drawing(designer, client):
    given = {"from": "design:task_division", "key": "division_two", "name": "分工二"}
    client.post("/designs/new", data=given)
    draft = drafting.draft_of("division_two")
    assert 'processRef="division_two"' in draft.xml
    assert drafting.draft_problems(draft) == []


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"key": "__import__('os')"}, "只用小写字母"),
        ({"key": "plan_7"}, "只用小写字母"),
        ({"name": " "}, "请写上流程名称"),
        ({"from": ""}, "请选一个模板或文件"),
    ],
)
def test_what_cannot_begin_is_told_and_the_input_stays(designer, client, given, sentence):
    good = {"from": "template:countersign", "key": "mine", "name": "我的"}
    answer = client.post("/designs/new", data=good | given)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="mine"' in answer.text or "key" in given


def test_a_foreign_file_is_taken_over_and_the_rest_is_listed(designer, client):
    upload = (io.BytesIO(CAMUNDA.read_bytes()), "leave.bpmn")
    given = {"key": "leave", "name": "请假", "file": upload}
    page = client.post("/designs/new", data=given).text
    assert "有 6 处没有带过来" in page
    assert "发信" in page
    assert "改为办理角色 reviewer" in page
    assert "candidate_role" in drafting.draft_of("leave").xml
    broken = {"key": "x1", "name": "坏", "file": (io.BytesIO(b"<html/>"), "x.bpmn")}
    refused = client.post("/designs/new", data=broken)
    assert refused.status_code == 422
    assert "BPMN" in refused.text
