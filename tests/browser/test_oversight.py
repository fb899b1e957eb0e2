"""In a browser: a meeting decides, a unit does it; a problem is found, mended, re-checked."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watch, check_access, check_width, shot
from tests.browser.test_requests import LEAD, NO, People, plan  # noqa: F401 - fixtures
from tests.journeys.documents import County

LOOKS = ({"width": 390}, {"theme": "dark"}, {"width": 390, "theme": "dark"})
MINUTES = f"""会议听取了冷链建设情况汇报。
一、由{LEAD}牵头，县财政局配合，2035年9月30日前完成冷链选址。
二、由县财政局负责，2035年12月底前落实贴息资金。"""


@pytest.fixture
def people(new_page: Callable[..., Page], app: Flask, live_server: str, watch: Watch) -> People:
    return People(new_page, app, live_server, watch)


def look(page: Page, name: str) -> None:
    """The page is accessible, as wide as its window, and worth a picture."""
    check_access(page)
    check_width(page)
    shot(page, name, full=True)


def looks(people: People, page: Page, user: object, name: str) -> None:
    """The same page on a phone and in the dark."""
    look(page, name)
    for given in LOOKS:
        other = people.page(user, page.url, **given)  # type: ignore[arg-type]
        look(other, "-".join([name, *map(str, given.values())]))


def test_minutes_become_work_that_a_unit_does_and_the_office_concludes(
    people: People,
    county: County,
    plan: int,  # noqa: F811 - the fixture above
) -> None:
    office = people.page(county.office, "/meetings")
    look(office, "meetings-empty")
    office.get_by_role("link", name="写会商纪要").click()
    office.get_by_label("会议名称").fill("冷链物流建设联席会商")
    office.get_by_label("主持人").fill("王县长")
    office.get_by_label("参加单位").fill("县供销合作社、各乡镇")
    office.get_by_label("纪要正文").fill(MINUTES)
    office.get_by_role("button", name="从正文读出议定事项").click()
    expect(office.get_by_text("从正文读出 2 条议定事项")).to_be_visible()
    expect(office.get_by_label("第 1 行 牵头单位")).to_have_value(LEAD)
    expect(office.get_by_label("第 2 行 办结时限")).to_have_value("2035-12-31")
    office.get_by_label("第 1 行 对应分工").fill(str(NO))
    office.get_by_label("第 2 行 牵头单位").fill("县财政所")
    look(office, "meeting-edit")
    office.get_by_role("button", name="保存草稿").click()
    expect(office.get_by_text("是不是“县财政局”")).to_be_visible()
    expect(office.get_by_role("button", name="印发并交办")).to_be_disabled()
    office.get_by_role("link", name="修改").click()
    looks(people, office, county.office, "meeting-edit-again")
    office.get_by_label("第 2 行 牵头单位").fill("县财政局")
    office.get_by_role("button", name="保存草稿").click()
    expect(office.get_by_text(county.clerks[LEAD].name)).to_be_visible()
    look(office, "meeting-draft")
    office.get_by_role("button", name="印发并交办").click()
    expect(office.locator("#main").get_by_text("已印发：会商〔")).to_be_visible()
    meeting = office.url

    clerk = people.page(county.clerks[LEAD], meeting)
    clerk.get_by_role("link", name="签收", exact=True).click()
    clerk.click("button[name=action][value=accept]")
    clerk.goto(meeting)
    clerk.get_by_role("link", name="办理并上报").click()
    expect(clerk.locator(".facts").get_by_role("link", name="会商〔")).to_be_visible()
    clerk.get_by_label("办理情况").fill("已定在东河镇")
    look(clerk, "decision-report")
    clerk.click("button[name=action][value=submit]")
    people.do(county.heads[LEAD], "单位审核", "agree")
    people.do(county.office, "核查办结", "conclude")
    office.goto(meeting)
    expect(office.locator("#decisions")).to_contain_text("已办结")
    expect(office.locator("#decisions")).to_contain_text("待签收")
    looks(people, office, county.office, "meeting")
    office.goto(f"/plans/{plan}/rows/{NO}")
    expect(office.locator("#decided")).to_contain_text("会商〔")
    look(office, "meeting-row")
    office.goto("/meetings")
    looks(people, office, county.office, "meetings")


def test_a_problem_is_found_mended_and_looked_at_again(
    people: People,
    county: County,
    plan: int,  # noqa: F811 - the fixture above
) -> None:
    office = people.page(county.office, f"/plans/{plan}/rows/{NO}")
    office.get_by_role("link", name="记录检查").click()
    office.get_by_label("检查人员").fill("李主任、周科长")
    office.get_by_label("检查发现").fill("冷链建设台账不全，缺三月份记录")
    looks(people, office, county.office, "inspection-new")
    office.get_by_role("button", name="保存").click()
    expect(office.locator("#main").get_by_text("检查已记录")).to_be_visible()
    inspection = office.url

    people.do(county.clerks[LEAD], "整改并上报", "submit", measures="三月份记录已补齐")
    people.do(county.heads[LEAD], "审核整改情况", "agree")
    office.goto("/inspections?state=recheck")
    office.locator("a.row-link").click()
    expect(office.get_by_text("待回头看").first).to_be_visible()
    office.get_by_label("检查人员").fill("李主任")
    office.get_by_label("未整改，重定时限").check()
    office.get_by_label("核实情况").fill("三月份记录没有签字")
    office.get_by_label("新的整改时限").fill("2035-06-30")
    looks(people, office, county.office, "inspection")
    office.get_by_role("button", name="记录回头看").click()
    expect(office.locator("#main").get_by_text("回头看已记录")).to_be_visible()
    office.get_by_label("检查人员").fill("李主任")
    office.get_by_label("已整改，销号").check()
    office.get_by_role("button", name="记录回头看").click()
    expect(office.locator("#main").get_by_text("已整改销号")).to_be_visible()
    looks(people, office, county.office, "inspection-closed")
    office.goto("/inspections")
    looks(people, office, county.office, "inspections")
    clerk = people.page(county.clerks[LEAD], inspection)
    expect(clerk.locator("#rechecks")).to_contain_text("三月份记录没有签字")
    office.goto(f"/units/{county.units[LEAD].id}")
    look(office, "inspection-unit")
