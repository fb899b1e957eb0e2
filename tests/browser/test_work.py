"""The inbox, the task page and the process page in a real browser."""

import datetime as dt
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from sanwei_flow import web
from tests.browser.conftest import Watch, check_access, check_width, shot, sign_in
from tests.inbox.stories import County, make_county

Person = Callable[..., Page]
LOOKS = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]


@pytest.fixture
def county(live_server: str) -> County:
    return make_county()


@pytest.fixture
def person(new_page: Callable[..., Page], app: Flask, live_server: str) -> Person:
    """A browser of somebody's own, on the inbox: `person("xiongmei", width=390)`."""

    def sit_down(username: str, **options: object) -> Page:
        page = new_page(base_url=live_server, **options)
        sign_in(page, app, f"{live_server}/", username)
        return page

    return sit_down


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_pages_look_right(person: Person, county: County, width: int, theme: str) -> None:
    for no, days in ((5, -8), (6, -3), (7, 0), (8, 0)):
        county.start_row(web.now() + dt.timedelta(days=days), no)
    page = person("xiongmei", width=width, theme=theme)
    look_at(page, f"inbox-{theme}-{width}")
    county.act("sign_for", "accept", "熊梅")
    page.goto(f"/tasks/{county.task('divide').id}")
    look_at(page, f"task-{theme}-{width}")
    county.act("divide", "submit", "熊梅")
    county.act("division_review", "agree", "陈建")
    page.goto(f"/processes/{county.row.id}")
    look_at(page, f"process-{theme}-{width}")
    expect(page.locator(".bjs-powered-by")).to_be_visible()


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_later_steps_look_right(person: Person, county: County, width: int, theme: str) -> None:
    county.up_to_completion()
    clerk = person("xiongmei", width=width, theme=theme)
    clerk.goto(f"/tasks/{county.task('completion_report').id}")
    look_at(clerk, f"completion-{theme}-{width}")
    county.up_to_office()
    office = person("zhaomin", width=width, theme=theme)
    office.goto(f"/tasks/{county.task('office_review').id}")
    look_at(office, f"office-{theme}-{width}")


def look_at(page: Page, name: str) -> None:
    """Keep a picture; nothing sticks out, nobody is shut out."""
    if page.locator("[data-diagram]").count():
        page.locator("[data-diagram][data-ready]").first.wait_for()
    shot(page, name, full=True)
    check_access(page)
    check_width(page)


def test_a_row_is_signed_for_divided_and_agreed(person: Person, county: County) -> None:
    clerk = person("xiongmei")
    clerk.get_by_role("link", name="基层组织体系").first.click()
    clerk.get_by_role("button", name="签收", exact=True).click()
    expect(clerk.locator("[data-flash]")).to_contain_text("请接着办理“任务分工”")
    # Keys are heard once the page is whole; what it says is read out once.
    clerk.wait_for_load_state()
    clerk.wait_for_timeout(500)
    expect(clerk.locator("#announcer p")).to_have_count(1)
    clerk.fill("[name=division-1-duty]", "组织本乡农户入社")
    clerk.keyboard.press("Control+Enter")
    expect(clerk.locator("[data-flash]")).to_contain_text("已办理：提交")
    head = person("chenjian")
    head.get_by_role("link", name="基层组织体系").first.click()
    expect(head.get_by_role("cell", name="组织本乡农户入社")).to_be_visible()
    shot(head, "review")
    head.get_by_role("button", name="同意").click()
    expect(head.locator("[data-flash]")).to_contain_text("已办理：同意")
    head.get_by_role("link", name="已办").click()
    expect(head.get_by_role("cell", name="审核分工")).to_be_visible()


def test_sending_back_asks_for_an_opinion_first(person: Person, county: County) -> None:
    county.act("sign_for", "accept", "熊梅")
    county.act("divide", "submit", "熊梅")
    head = person("chenjian")
    head.goto(f"/tasks/{county.task('division_review').id}")
    head.get_by_role("button", name="退回").click()
    expect(head.locator("#comment")).to_be_focused()
    head.fill("#comment", "请补充县林业局")
    head.get_by_role("button", name="退回").click()
    expect(head.locator("[data-flash]")).to_contain_text("已办理：退回")
    clerk = person("xiongmei")
    clerk.goto(f"/tasks/{county.task('divide').id}")
    expect(clerk.locator(".trail")).to_contain_text("请补充县林业局")


