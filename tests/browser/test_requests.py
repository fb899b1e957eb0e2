"""Asking for something for a row, in a browser: from the button to the history of dates."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from sanwei_flow import web
from sanwei_flow.accounts.models import User
from sanwei_flow.accounts.operations import actor_of
from sanwei_flow.calendars import today
from sanwei_flow.db import db, transaction
from sanwei_flow.plans import operations, queries
from sanwei_flow.plans.jobs import ask_for_reports
from sanwei_flow.plans.models import PlanRow
from sanwei_flow.processes.operations import act_on_task
from sanwei_flow.processes.queries import open_tasks
from tests.browser.conftest import Watch, check_access, check_width, shot, sign_in
from tests.journeys.documents import DIVIDED, County

LEAD, NO = "县商务委", 2


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

    def __init__(
        self, new_page: Callable[..., Page], app: Flask, address: str, watch: Watch
    ) -> None:
        self.new_page, self.app, self.address, self.watch = new_page, app, address, watch
        self.seats: dict[str, Page] = {}

    def page(self, user: User, path: str = "/", **look: object) -> Page:
        """Their page at this address; a new browser if it is to look otherwise."""
        page = None if look else self.seats.get(user.username)
        if page is None:
            page = self.new_page(base_url=self.address, **look)
            sign_in(page, self.app, f"{self.address}/", user.username)
            if not look:
                self.seats[user.username] = page
        page.goto(path)
        return page

    def do(self, user: User, task: str, action: str, **fields: str) -> None:
        """Find the task of this name in the inbox, fill in its form, press a button."""
        page = self.page(user)
        page.get_by_role("row").filter(has_text=task).get_by_role("link").first.click()
        fill(page, **fields)
        check_access(page)
        shot(page, f"requests-{action}-{task}", full=True)
        page.click(f"button[name=action][value={action}]")
        expect(page.locator("[data-flash]").first).to_contain_text("已办理")


@pytest.fixture
def people(new_page: Callable[..., Page], app: Flask, live_server: str, watch: Watch) -> People:
    return People(new_page, app, live_server, watch)


def test_an_extension_from_the_button_to_the_new_date(
    people: People, county: County, plan: int
) -> None:
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
    people: People, app: Flask, county: County, plan: int
) -> None:
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


def ask_for(page: Page, label: str, **fields: str) -> None:
    """Press a button among the row's requests, fill in its form, send it."""
    page.get_by_role("button", name=label).click()
    fill(page, **fields)
    check_access(page)
    check_width(page)
    shot(page, f"requests-ask-{label}", full=True)
    page.click("button[name=action][value=submit]")
    expect(page.locator("[data-flash]").first).to_contain_text("已办理")


def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        field = page.locator(f"[name={name}]")
        fold = page.locator("details.only-for:not([open])").filter(has=field)
        if fold.count():
            fold.locator("summary").click()
        kind = field.evaluate("(one) => one.type")
        if kind == "select-one":
            field.select_option(label=value)
        elif kind == "file":
            field.set_input_files(value)
        else:
            field.fill(value)


def look_at_row(page: Page, plan: int, name: str) -> Locator:
    page.goto(f"/plans/{plan}/rows/{NO}")
    check_access(page)
    check_width(page)
    shot(page, f"requests-row-{name}", full=True)
    return page.locator("#main")


def test_a_row_is_suspended_and_goes_on(people: People, county: County, plan: int) -> None:
    clerk, head = county.clerks[LEAD], county.heads[LEAD]
    assert county.office
    assert county.leader
    page = people.page(clerk, f"/plans/{plan}/rows/{NO}")
    ask_for(page, "申请中止", reason="资金尚未下达")
    people.do(head, "审核中止申请", "agree")
    people.do(county.office, "审批中止申请", "agree")
    people.do(county.leader, "批准中止申请", "agree")
    row = look_at_row(page, plan, "suspended")
    expect(row).to_contain_text("已中止")
    expect(row.get_by_role("button", name="申请延期")).to_have_count(0)
    page.goto("/?box=todo")
    line = page.get_by_role("row").filter(has_text="任务分工")
    expect(line).to_contain_text("已中止，不计时限")
    line.get_by_role("link").first.click()
    expect(page.locator("#main")).to_contain_text("恢复前不能办理")
    expect(page.get_by_role("button", name="提交")).to_have_count(0)
    shot(page, "requests-task-suspended", full=True)
    office = people.page(county.office, f"/plans/{plan}/rows/{NO}")
    ask_for(office, "申请恢复", reason="资金已到位")
    people.do(county.leader, "批准恢复申请", "agree")
    row = look_at_row(page, plan, "resumed")
    expect(row.get_by_role("button", name="申请中止")).to_be_visible()
    page.goto("/?box=todo")
    page.get_by_role("row").filter(has_text="任务分工").get_by_role("link").first.click()
    page.get_by_role("button", name="提交").click()
    expect(page.locator("[data-flash]")).to_contain_text("已办理：提交")


