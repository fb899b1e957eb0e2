"""A designer tries a design in a browser: plays a row, waits for a reminder, keeps the scenario."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from sanwei_flow.db import transaction
from tests.browser.conftest import Watch, check_access, check_width, shot
from tests.browser.test_requests import People, plan  # noqa: F401 - fixtures
from tests.factories import make_user
from tests.journeys.documents import County

LOOKS = [{}, {"width": 390}, {"theme": "dark"}, {"width": 390, "theme": "dark"}]


@pytest.fixture
def people(new_page: Callable[..., Page], app: Flask, live_server: str, watch: Watch) -> People:
    return People(new_page, app, live_server, watch)


def test_a_row_is_played_kept_and_replayed(
    people: People,
    county: County,
    plan: int,  # noqa: F811 - the fixture above
) -> None:
    with transaction():
        designer = make_user(county.units["县供销合作社"], ["designer"], name="设计员")
    page = people.page(designer, "/designs/task_division/dry-runs")
    expect(page.get_by_text("提出异议后改派")).to_be_visible()
    expect(page.get_by_text("一致", exact=True)).to_have_count(3)
    check_access(page)
    shot(page, "dry-index", full=True)
    page.get_by_role("link", name="开始试运行").first.click()
    check_access(page)
    page.get_by_label("任务", exact=True).select_option("3")
    page.locator("#day-row").fill("2026-03-02")
    shot(page, "dry-new", full=True)
    page.get_by_role("button", name="开始试运行").first.click()

    expect(page.get_by_text("现在是 2026-03-02")).to_be_visible()
    page.wait_for_selector("[data-ready]")
    check_access(page)
    shot(page, "dry-begun", full=True)
    page.get_by_role("button", name="签收", exact=True).click()
    expect(page.get_by_role("heading", name="任务分工", exact=True)).to_be_visible()
    page.get_by_role("button", name="提交", exact=True).click()
    page.get_by_role("button", name="同意", exact=True).click()
    expect(page.locator("main")).to_contain_text("县供销合作社 · 承办人")
    page.get_by_label("跳过工作日").fill("3")
    page.get_by_role("button", name="跳过", exact=True).click()
    expect(page.get_by_text("“签收”还有1个工作日到期").first).to_be_visible()
    page.wait_for_selector("[data-ready]")
    check_access(page)
    address = page.url
    for look in LOOKS:
        other = people.page(designer, address, **look) if look else page
        other.wait_for_selector("[data-ready]")
        check_width(other)
        shot(other, "-".join(["dry-run", *map(str, look.values())]), full=True)

    page.get_by_role("button", name="退一步").click()
    expect(page.get_by_text("已退回")).to_be_visible()
    page.get_by_role("button", name="进一步").click()
    expect(page.get_by_text("“签收”还有1个工作日到期").first).to_be_visible()

    page.get_by_label("名称").fill("配合单位快到期时提醒")
    page.get_by_role("button", name="保存为情形").click()
    expect(page.get_by_text("以后每次发布都会重放")).to_be_visible()
    page.get_by_role("button", name="用当前版本重放").click()
    expect(page.get_by_text("与保存时一致")).to_be_visible()
    check_access(page)
    kept = page.url
    for look in LOOKS:
        other = people.page(designer, kept, **look) if look else page
        check_width(other)
        shot(other, "-".join(["dry-scenario", *map(str, look.values())]), full=True)
