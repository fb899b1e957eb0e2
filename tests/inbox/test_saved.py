"""A list narrowed in a way worth a name: kept, shared with the unit, opened with, forgotten."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sanwei_flow.db import db, transaction
from sanwei_flow.inbox.models import SavedFilter
from tests import factories
from tests.inbox.stories import County, make_county
from tests.inbox.test_pages import signed_in, statements

__all__ = ["statements"]

LATE = {"box": "todo", "q": "农合联", "overdue": "1"}


@pytest.fixture
def county(database: None) -> County:
    return make_county()


@pytest.fixture
def clerk(app: Flask, county: County) -> FlaskClient:
    return signed_in(app, "xiongmei")


@pytest.fixture
def colleague(app: Flask, county: County) -> FlaskClient:
    with transaction():
        factories.make_user(county.units["县供销合作社"], ["staff"], username="tangli")
    return signed_in(app, "tangli")


def kept() -> list[SavedFilter]:
    db.session.rollback()
    return list(db.session.scalars(db.select(SavedFilter).order_by(SavedFilter.id)))


def offered(client: FlaskClient) -> list[str]:
    """The addresses of the filters above a list."""
    page = client.get("/?box=todo").text
    found = re.search(r'<nav class="saved.*?</nav>', page, re.DOTALL)
    return re.findall(r'btn-(?:quiet|primary)"[^>]* href="([^"]+)"', found[0]) if found else []


def test_a_filter_is_kept_from_the_list_and_leads_back_to_it(clerk: FlaskClient) -> None:
    assert "保存当前筛选" not in clerk.get("/?box=todo").text
    page = clerk.get("/", query_string=LATE).text
    assert "/filters?box=todo&amp;q=" in page
    asked = clerk.get("/filters", query_string=LATE).text
    assert "待我办理 · 标题含“农合联” · 只看超期" in asked
    done = clerk.post("/filters", data=LATE | {"name": " 超期  未办 "}, follow_redirects=True)
    assert "筛选“超期 未办”已保存。" in done.text
    assert 'aria-current="true"' in done.text
    (one,) = kept()
    assert (one.name, one.box, one.unit_id) == ("超期 未办", "todo", None)
    assert one.wanted == {"q": "农合联", "overdue": "1"}


def test_what_a_list_cannot_be_narrowed_to_is_not_kept(clerk: FlaskClient) -> None:
    odd = {"box": "done", "overdue": "1", "read": "1", "plan": "x", "name": "一", "evil": "1"}
    clerk.post("/filters", data=odd)
    assert kept()[0].wanted == {}


@pytest.mark.parametrize(
    ("name", "said"), [("", "请给筛选起个名称"), ("长" * 31, "最多 30 个字"), ("一", "请换个名称")]
)
def test_a_name_that_is_none_is_refused_and_the_rest_stays(
    clerk: FlaskClient, name: str, said: str
) -> None:
    clerk.post("/filters", data=LATE | {"name": "一"})
    given = {"name": name, "first": "1", "unit": "odd"}
    answer = clerk.post("/filters", data=LATE | given)
    assert answer.status_code == 422
    assert said in answer.text
    assert re.search(r'name="first" value="1" id="first" checked', answer.text)
    assert 'name="q" value="农合联"' in answer.text
    assert len(kept()) == 1


def test_a_shared_filter_is_the_unit_s_and_a_private_one_mine(
    app: Flask, county: County, clerk: FlaskClient, colleague: FlaskClient
) -> None:
    unit = county.units["县供销合作社"].id
    clerk.post("/filters", data=LATE | {"name": "共用", "unit": unit})
    clerk.post("/filters", data={"box": "unit", "overdue": "1", "name": "自用"})
    assert len(offered(clerk)) == 2
    assert offered(colleague) == ["/?box=todo&amp;q=%E5%86%9C%E5%90%88%E8%81%94&amp;overdue=1"]
    assert offered(signed_in(app, "liwei")) == []
    assert "熊梅" in colleague.get("/filters").text
    one, own = kept()
    assert colleague.post(f"/filters/{one.id}", data={"name": "改"}).status_code == 403
    assert colleague.post(f"/filters/{own.id}", data={"name": "改"}).status_code == 404
    head = signed_in(app, "chenjian")
    head.post(f"/filters/{one.id}", data={"name": "单位超期", "unit": unit})
    assert kept()[0].name == "单位超期"
    stranger = {"box": "todo", "name": "别人的", "unit": county.units["县财政局"].id}
    assert clerk.post("/filters", data=stranger).status_code == 403
    assert len(kept()) == 2
    clerk.post(f"/filters/{one.id}", data={"name": "单位超期", "unit": ""})
    assert offered(colleague) == []


def test_lists_open_with_the_filter_one_chose(
    county: County, clerk: FlaskClient, colleague: FlaskClient
) -> None:
    unit = county.units["县供销合作社"].id
    clerk.post("/filters", data=LATE | {"name": "共用", "unit": unit, "first": "1"})
    there = clerk.get("/")
    assert there.status_code == 302
    assert "overdue=1" in there.location
    assert clerk.get("/?box=todo").status_code == 200  # who asks for a list gets that list
    assert colleague.get("/").status_code == 200
    (one,) = kept()
    colleague.post(f"/filters/{one.id}/first", data={"first": "1"})
    assert colleague.get("/").status_code == 302
    colleague.post(f"/filters/{one.id}/first")
    assert colleague.get("/").status_code == 200
    colleague.post(f"/filters/{one.id}/first", data={"first": "1"})
    clerk.post(f"/filters/{one.id}", data={"name": one.name, "unit": ""})  # no more shared
    assert colleague.get("/").status_code == 200
    clerk.post(f"/filters/{one.id}", data={"act": "delete"})
    assert clerk.get("/").status_code == 200
    assert kept() == []


def test_names_do_not_clash_on_renaming_and_there_is_a_limit(clerk: FlaskClient) -> None:
    for number in range(30):
        clerk.post("/filters", data={"box": "todo", "name": f"第{number}个"})
    answer = clerk.post("/filters", data={"box": "todo", "name": "又一个"})
    assert "最多保存 30 个筛选" in answer.text
    first, second, *_rest = kept()
    renamed = clerk.post(f"/filters/{first.id}", data={"name": second.name}, follow_redirects=True)
    assert "请换个名称" in renamed.text
    assert kept()[0].name == "第0个"


def test_filters_cost_one_statement_however_many(
    clerk: FlaskClient, county: County, statements: list[str]
) -> None:
    clerk.get("/?box=todo")
    statements.clear()
    clerk.get("/?box=todo")
    few = len(statements)
    unit = county.units["县供销合作社"].id
    for number in range(20):
        share = {"unit": unit} if number % 2 else {}
        clerk.post("/filters", data={"box": "todo", "name": f"第{number}个", **share})
    statements.clear()
    assert len(offered(clerk)) == 20
    assert len(statements) == few
