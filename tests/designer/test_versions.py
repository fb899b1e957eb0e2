"""Versions: published with a note, compared, brought back; wrong drafts go nowhere."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sanwei_flow.accounts.models import User
from sanwei_flow.accounts.sessions import create_token
from sanwei_flow.db import db, transaction
from sanwei_flow.designs import drafting, queries
from tests.factories import log_in
from tests.migrating.stories import KEY, SHIPPED, Division, make_division, with_legal_review

PAGE = f"/designs/{KEY}/versions"
WRONG = SHIPPED.replace('name="candidate_role" value="staff"', 'name="odd" value="x"', 1)


@pytest.fixture
def division(database: None) -> Division:
    return make_division()


@pytest.fixture
def pages(division: Division, client: FlaskClient) -> FlaskClient:
    return log_in(client, db.session.get_one(User, division.designer.user_id))


def draft(division: Division, xml: str) -> int:
    """Save this as the draft; returns its revision."""
    given = {"by": division.designer, "at": division.at}
    with transaction():
        found = drafting.open_draft(KEY, **given)
        return drafting.save_draft(found.id, revision=found.revision, xml=xml, **given).revision


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_from_the_draft_to_the_version_and_back(division: Division, pages: FlaskClient) -> None:
    division.start(2)
    revision = draft(division, with_legal_review())
    assert "检查通过，可以发布。" in pages.get(PAGE).text
    words = plain(pages.get(f"/designs/{KEY}/compare?new=draft").text)
    assert "新增 人工环节 合法性审核 legal_review" in words
    assert "终点 专班审核 合法性审核" in words
    assert pages.post(PAGE, data={"revision": revision}).status_code == 422
    assert queries.current(KEY).number == 1
    pages.post(PAGE, data={"revision": revision, "note": "增加合法性审核"})
    words = plain(pages.get(PAGE).text)
    assert "第 2 版 当前" in words
    assert "增加合法性审核" in words
    assert "/migrations?from=1" in pages.get(PAGE).text
    assert pages.post(f"{PAGE}/1/restore", data={"note": " "}).status_code == 422
    pages.post(f"{PAGE}/1/restore", data={"note": "先按老办法办"})
    newest = queries.current(KEY)
    assert (newest.number, newest.note, newest.xml) == (3, "先按老办法办", SHIPPED)
    assert pages.post(f"{PAGE}/1/restore", data={"note": "x"}).status_code == 409
    assert "没有变化" in pages.get(f"/designs/{KEY}/compare?old=1&new=3").text


def test_a_draft_with_errors_is_published_by_nobody(
    division: Division, pages: FlaskClient, app: Flask, tmp_path: Path
) -> None:
    revision = draft(division, WRONG)
    page = pages.get(PAGE).text
    assert "处错误，改正以后才能发布" in page
    assert 'name="note"' not in page.split("已发布的版本")[0]
    refused = pages.post(PAGE, data={"revision": revision, "note": "硬发"})
    assert refused.status_code == 422
    assert "办理角色" in refused.text
    file = tmp_path / "wrong.bpmn"
    file.write_text(WRONG, "utf-8")
    ran = app.test_cli_runner().invoke(args=["design", "publish", str(file)])
    assert ran.exit_code != 0
    with transaction():
        token = create_token("sheji", by=division.designer, at=division.at)
    asked = {"headers": {"Authorization": f"Bearer {token}"}}
    answer = pages.post("/api/v1/designs", json={"xml": WRONG, "note": "x"}, **asked)
    assert answer.status_code == 422
    assert answer.json["code"] == "design_error"
    assert queries.current(KEY).number == 1
    good = {"xml": with_legal_review(), "note": "合法"}
    answer = pages.post("/api/v1/designs", json=good, **asked)
    assert (answer.status_code, answer.json["version"]) == (201, 2)


def test_the_second_to_publish_is_told_and_may_compare_first(
    division: Division, pages: FlaskClient
) -> None:
    revision = draft(division, with_legal_review())
    division.publish(SHIPPED.replace('name="任务分工"', 'name="分工"'), "别人发布的")
    refused = pages.post(PAGE, data={"revision": revision, "note": "我的"})
    assert refused.status_code == 409
    assert "草稿开始以后" in refused.text
    pages.post(f"/designs/{KEY}/draft/rebase", data={"revision": revision})
    found = drafting.draft_of(KEY)
    assert found is not None
    pages.post(PAGE, data={"revision": found.revision, "note": "我的"})
    assert (queries.current(KEY).number, queries.current(KEY).note) == (3, "我的")


def test_a_draft_somebody_saved_meanwhile_is_not_published_unread(
    division: Division, pages: FlaskClient
) -> None:
    revision = draft(division, with_legal_review())
    draft(division, SHIPPED.replace('name="任务分工"', 'name="分工"'))
    refused = pages.post(PAGE, data={"revision": revision, "note": "我的"})
    assert refused.status_code == 409
    assert "设计员已于" in refused.text
