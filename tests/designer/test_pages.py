"""What a designer finds under 流程设计."""

import pytest

from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.accounts.operations import actor_of
from sanwei_flow.db import transaction
from sanwei_flow.designs import drafting, operations
from tests.counting import counted
from tests.factories import NOW, log_in, make_unit, make_user


@pytest.fixture
def designer(database, client):
    with transaction():
        operations.install_shipped(by=SYSTEM, at=NOW)
        user = make_user(make_unit(), ["designer"], name="设计员")
    log_in(client, user)
    return actor_of(user)


def test_the_list_names_versions_drafts_and_who_draws(designer, client):
    with transaction():
        drafting.open_draft("cooperation", by=designer, at=NOW)
    page = client.get("/designs").text
    assert page.count("第 1 版") >= 8
    assert "设计员，2024" in page
    assert "还没有方案流程" in client.get("/designs?of=plans").text


def test_one_design_shows_what_runs_and_that_a_draft_waits(designer, client):
    assert "有一份草稿" not in client.get("/designs/cooperation").text
    with transaction():
        draft = drafting.open_draft("cooperation", by=designer, at=NOW)
        changed = draft.xml.replace('name="办理并上报"', 'name="办理"')
        drafting.save_draft(draft.id, revision=1, xml=changed, by=designer, at=NOW)
    page = client.get("/designs/cooperation").text
    assert "第 1 版" in page
    assert "有一份草稿" in page
    assert 'name="办理"' in client.get("/designs/cooperation/draft/diagram.bpmn").text
    old = client.get("/designs/cooperation/versions/1/diagram.bpmn")
    assert 'name="办理并上报"' in old.text
    assert client.get("/designs/cooperation/versions/7/diagram.bpmn").status_code == 404
    assert client.get("/designs/nothing").status_code == 404


def test_the_list_asks_no_more_for_more_designs(app, designer, client):
    client.get("/designs")
    with counted() as few:
        client.get("/designs")
    xml = (operations.WORKFLOWS / "cooperation.bpmn").read_text("utf-8")
    with transaction():
        for number in range(5):
            drafting.new_draft(
                xml.replace('"cooperation"', f'"more_{number}"'), by=designer, at=NOW
            )
    with counted() as many:
        client.get("/designs")
    assert len(many) == len(few)


def test_a_draft_thrown_away_can_be_brought_back(designer, client):
    with transaction():
        draft = drafting.open_draft("cooperation", by=designer, at=NOW)
        changed = draft.xml.replace('name="办理并上报"', 'name="办理"')
        drafting.save_draft(draft.id, revision=1, xml=changed, by=designer, at=NOW)
    page = client.post("/designs/cooperation/draft/discard", follow_redirects=True).text
    assert "草稿已放弃" in page
    (copy,) = drafting.copies_of("cooperation")
    back = client.post(
        f"/designs/cooperation/copies/{copy.id}/restore",
        data={"revision": 0},
        follow_redirects=True,
    )
    assert "已取回为草稿" in back.text
    assert 'name="办理"' in client.get("/designs/cooperation/draft/diagram.bpmn").text
