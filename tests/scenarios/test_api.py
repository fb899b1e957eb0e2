"""Programs list, write and replay scenarios."""

import json

from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.accounts.models import User
from sanwei_flow.accounts.sessions import create_token
from sanwei_flow.db import db, transaction
from sanwei_flow.designs.operations import WORKFLOWS, publish
from tests.factories import NOW
from tests.scenarios.conftest import Place

BASE = "/api/v1/designs/task_division/scenarios"


def headers(place: Place) -> dict[str, str]:
    with transaction():
        name = db.session.get_one(User, place.designer.user_id).username
        return {"Authorization": f"Bearer {create_token(name, by=SYSTEM, at=NOW)}"}


def test_a_program_writes_a_scenario_and_hears_when_it_differs(place: Place) -> None:
    asking = {"headers": headers(place)}
    shipped = place.client.get(BASE, **asking).json["items"]
    assert [one["result"]["green"] for one in shipped] == [True, True, True]
    body = {
        "name": "签收",
        "given": {
            "begun": "2026-03-02",
            "units": {"7": "县商务委"},
            "variables": {
                "plan": {"id": 0, "title": "x", "office_unit": 7},
                "row": {"no": 1, "task": "x", "lead_unit": 7, "lead_name": "县商务委", "due": None},
                "cooperating": [],
            },
        },
        "steps": [
            {"do": "act", "process": "task_division", "node": "sign_for", "unit": 7,
             "outcome": "accept"},
        ],
    }  # fmt: skip
    made = place.client.post(BASE, json=body, **asking)
    assert made.status_code == 201, made.text
    whole = place.client.get(made.headers["Location"], **asking).json
    assert [one["node"] for one in whole["expected"][1]["open"]] == ["divide"]
    assert whole["results"] == [
        {"design": "task_division", "version": 1, "green": True, "message": None}
    ]
    taken = place.client.post(BASE, json=body, **asking)
    assert taken.status_code == 422
    assert taken.json["errors"]["name"] == ["名称已被使用"]
    wrong = place.client.post(BASE, json=body | {"name": "y", "steps": [{"do": "x"}]}, **asking)
    assert wrong.status_code == 422
    xml = (WORKFLOWS / "task_division.bpmn").read_text("utf-8")
    with transaction():
        publish(
            xml.replace('name="due" value="5"', 'name="due" value="6"'),
            {},
            by=place.designer,
            at=NOW,
            note="多一天",
        )
    done = place.client.post(f"{BASE}/{whole['id']}/replay", json={}, **asking).json
    assert (done["version"], done["green"]) == (2, False)
    assert "“任务分工”应于2026-03-09到期，现在是2026-03-10" in done["message"]
    english = asking["headers"] | {"Accept-Language": "en"}
    found = place.client.get(BASE, headers=english)
    mine = next(one for one in found.json["items"] if one["id"] == whole["id"])
    assert "should be due on 2026-03-09, now it is 2026-03-10" in mine["result"]["message"]
    assert "From signing to struck off" in json.dumps(found.json)
