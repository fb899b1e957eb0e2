"""The conclusion of a plan, by programs."""

import io
import json
import zipfile

import pytest
from flask.testing import FlaskClient

from sanwei_flow import web
from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.closing import jobs
from sanwei_flow.db import transaction
from sanwei_flow.designs.operations import install_shipped
from tests.factories import NOW
from tests.journeys.cast import Cast
from tests.journeys.documents import DIVIDED, County


@pytest.fixture
def cast(client: FlaskClient, county: County) -> Cast:
    with transaction():
        install_shipped(by=SYSTEM, at=NOW)
    return Cast(client, county)


def test_a_plan_is_concluded_and_its_archive_fetched(cast: Cast) -> None:
    plan = cast.launched(DIVIDED)
    closing, office = f"/plans/{plan}/closing", cast.office
    before = office.get(closing)
    assert (before["stage"], before["units"]) == (None, [])
    clerk = cast.clerk("县商务委")
    assert clerk.ask("POST", closing, json={}).status_code == 403
    early = office.ask("POST", closing, json={"due": "2020-01-01"})
    assert list(early.get_json()["errors"]) == ["due"]
    assert office.ask("POST", f"{closing}/go-on", json={"reason": "x"}).status_code == 409
    begun = office.post(closing, {"due": "2999-01-04"})
    assert (begun["stage"], begun["due"]) == ("assessing", "2999-01-04")
    assert office.post(closing)["process"] == begun["process"]
    mine = next(one for one in begun["units"] if one["name"] == "县商务委")
    assert (mine["stage"], mine["leads"]) == ("assessing", [2])
    clerk.post(f"/tasks/{mine['task']}/actions/submit", {"data": {"grade": "good", "work": "做了"}})
    review = cast.head("县商务委").find(name="审核自评")
    cast.head("县商务委").post(f"/tasks/{review['id']}/actions/agree")
    after = office.post(f"{closing}/go-on", {"reason": "已催报"})
    assert after["stage"] == "summing_up"
    stages = {one["name"]: (one["stage"], one["grade"]) for one in after["units"]}
    assert stages["县商务委"] == ("done", "good")
    assert stages["县财政局"] == ("withdrawn", None)
    task = office.find(name="汇总并撰写总结")
    unfinished = [{"no": str(no), "reason": "随方案终止"} for no in (1, 2, 3)]
    office.post(f"/tasks/{task['id']}/actions/submit", {"data": {"unfinished": unfinished}})
    leader = cast.leader
    leader.post(f"/tasks/{leader.find(name='领导验收')['id']}/actions/agree")
    assert office.get(closing)["archive"]["state"] == "waiting"
    assert office.ask("GET", f"/plans/{plan}/archive").status_code == 409
    assert office.get(f"/plans/{plan}")["status"] == "accepted"
    refused = office.ask("POST", f"/plans/{plan}/cycle", json={"cycle": "none"})
    assert refused.status_code == 409
    assert "只供查阅" in refused.get_json()["detail"]
    jobs.sweep(web.now())
    found = office.ask("GET", f"/plans/{plan}/archive")
    with zipfile.ZipFile(io.BytesIO(found.data)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    assert manifest["plan"]["id"] == plan
    row = office.ask("GET", f"/plans/{plan}/rows/2/archive")
    assert row.data[:2] == b"PK"
    assert office.get(closing)["archive"]["state"] == "done"
