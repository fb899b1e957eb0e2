"""The main job, clicked through: from the issued document to a row struck off."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from sanwei_flow.accounts.models import User
from tests.browser.conftest import check_access, shot, sign_in
from tests.journeys.documents import FILES, County

TASK = "组建农合联"
HELPERS = ("县农业农村委", "县财政局", "东河镇")


class Desk:
    """A person at their own browser."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address

    def open(self, step: str) -> None:
        """Go through the inbox to this step of row 1, or of a unit's part in it."""
        for box in ("to_accept", "todo"):
            self.page.goto(f"{self.address}/?box={box}")
            row = self.page.locator("tbody tr", has_text=TASK).filter(
                has=self.page.get_by_role("cell", name=step, exact=True)
            )
            if row.count():
                row.first.locator(".row-link").click()
                return
        raise AssertionError(f"no {step} in the inbox")

    def press(self, label: str) -> None:
        """Press a button of the action bar; the page says that it was done."""
        bar = self.page.locator(".action-bar")
        bar.get_by_role("button", name=label, exact=True).click()
        expect(self.page.locator("[data-flash]")).to_contain_text(f"已办理：{label}")


@pytest.fixture
def desk(
    new_page: Callable[..., Page], app: Flask, live_server: str, county: County
) -> Callable[[User | None], Desk]:
    """Seat a person; who was seated before keeps their browser."""
    seated: dict[str, Desk] = {}

    def seat(user: User | None) -> Desk:
        assert user is not None
        if user.username not in seated:
            page = new_page()
            sign_in(page, app, live_server, user.username)
            seated[user.username] = Desk(page, live_server)
        return seated[user.username]

    return seat


Seat = Callable[[User | None], Desk]


def test_the_main_job_clicked_through(desk: Seat, county: County, tmp_path: Path) -> None:
    import_and_launch(desk(county.office))
    divide(desk, county)
    for unit in HELPERS:
        do_part(desk, county, unit)
    confirm_and_return(desk, county)
    report(desk, county, tmp_path)
    close(desk, county)


def import_and_launch(office: Desk) -> None:
    """The office uploads the document, settles what is doubtful, marks row 1 major, launches."""
    page = office.page
    page.get_by_role("link", name="工作方案").click()
    page.get_by_role("link", name="导入方案").click()
    page.set_input_files("input[type=file]", FILES / "divided.txt")
    page.get_by_role("button", name="上传并读取").click()
    expect(page.get_by_role("heading", name="核对方案")).to_be_visible()
    check_access(page)
    shot(page, "journey-review")
    page.get_by_label("青山县金融监管支局").select_option(label="青山金融监管支局")
    page.locator("form.settle").first.get_by_role("button").click()
    expect(page.get_by_text("还没有确认")).not_to_be_visible()
    page.get_by_role("button", name="疑点全部按假定处理").click()
    page.get_by_role("dialog").get_by_role("button", name="确定").click()
    page.get_by_role("link", name="修改第1项").click()
    page.get_by_label("重大").check()
    page.get_by_role("button", name="保存").click()
    page.get_by_role("link", name="启动方案").click()
    page.get_by_role("button", name="确认启动").click()
    page.get_by_role("link", name="查看方案总览").click()
    expect(page.get_by_role("row").filter(has_text="组建农合联").first).to_contain_text("待签收")
    shot(page, "journey-overview")


def divide(desk: Seat, county: County) -> None:
    """各乡镇 is every township already; the lead keeps three units, its head agrees."""
    lead = desk(county.clerks["县供销合作社"])
    lead.open("签收")
    lead.press("签收")
    units = lead.page.locator("select[name$=-unit]")
    expect(units).to_have_count(6)
    for unit in ("南坪乡", "西岭镇", "城关街道"):
        row = lead.page.locator(".field-table tr").filter(
            has=lead.page.locator(f"select option:checked:text-is('{unit}')")
        )
        row.locator("[data-row-remove]").click()
    expect(units).to_have_count(3)
    lead.press("提交")
    head = desk(county.heads["县供销合作社"])
    head.open("审核分工")
    expect(head.page.get_by_role("cell", name="东河镇")).to_be_visible()
    head.press("同意")


def do_part(desk: Seat, county: County, unit: str) -> None:
    """A cooperating unit signs, works, reports; its head approves."""
    clerk = desk(county.clerks[unit])
    clerk.open("签收")
    clerk.press("签收")
    clerk.page.fill("#summary", f"{unit}已按分工完成。")
    clerk.press("提交")
    head = desk(county.heads[unit])
    head.open("单位审核")
    expect(head.page.locator(".answers").first).to_contain_text(f"{unit}已按分工完成。")
    head.press("同意")


def confirm_and_return(desk: Seat, county: County) -> None:
    """The lead returns the first report, the unit mends it, then all are confirmed."""
    lead = desk(county.clerks["县供销合作社"])
    lead.open("牵头单位确认")
    shown = lead.page.locator(".answers").first.inner_text()
    unit = next(name for name in HELPERS if name in shown)
    lead.page.fill("#comment", "请补充农户数")
    lead.press("退回")
    clerk = desk(county.clerks[unit])
    clerk.open("办理并上报")
    expect(clerk.page.locator("#main")).to_contain_text("请补充农户数")
    clerk.page.fill("#summary", f"{unit}已按分工完成，惠及农户 320 户。")
    clerk.press("提交")
    head = desk(county.heads[unit])
    head.open("单位审核")
    head.press("同意")
    for _ in HELPERS:
        lead.open("牵头单位确认")
        lead.press("确认")


def report(desk: Seat, county: County, folder: Path) -> None:
    """The lead reports completion with its figure and a file; its head agrees."""
    proof = folder / "验收单.txt"
    proof.write_text("验收合格", "utf-8")
    lead = desk(county.clerks["县供销合作社"])
    lead.open("上报办结")
    expect(lead.page.get_by_role("cell", name="惠及农户 320 户")).to_be_visible()
    lead.page.fill("#summary", "农合联已全部建成。")
    lead.page.locator("[name$=-reported]").first.fill("14")
    lead.page.set_input_files("#evidence", proof)
    lead.press("提交")
    head = desk(county.heads["县供销合作社"])
    head.open("单位审核")
    with head.page.expect_download() as download:
        head.page.get_by_role("link", name="验收单.txt").first.click()
    assert download.value.suggested_filename == "验收单.txt"
    head.press("同意")


def close(desk: Seat, county: County) -> None:
    """The office agrees, the leader agrees because the row is major; the overview shows it."""
    office = desk(county.office)
    office.open("专班审核")
    office.press("同意")
    leader = desk(county.leader)
    leader.open("组长审批")
    leader.press("同意")
    office.page.get_by_role("link", name="工作方案").first.click()
    expect(office.page.get_by_text("1/3 项销号")).to_be_visible()
    office.page.locator(".row-link").first.click()
    row = office.page.get_by_role("row").filter(has_text="组建农合联").first
    expect(row).to_contain_text("已销号")
    shot(office.page, "journey-end")
    check_access(office.page)
