"""The inbox, the task page and the process page in a real browser."""

import datetime as dt
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from sanwei_flow import web
from tests.browser.conftest import Watch, check_access, check_width, log_in, shot
from tests.factories import PASSWORD
from tests.inbox.stories import County, make_county

NewPage = Callable[..., Page]
LOOKS = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]


@pytest.fixture
def county(live_server: str) -> County:
    return make_county()


def as_person(new_page: NewPage, address: str, username: str, **options: object) -> Page:
    page = new_page(**options)
    log_in(page, address, username, PASSWORD)
    return page


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_the_inbox_looks_right(
    new_page: NewPage, live_server: str, county: County, width: int, theme: str
) -> None:
    for no, days in ((5, -8), (6, -3), (7, 0), (8, 0)):
        county.start_row(web.now() + dt.timedelta(days=days), no)
    page = as_person(new_page, live_server, "xiongmei", width=width, theme=theme)
    shot(page, f"inbox-{theme}-{width}")
    check_access(page)
    check_width(page)


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_the_task_page_looks_right(
    new_page: NewPage, live_server: str, county: County, width: int, theme: str
) -> None:
    county.act("sign_for", "accept", "熊梅")
    page = as_person(new_page, live_server, "xiongmei", width=width, theme=theme)
    page.goto(f"{live_server}/tasks/{county.task('divide').id}")
    page.locator("[data-diagram][data-ready]").wait_for()
    shot(page, f"task-{theme}-{width}")
    shot(page, f"task-full-{theme}-{width}", full=True)
    check_access(page)
    check_width(page)


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_the_process_page_looks_right(
    new_page: NewPage, live_server: str, county: County, width: int, theme: str
) -> None:
    county.up_to_cooperation()
    page = as_person(new_page, live_server, "zhaomin", width=width, theme=theme)
    page.goto(f"{live_server}/processes/{county.row.id}")
    page.locator("[data-diagram][data-ready]").wait_for()
    shot(page, f"process-{theme}-{width}", full=True)
    check_access(page)
    check_width(page)
    expect(page.locator(".bjs-powered-by")).to_be_visible()


def test_a_row_is_signed_for_divided_and_agreed(
    new_page: NewPage, live_server: str, county: County
) -> None:
    clerk = as_person(new_page, live_server, "xiongmei")
    clerk.get_by_role("link", name="基层组织体系").first.click()
    clerk.get_by_role("button", name="签收", exact=True).click()
    expect(clerk.locator("[data-flash]")).to_contain_text("请接着办理“任务分工”")
    clerk.fill("[name=division-1-duty]", "组织本乡农户入社")
    clerk.keyboard.press("Control+Enter")
    expect(clerk.locator("[data-flash]")).to_contain_text("已办理：提交")
    head = as_person(new_page, live_server, "chenjian")
    head.get_by_role("link", name="基层组织体系").first.click()
    expect(head.get_by_role("cell", name="组织本乡农户入社")).to_be_visible()
    shot(head, "review")
    head.get_by_role("button", name="同意").click()
    expect(head.locator("[data-flash]")).to_contain_text("已办理：同意")
    head.get_by_role("link", name="已办").click()
    expect(head.get_by_role("cell", name="审核分工")).to_be_visible()


def test_sending_back_asks_for_an_opinion_first(
    new_page: NewPage, live_server: str, county: County
) -> None:
    county.act("sign_for", "accept", "熊梅")
    county.act("divide", "submit", "熊梅")
    head = as_person(new_page, live_server, "chenjian")
    head.goto(f"{live_server}/tasks/{county.task('division_review').id}")
    head.get_by_role("button", name="退回").click()
    expect(head.locator("#comment")).to_be_focused()
    head.fill("#comment", "请补充县林业局")
    head.get_by_role("button", name="退回").click()
    expect(head.locator("[data-flash]")).to_contain_text("已办理：退回")
    clerk = as_person(new_page, live_server, "xiongmei")
    clerk.goto(f"{live_server}/tasks/{county.task('divide').id}")
    expect(clerk.locator(".trail")).to_contain_text("请补充县林业局")


