"""A form drawn in a browser: a new field with a unit and a condition, read-only at one step."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.accounts.models import Role, Unit, User
from sanwei_flow.accounts.operations import actor_of
from sanwei_flow.db import db, transaction
from sanwei_flow.designs import drafting, operations
from sanwei_flow.processes.operations import start_process
from tests import factories
from tests.browser.conftest import check_access, check_width, shot, sign_in
from tests.designer.forms import FORM, TWO_STEPS
from tests.factories import NOW

PAGE = "/designs/spending/forms/report"


@pytest.fixture
def people(app: Flask, live_server: str) -> dict[str, User]:
    with app.app_context(), transaction():
        unit = factories.make_unit("县财政局")
        roles = {"designer": Role.designer, "clerk": Role.staff, "head": Role.reviewer}
        found = {
            name: factories.make_user(unit, (role,), name=name) for name, role in roles.items()
        }
        operations.publish(TWO_STEPS, {"report": FORM}, by=SYSTEM, at=NOW)
    return found


def add_cost(page: Page) -> None:
    page.get_by_role("button", name="数字").click()
    row = page.locator("#fields\\.2")
    row.locator("[name='fields.2.label']").fill("花费")
    row.locator("[name='fields.2.key']").fill("cost")
    row.locator("[name='fields.2.unit']").fill("万元")
    row.get_by_label("看哪一项").select_option("late")
    row.locator("[name='fields.2.show_if.value']").fill("true")


def test_a_designer_adds_a_field_and_the_next_task_obeys(
    people: dict[str, User], new_page: Callable[..., Page], app: Flask, live_server: str
) -> None:
    page = new_page()
    sign_in(page, app, live_server, people["designer"].username)
    page.goto(f"{live_server}/designs/spending/forms")
    check_access(page)
    shot(page, "forms-list", full=True)
    page.get_by_role("link", name="经费上报").click()
    add_cost(page)
    preview = page.locator("#preview")
    expect(preview.locator("[data-show-if]")).to_have_count(1)
    expect(preview.get_by_text("万元")).to_be_hidden()
    preview.get_by_label("是否逾期").check()
    expect(preview.get_by_text("万元")).to_be_visible()
    page.locator("[name='fields.2.access.check']").select_option("read")
    page.get_by_label("在哪个环节").select_option("check")
    expect(preview.get_by_text("（已填写的内容） 万元")).to_be_visible()
    check_access(page)
    check_width(page)
    shot(page, "form-designer", full=True)
    page.keyboard.press("Control+s")
    expect(page.locator("#main").get_by_text("已存入草稿，发布后生效。")).to_be_visible()

    with app.app_context():
        with transaction():
            draft = drafting.draft_of("spending")
            assert draft is not None
            by = actor_of(people["designer"])
            drafting.publish_draft(draft.id, revision=draft.revision, note="", by=by, at=NOW)
        with transaction():
            unit = db.session.scalar(db.select(Unit.id))
            start_process("spending", {"unit": unit}, title="经费", by=SYSTEM, at=NOW)

    clerk = new_page()
    sign_in(clerk, app, live_server, people["clerk"].username)
    clerk.goto(f"{live_server}/?box=todo")
    clerk.get_by_role("link", name="经费").first.click()
    clerk.get_by_label("完成情况").fill("已拨付")
    expect(clerk.get_by_label("花费")).to_be_hidden()
    clerk.get_by_label("是否逾期").check()
    clerk.get_by_label("花费").fill("12")
    shot(clerk, "form-task-write", full=True)
    clerk.get_by_role("button", name="提交").click()

    head = new_page()
    sign_in(head, app, live_server, people["head"].username)
    head.goto(f"{live_server}/?box=todo")
    head.get_by_role("link", name="经费").first.click()
    form = head.locator("section.card").filter(has=head.locator("#task-form"))
    expect(form.get_by_text("12 万元")).to_be_visible()
    expect(head.locator("[name=cost]")).to_have_count(0)
    check_access(head)
    shot(head, "form-task-check", full=True)


def test_rows_are_moved_by_keyboard_and_stay_unfolded(
    people: dict[str, User], page: Page, app: Flask, live_server: str
) -> None:
    sign_in(page, app, live_server, people["designer"].username)
    page.goto(live_server + PAGE)
    page.locator("#fields\\.1 summary").click()
    page.locator("#fields\\.1").get_by_role("button", name="上移").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#fields\\.0 summary")).to_contain_text("是否逾期")
    expect(page.locator("#fields\\.0 summary")).to_be_focused()
    expect(page.locator("[name='fields.0.label']")).to_be_visible()
    page.locator("[name='fields.0.key']").fill("Late")
    page.get_by_role("button", name="复制：是否逾期").click()
    expect(page.get_by_text("只能用小写字母").first).to_be_visible()
    page.get_by_role("button", name="存入草稿", exact=True).last.click()
    expect(page.get_by_text("改好才能发布").first).to_be_visible()
    check_access(page)


@pytest.mark.parametrize("look", [{"width": 390}, {"theme": "dark"}])
def test_the_form_designer_on_a_phone_and_in_the_dark(
    people: dict[str, User],
    new_page: Callable[..., Page],
    app: Flask,
    live_server: str,
    look: dict[str, object],
) -> None:
    page = new_page(**look)
    sign_in(page, app, live_server, people["designer"].username)
    page.goto(f"{live_server}/designs/spending/forms")
    check_access(page)
    check_width(page)
    page.goto(live_server + PAGE)
    add_cost(page)
    expect(page.locator("#preview [data-show-if]")).to_have_count(1)
    check_access(page)
    check_width(page)
    shot(page, "form-designer-" + "-".join(map(str, look.values())), full=True)
