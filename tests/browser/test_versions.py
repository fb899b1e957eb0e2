"""Versions compared and running rows moved, clicked in a real browser."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from sanwei_flow import web
from sanwei_flow.db import transaction
from sanwei_flow.designs import drafting
from sanwei_flow.processes import services
from tests.browser.test_work import LOOKS, look_at, person
from tests.migrating.stories import (
    KEY,
    SHIPPED,
    Division,
    make_division,
    renamed,
    with_legal_review,
)

__all__ = ["person"]
VERSIONS, COMPARE = f"/designs/{KEY}/versions", f"/designs/{KEY}/compare"
MIGRATIONS = f"/designs/{KEY}/migrations"


@pytest.fixture
def county(live_server: str) -> Iterator[Division]:
    """Three rows, one of them with its unit's head."""
    write_off = services.find("plans.write_off_row")
    services.register("plans.write_off_row", lambda *_given, **_more: {})
    division = make_division()
    division.at = web.now()
    division.until(division.start(3)[0], "unit_review")
    yield division
    services.register("plans.write_off_row", write_off)


def with_draft(county: Division, xml: str) -> None:
    given = {"by": county.designer, "at": county.at}
    with transaction():
        draft = drafting.open_draft(KEY, **given)
        drafting.save_draft(draft.id, revision=draft.revision, xml=xml, **given)


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_pages_look_right(
    person: Callable[..., Page], county: Division, width: int, theme: str
) -> None:
    changed = renamed("unit_review", "head_review", with_legal_review())
    with_draft(county, changed.replace('name="due" value="3"', 'name="due" value="5"', 1))
    page = person("sheji", width=width, theme=theme)
    page.goto(VERSIONS)
    look_at(page, f"versions-{theme}-{width}")
    page.goto(f"{COMPARE}?new=draft")
    expect(page.locator('[data-side="new"] [data-ready="yes"]')).to_be_attached()
    expect(page.locator('[data-side="old"] [data-ready="yes"]')).to_be_attached()
    look_at(page, f"compare-{theme}-{width}")
    page.goto(VERSIONS)
    page.get_by_label("发布说明").first.fill("增加合法性审核")
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.locator("#main").get_by_text("已发布第 2 版。")).to_be_visible()
    look_at(page, f"versions-two-{theme}-{width}")
    page.goto(MIGRATIONS)
    look_at(page, f"migration-{theme}-{width}")
    page.get_by_role("button", name="试迁移全部 3 件").click()
    expect(
        page.locator("#main").get_by_text("试迁移完成：2 件可以迁移，1 件会留在原版本。")
    ).to_be_visible()
    look_at(page, f"migration-result-{theme}-{width}")


def test_a_legal_review_is_published_and_a_running_row_passes_through_it(
    person: Callable[..., Page], county: Division
) -> None:
    with_draft(county, with_legal_review())
    page = person("sheji", width=1280)
    page.goto(VERSIONS)
    page.get_by_role("link", name="与第 1 版比较").click()
    expect(page.locator("[data-side=new] .sw-added[data-element-id=legal_review]")).to_be_visible()
    expect(page.locator('[data-side="old"] .sw-added')).to_have_count(0)
    expect(page.get_by_role("row", name="新增 人工环节 合法性审核")).to_be_visible()
    page.go_back()
    page.get_by_label("发布说明").first.fill("增加合法性审核")
    page.get_by_role("button", name="发布", exact=True).click()
    page.get_by_role("link", name="3", exact=True).click()
    expect(page.get_by_text("所有环节都自动对应上了。")).to_be_visible()
    page.get_by_label("迁移说明").fill("统一按新版办理")
    page.get_by_role("button", name="迁移到第 2 版").click()
    page.locator("dialog").get_by_role("button", name="确定").click()
    expect(
        page.locator("#main").get_by_text("迁移完成：3 件已迁移，0 件留在原版本。")
    ).to_be_visible()
    county.act(county.rows[0], "agree")
    assert county.task(county.rows[0]).node == "legal_review"
    page.get_by_role("link", name="第1项").click()
    expect(page.get_by_text("换到另一版流程")).to_be_visible()
    expect(page.get_by_text("统一按新版办理")).to_be_visible()


def test_corrections_are_chosen_by_hand_and_all_of_it_is_undone(
    person: Callable[..., Page], county: Division
) -> None:
    county.publish(renamed("unit_review", "head_review", SHIPPED))
    page = person("sheji", width=1280)
    page.goto(MIGRATIONS)
    expect(page.get_by_text("等在这里的流程会留在原版本。")).to_be_visible()
    page.get_by_label("「单位审核」在新版里对应").select_option("head_review")
    page.get_by_role("button", name="按修改后的对应重新查看").click()
    expect(page.get_by_text("等在这里的流程会留在原版本。")).to_have_count(0)
    page.get_by_role("button", name="迁移到第 2 版").click()
    page.locator("dialog").get_by_role("button", name="确定").click()
    expect(page.locator("#main").get_by_text("迁移完成：3 件已迁移")).to_be_visible()
    page.get_by_role("button", name="撤销迁移").click()
    page.locator("dialog").get_by_role("button", name="确定").click()
    expect(page.locator("#main").get_by_text("撤销完成：3 件已恢复原版本")).to_be_visible()
    assert county.task(county.rows[0]).node == "unit_review"
