"""What may be asked for a row, by programs."""

import pytest
from flask.testing import FlaskClient

from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.db import transaction
from sanwei_flow.designs.operations import install_shipped
from tests.factories import NOW
from tests.journeys.cast import Cast
from tests.journeys.documents import DIVIDED, County

NEW = "2031-12-31"


@pytest.fixture
def cast(client: FlaskClient, county: County) -> Cast:
    with transaction():
        install_shipped(by=SYSTEM, at=NOW)
    return Cast(client, county)


def test_an_extension_from_the_request_to_the_new_date(cast: Cast) -> None:
    plan = cast.launched(DIVIDED)
    clerk, head = cast.clerk("县商务委"), cast.head("县商务委")
    row = f"/plans/{plan}/rows/2"
    before = clerk.get(row)
    assert [one["kind"] for one in before["available"]] == ["suspension", "termination"]
    early = clerk.ask("POST", f"{row}/requests/extension", json={})
    assert (early.status_code, "签收" in early.text) == (409, True)
    signing = clerk.find(row=2)
    clerk.post(f"/tasks/{signing['id']}/actions/accept")
    assert cast.office.ask("POST", f"{row}/requests/extension", json={}).status_code == 403
    assert clerk.ask("POST", f"{row}/requests/holiday", json={}).status_code == 404
    wrong = {"data": {"new_due": before["due"], "reason": "用地未批", "progress": "已选址"}}
    refused = clerk.ask("POST", f"{row}/requests/extension", json=wrong)
    assert list(refused.get_json()["errors"]) == ["new_due"]
    asked = clerk.post(f"{row}/requests/extension", {"data": wrong["data"] | {"new_due": NEW}})
    assert (asked["stage"], asked["task"]) == ("unit_review", None)
    review = head.find(row=2, name="审核延期申请")
    head.post(f"/tasks/{review['id']}/actions/agree")
    decision = cast.office.find(row=2, name="审批延期申请")
    cast.office.post(f"/tasks/{decision['id']}/actions/agree", {"data": {"granted_due": NEW}})
    after = clerk.get(row)
    assert after["due"] == NEW
    assert [(one["old"], one["new"], one["late"]) for one in after["dues"]] == [
        (before["due"], NEW, False)
    ]
    assert after["requests"][0]["stage"] == "granted"


def test_a_form_that_waits_is_filled_in_as_a_task(cast: Cast) -> None:
    plan = cast.launched(DIVIDED)
    asked = cast.office.post(f"/plans/{plan}/rows/2/requests/suspension")
    assert asked["stage"] == "applying"
    form = cast.office.get(f"/tasks/{asked['task']}")
    assert [one["name"] for one in form["actions"] if one["completes"]] == ["submit"]


def test_the_office_sets_the_report_cycle(cast: Cast) -> None:
    plan = cast.launched(DIVIDED)
    given = {"cycle": "monthly", "day": 28}
    assert cast.office.post(f"/plans/{plan}/cycle", given) == given
    assert cast.office.ask("POST", f"/plans/{plan}/cycle", json={"cycle": "x"}).status_code == 422
    clerk = cast.clerk("县商务委")
    assert clerk.ask("POST", f"/plans/{plan}/cycle", json=given).status_code == 403
