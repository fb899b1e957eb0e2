"""The escalation table in a browser: a cell changed, an example tried, published."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.accounts.models import Role, User
from sanwei_flow.db import transaction
from sanwei_flow.designs import operations
from sanwei_flow.supervision import escalating
from tests import factories
from tests.browser.conftest import check_access, check_width, shot, sign_in
from tests.factories import NOW

EDIT = "/decisions/escalation/edit"


@pytest.fixture
def designer(app: Flask, live_server: str) -> User:
    with app.app_context(), transaction():
        operations.install_shipped(by=SYSTEM, at=NOW)
        return factories.make_user(factories.make_unit("县大数据局"), (Role.designer,))


def test_a_table_is_edited_tried_and_published(
    designer: User, page: Page, app: Flask, live_server: str
) -> None:
    sign_in(page, app, live_server, designer.username)
    page.goto(f"{live_server}/decisions")
    check_access(page)
    page.get_by_role("link", name="逾期升级").click()
    check_access(page)
    shot(page, "decision", full=True)
    page.get_by_role("link", name="编辑").click()
    table = page.locator("#decision-editor")
    expect(table.get_by_text("逾期工作日数")).to_be_visible()
    expect(page.locator("#decision-plain")).to_be_hidden()

    page.get_by_role("button", name="增加一例").click()
    page.locator("[name='examples.0.name']").fill("逾期十二天")
    page.locator("[name='examples.0.in.days_past']").fill("12")
    answer = page.locator("#answer-0")
    expect(answer).to_contain_text("级别 slip")
    check_access(page, exclude=("#decision-editor",))
    check_width(page)
    shot(page, "decision-edit", full=True)

    cell = table.locator("[data-element-id=rule_1_days_past] [contenteditable]")
    cell.click()
    page.keyboard.press("Control+a")
    page.keyboard.type(">= (")
    wrong = page.locator("#tried").get_by_role("link", name="第1条规则")
    expect(wrong).to_be_visible()
    wrong.click()
    page.keyboard.press("Control+a")
    page.keyboard.type(">= 15")
    expect(page.get_by_text("没有发现问题。")).to_be_visible()
    expect(answer).not_to_contain_text("级别 slip")

    page.get_by_role("button", name="保存并准备发布").click()
    expect(page.get_by_text("规则的变化")).to_be_visible()
    expect(page.get_by_text("新例子")).to_be_visible()
    check_access(page)
    shot(page, "decision-publish", full=True)
    page.get_by_label("改了什么、为什么").fill("督办单改为十五日")
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.locator("#main").get_by_text("已发布第 2 版，立即生效。")).to_be_visible()
    expect(page.get_by_text("督办单改为十五日").first).to_be_visible()
    with app.app_context():
        table_now = escalating.table().table
        assert table_now.rules[0].inputs[0].text == ">= 15"
        assert table_now.rules[0].note == "逾期10个工作日以上：督办单报组长"
        assert len(table_now.rules) == 10


@pytest.mark.parametrize("look", [{"width": 390}, {"theme": "dark"}, {"locale": "en-US"}])
def test_the_table_on_a_phone_in_the_dark_and_in_english(
    designer: User,
    new_page: Callable[..., Page],
    app: Flask,
    live_server: str,
    look: dict[str, object],
) -> None:
    page = new_page(**look)
    sign_in(page, app, live_server, designer.username)
    page.goto(live_server + EDIT)
    expect(page.locator("#decision-editor .tjs-table")).to_be_visible()
    if "locale" in look:
        expect(page.get_by_text("Hit policy:")).to_be_visible()
    else:
        expect(page.get_by_text("命中方式：")).to_be_visible()
    check_access(page, exclude=("#decision-editor",))
    check_width(page)
    shot(page, "decision-edit-" + "-".join(map(str, look.values())), full=True)
