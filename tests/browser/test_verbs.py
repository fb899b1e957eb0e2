"""Every verb clicked once, and its page looked at."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.conftest import check_access, check_width, shot
from tests.browser.test_work import county, person  # noqa: F401 - fixtures
from tests.inbox.stories import County

Person = Callable[..., Page]


def open_verb(page: Page, address: str, label: str) -> None:
    """Choose a verb from the menu of a task's action bar."""
    page.goto(address)
    page.locator(".action-bar summary").click()
    page.locator(".action-bar .panel a", has_text=label).click()
    expect(page.locator("h1")).to_have_text(label)


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_every_verb_is_clicked_once(
    person: Person,  # noqa: F811
    county: County,  # noqa: F811
    app: Flask,
    width: int,
    theme: str,
) -> None:
    county.act("sign_for", "accept", "熊梅")
    task = county.task("divide")
    here = f"/tasks/{task.id}"
    clerk = person("xiongmei", width=width, theme=theme)
    clerk.goto(here)
    clerk.locator(".action-bar summary").click()
    shot(clerk, f"menu-{theme}-{width}")
    for label in ("转办", "委派", "加签", "抄送", "留言", "退回到…"):
        open_verb(clerk, here, label)
        check_access(clerk)
        check_width(clerk)
        shot(clerk, f"verb-{label[:2]}-{theme}-{width}")
    open_verb(clerk, here, "留言")
    clerk.fill("textarea[name=comment]", "@陈建 请先看")
    send(clerk)
    open_verb(clerk, here, "抄送")
    clerk.locator("[data-option]", has_text="李伟").locator("input").check()
    send(clerk)
    open_verb(clerk, here, "加签")
    clerk.locator("[data-option]", has_text="陈建").locator("input").check()
    clerk.locator("input[name=place][value=before]").check()
    send(clerk)
    expect(clerk.locator("main")).to_contain_text("正在等待陈建答复")
    shot(clerk, f"held-{theme}-{width}", full=True)
    head = person("chenjian", width=width, theme=theme)
    open_verb(head, here, "催办")
    open_verb(clerk, here, "减签")
    clerk.locator("input[name=signers]").first.check()
    send(clerk)
    open_verb(clerk, here, "委派")
    clerk.select_option("select[name=person]", label_of(clerk, "李伟"))
    send(clerk)
    expect(clerk.locator(".trail")).to_contain_text("委派")
    shot(clerk, f"trail-{theme}-{width}", full=True)


def send(page: Page) -> None:
    page.locator("form.sw-form button.btn").first.click()
    page.wait_for_url(lambda url: "/acts/" not in url)


def label_of(page: Page, name: str) -> str:
    option = page.locator("select[name=person] option", has_text=name).first
    return str(option.get_attribute("value"))
