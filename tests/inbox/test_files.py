"""Files on the pages: given with an act, refused one by one, shown safely, fetched."""

import io
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sanwei_flow.db import db
from sanwei_flow.processes.models import Attachment, TaskEvent
from sanwei_flow.storage import FolderStore, Limits, Vault
from tests.inbox.stories import County, make_county
from tests.inbox.test_pages import signed_in

PNG = b"\x89PNG\r\n\x1a\n<script>alert(1)</script>"
PDF = b"%PDF-1.7"


@pytest.fixture
def county(database: None) -> County:
    return make_county()


@pytest.fixture
def clerk(app: Flask, county: County) -> FlaskClient:
    return signed_in(app, "xiongmei")


@pytest.fixture
def small(app: Flask, tmp_path: Any) -> Any:
    """A store that takes little: 1,000 bytes a file, three files a task."""
    usual = app.extensions["vault"]
    app.extensions["vault"] = Vault(FolderStore(tmp_path), Limits(1000, 3))
    yield
    app.extensions["vault"] = usual


def files(*given: tuple[bytes, str]) -> list[tuple[io.BytesIO, str]]:
    return [(io.BytesIO(content), name) for content, name in given]


def give(client: FlaskClient, task: int, content: bytes, name: str) -> Any:
    answer = client.post(f"/tasks/{task}/attachments", data={"file": (io.BytesIO(content), name)})
    assert answer.status_code == 201, answer.text
    return answer.get_json()


def test_good_files_and_words_stay_when_one_file_is_bad(
    clerk: FlaskClient, county: County, small: None
) -> None:
    task = county.task("sign_for").id
    sent = files((PDF, "凭证.pdf"), (b"x" * 1025, "大.txt"), (b"MZ\x90\0", "程序.doc"))
    data = {"action": "accept", "comment": "见附件", "attachments": sent}
    page = clerk.post(f"/tasks/{task}", data=data)
    assert page.status_code == 422
    assert "有 2 处需要改正" in page.text
    assert "“大.txt”有 2 KB，每个附件不能超过 1 KB，请压缩或拆分后再传。" in page.text
    assert "“程序.doc”是程序，不能作为附件。" in page.text
    assert "见附件</textarea>" in page.text
    (kept,) = db.session.scalars(db.select(Attachment)).all()
    assert f'name="attachments-kept" value="{kept.id}" checked' in page.text
    done = clerk.post(
        f"/tasks/{task}",
        data={"action": "accept", "comment": "见附件", "attachments-kept": str(kept.id)},
    )
    assert done.status_code == 302
    assert "凭证.pdf" in clerk.get(f"/tasks/{task}").text


def test_a_fourth_file_of_three_is_refused_by_name(
    clerk: FlaskClient, county: County, small: None
) -> None:
    task = county.task("sign_for").id
    sent = files(*((PDF, f"凭证{n}.pdf") for n in range(4)))
    page = clerk.post(f"/tasks/{task}", data={"action": "accept", "attachments": sent})
    assert page.status_code == 422
    assert "一个任务最多 3 个附件" in page.text
    assert page.text.count('name="attachments-kept"') == 3


def test_files_stay_in_the_order_they_were_put_in(clerk: FlaskClient, county: County) -> None:
    task = county.task("sign_for").id
    first, second = (give(clerk, task, PDF, name)["id"] for name in ("甲.pdf", "乙.pdf"))
    told = {"comment": "见附件", "attachments-kept": [str(second), str(first)]}
    assert clerk.post(f"/tasks/{task}/acts/comment", data=told).status_code == 302
    event = db.session.scalars(db.select(TaskEvent).where(TaskEvent.kind == "comment")).one()
    assert [file["name"] for file in event.data["_files"]] == ["乙.pdf", "甲.pdf"]


def test_the_same_press_twice_sends_a_file_once(clerk: FlaskClient, county: County) -> None:
    task = county.task("sign_for").id

    def press() -> int:
        data = {"action": "accept", "idempotency_key": "k1", "attachments": files((PDF, "a.pdf"))}
        return clerk.post(f"/tasks/{task}", data=data).status_code

    assert [press(), press()] == [302, 302]
    assert db.session.scalar(db.select(db.func.count(Attachment.id))) == 1


def test_a_press_with_other_words_under_the_same_key_is_no_repetition(
    clerk: FlaskClient, county: County
) -> None:
    task = county.task("sign_for").id
    data = {"action": "accept", "idempotency_key": "k1", "comment": "同意"}
    assert clerk.post(f"/tasks/{task}", data=data).status_code == 302
    page = clerk.post(f"/tasks/{task}", data=data | {"comment": "另有想法"})
    assert page.status_code == 422
    assert "已提交过不同的内容" in page.text


def test_every_verb_that_asks_takes_files(clerk: FlaskClient, county: County) -> None:
    task = county.task("sign_for").id
    sent = {"comment": "请看照片", "attachments": files((PNG, "照片.png"), (b"", "空.txt"))}
    page = clerk.post(f"/tasks/{task}/acts/comment", data=sent)
    assert page.status_code == 422
    assert "“空.txt”是空文件。" in page.text
    assert "请看照片</textarea>" in page.text
    kept = page.text.split('name="attachments-kept" value="')[1].split('"')[0]
    told = {"comment": "请看照片", "attachments-kept": kept}
    assert clerk.post(f"/tasks/{task}/acts/comment", data=told).status_code == 302
    event = db.session.scalars(db.select(TaskEvent).where(TaskEvent.kind == "comment")).one()
    assert [file["name"] for file in event.data["_files"]] == ["照片.png"]


