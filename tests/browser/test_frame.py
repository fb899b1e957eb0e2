"""The frame and its parts in a real browser, on both themes and widths."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from sanwei_flow import create_app
from sanwei_flow.accounts.models import Role
from sanwei_flow.config import load_config
from sanwei_flow.db import db, transaction
from tests.browser import styleguide
from tests.browser.conftest import Watch, check_access, check_width, log_in, shot
from tests.browser.serving import serving
from tests.factories import PASSWORD, make_unit, make_user

NewPage = Callable[..., Page]
SUBMIT = ".action-bar button[value=submit]"


@pytest.fixture(scope="module")
def styled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application of its own: it carries a page that the product does not have."""
    folder: Path = tmp_path_factory.mktemp("styled")
    app = create_app(load_config(instance_path=folder, database_url="", secret_key="test"))
    app.register_blueprint(styleguide.bp)
    with app.app_context():
        db.create_all()
        with transaction():
            unit = make_unit("县供销合作社")
            make_user(unit, (Role.staff, Role.office), username="xiongmei", name="熊梅")
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="module")
def address(styled: Flask) -> Iterator[str]:
    with serving(styled) as address:
        yield address


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_parts_are_accessible_and_fit(
    new_page: NewPage, address: str, theme: str, width: int
) -> None:
    page = new_page(width=width, theme=theme)
    log_in(page, address, "xiongmei", PASSWORD)
    page.goto(f"{address}/styleguide")
    shot(page, f"styleguide-{theme}-{width}", full=True)
    check_access(page)
    check_width(page)


def test_the_log_in_page_is_accessible(new_page: NewPage, address: str) -> None:
    for width, theme in ((1280, "light"), (390, "dark")):
        page = new_page(width=width, theme=theme)
        page.goto(f"{address}/login")
        shot(page, f"login-{theme}-{width}")
        check_access(page)
        check_width(page)


def test_a_wrong_password_is_said_and_the_name_kept(page: Page, address: str, watch: Watch) -> None:
    watch.expected.append("401")
    page.goto(f"{address}/login")
    page.fill("#username", "xiongmei")
    page.fill("#password", "wrong")
    page.click("button.btn-primary")
    expect(page.get_by_role("alert")).to_contain_text("用户名或密码不正确")
    expect(page.locator("#username")).to_have_value("xiongmei")


@pytest.fixture
def parts(page: Page, address: str) -> Page:
    """The page of all parts, with somebody logged in."""
    log_in(page, address, "xiongmei", PASSWORD)
    page.goto(f"{address}/styleguide")
    return page


def test_errors_are_summed_up_and_what_was_typed_stays(parts: Page, watch: Watch) -> None:
    watch.expected.append("422")
    parts.fill("#amount", "12")
    parts.check("text=县林业局")
    parts.click(SUBMIT)
    summary = parts.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(parts.locator("#amount")).to_have_value("12")
    expect(parts.get_by_label("县林业局")).to_be_checked()
    shot(parts, "styleguide-422", full=True)
    check_access(parts)
    summary.get_by_role("link", name="请填写完成情况").click()
    expect(parts.locator("#summary")).to_be_focused()


def test_leaving_with_unsaved_input_asks_first(parts: Page, address: str) -> None:
    asked = []
    parts.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    parts.fill("#summary", "已完成")
    parts.goto(f"{address}/")
    assert asked == ["beforeunload"]
    parts.goto(f"{address}/styleguide")
    parts.goto(f"{address}/")
    assert asked == ["beforeunload"]


def test_rows_are_added_and_removed_with_right_names(parts: Page) -> None:
    expect(parts.locator("[name$=-duty]")).to_have_count(1)
    parts.fill("[name=division-0-duty]", "提供资金")
    parts.click("text=增加一行")
    expect(parts.locator("[name=division-1-unit]")).to_be_focused()
    expect(parts.locator("[name=division-1-duty]")).to_have_value("")
    parts.click("text=增加一行")
    parts.locator("[data-row-remove]").nth(1).click()
    names = parts.locator("[name$=-duty]").evaluate_all("(all) => all.map((one) => one.name)")
    assert names == ["division-0-duty", "division-1-duty"]
    expect(parts.locator("[name=division-0-duty]")).to_have_value("提供资金")


def test_a_long_list_is_filtered_and_counts_what_is_picked(parts: Page) -> None:
    parts.fill("[type=search]", "农业")
    expect(parts.locator("[data-option]:visible")).to_have_count(1)
    parts.check("text=县农业农村委")
    expect(parts.locator("[data-picked]")).to_have_text("已选 1 项")