def test_an_objection_opens_its_own_questions(
    new_page: NewPage, live_server: str, county: County
) -> None:
    clerk = as_person(new_page, live_server, "xiongmei")
    clerk.goto(f"{live_server}/tasks/{county.task('sign_for').id}")
    shot(clerk, "sign-for")
    clerk.get_by_role("button", name="提出异议").click()
    expect(clerk.locator("#reason")).to_be_focused()
    clerk.fill("#reason", "应由县农业农村委牵头")
    shot(clerk, "objection")
    clerk.get_by_role("button", name="提出异议").click()
    expect(clerk.locator("[data-flash]")).to_contain_text("已办理：提出异议")


def test_whoever_comes_second_is_told_who_was_first(
    new_page: NewPage, live_server: str, county: County, watch: Watch
) -> None:
    watch.expected.append("409")
    clerk = as_person(new_page, live_server, "xiongmei")
    clerk.goto(f"{live_server}/tasks/{county.task('sign_for').id}")
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


def test_filters_work_in_place_and_back_goes_back(
    new_page: NewPage, live_server: str, county: County
) -> None:
    clerk = as_person(new_page, live_server, "xiongmei")
    clerk.keyboard.press("/")
    clerk.keyboard.type("高速公路")
    expect(clerk.get_by_text("没有符合条件的事项")).to_be_visible()
    expect(clerk.locator("#inbox-q")).to_be_focused()
    assert "q=" in clerk.url
    clerk.go_back()
    expect(clerk.get_by_role("link", name="基层组织体系").first).to_be_visible()


def test_work_is_done_without_scripts(new_page: NewPage, live_server: str, county: County) -> None:
    clerk = as_person(new_page, live_server, "xiongmei", java_script_enabled=False, width=390)
    clerk.get_by_role("link", name="基层组织体系").first.click()
    clerk.get_by_role("button", name="签收", exact=True).click()
    clerk.get_by_role("button", name="提交").click()
    expect(clerk.locator("[data-flash]")).to_contain_text("已办理：提交")
    buttons = clerk.get_by_role("button", name="查找")
    expect(buttons).to_be_visible()


def test_buttons_are_large_enough_for_a_thumb(
    new_page: NewPage, live_server: str, county: County
) -> None:
    clerk = as_person(new_page, live_server, "xiongmei", width=390)
    clerk.goto(f"{live_server}/tasks/{county.task('sign_for').id}")
    heights = clerk.locator(".action-bar button").evaluate_all(
        "(all) => all.map((one) => one.getBoundingClientRect().height)"
    )
    assert min(heights) >= 44


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_later_steps_look_right(
    new_page: NewPage, live_server: str, county: County, width: int, theme: str
) -> None:
    county.up_to_completion()
    clerk = as_person(new_page, live_server, "xiongmei", width=width, theme=theme)
    clerk.goto(f"{live_server}/tasks/{county.task('completion_report').id}")
    _look_at(clerk, f"completion-{theme}-{width}")
    county.up_to_office()
    office = as_person(new_page, live_server, "zhaomin", width=width, theme=theme)
    office.goto(f"{live_server}/tasks/{county.task('office_review').id}")
    _look_at(office, f"office-{theme}-{width}")


def _look_at(page: Page, name: str) -> None:
    page.locator("[data-diagram][data-ready]").wait_for()
    shot(page, name, full=True)
    check_access(page)
    check_width(page)


def test_a_task_prints_as_a_plain_sheet(
    new_page: NewPage, live_server: str, county: County
) -> None:
    county.act("sign_for", "accept", "熊梅")
    clerk = as_person(new_page, live_server, "xiongmei")
    clerk.goto(f"{live_server}/tasks/{county.task('divide').id}")
    clerk.locator("[data-diagram][data-ready]").wait_for()
    clerk.emulate_media(media="print")
    expect(clerk.locator(".action-bar")).not_to_be_visible()
    shot(clerk, "task-print", full=True)
