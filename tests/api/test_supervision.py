"""Slips, cards and bulletins, by programs."""

import hashlib

import pytest
from flask.testing import FlaskClient

from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.db import transaction
from sanwei_flow.designs.operations import install_shipped
from tests.counting import counted
from tests.factories import NOW
from tests.journeys.cast import Cast
from tests.journeys.documents import DIVIDED, County

LEAD, STRANGER = "县商务委", "东河镇"


@pytest.fixture
def cast(client: FlaskClient, county: County) -> Cast:
    with transaction():
        install_shipped(by=SYSTEM, at=NOW)
    return Cast(client, county)


def test_slips_go_out_for_rows_and_are_answered_and_checked_as_tasks(cast: Cast) -> None:
    plan = cast.launched(DIVIDED)
    given = {"plan": plan, "rows": [2, 3], "reason": "进度滞后", "due": "2999-01-04"}
    clerk, stranger = cast.clerk(LEAD), cast.clerk(STRANGER)
    assert clerk.ask("POST", "/slips", json=given).status_code == 403
    # Who may not issue is not told which rows there are.
    hidden = clerk.ask("POST", "/slips", json=given | {"rows": [99]})
    assert hidden.status_code == 403
    missing = cast.office.ask("POST", "/slips", json=given | {"rows": [2, 99]})
    assert missing.status_code == 404
    assert cast.office.ask("POST", "/slips", json=given | {"rows": []}).status_code == 422
    assert cast.office.ask("POST", "/slips", json=given | {"due": "2020-01-01"}).status_code == 422
    assert cast.office.get("/slips")["items"] == []

    issued = cast.office.post("/slips", given)["items"]
    assert [one["row"] for one in issued] == [2, 3]
    assert cast.office.ask("POST", "/slips", json=given).status_code == 409
    other = {"json": given | {"rows": [1]}, "headers": {"Idempotency-Key": "k-1"}}
    first = cast.office.ask("POST", "/slips", **other)
    again = cast.office.ask("POST", "/slips", **other)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.get_json() == first.get_json()
    changed = cast.office.ask(
        "POST", "/slips", json=given | {"rows": [1, 2]}, headers={"Idempotency-Key": "k-1"}
    )
    assert changed.status_code == 422
    slip = issued[0]
    assert (slip["unit"], slip["reason"], slip["stage"]) == (LEAD, "进度滞后", "to_reply")
    assert [one["id"] for one in clerk.get("/slips?state=open")["items"]] == [slip["id"]]
    assert len(cast.leader.listed(f"/slips?plan={plan}&limit=1")) == 3
    assert stranger.get("/slips")["items"] == []
    address = f"/slips/{slip['id']}"
    for hidden in (address, f"{address}/document"):
        assert stranger.ask("GET", hidden).status_code == 404
    paper = clerk.ask("GET", f"{address}/document")
    assert paper.data.startswith(b"PK")
    assert "docx" in paper.headers["Content-Disposition"]

    clerk.act(clerk.find(name="回复督办单"), measures="本月完成")
    assert clerk.get(address)["stage"] == "checking"
    cast.office.act(cast.office.find(name="核查整改情况"))
    done = clerk.get(address)
    assert (done["stage"], done["closed_at"] is not None) == ("closed", True)
    assert [one["id"] for one in clerk.get("/slips?state=closed")["items"]] == [slip["id"]]


def test_cards_are_issued_and_listed_for_whom_they_concern(cast: Cast) -> None:
    plan = cast.launched(DIVIDED)
    address, given = f"/plans/{plan}/rows/2/cards", {"colour": "red", "reason": "屡催不办"}
    assert cast.clerk(LEAD).ask("POST", address, json=given).status_code == 403
    assert cast.office.ask("POST", address, json=given | {"reason": " "}).status_code == 422
    assert cast.office.ask("POST", address, json=given | {"colour": "blue"}).status_code == 422
    card = cast.office.post(address, given)
    cast.office.post(address, given | {"colour": "yellow"})
    assert card["number"].startswith("红牌〔")
    assert (card["unit"], card["row"], card["reason"]) == (LEAD, 2, "屡催不办")
    assert cast.clerk(LEAD).get("/cards?colour=red")["items"] == [card]
    assert len(cast.leader.listed(f"/cards?plan={plan}&limit=1")) == 2
    assert cast.clerk(STRANGER).get("/cards")["items"] == []