def test_an_objection_opens_its_own_questions(person: Person, county: County) -> None:
    clerk = person("xiongmei")
    clerk.goto(f"/tasks/{county.task('sign_for').id}")
    shot(clerk, "sign-for")
    clerk.get_by_role("button", name="提出异议").click()
    expect(clerk.locator("#reason")).to_be_focused()
    clerk.fill("#reason", "应由县农业农村委牵头")
    shot(clerk, "objection")
    clerk.get_by_role("button", name="提出异议").click()
    expect(clerk.locator("[data-flash]")).to_contain_text("已办理：提出异议")


def test_whoever_comes_second_is_told_who_was_first(
    person: Person, county: County, watch: Watch
) -> None:
    watch.expected.append("409")
    clerk = person("xiongmei")
    clerk.goto(f"/tasks/{county.task('sign_for').id}")
    clerk.fill("#comment", "已与县财政局对接")
    county.act("sign_for", "accept", "熊梅")
    clerk.get_by_role("button", name="签收", exact=True).click()
    expect(clerk.get_by_role("heading", name="内容已有变化")).to_be_visible()
    expect(clerk.get_by_text("已与县财政局对接")).to_be_visible()
    expect(clerk.locator("[data-error-detail]")).to_contain_text("熊梅已于")
    shot(clerk, "conflict")
    check_access(clerk)
    clerk.get_by_role("link", name="查看最新内容").click()
    expect(clerk.get_by_text("熊梅 已于")).to_be_visible()


def test_filters_work_in_place_and_back_goes_back(person: Person, county: County) -> None:
    clerk = person("xiongmei")
    clerk.keyboard.press("/")
    clerk.keyboard.type("高速公路")
    expect(clerk.get_by_text("没有符合条件的事项")).to_be_visible()
    expect(clerk.locator("#inbox-q")).to_be_focused()
    assert "q=" in clerk.url
    assert "overdue" not in clerk.url
    clerk.go_back()
    expect(clerk.get_by_role("link", name="基层组织体系").first).to_be_visible()


def test_work_is_done_without_scripts(person: Person, county: County) -> None:
    clerk = person("xiongmei", java_script_enabled=False, width=390)
    clerk.get_by_role("link", name="基层组织体系").first.click()
    clerk.get_by_role("button", name="签收", exact=True).click()
    clerk.get_by_role("button", name="提交").click()
    expect(clerk.locator("[data-flash]")).to_contain_text("已办理：提交")
    buttons = clerk.get_by_role("button", name="查找")
    expect(buttons).to_be_visible()


def test_buttons_are_large_enough_for_a_thumb(person: Person, county: County) -> None:
    clerk = person("xiongmei", width=390)
    clerk.goto(f"/tasks/{county.task('sign_for').id}")
    heights = clerk.locator(".action-bar button").evaluate_all(
        "(all) => all.map((one) => one.getBoundingClientRect().height)"
    )
    assert min(heights) >= 44


def test_a_task_prints_as_a_plain_sheet(person: Person, county: County) -> None:
    county.act("sign_for", "accept", "熊梅")
    clerk = person("xiongmei")
    clerk.goto(f"/tasks/{county.task('divide').id}")
    clerk.locator("[data-diagram][data-ready]").wait_for()
    clerk.emulate_media(media="print")
    expect(clerk.locator(".action-bar")).not_to_be_visible()
    shot(clerk, "task-print", full=True)


def test_a_deputy_is_set_and_shown_to_everybody_who_can_read(
    person: Person, county: County
) -> None:
    head = person("chenjian", width=390)
    head.goto(f"/me/deputies?of={county.people['熊梅'].user_id}")
    check_access(head)
    head.get_by_role("button", name="设置代理").click()
    expect(head.locator("#main").get_by_text("代理已设置。")).to_be_visible()
    look_at(head, "deputies-light-390")
    head.goto("/?box=to_accept")
    expect(head.get_by_text("代熊梅").first).to_be_visible()
    check_access(head)
