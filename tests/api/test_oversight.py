"""Meetings and inspections, by programs."""

import pytest
from flask.testing import FlaskClient

from sanwei_flow import web
from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.calendars import today
from sanwei_flow.db import transaction
from sanwei_flow.designs.operations import install_shipped
from tests.factories import NOW
from tests.journeys.cast import Cast
from tests.journeys.documents import DIVIDED, County

LEAD = "县商务委"


@pytest.fixture
def cast(client: FlaskClient, county: County) -> Cast:
    with transaction():
        install_shipped(by=SYSTEM, at=NOW)
    return Cast(client, county)


def test_minutes_from_the_draft_to_a_decision_that_is_done(cast: Cast) -> None:
    plan, day = cast.launched(DIVIDED), today(web.now()).isoformat()
    site = {"text": "选址", "lead": LEAD, "due": "2035-12-31", "rows": [2]}
    given = {"plan": plan, "title": "会商", "held_on": day, "decisions": [site]}
    draft = cast.office.post("/meetings", given)
    assert (draft["number"], draft["revision"]) == ("", 1)
    assert draft["decisions"][0]["stage"] == "draft"
    address = f"/meetings/{draft['id']}"
    change = {name: value for name, value in given.items() if name != "plan"} | {"revision": 1}
    wrong = change | {"decisions": [site | {"lead": "火星局"}]}
    put = cast.office.ask("PUT", address, json=wrong)
    assert (put.status_code, put.get_json()["revision"]) == (200, 2)
    assert cast.office.ask("PUT", address, json=wrong).status_code == 409
    refused = cast.office.ask("POST", f"{address}/issue", json={"revision": 2})
    assert (refused.status_code, list(refused.get_json()["errors"])) == (422, ["1"])
    assert cast.office.ask("PUT", address, json=change | {"revision": 2}).status_code == 200
    for _ in range(2):
        issued = cast.office.post(f"{address}/issue", {"revision": 3})
    assert issued["number"].startswith("会商〔")
    (decision,) = issued["decisions"]
    assert (decision["lead"], decision["stage"], decision["light"]) == (LEAD, "dispatched", "green")
    clerk = cast.clerk(LEAD)
    assert clerk.get(address)["decisions"][0]["rows"] == [2]
    assert [one["open"] for one in clerk.get("/meetings?state=open")["items"]] == [1]
    assert clerk.get("/meetings?state=late")["items"] == []
    assert cast.clerk("东河镇").ask("GET", address).status_code == 404
    assert clerk.ask("POST", "/meetings", json=given).status_code == 403


def test_a_finding_and_its_re_checks(cast: Cast) -> None:
    plan, day = cast.launched(DIVIDED), today(web.now()).isoformat()
    seen = {"held_on": day, "inspectors": "李主任"}
    given = {"plan": plan, "row": 2, "kind": "rectify", "finding": "台账不全", **seen}
    lacking = cast.office.ask("POST", "/inspections", json=given)
    assert lacking.status_code == 422
    found = cast.office.post("/inspections", given | {"due": "2035-06-30"})
    assert (found["unit"], found["state"], found["row"]) == (LEAD, "rectifying", 2)
    address = f"/inspections/{found['id']}"
    again = {"mended": False, "note": "仍缺", "next_due": "2035-12-31", "seen": 0, **seen}
    assert cast.office.post(f"{address}/rechecks", again)["due"] == "2035-12-31"
    assert cast.office.ask("POST", f"{address}/rechecks", json=again).status_code == 409
    done = cast.office.post(f"{address}/rechecks", {"mended": True, "seen": 1, **seen})
    assert (done["state"], [one["mended"] for one in done["rechecks"]]) == (
        "closed",
        [False, True],
    )
    clerk = cast.clerk(LEAD)
    assert clerk.get(address)["rechecks"][0]["note"] == "仍缺"
    assert clerk.ask("POST", f"{address}/rechecks", json=again).status_code == 403
    assert clerk.get("/inspections?state=open")["items"] == []
    assert [one["id"] for one in clerk.get("/inspections?state=closed")["items"]] == [found["id"]]
    assert cast.clerk("东河镇").ask("GET", address).status_code == 404
