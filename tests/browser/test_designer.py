"""Drawing a design in a real browser: from a new step to a draft that another designer meets."""

from collections.abc import Callable

import pytest
from flask import Flask
from lxml import etree
from playwright.sync_api import Locator, Page, expect

from sanwei_flow import web
from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.accounts.queries import units_by_name
from sanwei_flow.db import db, transaction
from sanwei_flow.designs.drafting import copies_of, draft_of
from sanwei_flow.designs.operations import install_shipped
from tests.browser.conftest import Watch, check_access, check_width, shot, sign_in
from tests.factories import make_unit, make_user

DESIGN = "task_division"


@pytest.fixture
def designers(live_server: str) -> str:
    """Two designers and the designs we ship; yields the server's address."""
    with transaction():
        install_shipped(by=SYSTEM, at=web.now())
        office = make_unit("县专班办公室")
        make_unit("县司法局")
        for username, name in (("xiaosun", "孙设计"), ("xiaoli", "李设计")):
            make_user(office, ["designer"], username=username, name=name)
    return live_server


@pytest.fixture
def designer(app: Flask, designers: str, new_page: Callable[..., Page]) -> Callable[..., Page]:
    """Opens the designer page for one person."""

    def open_page(username: str, path: str = f"/designs/{DESIGN}/edit", **options: object) -> Page:
        page = new_page(base_url=designers, **options)
        sign_in(page, app, designers, username)
        page.goto(path)
        return page

    return open_page


def ready(page: Page) -> Page:
    page.wait_for_selector("[data-designer][data-ready]")
    page.wait_for_selector("[data-part=count]:not(:empty)")
    return page


def element(page: Page, name: str) -> Locator:
    return page.locator(f'.djs-element[data-element-id="{name}"] > .djs-hit')


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (1280, "dark"), (390, "light")])
def test_a_shipped_design_opens_clean(
    designer: Callable[..., Page], width: int, theme: str
) -> None:
    page = ready(designer("xiaosun", width=width, theme=theme))
    expect(page.locator("[data-part=count]")).to_have_text("没有问题")
    shot(page, f"designer-{width}-{theme}")
    if width > 1000:
        element(page, "sign_for").click()
        expect(page.get_by_label("办理角色")).to_have_value("staff")
        shot(page, f"designer-task-{theme}")
    check_width(page)
    check_access(page)


def problem(page: Page, words: str) -> Locator:
    return page.locator("[data-part=problems] button", has_text=words)


def test_a_designer_adds_a_step_mends_what_is_wrong_and_finds_it_again(
    designer: Callable[..., Page],
) -> None:
    page = ready(designer("xiaosun", width=1600, height=1000))
    page.get_by_role("button", name="看全图").click()
    element(page, "unit_reviewed").click()
    page.keyboard.press("a")
    page.locator(".djs-popup-search input").press_sequentially("人工任务")
    page.keyboard.press("Enter")
    page.keyboard.type("法制审核")
    page.locator("[data-part=panel] h2").click()
    # Nothing is set yet: the list says what, and leads there.
    expect(problem(page, "「法制审核」没有指定办理单位")).to_be_visible()
    expect(problem(page, "没有条件")).to_be_visible()
    shot(page, "designer-problems")
    element(page, "divide").click()
    problem(page, "「法制审核」没有指定办理单位").click()
    panel = page.locator("[data-part=panel]")
    expect(panel.locator("h2")).to_have_text("法制审核")
    expect(panel.get_by_label("办理单位")).to_have_attribute("aria-invalid", "true")
    panel.get_by_label("办理单位").select_option(label="县司法局")
    panel.get_by_label("办理角色").select_option(label="审核人")
    panel.get_by_label("办理期限").select_option(label="到达后若干个工作日")
    panel.get_by_label("工作日数").fill("2")
    panel.get_by_label("工作日数").press("Enter")
    panel.get_by_label("表单", exact=True).select_option(index=0)
    expect(problem(page, "「法制审核」没有指定")).to_have_count(0)
    # The way there: only what the unit's head agreed to.
    problem(page, "没有条件").click()
    expect(panel.locator("header")).to_contain_text("连线")
    panel.get_by_label("条件", exact=True).select_option(label="写表达式…")
    written = panel.get_by_label("条件表达式")
    written.fill("row.maj")
    expect(panel.get_by_role("option", name="是否重大事项")).to_be_visible()
    written.press("Enter")
    expect(written).to_have_value("row.major")
    written.press_sequentially(" = true")
    written.blur()
    expect(panel.locator(".invalid-feedback", has_text="相等写 ==")).to_be_visible()
    written.fill('row.major && outcome == "agree"')
    written.blur()
    expect(panel.locator(".invalid-feedback", has_text="相等写 ==")).to_have_count(0)
    # The way on.
    problem(page, "「法制审核」后面没有去处").click()
    page.locator('.djs-context-pad [data-action="connect"]').click()
    element(page, "office_review").click()
    expect(page.locator("[data-part=count]")).to_have_text("没有问题")
    check_access(page)
    shot(page, "designer-mended")
    page.keyboard.press("Control+s")
    expect(page.locator("[data-part=state]")).to_contain_text("已保存")
    page.reload()
    ready(page)
    page.get_by_role("button", name="看全图").click()
    page.locator(".djs-element", has_text="法制审核").last.locator(".djs-hit").first.click()
    expect(panel.get_by_label("办理单位")).to_have_value(str(_unit_id("县司法局")))
    expect(panel.get_by_label("工作日数")).to_have_value("2")
    assert _conditions("法制审核") == ['${row.major && outcome == "agree"}']
    assert page.evaluate("[...document.querySelector('[data-designer]').untranslated]") == []


