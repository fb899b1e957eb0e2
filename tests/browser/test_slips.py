"""A slip in a browser: the office issues it from a row, the unit answers, the office closes it."""

import datetime as dt
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from sanwei_flow import web
from sanwei_flow.calendars import today
from tests.browser.conftest import Watch, check_access, check_width, shot
from tests.browser.test_requests import LEAD, NO, People, plan  # noqa: F401 - fixtures
from tests.journeys.documents import County


@pytest.fixture
def people(new_page: Callable[..., Page], app: Flask, live_server: str, watch: Watch) -> People:
    return People(new_page, app, live_server, watch)


def test_the_office_chases_a_row_until_it_is_mended(
    people: People,
    county: County,
    plan: int,  # noqa: F811 - the fixture above
) -> None:
    row = f"/plans/{plan}/rows/{NO}"
    office = people.page(county.office, row)
    office.get_by_role("link", name="发督办单").click()
    expect(office.get_by_role("heading", name="将发出 1 张督办单")).to_be_visible()
    expect(office.get_by_text(county.clerks[LEAD].name)).to_be_visible()
    check_access(office)
    shot(office, "slip-new", full=True)
    office.get_by_label("督办事由").fill("冷链建设进度滞后，请说明原因并提出措施")
    due = today(web.now()) + dt.timedelta(days=30)
    office.get_by_label("回复时限").fill(due.isoformat())
    office.get_by_role("button", name="发出").click()
    expect(office.locator("#main").get_by_text("已发出督办单：督办〔")).to_be_visible()
    check_access(office)
    shot(office, "slips", full=True)

    clerk = people.page(county.clerks[LEAD], "/supervision/slips")
    clerk.get_by_role("link", name="督办〔").click()
    clerk.get_by_role("link", name="回复督办单").click()
    clerk.get_by_label("整改措施").fill("本月完成选址，下月开工")
    check_access(clerk)
    shot(clerk, "slip-reply", full=True)
    clerk.get_by_role("button", name="回复", exact=True).click()

    people.do(county.office, "核查整改情况", "agree")
    office.goto("/supervision/slips?state=closed")
    office.get_by_role("link", name="督办〔").click()
    expect(office.get_by_text("已办结").first).to_be_visible()
    expect(office.get_by_text("本月完成选址，下月开工").first).to_be_attached()
    check_access(office)
    shot(office, "slip", full=True)

    office.goto(row)
    office.get_by_text("发牌", exact=True).first.click()
    office.get_by_label("红牌").check()
    office.get_by_label("发牌理由").fill("两次未按时上报")
    office.get_by_role("button", name="发牌", exact=True).click()
    expect(office.get_by_text("红牌〔").first).to_be_visible()
    check_access(office)
    shot(office, "slip-row", full=True)


@pytest.mark.parametrize("look", [{}, {"width": 390}, {"theme": "dark"}])
def test_the_ladder_is_set_with_a_look_at_tomorrow(
    people: People,
    county: County,
    plan: int,  # noqa: F811 - the fixture above
    look: dict[str, object],
) -> None:
    page = people.page(county.office, "/supervision/ladder", **look)
    name = "-".join(["ladder", *map(str, look.values())])
    page.get_by_role("button", name="预览明天的提醒").click()
    expect(page.get_by_role("heading", name="条提醒")).to_be_visible()
    check_access(page)
    check_width(page)
    shot(page, name, full=True)
    page.get_by_role("button", name="保存提醒").click()
    expect(page.get_by_text("提醒设置已保存").first).to_be_visible()
    page.goto("/supervision/slips")
    check_width(page)
    shot(page, f"{name}-slips", full=True)
