"""My lists in a real browser, wide and narrow."""

import io
import os
import re
from collections.abc import Callable
from pathlib import Path

import pdfplumber
import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from sanwei_flow import web
from sanwei_flow.db import db, transaction
from sanwei_flow.processes.models import Task
from tests.browser.conftest import Watch
from tests.browser.test_work import LOOKS, county, look_at, person
from tests.inbox.stories import County

__all__ = ["county", "person"]


@pytest.mark.parametrize("width", [1280, 390])
def test_my_lists_look_right(
    person: Callable[..., Page], app: Flask, county: County, width: int
) -> None:
    for no in (5, 6):
        county.start_row(web.now(), no)
    reader = county.people["赵敏"].user_id
    county.act("sign_for", "claim", "熊梅")
    county.act("sign_for", "copy_to", "熊梅", data={"people": [reader]}, comment="请阅知")
    office = person("zhaomin", width=width)
    for name in ("started", "copied"):
        office.goto(f"/?box={name}")
        look_at(office, f"list-{name}-{width}")
    head = person("chenjian", width=width)
    head.goto("/?box=unit")
    look_at(head, f"list-unit-{width}")


def test_what_is_ticked_is_signed_for(person: Callable[..., Page], county: County) -> None:
    county.start_row(web.now(), 5)
    clerk = person("xiongmei", width=390)
    clerk.goto("/?box=to_accept")
    look_at(clerk, "bulk-inbox-390")
    for box in clerk.get_by_role("checkbox", name="选择：").all():
        box.check()
    clerk.locator("#bulk").get_by_role("button", name="签收").click()
    expect(clerk.locator("#main").get_by_text("已办理 2 件，0 件未办成。")).to_be_visible()
    look_at(clerk, "bulk-done-390")


def test_the_list_is_worked_through_by_keys(person: Callable[..., Page], county: County) -> None:
    for no in (5, 6):
        county.start_row(web.now(), no)
    page = person("xiongmei")
    page.goto("/?box=to_accept")
    links, boxes = page.locator(".row-link"), page.locator("[name=task]")
    for key, place in (("j", 0), ("j", 1), ("j", 2), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        expect(links.nth(place)).to_be_focused()
    page.keyboard.press("x")
    page.keyboard.press("k")
    page.keyboard.press("x")
    assert [box.is_checked() for box in boxes.all()] == [True, True, False]
    expect(page.locator("[data-ticked]")).to_have_text("已选 2 项")
    look_at(page, "keys-list-1280")
    page.keyboard.press("x")
    expect(page.locator("[data-ticked]")).to_have_text("已选 1 项")
    page.keyboard.press("/")
    expect(page.locator("#inbox-q")).to_be_focused()
    page.keyboard.type("jkx?")
    expect(page.locator("#inbox-q")).to_have_value("jkx?")
    expect(page.get_by_text("没有符合条件的事项")).to_be_visible()
    page.goto("/?box=to_accept")
    page.get_by_label("全选本页").check()
    expect(page.locator("[data-ticked]")).to_have_text("已选 3 项")
    page.locator("h1").click()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/tasks/\d+$"))


def test_the_keys_are_told_and_may_be_turned_off(
    person: Callable[..., Page], county: County
) -> None:
    page = person("xiongmei", theme="dark")
    page.goto("/?box=to_accept")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="快捷键")
    expect(dialog).to_be_visible()
    look_at(page, "keys-dialog-dark")
    page.keyboard.press("j")  # the dialog has the keys to itself
    dialog.get_by_label("启用单键快捷键").uncheck()
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    page.reload()
    page.keyboard.press("?")
    page.keyboard.press("j")
    page.keyboard.press("/")
    expect(dialog).not_to_be_visible()
    assert page.evaluate("document.activeElement === document.body")
    button = page.get_by_role("button", name="快捷键")
    button.click()
    dialog.get_by_label("启用单键快捷键").check()
    dialog.get_by_role("button", name="关闭").click()
    expect(button).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator(".row-link").first).to_be_focused()


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_a_filter_is_kept_shared_and_opened_with(
    person: Callable[..., Page], county: County, watch: Watch, width: int, theme: str
) -> None:
    watch.expected.append("422")  # a filter without a name
    county.start_row(web.now(), 5)
    page = person("xiongmei", width=width, theme=theme)
    page.goto("/?box=to_accept")
    page.fill("#inbox-q", "〔5〕")
    page.get_by_role("link", name="保存当前筛选").click()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("请给筛选起个名称")).to_be_visible()
    page.get_by_label("名称").fill("第五项")
    page.get_by_label("谁可以用").select_option(label="县供销合作社全体共用")
    page.get_by_label("每次打开待办事项时默认用这个筛选").check()
    look_at(page, f"filter-new-{theme}-{width}")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".saved [aria-current]")).to_contain_text("第五项")
    look_at(page, f"filter-list-{theme}-{width}")
    page.goto("/")
    expect(page.locator(".row-link")).to_have_count(1)
    page.get_by_role("link", name="管理筛选").click()
    look_at(page, f"filter-manage-{theme}-{width}")
    head = person("chenjian", width=width, theme=theme)
    head.goto("/?box=unit")
    head.get_by_role("link", name="第五项").click()
    expect(head.get_by_text("没有待签收的事项").or_(head.get_by_text("没有符合"))).to_be_visible()
    page.get_by_role("button", name="删除").click()
    page.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(page.locator("[data-flash]")).to_contain_text("筛选已删除")
    expect(page.get_by_text("还没有保存过筛选")).to_be_visible()


@pytest.mark.parametrize(("width", "theme"), [(1280, "dark"), (390, "light")])
def test_what_is_ticked_is_printed_a_sheet_each(
    person: Callable[..., Page], county: County, tmp_path: Path, width: int, theme: str
) -> None:
    county.start_row(web.now(), 5)
    county.act("sign_for", "accept", "熊梅")
    county.act("divide", "submit", "熊梅", comment="已与各单位对接")
    county.row = county.start_row(web.now(), 6)
    county.act("sign_for", "accept", "熊梅")
    clerk = person("xiongmei", width=width, theme=theme)
    clerk.goto("/?box=done")
    for box in clerk.locator("[name=task]").all():
        box.check()
    clerk.locator("#bulk").get_by_role("button", name="打印").click()
    expect(clerk.get_by_text("共 3 件")).to_be_visible()
    look_at(clerk, f"print-screen-{theme}-{width}")
    clerk.goto("/?box=todo")
    clerk.locator("[name=task]").check()
    clerk.locator("#bulk").get_by_role("button", name="打印").click()
    look_at(clerk, f"print-open-{theme}-{width}")
    with transaction():
        wanted = db.select(Task.id).where(Task.closed_by_id == county.people["熊梅"].user_id)
        tasks = [county.task("divide").id, *db.session.scalars(wanted.order_by(Task.id))]
    clerk.goto("/tasks/print?" + "&".join(f"task={one}" for one in tasks))
    paper = clerk.pdf(prefer_css_page_size=True)
    (Path(os.environ.get("SANWEI_SHOTS", tmp_path)) / f"print-{width}.pdf").write_bytes(paper)
    with pdfplumber.open(io.BytesIO(paper)) as document:
        sizes = [(round(page.width), round(page.height)) for page in document.pages]
    assert sizes == [(595, 842)] * len(tasks)  # A4, and none runs into the next
