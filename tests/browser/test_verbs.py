"""Every verb, clicked once: one row of a plan that several people help with."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from sanwei_flow.accounts.models import Role
from sanwei_flow.accounts.operations import actor_of
from sanwei_flow.db import db, transaction
from sanwei_flow.processes import queries
from sanwei_flow.processes.models import Task
from tests import factories
from tests.browser.conftest import check_access, check_width, shot, sign_in
from tests.inbox.stories import County, make_county

LEAD = "县供销合作社"


class Desk:
    """A person at their own browser, before one task."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, task: Task) -> "Desk":
        self.page.goto(f"/tasks/{task.id}")
        return self

    def choose(self, verb: str) -> Locator:
        """Open a verb from the menu; its form."""
        self.page.get_by_text("更多操作").click()
        self.page.locator(".sw-menu .panel").get_by_role("link", name=verb).click()
        expect(self.page.get_by_role("heading", name=verb, level=1)).to_be_visible()
        return self.page.locator("form.sw-form")

    def send(self, verb: str) -> None:
        self.page.locator("form.sw-form").get_by_role("button", name=verb).click()
        self.said(verb)

    def press(self, label: str) -> None:
        """Press a button of the action bar."""
        bar = self.page.locator(".action-bar")
        bar.get_by_role("button", name=label, exact=True).click()
        self.said(label)

    def said(self, what: str) -> None:
        expect(self.page.locator("[data-flash]")).to_contain_text(f"已办理：{what}")

    def look(self, name: str) -> None:
        """Keep pictures wide and narrow; nothing sticks out, nobody is shut out."""
        check_access(self.page)
        for width in (390, 1280):
            self.page.set_viewport_size({"width": width, "height": 860})
            check_width(self.page)
            shot(self.page, f"verb-{name}-{width}", full=True)


@pytest.fixture
def county(live_server: str) -> County:
    county = make_county()
    with transaction():
        unit = county.units[LEAD]
        helper = factories.make_user(unit, (Role.staff,), username="tangli", name="唐丽")
        county.people["唐丽"] = actor_of(helper)
    return county


Seat = Callable[[str], Desk]


@pytest.fixture
def desk(new_page: Callable[..., Page], app: Flask, live_server: str, county: County) -> Seat:
    seated: dict[str, Desk] = {}

    def seat(username: str) -> Desk:
        if username not in seated:
            page = new_page(base_url=live_server)
            sign_in(page, app, live_server, username)
            seated[username] = Desk(page)
        return seated[username]

    return seat


def test_every_verb_is_clicked(desk: Seat, county: County) -> None:
    hold_and_keep(desk, county)
    ask_others(desk, county)
    take_back_and_send_back(desk, county)
    call_off(desk, county)


def hold_and_keep(desk: Seat, county: County) -> None:
    """Claim, release, transfer to a colleague, who claims and keeps a draft."""
    clerk, colleague = desk("xiongmei"), desk("tangli")
    task = county.task("sign_for")
    clerk.open(task).press("认领")
    clerk.press("退回认领")
    form = clerk.open(task).choose("转办")
    form.get_by_label("转办给").select_option(label="唐丽")
    form.get_by_label("意见").fill("本周我外出开会")
    clerk.look("transfer")
    clerk.send("转办")
    expect(clerk.page.locator("#main")).to_contain_text("唐丽 已认领")
    colleague.open(task).page.fill("#comment", "已与县财政局对接")
    colleague.press("保存草稿")
    expect(colleague.page.locator("#comment")).to_have_value("已与县财政局对接")
    expect(colleague.page.get_by_text("草稿存于")).to_be_visible()
    colleague.look("draft")
    colleague.press("签收")


def ask_others(desk: Seat, county: County) -> None:
    """Delegate and be answered; add signers, do without one; copy, comment, urge."""
    clerk, other = desk("xiongmei"), desk("liwei")
    task = county.task("divide")
    form = clerk.open(task).choose("委派")
    form.get_by_label("委派给").select_option(label="李伟（县财政局 承办人）")
    form.get_by_label("委派说明").fill("请代拟资金部分的分工")
    clerk.send("委派")
    expect(clerk.page.locator("#main")).to_contain_text("正在等待李伟答复")
    side = side_of(task)
    other.open(side).page.fill("#comment", "资金部分由我局负责")
    other.look("delegated")
    other.press("答复")
    form = clerk.open(task).choose("加签")
    for name in ("李伟", "王芳"):
        form.locator("[data-option]", has_text=name).get_by_role("checkbox").check()
    form.get_by_label("前加签").check()
    clerk.look("add-signer")
    clerk.send("加签")
    form = clerk.choose("减签")
    form.get_by_label("王芳").check()
    clerk.send("减签")
    expect(clerk.page.locator("#main")).to_contain_text("正在等待李伟答复")
    office = desk("zhaomin")
    office.open(task).choose("催办").get_by_label("意见").fill("周五前要汇总")
    office.send("催办")
    expect(office.page.locator(".trail")).to_contain_text("赵敏 · 县财政金融监督办公室")
    other.open(side_of(task)).press("同意")
    clerk.open(task).choose("抄送").locator("[data-option]", has_text="周立").get_by_role(
        "checkbox"
    ).check()
    clerk.send("抄送")
    clerk.choose("留言").get_by_label("留言").fill("@陈建 请先看一下分工")
    clerk.look("comment")
    clerk.send("留言")
    head = desk("chenjian")
    head.page.goto("/notifications")
    expect(head.page.locator("#main")).to_contain_text("提到了您")
    clerk.open(task).look("trail")


def take_back_and_send_back(desk: Seat, county: County) -> None:
    """Withdraw and send again; return with both policies."""
    clerk, head = desk("xiongmei"), desk("chenjian")
    task = county.task("divide")
    clerk.open(task).press("提交")
    clerk.open(task).choose("撤回").get_by_label("意见").fill("漏了一个乡镇")
    clerk.send("撤回")
    assert county.task("divide").id == task.id
    clerk.open(task).press("提交")
    review = county.task("division_review")
    form = head.open(review).choose("退回前面步骤")
    form.get_by_label("任务分工").check()
    form.get_by_label("直接").check()
    form.get_by_label("退回意见").fill("请补充完成标准")
    head.look("return")
    head.send("退回前面步骤")
    expect(head.page.locator("#main")).to_contain_text(f"正在等待{LEAD}答复")
    redo = side_of(review)
    clerk.open(redo)
    expect(clerk.page.get_by_text("陈建 退回，请修改后重新提交")).to_be_visible()
    clerk.look("redo")
    clerk.press("提交")
    form = head.open(review).choose("退回前面步骤")
    form.get_by_label("签收").check()
    form.get_by_label("逐级").check()
    form.get_by_label("退回意见").fill("请重新签收")
    head.send("退回前面步骤")
    clerk.open(county.task("sign_for")).press("签收")


def call_off(desk: Seat, county: County) -> None:
    """Whoever started it ends it; everybody is told so on the page."""
    office = desk("zhaomin")
    task = county.task("divide")
    office.open(task).choose("撤销流程").get_by_label("原因").fill("文件已废止")
    office.send("撤销流程")
    expect(office.page.locator("#main")).to_contain_text("这个任务已随流程撤销")
    office.look("cancelled")


def side_of(task: Task) -> Task:
    """The task of whoever was asked last and has not answered."""
    db.session.rollback()
    return queries.sides(task.id, pending=True)[-1]