def test_a_draft_keeps_its_files(clerk: FlaskClient, county: County) -> None:
    task = county.task("sign_for").id
    kept = give(clerk, task, PDF, "凭证.pdf")
    data = {"action": "save_draft", "comment": "待续", "attachments-kept": str(kept["id"])}
    assert clerk.post(f"/tasks/{task}", data=data).status_code == 302
    page = clerk.get(f"/tasks/{task}")
    assert f'name="attachments-kept" value="{kept["id"]}" checked' in page.text
    assert clerk.post(kept["discard"]).status_code == 204
    assert "凭证.pdf" not in clerk.get(f"/tasks/{task}").text


def test_an_answer_to_a_returned_form_may_leave_out_an_earlier_file(
    app: Flask, county: County
) -> None:
    county.up_to_cooperation()
    county.act("sign_for", "accept", "李伟", unit="县财政局")
    person, task = signed_in(app, "liwei"), county.task("part_report", "县财政局").id
    names = ("旧凭证.pdf", "照片.pdf")
    data = {"summary": "资金已到位", "evidence": files(*((PDF, name) for name in names))}
    assert person.post(f"/tasks/{task}", data={"action": "submit", **data}).status_code == 302
    county.act("unit_review", "return", "李伟", unit="县财政局", comment="请换凭证")
    again = county.task("part_report", "县财政局").id
    page = person.get(f"/tasks/{again}").text
    old, photo = db.session.scalars(db.select(Attachment.id).order_by(Attachment.id))
    assert f'name="evidence-kept" value="{old}" checked' in page
    data = {"action": "submit", "summary": "资金已到位", "evidence-kept": str(photo)}
    assert person.post(f"/tasks/{again}", data=data).status_code == 302
    assert county.task("unit_review", "县财政局").data["evidence"] == [photo]


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [(PNG, "照片.png", "image/png"), (PDF, "凭证", "application/pdf")],
)
def test_what_is_shown_is_sealed_off(
    clerk: FlaskClient, county: County, content: bytes, name: str, told: str
) -> None:
    kept = give(clerk, county.task("sign_for").id, content, name)
    assert kept["url"] == f"/attachments/{kept['id']}/preview"
    page = clerk.get(kept["url"])
    assert name in page.text
    shown = clerk.get(f"/attachments/{kept['id']}/content", buffered=True)
    assert (shown.data, shown.content_type) == (content, told)
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert shown.headers["Content-Disposition"].startswith("inline")
    policy = shown.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert ("sandbox" in policy) == (told == "image/png")


def test_what_is_no_image_is_only_downloaded(clerk: FlaskClient, county: County) -> None:
    kept = give(clerk, county.task("sign_for").id, b"<script>alert(1)</script>", ";怪 名.txt")
    assert kept["url"] == f"/attachments/{kept['id']}"
    fetched = clerk.get(kept["url"], buffered=True)
    assert fetched.content_type == "application/octet-stream"
    disposition = fetched.headers["Content-Disposition"]
    assert disposition.startswith("attachment; ")
    assert "filename*=UTF-8''%3B%E6%80%AA%20%E5%90%8D.txt" in disposition
    assert fetched.content_length == len(b"<script>alert(1)</script>")
    assert clerk.get(f"/attachments/{kept['id']}/content").status_code == 404
    assert "不能在网页上预览" in clerk.get(f"/attachments/{kept['id']}/preview").text


def test_the_control_is_told_why_a_file_was_refused(
    app: Flask, clerk: FlaskClient, county: County
) -> None:
    address = f"/tasks/{county.task('sign_for').id}/attachments"
    answer = clerk.post(address, data={"file": (io.BytesIO(b"<html>"), "a.html")})
    assert answer.status_code == 422
    assert answer.get_json()["error"].startswith("“a.html”的类型不能上传")
    assert clerk.post(address).status_code == 422
    stranger = signed_in(app, "wangfang")
    assert stranger.post(address, data={"file": (io.BytesIO(PDF), "a.pdf")}).status_code == 403


def test_a_form_with_files_may_be_larger_than_others(
    clerk: FlaskClient,
    county: County,
    app: Flask,
    small: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1500)
    large = PDF + b"\0" * 900
    data = {"action": "accept", "attachments": files((large, "大.pdf"), (PDF + large, "小.pdf"))}
    assert clerk.post("/plans/new", data={"title": "x" * 2000}).status_code == 413
    assert clerk.post(f"/tasks/{county.task('sign_for').id}", data=data).status_code == 302


def test_a_file_the_store_has_lost_is_said_to_be_lost(
    clerk: FlaskClient, county: County, small: None
) -> None:
    kept = give(clerk, county.task("sign_for").id, PDF, "凭证.pdf")
    one = db.session.get_one(Attachment, kept["id"])
    FolderStore.delete(clerk.application.extensions["vault"].store, one.sha256)
    answer = clerk.get(f"/attachments/{kept['id']}")
    assert answer.status_code == 404
    assert "“凭证.pdf”的内容已不在存储中" in answer.text
