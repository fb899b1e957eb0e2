"""Decision tables: drafts, examples, publishing, rolling back; without a script and by program."""

import pytest

from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.accounts.operations import actor_of
from sanwei_flow.db import transaction
from sanwei_flow.designs import decision_drafts, operations, queries
from sanwei_flow.engine import DesignError
from sanwei_flow.errors import Conflict, Forbidden
from sanwei_flow.supervision import escalating, settings
from tests.designer.pages import controls
from tests.factories import NOW, log_in, make_unit, make_user

EDIT = "/decisions/escalation/edit"
SLIP = "<text>&gt;= 10</text>"


@pytest.fixture
def designer(database, client):
    with transaction():
        operations.install_shipped(by=SYSTEM, at=NOW)
        user = make_user(make_unit(), ["designer"], name="设计员")
    log_in(client, user)
    return actor_of(user)


def send(client, act, **changed):
    given = controls(client.get(EDIT).text, "decision-form")
    for name, value in changed.items():
        given.setlist(name, [value])
    given.setlist("act", [act])
    return client.post(EDIT, data=given)


def with_example(client, days="12"):
    """One example saved with the draft: so many days past, asked of the table as it is."""
    inputs = {"examples.0.in.days_past": days, "examples.0.in.major": "false"}
    return send(client, "save", **{"examples": "1", "examples.0.name": "超期很久"} | inputs)


def publish(client, **given):
    page = client.get("/decisions/escalation/publish").text
    revision = decision_drafts.draft_of("escalation").revision
    answer = client.post(
        "/decisions/escalation/publish", data={"revision": revision, "note": "试", **given}
    )
    return page, answer


def test_the_table_can_be_read_and_tried_without_a_script(designer, client):
    assert "逾期升级" in client.get("/decisions").text
    page = client.get("/decisions/escalation").text
    assert "第 1 版" in page
    assert "&gt;= 10" in page
    tried = send(client, "add").text
    assert "没有规则符合" in tried or "符合规则" in tried
    tried = send(client, "try", **{"examples": "1", "examples.0.in.days_past": "12"}).text
    assert "符合规则 1" in tried
    assert "级别 slip" in tried
    assert decision_drafts.draft_of("escalation") is None


def test_an_answer_that_changes_is_shown_and_has_to_be_accepted(designer, client):
    assert with_example(client).status_code == 302
    page, answer = publish(client)
    assert "规则没有变化" in page
    assert "新例子" in page
    assert answer.status_code == 302
    assert queries.current_decision("escalation").decision.examples[0]["answer"]["level"] == "slip"

    xml = queries.current_decision("escalation").xml
    assert SLIP in xml
    send(client, "save", xml=xml.replace(SLIP, "<text>&gt;= 30</text>"))
    page, refused = publish(client)
    assert "结果变了" in page
    assert "以前：级别 slip" in page
    assert refused.status_code == 409
    assert "1 个例子的结果与以前不同" in refused.text
    assert queries.current_decision("escalation").number == 1
    _page, answer = publish(client, accept="1")
    assert answer.status_code == 302
    newest = queries.current_decision("escalation")
    assert (newest.number, newest.note) == (2, "试")
    assert newest.decision.examples[0]["answer"]["level"] != "slip"
    assert escalating.table().hash == newest.hash

    back = "/decisions/escalation/publish"
    assert "结果变了" in client.get(back, query_string={"version": 1}).text
    assert client.post(back, data={"version": "1"}).status_code == 409
    assert client.post(back, data={"version": "1", "accept": "1"}).status_code == 302
    again = queries.current_decision("escalation")
    assert (again.number, again.note) == (3, "重新发布第 1 版")
    assert again.hash == queries.decision_version("escalation", 1).hash


