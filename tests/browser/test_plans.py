"""The plan pages in a browser: both widths, both themes, with and without scripts."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from sanwei_flow import web
from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.db import transaction
from sanwei_flow.plans import operations
from tests.browser.conftest import WIDTHS, check_access, check_width, log_in, shot
from tests.factories import PASSWORD
from tests.journeys.documents import County


@WIDTHS
def test_every_plan_page_is_sound(
    new_page: Callable[..., Page],
    live_server: str,
    county: County,
    plans: tuple[int, int],
    width: int,
    theme: str,
) -> None:
    running, draft = plans
    page = new_page(width=width, theme=theme)
    log_in(page, live_server, county.office.username, PASSWORD)
    for name in (
        "",
        "/new",
        f"/{running}",
        f"/{running}/rows/1",
        f"/{running}/launching",
        f"/{draft}",
        f"/{draft}/review",
        f"/{draft}/rows/1/edit",
        f"/{draft}/launch",
    ):
        page.goto(f"{live_server}/plans{name}")
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
        check_width(page)
        check_access(page)
        shot(page, f"plans{name.replace('/', '-')}-{width}", full=True)


def test_answering_keeps_ones_place_and_says_what_went_wrong(
    new_page: Callable[..., Page], live_server: str, county: County, plans: tuple[int, int]
) -> None:
    page = new_page()
    log_in(page, live_server, county.office.username, PASSWORD)
    page.goto(f"{live_server}/plans/{plans[1]}/review")
    page.locator(".source").evaluate("(pane) => pane.scrollTo(0, 30)")
    row = page.locator("#row-2")
    row.get_by_label("第2项的牵头单位").select_option(label="县商务委")
    row.get_by_role("button", name="确定").click()
    expect(row.locator(".facts")).to_contain_text("县商务委")
    expect(page.locator("#assign-2")).to_be_focused()
    assert page.locator(".source").evaluate("(pane) => pane.scrollTop") == 30
    row.get_by_role("link", name="看第2项的原文").click()
    expect(page.locator(".source .line:target")).to_be_in_viewport()
    with transaction():
        for no in (1, 3):
            lead = {"lead": ["县商务委"]}
            operations.correct_row(plans[1], no, lead, by=SYSTEM, at=web.now())
        operations.launch(plans[1], by=SYSTEM, at=web.now())
    page.locator("details.doubts summary").last.click()
    page.locator("details.doubts[open] .doubt-item button").last.click()
    expect(page).to_have_url(f"{live_server}/plans/{plans[1]}")
    expect(page.locator("[data-flash]")).to_contain_text("已经启动")


def test_settling_works_without_scripts(
    new_page: Callable[..., Page], live_server: str, county: County, plans: tuple[int, int]
) -> None:
    page = new_page(java_script_enabled=False)
    log_in(page, live_server, county.office.username, PASSWORD)
    page.goto(f"{live_server}/plans/{plans[1]}/review")
    for no in (1, 2, 3):
        row = page.locator(f"#row-{no}")
        row.get_by_label(f"第{no}项的牵头单位").select_option(label="县商务委")
        row.get_by_role("button", name="确定").click()
    page.get_by_role("button", name="疑点全部按假定处理").click()
    page.get_by_role("link", name="启动方案").click()
    page.get_by_role("button", name="确认启动").click()
    expect(page.get_by_text("3 项分工全部启动")).to_be_visible()


def test_the_overview_prints_whole_without_its_controls(
    new_page: Callable[..., Page], live_server: str, county: County, plans: tuple[int, int]
) -> None:
    page = new_page()
    log_in(page, live_server, county.office.username, PASSWORD)
    page.goto(f"{live_server}/plans/{plans[0]}")
    page.emulate_media(media="print")
    for controls in page.locator(".filters, main .btn, .tick").all():
        expect(controls).to_be_hidden()
    expect(page.locator(".sw-side")).to_be_hidden()
    expect(page.get_by_text("创建农民合作社示范社100家。")).to_be_visible()
