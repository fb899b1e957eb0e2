"""A new step drawn, mended, tried, compared, published, and thirty rows moved to it."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from sanwei_flow import web
from sanwei_flow.processes import services
from tests.browser.conftest import check_access, shot
from tests.browser.test_designer import element, problem, ready
from tests.browser.test_work import person
from tests.migrating.stories import KEY, Division, make_division

__all__ = ["person"]
ROWS = 30
OFFICE = "专班办公室"


@pytest.fixture
def county(live_server: str) -> Iterator[Division]:
    """Thirty rows under way, one of them with its unit's head."""
    write_off = services.find("plans.write_off_row")
    services.register("plans.write_off_row", lambda *_given, **_more: {})
    division = make_division()
    division.at = web.now()
    division.until(division.start(ROWS)[0], "unit_review")
    yield division
    services.register("plans.write_off_row", write_off)


def draw_the_step(page: Page) -> None:
    """A review of two days between the unit's head and the office, where the head agrees."""
    page.get_by_role("button", name="看全图").click()
    element(page, "unit_reviewed").click()
    page.keyboard.press("a")
    page.locator(".djs-popup-search input").press_sequentially("人工任务")
    page.keyboard.press("Enter")
    page.keyboard.type("合法性审核")
    page.locator("[data-part=panel] h2").click()
    expect(problem(page, "「合法性审核」没有指定办理单位")).to_be_visible()
    shot(page, "journey-problems")


def mend_it(page: Page) -> None:
    panel = page.locator("[data-part=panel]")
    problem(page, "「合法性审核」没有指定办理单位").click()
    panel.get_by_label("办理单位").select_option(label=OFFICE)
    panel.get_by_label("办理角色").select_option(label="审核人")
    panel.get_by_label("办理期限").select_option(label="到达后若干个工作日")
    panel.get_by_label("工作日数").fill("2")
    panel.get_by_label("工作日数").press("Enter")
    panel.get_by_label("表单", exact=True).select_option("unit_review")
    problem(page, "没有条件").click()
    panel.get_by_label("条件", exact=True).select_option(label="写表达式…")
    written = panel.get_by_label("条件表达式")
    written.fill('outcome == "agree"')
    written.blur()
    problem(page, "「合法性审核」后面没有去处").click()
    page.locator('.djs-context-pad [data-action="connect"]').click()
    element(page, "office_review").click()
    expect(page.locator("[data-part=count]")).to_have_text("没有问题")
    page.keyboard.press("Control+s")
    expect(page.locator("[data-part=state]")).to_contain_text("已保存")


def try_it(page: Page) -> None:
    """Play a made-up row up to the new step."""
    page.goto(f"/designs/{KEY}/dry-runs/new?version=draft")
    page.get_by_label("工作任务").fill("建好建强服务载体")
    page.get_by_label("牵头单位").select_option(label="县供销合作社")
    page.get_by_label("专班办公室所在单位").select_option(label=OFFICE)
    page.get_by_role("button", name="开始试运行").last.click()
    page.get_by_role("button", name="签收", exact=True).click()
    page.get_by_role("button", name="提交", exact=True).click()
    page.get_by_role("button", name="同意", exact=True).click()
    page.get_by_label("完成情况").fill("建成11个")
    page.get_by_role("button", name="提交", exact=True).click()
    page.get_by_role("button", name="同意", exact=True).click()
    expect(page.get_by_role("cell", name="合法性审核", exact=True)).to_be_visible()
    expect(page.get_by_text("还有 2 个工作日")).to_be_visible()
    shot(page, "journey-dry-run", full=True)


def test_from_drawing_a_step_to_a_row_that_passes_through_it(
    person: Callable[..., Page],
    county: Division,
) -> None:
    page = person("sheji", width=1600, height=1000)
    page.goto(f"/designs/{KEY}/edit")
    draw_the_step(ready(page))
    mend_it(page)
    try_it(page)

    page.goto(f"/designs/{KEY}/versions")
    page.get_by_role("link", name="与第 1 版比较").click()
    expect(page.get_by_role("row", name="新增 人工环节 合法性审核")).to_be_visible()
    check_access(page)
    shot(page, "journey-compare", full=True)
    page.go_back()
    page.get_by_label("发布说明").first.fill("增加合法性审核")
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.locator("#main").get_by_text("已发布第 2 版")).to_be_visible()

    page.goto(f"/designs/{KEY}/migrations")
    page.get_by_label("迁移说明").fill("统一按新版办理")
    page.get_by_role("button", name="迁移到第 2 版").click()
    page.locator("dialog").get_by_role("button", name="确定").click()
    expect(page.get_by_text(f"迁移完成：{ROWS} 件已迁移，0 件留在原版本。")).to_be_visible(
        timeout=30_000
    )
    shot(page, "journey-migrated", full=True)

    first = county.rows[0]
    county.act(first, "agree")
    task = county.task(first)
    assert task.name == "合法性审核"
    lawyer = person("falv", width=1280)
    lawyer.goto(f"/tasks/{task.id}")
    lawyer.get_by_role("button", name="提交", exact=True).click()
    lawyer.wait_for_url(lambda url: f"/tasks/{task.id}" not in url)
    assert county.task(first).node == "office_review"
