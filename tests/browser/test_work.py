"""The inbox, the task page and the process page in a real browser."""

import datetime as dt
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from sanwei_flow import web
from tests.browser.conftest import check_access, check_width, log_in, shot
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