def test_the_settings_page_goes_on_with_a_table_published_here(designer, client):
    with_example(client)
    publish(client)
    with transaction():
        office = actor_of(make_user(make_unit("专班"), ["office"]))
        rules = [("只此一条", [">= 4", "-", "-", "-"], ['"slip"', '"red"', '["head"]', '"slip"'])]
        settings.change_table(rules, by=office, at=NOW)
    newest = queries.current_decision("escalation")
    assert newest.number == 2
    assert newest.decision.examples, "the examples stay"
    assert "&gt;= 4" in client.get(EDIT).text


def test_a_wrong_table_can_be_kept_and_not_published(designer, client):
    xml = queries.current_decision("escalation").xml
    wrong = xml.replace('hitPolicy="FIRST"', 'hitPolicy="OUTPUT ORDER"')
    page = send(client, "try", xml=wrong).text
    assert "命中规则 OUTPUT ORDER 不支持" in page
    assert send(client, "save", xml=wrong).status_code == 302
    _page, answer = publish(client)
    assert answer.status_code == 422
    assert "OUTPUT ORDER" in answer.text
    cell = send(client, "try", xml=xml.replace(SLIP, "<text>&gt;= (</text>")).text
    assert 'data-jump="rule_1_days_past"' in cell
    assert send(client, "save", xml="<a/>").status_code == 422


def test_two_who_edit_one_table_are_told_and_nothing_is_lost(designer, client):
    given = controls(client.get(EDIT).text, "decision-form")
    version = queries.current_decision("escalation")
    with transaction():
        rival = actor_of(make_user(make_unit("别处"), ["designer"], name="乙"))
        theirs = version.xml.replace("逾期升级", "乙的表")
        decision_drafts.save_table("escalation", theirs, [], revision=0, by=rival, at=NOW)
    given.setlist("act", ["save"])
    refused = client.post(EDIT, data=given)
    assert refused.status_code == 409
    assert "乙已于" in refused.text
    given.setlist("act", ["anyway"])
    assert client.post(EDIT, data=given).status_code == 302
    assert "乙的表" not in decision_drafts.draft_of("escalation").xml
    (kept,) = decision_drafts.copies("escalation")
    assert "乙的表" in client.get(f"/decisions/escalation/copies/{kept.id}/table.dmn").text
    assert client.post("/decisions/escalation/discard").status_code == 302
    assert len(decision_drafts.copies("escalation")) == 2


def test_a_version_published_meanwhile_has_to_be_seen(designer, client):
    with_example(client)
    with transaction():
        xml = queries.current_decision("escalation").xml.replace("逾期即提醒", "一到期就提醒")
        decision_drafts.publish_table(xml, note="", by=designer, at=NOW)
    page, answer = publish(client)
    assert "下面是与它的差别" in page
    assert answer.status_code == 409
    assert publish(client, accept="1")[1].status_code == 302


def test_a_new_table_begins_and_is_published(designer, client):
    given = {"key": "fees", "name": "收费标准"}
    assert client.post("/decisions", data=given).status_code == 302
    assert client.post("/decisions", data=given).status_code == 422
    assert client.post("/decisions", data={"key": "Big", "name": ""}).status_code == 422
    page = client.get("/decisions/fees/publish").text
    assert "这是第一次发布" in page
    assert client.post("/decisions/fees/publish", data={"revision": "1"}).status_code == 302
    assert queries.current_decision("fees").decision.name == "收费标准"


def test_only_designers_come_in(designer, client):
    with transaction():
        clerk = make_user(make_unit("县林业局"))
    by = actor_of(clerk)
    xml = queries.current_decision("escalation").xml
    with pytest.raises(Forbidden), transaction():
        decision_drafts.publish_table(xml, note="", by=by, at=NOW)
    with pytest.raises(DesignError), transaction():
        decision_drafts.publish_table("<a/>", note="", by=designer, at=NOW)
    with pytest.raises(Conflict), transaction():
        decision_drafts.save_table("escalation", xml, [], revision=7, by=designer, at=NOW)
    log_in(client, clerk)
    for address in ("/decisions", "/decisions/escalation", EDIT):
        assert client.get(address).status_code == 403