def _unit_id(name: str) -> int:
    return units_by_name()[name].id


def _conditions(name: str) -> list[str]:
    """The conditions on the way to the task of that name, as the server keeps them."""
    db.session.rollback()
    draft = draft_of(DESIGN)
    assert draft is not None
    root = etree.fromstring(draft.xml.encode())
    task = root.find(f".//{{*}}userTask[@name='{name}']")
    assert task is not None
    flows = root.iterfind(f".//{{*}}sequenceFlow[@targetRef='{task.get('id')}']")
    return [flow.findtext("{*}conditionExpression") or "" for flow in flows]


def rename(page: Page, name: str) -> None:
    field = page.locator("[data-part=panel]").get_by_label("流程名称")
    field.fill(name)
    field.blur()


def test_two_designers_of_one_draft_are_told_and_lose_nothing(
    designer: Callable[..., Page], watch: Watch
) -> None:
    watch.expected.append("409")
    sun, li = ready(designer("xiaosun")), ready(designer("xiaoli"))
    rename(sun, "任务分工（孙）")
    sun.keyboard.press("Control+s")
    expect(sun.locator("[data-part=state]")).to_contain_text("已保存")
    rename(li, "任务分工（李）")
    li.get_by_role("button", name="保存草稿").click()
    asked = li.get_by_role("dialog", name="别人先保存了")
    expect(asked).to_contain_text("孙设计已于")
    check_access(li)
    shot(li, "designer-conflict")
    with li.expect_download() as mine:
        asked.get_by_role("button", name="下载我的一份").click()
    assert "任务分工（李）" in mine.value.path().read_text("utf-8")
    asked.get_by_role("button", name="用我的保存").click()
    expect(li.locator("[data-part=state]")).to_contain_text("已保存")
    db.session.rollback()
    assert [copy.reason for copy in copies_of(DESIGN)] == ["overwritten"]
    # The first one learns of it in turn, and takes what is there.
    rename(sun, "任务分工（孙二）")
    sun.get_by_role("button", name="保存草稿").click()
    sun.get_by_role("button", name="用对方的").click()
    expect(sun.locator("[data-part=panel]").get_by_label("流程名称")).to_have_value(
        "任务分工（李）"
    )


def test_leaving_in_the_middle_asks_and_the_draft_keeps_itself(
    designer: Callable[..., Page],
) -> None:
    page = ready(designer("xiaosun"))
    rename(page, "任务分工（新）")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="待办事项").click(no_wait_after=True)
    expect(page.locator("[data-part=state]")).to_contain_text("已保存", timeout=10_000)
    assert asked == ["beforeunload"]
    page.get_by_role("button", name="撤销").click()
    expect(page.locator("[data-part=panel]").get_by_label("流程名称")).to_have_value("任务分工")


def test_in_english_every_word_is_english(designer: Callable[..., Page]) -> None:
    page = ready(designer("xiaosun", path=f"/designs/{DESIGN}/edit?lang=en"))
    page.get_by_role("button", name="Show all").click()
    for name in ("sign_for", "cooperate", "write_off", "silent", "prepare", "signed_objection"):
        element(page, name).first.click(force=True)
        page.locator("[data-part=panel] details").evaluate_all(
            "all => all.forEach(d => d.open = true)"
        )
    assert page.evaluate("[...document.querySelector('[data-designer]').untranslated]") == []


def test_a_token_walks_through_the_drawing(designer: Callable[..., Page]) -> None:
    page = ready(designer("xiaosun"))
    page.get_by_role("button", name="模拟走一遍").click()
    walk = page.locator("[data-part=simulation]")
    walk.get_by_title("触发这一步").first.click()
    expect(
        walk.locator(".bts-notification, .bts-entry").filter(has_text="签收").first
    ).to_be_visible()
    page.get_by_role("button", name="模拟走一遍").click()
    expect(walk).to_be_hidden()
    expect(page.locator("[data-part=panel] h2")).to_have_text("任务分工")
    assert page.evaluate("[...document.querySelector('[data-designer]').untranslated]") == []
