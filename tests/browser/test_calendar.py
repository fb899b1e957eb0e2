"""The yearly notice in a real browser: pasted, previewed, confirmed."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from sanwei_flow.calendars.queries import forget_calendar
from tests.browser.conftest import Watch
from tests.browser.test_work import look_at, person
from tests.inbox.stories import County, make_county
from tests.supervision.test_holidays import NOTICE, OPENED

__all__ = ["person"]


@pytest.fixture
def county(live_server: str) -> Iterator[County]:
    forget_calendar()
    yield make_county(started=OPENED)
    forget_calendar()


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "light"), (1280, "dark")])
def test_the_office_settles_a_year(
    person: Callable[..., Page], county: County, watch: Watch, width: int, theme: str
) -> None:
    watch.expected.append("422")
    office = person("zhaomin", width=width, theme=theme)
    office.goto("/calendar?year=2026")
    look_at(office, f"calendar-{width}-{theme}")
    office.goto("/calendar?year=2027")
    expect(office.get_by_text("2027年放假安排尚未公布")).to_be_visible()
    office.get_by_role("link", name="导入放假通知").click()
    office.locator("#text").fill(NOTICE.replace("周六", "周日"))
    office.get_by_role("button", name="预览").click()
    expect(office.get_by_text("通知写的是星期日")).to_be_visible()
    look_at(office, f"notice-odd-{width}-{theme}")
    office.locator("#text").fill(NOTICE)
    office.get_by_role("button", name="预览").click()
    expect(office.get_by_text("时限顺延的事项（1 件")).to_be_visible()
    look_at(office, f"notice-preview-{width}-{theme}")
    office.get_by_role("button", name="确认导入").click()
    expect(office.get_by_text("2027年工作日历已更新，1 件事项的时限已顺延。").first).to_be_visible()
    look_at(office, f"calendar-2027-{width}-{theme}")
