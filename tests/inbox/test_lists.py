"""My lists: what I started, what was copied to me, what my unit holds; flat in what is there."""

import html
import re

import pytest
from flask import Flask

from sanwei_flow import web
from sanwei_flow.db import db
from sanwei_flow.processes.models import TaskCopy
from tests.inbox.stories import County, make_county
from tests.inbox.test_pages import signed_in, statements

__all__ = ["statements"]


@pytest.fixture
def county(database: None) -> County:
    return make_county()


def rows(page: str) -> int:
    return page.count("row-link")


def test_what_i_started_says_who_has_it_now(app: Flask, county: County) -> None:
    county.act("sign_for", "accept", "熊梅")
    page = signed_in(app, "zhaomin").get("/?box=started").text
    assert rows(page) == 1
    assert "县供销合作社" in page
    assert f"/processes/{county.row.id}" in page
    assert rows(signed_in(app, "xiongmei").get("/?box=started").text) == 0


def test_my_unit_s_tasks_show_who_holds_them(app: Flask, county: County) -> None:
    county.start_row(web.now(), 4)
    county.act("sign_for", "claim", "熊梅")
    head = signed_in(app, "chenjian")
    page = head.get("/?box=unit").text
    assert rows(page) == 2
    assert "熊梅" in page
    assert page.count("尚无人认领") == 1
    assert rows(signed_in(app, "wangfang").get("/?box=unit").text) == 0
    assert rows(head.get("/?box=unit&q=〔4〕").text) == 1


def test_what_i_gave_away_for_an_answer_is_found_with_whom_it_waits_for(
    app: Flask, county: County
) -> None:
    clerk = signed_in(app, "xiongmei")
    assert "等他人答复" not in clerk.get("/").text
    county.act("sign_for", "accept", "熊梅")
    county.act("divide", "delegate", "熊梅", data={"person": county.people["李伟"].user_id})
    assert rows(clerk.get("/?box=todo").text) == 0
    page = clerk.get("/?box=waiting").text
    assert rows(page) == 1
    assert "等待李伟答复" in page
    assert "等他人答复" in clerk.get("/").text
    assert "等待李伟答复" in signed_in(app, "chenjian").get("/?box=unit").text
    assert rows(signed_in(app, "chenjian").get("/?box=waiting").text) == 0
    county.act("divide", "answer", "李伟", unit="县财政局")
    assert "没有在等他人答复的事项" in clerk.get("/?box=waiting").text
    assert rows(clerk.get("/?box=todo").text) == 1


def test_copies_go_from_to_read_to_read(app: Flask, county: County) -> None:
    reader = county.people["王芳"].user_id
    given = {"data": {"people": [reader]}, "comment": "请阅知"}
    county.act("sign_for", "copy_to", "熊梅", **given)
    copy = db.session.scalars(db.select(TaskCopy)).one()
    wang = signed_in(app, "wangfang")
    page = wang.get("/?box=copied").text
    assert "请阅知" in page
    assert "标为已阅" in page
    stranger = signed_in(app, "liwei")
    assert rows(stranger.get("/?box=copied").text) == 0
    assert stranger.post(f"/copies/{copy.id}/read").status_code == 404
    answer = wang.post(f"/copies/{copy.id}/read", follow_redirects=True)
    assert "没有待阅的抄送" in answer.text
    assert "请阅知" in wang.get("/?box=copied&read=1").text


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("to_accept", "xiongmei"),
        ("done", "xiongmei"),
        ("started", "zhaomin"),
        ("unit", "xiongmei"),
        ("copied", "wangfang"),
        ("waiting", "xiongmei"),
    ],
)
def test_a_list_takes_as_many_statements_however_long_and_goes_on_by_key(
    app: Flask, county: County, statements: list[str], name: str, who: str
) -> None:
    reader = county.people["王芳"].user_id
    given = {"people": [reader], "place": "before"}
    what = "add_signer" if name == "waiting" else "copy_to"
    county.act("sign_for", what, "熊梅", data=given)
    if name == "done":
        county.act("sign_for", "accept", "熊梅")
    client, first = signed_in(app, who), county.row
    client.get(f"/?box={name}")
    statements.clear()
    assert rows(client.get(f"/?box={name}").text) == 1
    few = len(statements)
    for no in range(10, 45):
        county.row = county.start_row(web.now(), no)
        if name in ("copied", "waiting"):
            county.act("sign_for", what, "熊梅", data=given)
        if name == "done":
            county.act("sign_for", "accept", "熊梅")
    county.row = first
    statements.clear()
    page = client.get(f"/?box={name}")
    assert rows(page.text) == 30
    assert len(statements) == few
    assert few <= 10
    onwards = re.findall(r'rel="next" href="([^"]+)"', page.text)[0]
    assert rows(client.get(html.unescape(onwards)).text) == 6
    assert client.get(f"/?box={name}&after=nonsense").status_code == 422
