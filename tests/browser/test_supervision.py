"""Board and ledger in a browser: both widths, both themes, refreshing, urging, an edited plan."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from sanwei_flow import web
from sanwei_flow.calendars import today
from sanwei_flow.db import db, transaction
from sanwei_flow.plans.models import PlanRow
from sanwei_flow.processes.jobs import run_due_jobs
from tests.browser.conftest import WIDTHS, check_access, check_width, log_in, shot
from tests.factories import PASSWORD
from tests.journeys.documents import DIVIDED, County
from tests.plans.test_joining import MORE


def make_late(plan_id: int) -> None:
    run_due_jobs(web.now())
    with transaction():
        for row in db.session.scalars(db.select(PlanRow).where(PlanRow.plan_id == plan_id)):
            row.due, row.due_past = today(web.now()) - dt.timedelta(days=5 * row.no), False


@WIDTHS
def test_every_page_of_supervision_is_sound(
    new_page: Callable[..., Page],
    live_server: str,
    county: County,
    plans: tuple[int, int],
    width: int,
    theme: str,
) -> None:
    make_late(plans[0])
    page = new_page(width=width, theme=theme)
    log_in(page, live_server, county.office.username, PASSWORD)
    for name in (
        "board",
        "board?by=category",
        "board?wall=1",
        "ledger",
        "ledger?light=red",
        "ledger?print=a4",
        "urge?light=red",
    ):
        page.goto(f"{live_server}/supervision/{name}")
        shot(page, f"supervision-{name}-{width}".replace("?", "-"), full=True)
        check_access(page)
        check_width(page)


def test_the_board_refreshes_itself_but_not_under_somebodys_hands(
    new_page: Callable[..., Page], live_server: str, county: County, plans: tuple[int, int]
) -> None:
    page = new_page()
    log_in(page, live_server, county.office.username, PASSWORD)
    page.clock.install()
    page.goto(f"{live_server}/supervision/board")
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if "board" in one.url else None)
    page.locator("#board a").first.focus()
    page.clock.run_for(130_000)
    assert asked == []
    page.locator("#board a").first.blur()
    with page.expect_response(lambda one: "/supervision/board" in one.url):
        page.clock.run_for(5_000)
    expect(page.locator("#board .kpi").first).to_be_visible()


def test_from_a_number_to_the_rows_to_those_who_are_told(
    new_page: Callable[..., Page], live_server: str, county: County, plans: tuple[int, int]
) -> None:
    make_late(plans[0])
    page = new_page()
    log_in(page, live_server, county.office.username, PASSWORD)
    page.goto(f"{live_server}/supervision/board")
    page.locator(".kpi.is-red").click()
    expect(page.get_by_text("共 3 项")).to_be_visible()
    page.locator("tbody input[name=row]").first.check()
    page.locator("#chosen").get_by_role("button", name="催办").click()
    expect(page.get_by_text("将提醒下列人员")).to_be_visible()
    page.get_by_role("button", name="确认催办").click()
    expect(page.locator("#main").get_by_text("已催办 1 件，0 件未催办")).to_be_visible()


@WIDTHS
def test_from_a_cell_of_the_board_to_slips_for_its_rows(
    new_page: Callable[..., Page],
    live_server: str,
    county: County,
    plans: tuple[int, int],
    width: int,
    theme: str,
) -> None:
    make_late(plans[0])
    page = new_page(width=width, theme=theme)
    log_in(page, live_server, county.office.username, PASSWORD)
    page.goto(f"{live_server}/supervision/board")
    page.locator("tfoot td").last.locator("xpath=preceding-sibling::td[1]/div/a").first.click()
    expect(page.get_by_text("共 3 项")).to_be_visible()
    check_access(page)
    check_width(page)
    shot(page, f"cell-rows-{width}", full=True)
    page.get_by_role("link", name="给这 3 项发督办单").click()
    expect(page.get_by_role("heading", name="将发出 3 张督办单")).to_be_visible()
    check_access(page)
    check_width(page)
    shot(page, f"cell-slips-{width}", full=True)
    page.get_by_label("督办事由").fill("超期未办结，请说明原因")
    page.get_by_role("button", name="发出").click()
    expect(page.locator("#main").get_by_text("已发出督办单：督办〔")).to_be_visible()


def test_an_edited_plan_is_compared_before_anything_changes(
    new_page: Callable[..., Page],
    live_server: str,
    county: County,
    plans: tuple[int, int],
    tmp_path: Path,
) -> None:
    run_due_jobs(web.now())
    file = tmp_path / "修改稿.txt"
    file.write_text(DIVIDED.replace("网点58个", "网点66个"), encoding="utf-8")
    page = new_page(width=390)
    log_in(page, live_server, county.office.username, PASSWORD)
    page.goto(f"{live_server}/plans/{plans[0]}/reimport")
    check_access(page)
    page.set_input_files("#file", str(file))
    page.get_by_role("button", name="上传并比对").click()
    expect(page.get_by_text("建成流通网点66个。")).to_be_visible()
    check_access(page)
    check_width(page)
    page.get_by_role("button", name="应用修改").click()
    expect(page.locator("#main").get_by_text("文字和指标已更新")).to_be_visible()
    check_access(page)


@WIDTHS
def test_an_edited_plan_names_new_units_and_the_rows_that_wait_for_them_start(
    new_page: Callable[..., Page],
    live_server: str,
    county: County,
    plans: tuple[int, int],
    tmp_path: Path,
    width: int,
    theme: str,
) -> None:
    run_due_jobs(web.now())
    file = tmp_path / "修改稿.txt"
    file.write_text(MORE.replace("\t县农业农村委\n", "\t县财政局\n"), encoding="utf-8")
    page = new_page(width=width, theme=theme)
    log_in(page, live_server, county.office.username, PASSWORD)
    page.goto(f"{live_server}/plans/{plans[0]}/reimport")
    page.set_input_files("#file", str(file))
    page.get_by_role("button", name="上传并比对").click()
    page.get_by_label("直接改派：立即由新单位签收").check()
    shot(page, f"revision-{width}", full=True)
    check_access(page)
    check_width(page)
    page.get_by_role("button", name="应用修改").click()
    expect(page.locator("#main").get_by_text("已改由县财政局牵头")).to_be_visible()
    shot(page, f"revision-applied-{width}", full=True)
    check_access(page)
    check_width(page)
    page.locator("#waiting select").first.select_option(label="县商务委")
    page.locator("#waiting form").first.get_by_role("button").click()
    expect(page.get_by_text("第4项已启动").first).to_be_visible()
    page.locator("#waiting select").select_option(label="县商务委")
    page.locator("#waiting form").get_by_role("button").click()
    expect(page.get_by_text("第5项已启动").first).to_be_visible()
    expect(page.locator("#waiting")).to_have_count(0)
    check_access(page)
    page.goto(f"{live_server}/plans/{plans[0]}")
    expect(page.get_by_text("启动后新增的第4、5项还在办理")).to_be_visible()
