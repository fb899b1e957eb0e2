"""Drawing a design in a real browser: from a new step to a draft that another designer meets."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from sanwei_flow import web
from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.db import transaction
from sanwei_flow.designs.operations import install_shipped
from tests.browser.conftest import check_access, check_width, shot, sign_in
from tests.factories import make_unit, make_user

DESIGN = "task_division"


@pytest.fixture
def designers(live_server: str) -> str:
    """Two designers and the designs we ship; yields the server's address."""
    with transaction():
        install_shipped(by=SYSTEM, at=web.now())
        office = make_unit("县专班办公室")
        make_unit("县司法局")
        for username, name in (("xiaosun", "孙设计"), ("xiaoli", "李设计")):
            make_user(office, ["designer"], username=username, name=name)
    return live_server


@pytest.fixture
def designer(app: Flask, designers: str, new_page: Callable[..., Page]) -> Callable[..., Page]:
    """Opens the designer page for one person."""

    def open_page(username: str, path: str = f"/designs/{DESIGN}/edit", **options: object) -> Page:
        page = new_page(base_url=designers, **options)
        sign_in(page, app, designers, username)
        page.goto(path)
        return page

    return open_page


def ready(page: Page) -> Page:
    page.wait_for_selector("[data-designer][data-ready]")
    page.wait_for_selector("[data-part=count]:not(:empty)")
    return page


def element(page: Page, name: str) -> Locator:
    return page.locator(f'.djs-element[data-element-id="{name}"] > .djs-hit')


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (1280, "dark"), (390, "light")])
def test_a_shipped_design_opens_clean(
    designer: Callable[..., Page], width: int, theme: str
) -> None:
    page = ready(designer("xiaosun", width=width, theme=theme))
    expect(page.locator("[data-part=count]")).to_have_text("没有问题")
    shot(page, f"designer-{width}-{theme}")
    if width > 1000:
        element(page, "sign_for").click()
        expect(page.get_by_label("办理角色")).to_have_value("staff")
        shot(page, f"designer-task-{theme}")
    check_width(page)
    check_access(page)
