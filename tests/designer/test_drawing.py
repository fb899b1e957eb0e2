"""What the drawing page asks the server for: the draft, the problems, the names to choose from."""

import pytest

from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.accounts.models import Role
from sanwei_flow.accounts.operations import actor_of
from sanwei_flow.db import transaction
from sanwei_flow.designer import words
from sanwei_flow.designs import drafting, operations, vocabulary
from sanwei_flow.engine.expressions import AMBIENT, FUNCTIONS, LOOP
from tests.factories import NOW, log_in, make_unit, make_user

EDIT = "/designs/cooperation"


@pytest.fixture
def office(database):
    with transaction():
        operations.install_shipped(by=SYSTEM, at=NOW)
        return make_unit("县专班办公室")


@pytest.fixture
def sun(office, client):
    with transaction():
        user = make_user(office, [Role.designer], name="孙设计")
    log_in(client, user)
    return actor_of(user)


@pytest.fixture
def li(office):
    with transaction():
        return actor_of(make_user(office, [Role.designer], name="李设计"))


def renamed(xml: str, name: str) -> str:
    return xml.replace('name="办理并上报"', f'name="{name}"')


def test_a_first_save_begins_the_draft(sun, client):
    opened = client.get(f"{EDIT}/draft").json
    assert opened["revision"] == 0
    assert drafting.draft_of("cooperation") is None
    kept = client.post(f"{EDIT}/draft", json={"xml": renamed(opened["xml"], "办"), "revision": 0})
    assert kept.status_code == 200
    again = client.get(f"{EDIT}/draft").json
    assert again["revision"] == kept.json["revision"]
    assert 'name="办"' in again["xml"]


def test_who_comes_second_is_told_who_was_first_and_loses_nothing(sun, li, client):
    with transaction():
        draft = drafting.open_draft("cooperation", by=sun, at=NOW)
        before, xml = draft.revision, draft.xml
        theirs = renamed(xml, "李的")
        drafting.save_draft(draft.id, revision=before, xml=theirs, by=li, at=NOW)
    mine = {"xml": renamed(xml, "孙的"), "revision": before}
    refused = client.post(f"{EDIT}/draft", json=mine)
    assert refused.status_code == 409
    assert refused.json["detail"].startswith("李设计已于 2024")
    assert client.post(f"{EDIT}/draft", json=mine | {"anyway": True}).status_code == 200
    assert 'name="孙的"' in client.get(f"{EDIT}/draft").json["xml"]
    assert [copy.xml for copy in drafting.copies_of("cooperation")] == [theirs]


def test_two_first_saves_meet_as_well(sun, li, client):
    """Both opened the published version; no draft was there."""
    opened = client.get(f"{EDIT}/draft").json
    with transaction():
        draft = drafting.open_draft("cooperation", by=li, at=NOW)
        theirs = renamed(opened["xml"], "李的")
        drafting.save_draft(draft.id, revision=draft.revision, xml=theirs, by=li, at=NOW)
    mine = {"xml": renamed(opened["xml"], "孙的"), "revision": 0}
    assert client.post(f"{EDIT}/draft", json=mine).status_code == 409


@pytest.mark.parametrize(
    ("xml", "sentence"),
    [
        ("<a/>", "BPMN"),
        ("no xml", "XML"),
        ("<!DOCTYPE a><a/>", "DOCTYPE"),
        ("<a>" + "x" * 2 * 1024 * 1024 + "</a>", "1024 KB"),
    ],
)
def test_what_is_no_design_is_not_kept_and_the_sentence_says_why(sun, client, xml, sentence):
    refused = client.post(f"{EDIT}/draft", json={"xml": xml, "revision": 0})
    assert refused.status_code == 422
    assert sentence in refused.json["detail"]
    assert drafting.draft_of("cooperation") is None
    [found] = client.post(f"{EDIT}/problems", json={"xml": xml}).json["problems"]
    assert sentence in found["sentence"]
    assert client.post(f"{EDIT}/problems", json={"other": 1}).status_code == 422


def test_problems_are_those_of_publishing_each_at_its_element_and_setting(sun, client):
    xml = client.get(f"{EDIT}/draft").json["xml"]
    assert client.post(f"{EDIT}/problems", json={"xml": xml}).json == {"problems": []}
    wrong = xml.replace('name="due" value="3"', 'name="due" value="PT1H"', 1)
    [found] = client.post(f"{EDIT}/problems", json={"xml": wrong}).json["problems"]
    assert found["rule"] == "due-invalid"
    assert found["setting"] == "due"
    assert found["element"]
    assert "工作日数" in found["sentence"]


def test_names_are_offered_with_words_for_all_the_engine_knows(sun, client):
    names = client.get(f"{EDIT}/names.json").json
    assert ["reviewer", "审核人"] in names["roles"]
    assert "县专班办公室" in [name for _, name in names["units"]]
    assert "task_division" in [one["key"] for one in names["processes"]]
    assert "cooperation" not in [one["key"] for one in names["processes"]]
    report = next(one for one in names["forms"] if one["key"] == "part_report")
    assert all(field["label"] for field in report["fields"])
    called = next(one for one in names["processes"] if one["key"] == "extension")
    assert "plan" in called["variables"]
    assert "outcome" not in called["variables"]


def test_functions_have_words_and_words_are_of_what_there_is(app):
    assert set(words.SERVICES) <= vocabulary.services()
    assert set(words.FUNCTIONS) >= FUNCTIONS
    assert set(words.LOOP) == LOOP
    assert set(words.AMBIENT) == AMBIENT