def test_a_bulletin_from_the_draft_to_the_archived_file(cast: Cast) -> None:
    plan, clerk = cast.launched(DIVIDED), cast.clerk(LEAD)
    given = {"plan": plan, "kind": "monthly"}
    assert clerk.ask("POST", "/bulletins", json=given).status_code == 403
    draft = cast.office.post("/bulletins", given)
    assert cast.office.post("/bulletins", given)["id"] == draft["id"]
    assert draft["numbers"]["任务总数"] == {"value": "3", "rows": [1, 2, 3]}
    address = f"/bulletins/{draft['id']}"
    assert clerk.ask("GET", address).status_code == 404
    assert clerk.get("/bulletins")["items"] == []
    words = {"title": "推进情况通报", "text": "共【任务总数】项。"}
    wrong = cast.office.ask("PUT", address, json=words | {"text": "【没有的数】"})
    assert wrong.status_code == 422
    assert cast.office.ask("PUT", address, json=words).get_json()["title"] == "推进情况通报"

    issued = cast.office.post(f"{address}/issue")
    assert issued["number"].startswith("通报〔")
    assert cast.office.ask("PUT", address, json=words).status_code == 409
    assert cast.office.ask("DELETE", address).status_code == 409
    assert clerk.get(address)["text"] == "共【任务总数】项。\n"
    file = clerk.ask("GET", f"{address}/document")
    assert hashlib.sha256(file.data).hexdigest() == issued["sha256"]
    assert [one["id"] for one in clerk.get("/bulletins?state=issued")["items"]] == [draft["id"]]

    month = issued["month"]
    again = cast.office.ask("POST", "/bulletins", json=given)
    assert (again.status_code, "每月只印发一次" in again.get_json()["detail"]) == (409, True)
    early = cast.office.ask("POST", "/bulletins", json=given | {"month": "2001-01"})
    assert early.status_code == 422
    assert cast.office.ask("POST", "/bulletins", json=given | {"month": 9}).status_code == 422
    assert [one["id"] for one in clerk.get(f"/bulletins?month={month}")["items"]] == [draft["id"]]
    assert clerk.get("/bulletins?month=2001-01")["items"] == []

    report = cast.office.post("/bulletins", {"plan": plan, "kind": "closing"})
    assert report["month"] is None
    assert cast.office.ask("DELETE", f"/bulletins/{report['id']}").status_code == 204
    assert cast.office.get("/bulletins?state=draft")["items"] == []
    assert len(cast.office.listed(f"/bulletins?plan={plan}&kind=monthly&limit=1")) == 1


def test_lists_cost_the_same_however_long_they_are(cast: Cast) -> None:
    plan, office = cast.launched(DIVIDED), cast.office
    minutes = {"plan": plan, "title": "会商", "held_on": "2024-08-01"}
    minutes["decisions"] = [{"text": "落实", "lead": LEAD, "due": "2999-01-04", "rows": [2]}]
    finding = {"plan": plan, "row": 2, "held_on": "2024-08-01", "inspectors": "检查组"}
    finding |= {"kind": "rectify", "finding": "台账不全", "due": "2999-01-04"}

    def add(no: int) -> None:
        office.post("/slips", {"plan": plan, "rows": [no], "reason": "慢", "due": "2999-01-04"})
        for colour in ("yellow", "red"):
            card = {"colour": colour, "reason": "慢"}
            office.post(f"/plans/{plan}/rows/{no}/cards", card)
        drafted = office.post("/meetings", minutes)
        office.post(f"/meetings/{drafted['id']}/issue", {"revision": drafted["revision"]})
        office.post("/inspections", finding)

    def sent() -> list[int]:
        counts = []
        for address in ("/slips", "/cards", "/bulletins", "/meetings", "/inspections"):
            office.get(address)
            with counted() as statements:
                office.get(address)
            counts.append(len(statements))
        return counts

    office.post("/bulletins", {"plan": plan, "kind": "monthly"})
    add(1)
    few = sent()
    office.post("/bulletins", {"plan": plan, "kind": "closing"})
    add(2)
    add(3)
    assert sent() == few
