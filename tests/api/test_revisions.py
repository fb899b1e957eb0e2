"""A program imports an edited plan: difference first, then only what changed."""

import pytest

from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.db import transaction
from sanwei_flow.designs.operations import install_shipped
from sanwei_flow.plans import operations
from tests.factories import NOW
from tests.journeys.documents import DIVIDED, County
from tests.journeys.people import Person
from tests.plans.test_joining import MORE

BANK = "青山金融监管支局"


@pytest.fixture
def plan(office: Person, county: County) -> int:
    with transaction():
        install_shipped(by=SYSTEM, at=NOW)
    number: int = office.imports(DIVIDED).get_json()["id"]
    for name in office.get(f"/plans/{number}")["units"]:
        if name["status"] in ("doubtful", "unknown"):
            office.post(f"/plans/{number}/units/{name['id']}", {"unit": BANK})
    with transaction():
        operations.launch(number, by=SYSTEM, at=NOW)
    return number


def test_upload_look_apply_and_name_who_is_unknown(office: Person, plan: int) -> None:
    text = MORE.replace("建成流通网点58个。", "建成流通网点66个。")
    answer = office.upload(f"/plans/{plan}/revisions", text.encode(), "修改稿.txt")
    assert answer.status_code == 201, answer.text
    found = answer.get_json()
    assert found["difference"]["added"][0]["task"].startswith("建成县级数据平台")
    (changed,) = found["difference"]["changed"]
    assert (changed["row"], changed["fields"]) == (2, ["task", "figures"])
    assert changed["after"]["figures"][0]["value"] == 66
    address = f"/plans/{plan}/revisions/{found['id']}"
    assert office.get(address) == found

    done = office.post(f"{address}/apply", {"leads": {"3": "apply"}})
    assert done["applied_at"]
    assert done["done"] == done["total"] == 3
    assert {"row": 2, "message": "文字和指标已更新"} in done["outcomes"]
    (name,) = done["units"]
    (row,) = done["without_lead"]
    settled = office.post(f"/plans/{plan}/units/{name['id']}", {"unit": "县商务委"})
    assert settled["unit"]["name"] == "县商务委"
    begun = office.post(f"/plans/{plan}/rows/{row}/lead", {"unit": "县商务委"})
    assert begun == {"row": row, "started": True}
    states = {one["no"]: one["status"] for one in office.get(f"/plans/{plan}/rows")["items"]}
    assert states[row] == states[name["rows"][0]] == "dispatched"


def test_only_the_plans_office_and_only_known_answers(
    office: Person, clerk: Person, plan: int
) -> None:
    refused = clerk.upload(f"/plans/{plan}/revisions", MORE.encode(), "x.txt")
    assert refused.status_code == 403
    number = office.upload(f"/plans/{plan}/revisions", MORE.encode(), "x.txt").get_json()["id"]
    address = f"/plans/{plan}/revisions/{number}"
    assert clerk.ask("GET", address).status_code == 403
    assert clerk.ask("POST", f"{address}/apply", json={}).status_code == 403
    wrong = office.ask("POST", f"{address}/apply", json={"leads": {"3": "perhaps"}})
    assert wrong.status_code == 422
