"""Watching in a browser: the drawing glows where work piles up, a click leads to it."""

import datetime as dt
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from sanwei_flow import web
from sanwei_flow.accounts.models import Role
from sanwei_flow.db import db, transaction
from sanwei_flow.processes import queries
from sanwei_flow.processes.models import ProcessInstance
from tests import factories
from tests.browser.conftest import check_access, check_width, shot
from tests.browser.test_work import person
from tests.inbox.stories import County, make_county

__all__ = ["person"]
LOOKS = [(1280, "light"), (390, "light"), (1280, "dark")]


@pytest.fixture
def county(live_server: str) -> County:
    county = make_county()
    for no, days in ((5, -8), (6, -30), (7, 0), (8, 0)):
        county.start_row(web.now() + dt.timedelta(days=days), no)
    with transaction():
        unit = factories.make_unit("县数据中心")
        factories.make_user(unit, (Role.designer,), username="designer", name="高工")
        factories.make_user(unit, (Role.sys_admin,), username="sysadmin", name="钱工")
    return county


def look_at(page: Page, name: str) -> None:
    if page.locator("[data-heat], [data-diagram]").count():
        page.locator("[data-heat][data-ready], [data-diagram][data-ready]").wait_for()
    shot(page, name, full=True)
    check_access(page)
    check_width(page)


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_from_the_overview_to_a_process_that_is_late(
    person: Callable[..., Page],
    county: County,
    width: int,
    theme: str,
) -> None:
    county.up_to_cooperation()
    started = county.start_row(web.now(), 9)
    with transaction():
        late = queries.open_tasks(started.id)[0]
        late.due = web.now().date() - dt.timedelta(days=3)
        stopped = db.session.get_one(ProcessInstance, started.id)
        cause = {"message": "服务没有应答", "params": {}, "node": "sign_for"}
        stopped.status, stopped.incident = "incident", cause
    look = f"{width}-{theme}"
    page = person("designer", width=width, theme=theme)
    page.goto("/monitor")
    look_at(page, f"monitor-{look}")
    page.get_by_role("link", name="任务分工").first.click()
    look_at(page, f"monitor-design-{look}")
    expect(page.locator(".sw-count").first).to_be_visible()
    if width > 1000:
        page.locator(".djs-element[data-element-id=sign_for] .djs-hit").first.click()
    else:
        page.locator("[data-place=sign_for] a").first.click()
    expect(page.get_by_role("heading", name="停在“签收”的流程")).to_be_visible()
    look_at(page, f"monitor-processes-{look}")
    page.get_by_label("只看超期").check()
    page.wait_for_url("**overdue=1**")
    page.get_by_role("link", name="〔9〕").click()
    expect(page.get_by_role("heading", name="流程变量")).to_be_visible()
    look_at(page, f"monitor-process-{look}")
    page.goto(f"/processes/{county.row.id}")
    look_at(page, f"monitor-process-row-{look}")


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_a_variable_is_put_right_and_a_stopped_process_runs_on(
    person: Callable[..., Page], county: County, width: int, theme: str
) -> None:
    county.up_to_cooperation()
    with transaction():
        row = db.session.get_one(ProcessInstance, county.row.id)
        cause = {"message": "ValueError: 对方服务没有应答", "params": {}, "job_id": 1}
        row.status, row.incident = "incident", cause | {"at": web.now().isoformat(), "node": None}
    look = f"{width}-{theme}"
    page = person("designer", width=width, theme=theme)
    page.goto("/repair")
    look_at(page, f"repair-{look}")
    page.get_by_role("link", name="〔3〕").click()
    look_at(page, f"repair-desk-{look}")
    page.get_by_role("link", name="更正 lead_name").click()
    page.get_by_label("新的值").fill("县供销合作社联合社")
    page.get_by_role("button", name="预览").click()
    expect(page.get_by_role("heading", name="将这样更正")).to_be_visible()
    look_at(page, f"repair-variable-{look}")
    page.get_by_label("原因").fill("单位改名")
    page.get_by_role("button", name="确认更正").click()
    expect(page.get_by_text("已更正变量 lead_name").first).to_be_visible()
    page.get_by_role("link", name="看看会撤销什么").last.click()
    look_at(page, f"repair-rewind-{look}")
    page.get_by_role("link", name="不回退").click()
    page.locator("#reason-retry").fill("对方已恢复")
    page.get_by_role("button", name="重试", exact=True).click()
    expect(page.get_by_text("已处理，并记入流程轨迹和审计记录。").first).to_be_visible()
    child = db.session.scalars(
        db.select(ProcessInstance).where(ProcessInstance.parent_id == county.row.id)
    ).first()
    assert child is not None
    # Who has changed a process answers nothing in it.
    page = person("sysadmin", width=width, theme=theme)
    page.goto(f"/repair/tasks/{queries.open_tasks(child.id)[0].id}")
    look_at(page, f"repair-complete-{look}")


def test_paper_shows_the_whole_drawing(person: Callable[..., Page], county: County) -> None:
    page = person("designer", width=1280)
    page.goto(f"/processes/{county.start_row(web.now(), 9).id}")
    page.locator("[data-diagram][data-ready]").wait_for()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    sheet, drawing = page.evaluate(
        """["[data-canvas]", "[data-canvas] .viewport"].map((one) =>
            document.querySelector(one).getBoundingClientRect().toJSON())"""
    )
    assert sheet["width"] < 700  # an upright A4 sheet between its margins, in CSS pixels
    assert sheet["left"] < drawing["left"]
    assert drawing["right"] < sheet["right"]
