"""Asking for something for a row, in a browser: from the button to the history of dates."""

import datetime as dt
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from sanwei_flow import web
from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.accounts.models import User
from sanwei_flow.accounts.operations import actor_of
from sanwei_flow.calendars import today
from sanwei_flow.db import transaction
from sanwei_flow.designs.operations import install_shipped
from sanwei_flow.plans import operations, queries
from sanwei_flow.plans.jobs import ask_for_reports
from sanwei_flow.processes.operations import act_on_task
from sanwei_flow.processes.queries import open_tasks
from tests.browser.conftest import check_access, check_width, shot, sign_in
from tests.journeys.documents import DIVIDED, County, make_county

LEAD, NO = "县商务委", 2


@pytest.fixture
def county(live_server: str) -> County:
    with transaction():
        county = make_county()
        install_shipped(by=SYSTEM, at=web.now())
    return county


@pytest.fixture
def plan(county: County) -> int:
    """A plan at work; row 2 is signed for, and its report of this month is asked for."""
    office, at = actor_of(county.office), web.now()
    with transaction():
        plan = operations.import_plan("1.txt", DIVIDED.encode(), by=office, at=at)
        name = next(used for used in queries.used_names(plan) if used.open)
        operations.settle_unit(plan.id, name.mention.id, drop=True, by=office, at=at)
    with transaction():
        operations.launch(plan.id, by=office, at=at)
    row = queries.row_view(plan, NO, today(at))
    with transaction():
        clerk = actor_of(county.clerks[LEAD])
        act_on_task(open_tasks(row.process_id)[0].id, "accept", {}, by=clerk, at=at)
    return plan.id


class People:
    """Opens pages for people of the county, each in a browser of their own."""

    def __init__(self, new_page: Callable[..., Page], app: Flask, address: str) -> None:
        self.new_page, self.app, self.address = new_page, app, address

    def page(self, user: User, path: str = "/", **look: object) -> Page:
        page = self.new_page(**look)
        sign_in(page, self.app, self.address, user.username)
        page.goto(self.address + path)
        return page

    def do(self, user: User, task: str, action: str, **fields: str) -> None:
        """Find the task of this name in the inbox, fill in its form, press a button."""
        page = self.page(user)
        page.get_by_role("row").filter(has_text=task).get_by_role("link").first.click()
        for name, value in fields.items():
            page.fill(f"[name={name}]", value)
        check_access(page)
        shot(page, f"requests-{action}-{task}", full=True)
        page.click(f"button[name=action][value={action}]")
        page.wait_for_load_state()


def test_an_extension_from_the_button_to_the_new_date(
    new_page: Callable[..., Page], app: Flask, live_server: str, county: County, plan: int
) -> None:
    people = People(new_page, app, live_server)
    row = f"/plans/{plan}/rows/{NO}"
    page = people.page(county.clerks[LEAD], row)
    check_access(page)
    shot(page, "requests-row", full=True)
    page.get_by_role("button", name="申请延期").click()
    page.fill("[name=new_due]", "2035-12-31")
    page.fill("[name=reason]", "用地审批未完成")
    page.fill("[name=progress]", "已选址")
    check_access(page)
    shot(page, "requests-form", full=True)
    page.click("button[name=action][value=submit]")
    expect(page.locator("main")).to_contain_text("提交")
    people.do(county.heads[LEAD], "审核延期申请", "agree")
    assert county.office
    people.do(county.office, "审批延期申请", "agree", granted_due="2035-09-30")
    for width, theme in ((1280, "light"), (390, "dark")):
        page = people.page(county.clerks[LEAD], row, width=width, theme=theme)
        expect(page.locator("#dues")).to_contain_text("2035-09-30")
        check_width(page)
        check_access(page)
        shot(page, f"requests-granted-{width}", full=True)


def test_a_progress_report_asks_for_changes_only(
    new_page: Callable[..., Page], app: Flask, live_server: str, county: County, plan: int
) -> None:
    people = People(new_page, app, live_server)
    assert county.office
    page = people.page(county.office, f"/plans/{plan}")
    page.click("#cycle summary")
    page.select_option("[name=cycle]", "monthly")
    page.fill("[name=day]", "31")
    shot(page, "requests-cycle")
    page.click("#cycle button")
    expect(page.locator("#cycle")).to_contain_text("每月")
    with app.app_context():
        ask()
    people.do(county.clerks[LEAD], "填报进展", "submit", progress="已建20个")
    people.do(county.office, "审阅进展", "acknowledge")
    page = people.page(county.clerks[LEAD], f"/plans/{plan}/rows/{NO}")
    expect(page.locator("#reports")).to_contain_text("已建20个")
    check_access(page)
    shot(page, "requests-reported", full=True)


def ask() -> None:
    """Sweep as on the last day of the month after this one."""
    at = web.now()
    month = at.replace(day=1) + dt.timedelta(days=63)
    ask_for_reports(month.replace(day=1) - dt.timedelta(days=1))