def test_the_theme_is_remembered(parts: Page, address: str) -> None:
    parts.click("[data-theme-switch]")
    parts.goto(f"{address}/")
    expect(parts.locator("html")).to_have_attribute("data-bs-theme", "dark")


@pytest.mark.parametrize("system", ["light", "dark"])
def test_the_theme_is_the_system_s_until_one_is_chosen(
    new_page: NewPage, address: str, system: str
) -> None:
    page = new_page(color_scheme=system)
    log_in(page, address, "xiongmei", PASSWORD)
    ground = "getComputedStyle(document.body).backgroundColor"
    looks = {"light": "rgb(244, 246, 249)", "dark": "rgb(20, 27, 37)"}
    assert page.evaluate(ground) == looks[system]
    shot(page, f"theme-system-{system}")
    check_access(page)
    other = {"light": "dark", "dark": "light"}[system]
    page.click("[data-theme-switch]")
    assert page.evaluate(ground) == looks[other]
    page.goto(f"{address}/")
    assert page.evaluate(ground) == looks[other]
    page.emulate_media(media="print")
    text = "getComputedStyle(document.body).color"
    assert page.evaluate(text) == "rgb(31, 41, 55)"  # dark on white, whatever the screen shows


def test_the_language_is_remembered(parts: Page) -> None:
    parts.click("summary[aria-label=语言]")
    parts.click("button[value=en]")
    expect(parts.locator("html")).to_have_attribute("lang", "en")


def test_the_menu_slides_in_on_a_phone_and_escape_closes_it(
    new_page: NewPage, address: str
) -> None:
    page = new_page(width=390)
    log_in(page, address, "xiongmei", PASSWORD)
    page.click("a[aria-label=菜单]")
    expect(page.get_by_role("dialog").get_by_role("link", name="待办事项")).to_be_visible()
    page.locator(".sw-side.show").wait_for()
    shot(page, "menu-390")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="待办事项")).not_to_be_visible()


def test_the_irreversible_asks_first(parts: Page, address: str) -> None:
    parts.goto(f"{address}/me")
    shot(parts, "me")
    parts.click("text=在所有设备上退出")
    dialog = parts.get_by_role("dialog")
    expect(dialog).to_contain_text("继续吗")
    shot(parts, "confirm")
    check_access(parts)
    dialog.get_by_role("button", name="取消").click()
    expect(parts).to_have_url(f"{address}/me")
    parts.click("text=在所有设备上退出")
    dialog.get_by_role("button", name="确定").click()
    expect(parts).to_have_url(f"{address}/login")


def test_pages_work_without_scripts(new_page: NewPage, address: str, watch: Watch) -> None:
    watch.expected.append("422")
    page = new_page(width=390, java_script_enabled=False)
    log_in(page, address, "xiongmei", PASSWORD)
    page.click("a[aria-label=菜单]")
    expect(page.get_by_role("link", name="待办事项")).to_be_visible()
    page.click("[aria-label=关闭菜单]")
    expect(page.get_by_role("link", name="待办事项")).not_to_be_visible()
    page.goto(f"{address}/styleguide")
    page.fill("#summary", "已完成")
    page.click(SUBMIT)
    expect(page.locator("#summary")).to_have_value("已完成")
    expect(page.locator("[data-row-add]")).not_to_be_visible()


def test_an_expired_form_keeps_what_was_typed(parts: Page, address: str, watch: Watch) -> None:
    watch.expected += ["400", "422"]
    parts.fill("#summary", "三家合作社已挂牌")
    parts.evaluate("document.querySelector('#sample [name=csrf_token]').value = 'old'")
    parts.click(SUBMIT)
    expect(parts.get_by_role("heading", name="表单已过期")).to_be_visible()
    shot(parts, "expired")
    check_access(parts)
    parts.click("text=核对无误，重新提交")
    expect(parts.locator("#summary")).to_have_value("三家合作社已挂牌")


def test_missing_pages_say_so(parts: Page, address: str, watch: Watch) -> None:
    watch.expected.append("404")
    parts.goto(f"{address}/nothing-here")
    expect(parts.get_by_role("heading", name="没有找到")).to_be_visible()
    shot(parts, "404")
    check_access(parts)


def test_page_prints_without_controls(parts: Page) -> None:
    parts.emulate_media(media="print")
    expect(parts.locator(".action-bar")).not_to_be_visible()
    expect(parts.locator(".sw-side")).not_to_be_visible()
    shot(parts, "print", full=True)
