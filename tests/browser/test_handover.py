"""Somebody leaves, in a real browser: the preview, the press, what became of it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from sanwei_flow import web
from sanwei_flow.accounts.operations import actor_of
from sanwei_flow.db import transaction
from tests.browser.test_work import LOOKS, county, look_at, person
from tests.factories import make_user
from tests.inbox.stories import County

__all__ = ["county", "person"]


def with_work(county: County) -> int:
    """熊梅 has two tasks, one of them delegated; 孙丽 is a clerk as she is, 陈建 is none."""
    with transaction():
        unit = county.units["县供销合作社"]
        county.people["孙丽"] = actor_of(make_user(unit, username="sunli", name="孙丽"))
    county.act("sign_for", "claim", "熊梅")
    reader = county.people["李伟"].user_id
    county.row = county.start_row(web.now(), 5)
    county.act("sign_for", "accept", "熊梅")
    county.act("divide", "delegate", "熊梅", data={"person": reader}, comment="请核实")
    return int(county.people["熊梅"].user_id or 0)


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_pages_look_right(
    person: Callable[..., Page], county: County, width: int, theme: str
) -> None:
    address = f"/people/{with_work(county)}/handover"
    page = person("xiongmei", width=width, theme=theme)
    page.goto("/me")
    look_at(page, f"me-{theme}-{width}")
    page.goto(f"{address}?to={county.people['陈建'].user_id}")
    look_at(page, f"handover-stays-{theme}-{width}")
    page.select_option("#to", label="孙丽")
    page.get_by_role("button", name="查看移交内容").click()
    expect(page.get_by_text("可移交 2 项，留下 0 项")).to_be_visible()
    look_at(page, f"handover-{theme}-{width}")
    page.get_by_role("button", name="移交 2 项给孙丽").click()
    page.locator("dialog").get_by_role("button", name="确定").click()
    expect(page.locator("#main").get_by_text("已移交 2 项，留下 0 项。")).to_be_visible()
    look_at(page, f"handover-done-{theme}-{width}")
    page.goto(address)
    look_at(page, f"handover-empty-{theme}-{width}")


def test_a_head_hands_over_for_a_clerk_and_the_trail_says_so(
    person: Callable[..., Page], county: County
) -> None:
    with_work(county)
    head = person("chenjian", width=1280)
    head.goto("/?box=unit")
    look_at(head, "list-unit-holders")
    head.get_by_role("link", name="离职移交").click()
    head.select_option("#of", label="熊梅")
    head.get_by_role("button", name="查看移交内容").click()
    head.select_option("#to", label="孙丽")
    head.get_by_role("button", name="查看移交内容").click()
    head.fill("#comment", "熊梅调离")
    head.get_by_role("button", name="移交 2 项给孙丽").click()
    head.locator("dialog").get_by_role("button", name="确定").click()
    expect(head.locator("#main").get_by_text("已移交 2 项，留下 0 项。")).to_be_visible()
    heir = person("sunli", width=1280)
    heir.goto("/notifications")
    heir.get_by_role("link", name="陈建把熊梅的 2 项工作移交给您").click()
    look_at(heir, "handover-receiver")
    heir.get_by_role("row").nth(2).get_by_role("link").click()
    expect(heir.get_by_text("陈建 代 熊梅").first).to_be_visible()
    expect(heir.get_by_text("熊梅调离").first).to_be_visible()
    look_at(heir, "handover-trail")
