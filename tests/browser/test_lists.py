"""My lists in a real browser, wide and narrow."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from sanwei_flow import web
from tests.browser.test_work import county, look_at, person
from tests.inbox.stories import County

__all__ = ["county", "person"]


@pytest.mark.parametrize("width", [1280, 390])
def test_my_lists_look_right(
    person: Callable[..., Page], app: Flask, county: County, width: int
) -> None:
    for no in (5, 6):
        county.start_row(web.now(), no)
    reader = county.people["赵敏"].user_id
    county.act("sign_for", "claim", "熊梅")
    county.act("sign_for", "copy_to", "熊梅", data={"people": [reader]}, comment="请阅知")
    office = person("zhaomin", width=width)
    for name in ("started", "copied"):
        office.goto(f"/?box={name}")
        look_at(office, f"list-{name}-{width}")
    head = person("chenjian", width=width)
    head.goto("/?box=unit")
    look_at(head, f"list-unit-{width}")


def test_what_is_ticked_is_signed_for(person: Callable[..., Page], county: County) -> None:
    county.start_row(web.now(), 5)
    clerk = person("xiongmei", width=390)
    clerk.goto("/?box=to_accept")
    look_at(clerk, "bulk-inbox-390")
    for box in clerk.get_by_role("checkbox", name="选择：").all():
        box.check()
    clerk.locator("#bulk").get_by_role("button", name="签收").click()
    expect(clerk.get_by_text("已办理 2 件，0 件未办成。")).to_be_visible()
    look_at(clerk, "bulk-done-390")
