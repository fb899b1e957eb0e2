"""The pages of inspections and re-checks."""

import io
import re

import pytest

from sanwei_flow import web
from sanwei_flow.calendars import today
from sanwei_flow.db import db
from sanwei_flow.oversight.models import Inspection
from tests.factories import log_in
from tests.oversight.test_meeting_pages import page
from tests.plans.test_requests import LEAD, NO

GIVEN = {
    "no": str(NO),
    "unit": "0",
    "inspectors": "李主任",
    "kind": "rectify",
    "finding": "台账不全",
    "follow": "task",
    "due": "2031-12-31",
    "key": "k1",
}


@pytest.fixture
def office(client, story):
    return log_in(client, story.desk.county.office)


def send(client, story, **changes):
    day = today(web.now()).isoformat()
    return client.post(
        "/inspections/new", data=GIVEN | {"plan": story.plan.id, "held_on": day} | changes
    )


def newest() -> Inspection:
    db.session.rollback()
    return db.session.scalars(db.select(Inspection).order_by(Inspection.id.desc())).first()


def test_a_finding_is_recorded_from_the_row_and_shown_where_it_matters(story, office):
    row = f"/plans/{story.plan.id}/rows/{NO}"
    assert "没有检查记录" in page(office, "/inspections")
    link = re.search(r'href="(/inspections/new\?row=\d+)"', page(office, row))[1]
    assert f'value="{NO}"' in page(office, link)
    photo = (io.BytesIO(b"\x89PNG\r\n\x1a\n" + b"0" * 20), "现场.png")
    answer = send(office, story, file=photo)
    found = newest()
    assert answer.location == f"/inspections/{found.id}"
    shown = page(office, answer.location)
    for words in ("台账不全", "整改中", "李主任", "现场.png", "记录回头看"):
        assert words in shown
    assert send(office, story).location == answer.location  # the same form sent twice
    for place in (row, f"/units/{found.unit_id}", "/inspections?state=open"):
        assert "台账不全" in page(office, place)
    assert "台账不全" not in page(office, "/inspections?state=recheck")

    clerk = log_in(office.application.test_client(), story.desk.county.clerks[LEAD])
    mine = page(clerk, answer.location)
    assert "记录回头看" not in mine
    task = re.search(r'href="(/tasks/\d+)"', mine)[1]
    assert f'href="/inspections/{found.id}"' in page(clerk, task)
    stranger = log_in(office.application.test_client(), story.desk.county.clerks["东河镇"])
    page(stranger, answer.location, 404)
    assert "台账不全" not in page(stranger, row)


def test_a_re_check_says_what_is_wrong_and_keeps_what_was_typed(story, office):
    send(office, story)
    found = newest()
    address = f"/inspections/{found.id}/rechecks"
    day = today(web.now()).isoformat()
    typed = {"recheck_on": day, "rechecked_by": "周科长", "note": "仍缺三月", "seen": "0"}
    for given, sentence in (
        ({}, "请选择结果"),
        ({"result": "again"}, "新的整改时限"),
        ({"result": "again", "next_due": "2020-01-01"}, "今天之后"),
    ):
        refused = office.post(address, data=typed | given)
        assert refused.status_code == 422
        assert sentence in refused.text
        assert "仍缺三月" in refused.text
    again = typed | {"result": "again", "next_due": "2032-01-15"}
    assert office.post(address, data=again).status_code == 302
    twice = office.post(address, data=again)
    assert (twice.status_code, "记录了回头看" in twice.text) == (409, True)
    assert "仍缺三月" in twice.text
    assert "2032-01-15" in page(office, f"/inspections/{found.id}")
    done = typed | {"result": "mended", "seen": "1", "note": ""}
    office.post(address, data=done)
    closed = page(office, f"/inspections/{found.id}")
    assert "已整改销号" in closed
    assert 'name="rechecked_by"' not in closed
    assert "台账不全" in page(office, "/inspections?state=closed")


def test_what_a_record_lacks_is_said_and_nothing_is_lost(story, office):
    for changes, sentence in (
        ({"inspectors": ""}, "请填写检查人员"),
        ({"due": ""}, "请填写整改时限"),
        ({"no": "", "unit": "0"}, "请填写检查的是第几项分工"),
    ):
        answer = send(office, story, **changes)
        assert answer.status_code == 422
        assert sentence in answer.text
        assert "台账不全" in answer.text
    assert send(office, story, no="999").status_code == 404
    assert newest() is None