def test_a_row_gets_another_lead(people: People, county: County, plan: int) -> None:
    assert county.office
    page = people.page(county.clerks[LEAD], f"/plans/{plan}/rows/{NO}")
    ask_for(page, "申请变更责任单位", reason="职能已划转", suggested="县财政局")
    people.do(county.heads[LEAD], "审核变更申请", "agree")
    people.do(county.office, "裁定变更申请", "reassign", new_lead="县财政局")
    row = look_at_row(page, plan, "reassigned")
    expect(row.locator("dl.facts").first).to_contain_text("县财政局")
    expect(row.locator("#requests")).to_contain_text("申请变更责任单位")
    expect(row.get_by_role("button", name="申请延期")).to_have_count(0)  # no more theirs to ask
    new = people.page(county.clerks["县财政局"], "/?box=to_accept")
    line = new.get_by_role("row").filter(has_text="建成流通网点")
    line.get_by_role("link").first.click()
    new.get_by_role("button", name="签收", exact=True).click()
    expect(new.locator("[data-flash]")).to_contain_text("请接着办理“任务分工”")


def test_a_row_is_terminated_on_a_document(
    people: People, county: County, plan: int, tmp_path: Path
) -> None:
    basis = tmp_path / "终止通知.txt"
    basis.write_text("经研究，不再实施。", "utf-8")
    assert county.office
    assert county.leader
    office = people.page(county.office, f"/plans/{plan}/rows/{NO}")
    office.get_by_role("button", name="申请终止").click()
    fill(office, basis="青山府办〔2026〕12号", reason="项目取消")
    office.click("button[name=action][value=submit]")  # no document
    expect(office.get_by_role("alert")).to_contain_text("该项必填")
    people.watch.expected.append("422")
    fill(office, basis_files=str(basis))
    shot(office, "requests-ask-终止", full=True)
    office.click("button[name=action][value=submit]")
    expect(office.locator("[data-flash]").first).to_contain_text("已办理")
    people.do(county.leader, "批准终止申请", "agree")
    row = look_at_row(office, plan, "terminated")
    expect(row).to_contain_text("已终止")
    expect(row).to_contain_text("青山府办〔2026〕12号")
    with office.expect_download() as file:
        row.get_by_role("link", name="终止通知.txt").first.click()
    assert Path(file.value.path()).read_text("utf-8") == "经研究，不再实施。"
    clerk = people.page(county.clerks[LEAD], "/?box=todo")
    expect(clerk.get_by_text("没有待办理的事项")).to_be_visible()


def test_asking_late_counts_as_late_and_no_date_before_the_present_one_is_granted(
    people: People, county: County, plan: int
) -> None:
    old = today(web.now()) - dt.timedelta(days=10)
    with transaction():
        row = db.session.scalar(db.select(PlanRow).where(PlanRow.plan_id == plan, PlanRow.no == NO))
        assert row is not None
        row.due, row.due_past = old, False
    assert county.office
    people.watch.expected.append("422")
    page = people.page(county.clerks[LEAD], f"/plans/{plan}/rows/{NO}")
    page.get_by_role("button", name="申请延期").click()
    expect(page.locator("#main")).to_contain_text("逾期后才申请（按逾期记）")
    fill(page, new_due="2035-12-31", reason="用地审批未完成", progress="已选址")
    shot(page, "requests-ask-late", full=True)
    page.click("button[name=action][value=submit]")
    people.do(county.heads[LEAD], "审核延期申请", "agree")
    office = people.page(county.office)
    office.get_by_role("row").filter(has_text="审批延期申请").get_by_role("link").first.click()
    expect(office.locator("#main")).to_contain_text("逾期后才申请（按逾期记）")
    early = (old - dt.timedelta(days=1)).isoformat()
    fill(office, granted_due=early)
    office.click("button[name=action][value=agree]")
    expect(office.get_by_role("alert")).to_contain_text(f"应晚于 {old}")
    expect(office.locator("[name=granted_due]")).to_have_value(early)
    shot(office, "requests-early", full=True)
    fill(office, granted_due="2035-09-30")
    office.click("button[name=action][value=agree]")
    expect(office.locator("[data-flash]").first).to_contain_text("已办理")
    look_at_row(page, plan, "late")
    expect(page.locator("#dues")).to_contain_text("2035-09-30")
    expect(page.locator("#dues")).to_contain_text("逾期后申请，按逾期记")
