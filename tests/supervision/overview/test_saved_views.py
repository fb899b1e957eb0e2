"""Views of the ledger with a name: one's own, and those a unit shares."""

import re

from sanwei_flow.db import db
from sanwei_flow.inbox.models import SavedFilter
from tests.factories import log_in

KEPT = "/supervision/ledger/views"
VIEW = {"name": "超期的", "light": "red", "sort": "due", "col": ["no", "task"], "odd": "x"}


def test_a_view_keeps_filters_order_and_columns(client, desk):
    log_in(client, desk.county.office)
    page = client.post(KEPT, data=VIEW, follow_redirects=True).text
    assert "视图“超期的”已保存" in page
    (kept,) = db.session.scalars(db.select(SavedFilter))
    assert kept.wanted == {"light": "red", "sort": "due", "col": ["no", "task"]}
    found = re.search(r'href="([^"]*)"[^>]*>(?:<svg.*?</svg>)?超期的', page)
    shown = client.get(found[1].replace("&amp;", "&")).text
    assert 'aria-current="true"' in shown
    assert "保存当前视图" not in shown


def test_colleagues_see_what_is_shared_and_nobody_else_does(client, desk):
    office = desk.county.office
    unit = desk.unit("县供销合作社")
    log_in(client, office).post(KEPT, data={**VIEW, "unit": unit})
    assert (
        "超期的"
        in log_in(client, desk.county.clerks["县供销合作社"]).get("/supervision/ledger").text
    )
    other = log_in(client, desk.county.clerks["县商务委"])
    assert "超期的" not in other.get("/supervision/ledger").text


def test_views_of_the_ledger_are_no_filters_of_the_inbox(client, desk):
    log_in(client, desk.county.office).post(KEPT, data=VIEW, follow_redirects=True)
    assert "超期的" not in client.get("/").text
    assert "超期的" not in client.get("/filters").text


def test_a_view_is_forgotten_where_it_is_shown(client, desk):
    log_in(client, desk.county.office).post(KEPT, data=VIEW, follow_redirects=True)
    kept = db.session.scalars(db.select(SavedFilter)).one()
    sent = {"act": "delete", "box": "ledger"}
    answer = client.post(f"/filters/{kept.id}", data=sent)
    assert answer.headers["Location"] == "/supervision/ledger"
    assert "超期的" not in client.get("/supervision/ledger").text


def test_a_name_used_twice_is_said(client, desk):
    log_in(client, desk.county.office)
    for _ in range(2):
        page = client.post(KEPT, data=VIEW, follow_redirects=True).text
    assert "已" in page
    assert len(db.session.scalars(db.select(SavedFilter)).all()) == 1
