"""The workbench and a unit's page in a real browser: from the first page into the work."""

import datetime as dt
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from sanwei_flow import web
from sanwei_flow.db import db, transaction
from sanwei_flow.plans.models import PlanRow
from sanwei_flow.processes.jobs import run_due_jobs
from tests.browser.conftest import log_in, sign_in
from tests.browser.test_work import look_at
from tests.factories import PASSWORD
from tests.journeys.documents import County


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "light"), (1280, "dark")])
def test_from_the_first_page_to_the_unit_and_into_the_work(
    new_page: Callable[..., Page],
    app: Flask,
    live_server: str,
    county: County,
    plans: tuple[int, int],
    width: int,
    theme: str,
) -> None:
    _some_are_late(plans[0])
    office = new_page(width=width, theme=theme)
    log_in(office, live_server, county.office.username, PASSWORD)
    expect(office.get_by_role("heading", name="工作台")).to_be_visible()
    look_at(office, f"home-office-{width}-{theme}")
    late = office.locator("section.card", has=office.get_by_role("heading", name="各牵头单位"))
    name = late.get_by_role("link").nth(1).inner_text()
    late.get_by_role("link", name=name).click()
    expect(office.get_by_role("heading", name=name, exact=True)).to_be_visible()
    look_at(office, f"unit-{width}-{theme}")

    for who, user in (("leader", county.leader), ("staff", county.clerks[name])):
        page = new_page(width=width, theme=theme)
        sign_in(page, app, f"{live_server}/home", user.username)
        page.goto(f"{live_server}/home")
        look_at(page, f"home-{who}-{width}-{theme}")
    page.locator("a.row-link").first.click()
    expect(page.get_by_role("button", name="签收").first).to_be_visible()


def _some_are_late(plan_id: int) -> None:
    run_due_jobs(web.now())
    days = {1: -20, 2: 1, 3: -4}
    with transaction():
        for row in db.session.scalars(db.select(PlanRow).where(PlanRow.plan_id == plan_id)):
            if row.no in days:
                row.due_past = False
                row.due = web.now().date() + dt.timedelta(days=days[row.no])
