"""Choosing how to be told, in a real browser."""

import datetime as dt
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from sanwei_flow.calendars.workdays import SHANGHAI
from sanwei_flow.config import load_config
from sanwei_flow.db import db
from sanwei_flow.notifications.jobs import send_due
from tests.browser.conftest import Watch
from tests.browser.test_work import county, look_at, person
from tests.inbox.stories import County
from tests.notifications.sinks import web_sink

__all__ = ["county", "person"]


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "light"), (1280, "dark")])
def test_a_clerk_adds_a_webhook_tries_it_and_sees_it_fail_then_work(
    person: Callable[..., Page],
    app: Flask,
    county: County,
    watch: Watch,
    monkeypatch: pytest.MonkeyPatch,
    width: int,
    theme: str,
) -> None:
    watch.expected.append("422")
    old = app.config["SANWEI"]
    given = {"database_url": old.database_url, "instance_path": old.instance_path}
    settings = load_config(**given, webhook_allow="127.0.0.1", mail="mailto://a@b.example")
    monkeypatch.setitem(app.config, "SANWEI", settings)
    clerk = person("xiongmei", width=width, theme=theme)
    clerk.goto("/me")
    clerk.get_by_role("link", name="通知渠道").click()
    look_at(clerk, f"channels-none-{width}-{theme}")
    with web_sink() as sink:
        clerk.get_by_label("其他系统（Webhook）").check()
        clerk.locator("#target").fill("https://10.0.0.1/x")
        clerk.get_by_role("button", name="添加").click()
        expect(clerk.get_by_text("指向内部网络").first).to_be_visible()
        clerk.locator("#target").fill(f"{sink.url}/in")
        clerk.get_by_role("button", name="添加").click()
        card = clerk.locator("section", has=clerk.get_by_role("heading", name="127.0.0.1"))
        card.get_by_label("临近到期").select_option("不发")
        card.get_by_role("button", name="保存").click()
        for status, words in ((500, "对方服务器答复 500"), (200, "最近一次发送")):
            sink.answer(status)
            clerk.get_by_role("button", name="发测试消息").click()
            _morning(app)
            clerk.goto("/me/channels")
            expect(clerk.get_by_text(words)).to_be_visible()
            look_at(clerk, f"channels-{status}-{width}-{theme}")
    expect(card.get_by_label("临近到期")).to_have_value("off")


def _morning(app: Flask) -> None:
    """Send as of ten in the morning two days on, when everything is due."""
    with app.app_context():
        day = dt.datetime.now(SHANGHAI).date() + dt.timedelta(days=2)
        send_due(dt.datetime.combine(day, dt.time(10), SHANGHAI))
        db.session.remove()
