"""A program plays a person: it reads its boxes, fills in a form, acts, and learns who was first."""

import pytest
from flask.testing import FlaskClient

from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.accounts.models import Role
from sanwei_flow.db import transaction
from sanwei_flow.designs.operations import install_shipped
from sanwei_flow.processes.operations import start_process
from tests.counting import counted
from tests.factories import NOW, make_user
from tests.journeys.documents import County
from tests.journeys.people import Person, person


@pytest.fixture
def row(county: County) -> int:
    """A division row under way; its process."""
    return start(county, 3)


def start(county: County, no: int) -> int:
    lead, helper = county.units["县供销合作社"], county.units["县财政局"]
    facts = {"no": no, "task": "建成流通网点58个。", "category": "", "item": "", "major": False}
    facts |= {"lead_unit": lead.id, "lead_name": lead.name, "due": "2029-12-31", "targets": []}
    facts |= {"cooperating": [{"unit": helper.id, "name": helper.name}]}
    plan = {"id": 7, "title": "工作方案", "office_unit": lead.id}
    with transaction():
        install_shipped(by=SYSTEM, at=NOW)
        variables = {"plan": plan, "row": facts, "cooperating": facts["cooperating"]}
        key = f"plan:7/row:{no}"
        started = start_process("task_division", variables, business_key=key, by=SYSTEM, at=NOW)
    return started.id


def test_a_task_says_what_it_is_and_what_may_be_done(clerk: Person, row: int) -> None:
    [listed] = clerk.tasks("to_accept")
    assert clerk.tasks("todo") == []
    task = clerk.get(f"/tasks/{listed['id']}")
    expected = {"name": "签收", "process": row, "plan": 7, "row": 3, "unit": "县供销合作社"}
    assert {key: task[key] for key in expected} == expected
    assert task["role"] == "staff"
    assert task["data"]["row"]["task"] == "建成流通网点58个。"
    primary, objection = (action for action in task["actions"] if action["completes"])
    assert (primary["name"], primary["label"], primary["primary"]) == ("accept", "签收", True)
    assert objection["name"] == "object"
    required = [field["key"] for field in objection["fields"] if field["required"]]
    assert required == ["reason"]


def test_an_act_moves_the_row_and_stands_in_what_i_have_done(clerk: Person, row: int) -> None:
    task = clerk.find(row=3, name="签收")
    done = clerk.act(task)
    assert done["process"] == row
    assert not done["replayed"]
    assert done["opened"] == [clerk.find(row=3, name="任务分工")["id"]]
    [finished] = clerk.tasks("done")
    assert (finished["id"], finished["outcome"], finished["light"]) == (
        task["id"],
        "accept",
        "none",
    )
    trail = clerk.get(f"/processes/{row}")["trail"]
    assert [(event["by"], event["action_label"]) for event in trail][-1] == (clerk.name, "签收")


def test_the_same_key_twice_acts_once(clerk: Person, row: int) -> None:
    task = clerk.find(row=3)
    first = clerk.send(task["id"], "accept", {}, key="one")
    again = clerk.send(task["id"], "accept", {}, key="one")
    assert again.status_code == 200
    assert again.get_json()["replayed"]
    assert again.get_json()["opened"] == first.get_json()["opened"]
    other = clerk.send(task["id"], "accept", {}, key="another")
    assert other.status_code == 409


def test_the_second_is_told_who_was_first(client: FlaskClient, county: County, row: int) -> None:
    first = person(client, county.clerks["县供销合作社"])
    with transaction():
        colleague = make_user(county.units["县供销合作社"], (Role.staff,))
    second = person(client, colleague)
    task = second.find(row=3)
    first.act(task)
    answer = second.send(task["id"], "accept", {})
    assert answer.status_code == 409
    assert answer.get_json()["who"] == first.name
    assert first.name in answer.get_json()["detail"]


def test_somebody_elses_task_is_neither_read_nor_done(
    client: FlaskClient, county: County, clerk: Person, row: int
) -> None:
    stranger = person(client, county.clerks["县商务委"])
    task = clerk.find(row=3)
    assert stranger.ask("GET", f"/tasks/{task['id']}").status_code == 403
    assert stranger.ask("GET", f"/processes/{row}").status_code == 403
    assert stranger.send(task["id"], "accept", {}).status_code == 403
    assert stranger.ask("GET", "/tasks/999999").status_code == 404
    assert clerk.find(row=3)["id"] == task["id"]


def test_wrong_answers_are_named_field_by_field_and_nothing_is_lost(
    clerk: Person, row: int
) -> None:
    task = clerk.find(row=3)
    missing = clerk.send(task["id"], "object", {})
    assert missing.status_code == 422
    assert missing.get_json()["errors"] == {"reason": ["该项必填。"]}
    too_much = clerk.send(task["id"], "object", {"reason": "不属于我单位", "colour": "red"})
    assert too_much.status_code == 422
    assert set(too_much.get_json()["errors"]) == {"colour"}
    assert clerk.send(task["id"], "conclude", {}).status_code == 422
    body = {"data": [], "comment": 1, "outcome": "x"}
    path = f"/tasks/{task['id']}/actions/accept"
    malformed = clerk.ask("POST", path, json=body).get_json()
    assert set(malformed["errors"]) == {"data", "comment", "outcome"}
    for raw in NO_JSON:
        answer = clerk.ask("POST", path, data=raw, content_type="application/json")
        assert answer.status_code == 422, raw[:10]
    assert clerk.find(row=3)["status"] == "open"


#: Broken, no object, no JSON number, too deep, no text, and characters no database keeps.
NO_JSON = (
    b"{",
    b"[1]",
    b'{"data": {"a": NaN}}',
    b"[" * 100_000,
    b'{"data": ' + b'{"a":' * 60 + b"1" + b"}" * 61,
    b"\xff\xfe",
    b'{"comment": "\\u0000"}',
    b'{"comment": "\\ud800"}',
    b'{"data": {"\\u0000": [1]}}',
)


def test_a_draft_is_kept_and_a_claimed_task_is_mine(
    client: FlaskClient, county: County, clerk: Person, row: int
) -> None:
    clerk.act(clerk.find(row=3))
    task = clerk.find(row=3)
    division = [{"unit": county.units["县财政局"].id, "duty": "先写一半"}]
    assert clerk.send(task["id"], "save_draft", {"division": division}).status_code == 200
    assert clerk.get(f"/tasks/{task['id']}")["draft"] == {"division": division}
    assert clerk.send(task["id"], "claim", {}).status_code == 200
    assert clerk.get(f"/tasks/{task['id']}")["owner"] == clerk.name
    with transaction():
        colleague = make_user(county.units["县供销合作社"], (Role.staff,))
    other = person(client, colleague)
    assert other.tasks() == []
    answer = other.send(task["id"], "submit", {})
    assert answer.status_code == 409
    assert answer.get_json()["who"] == clerk.name


def test_a_file_is_given_to_a_task_and_read_by_those_who_may(
    client: FlaskClient, county: County, clerk: Person, row: int
) -> None:
    task = clerk.find(row=3)
    given = clerk.upload("/attachments", b"<script>", "../../证明.txt", task=str(task["id"]))
    assert given.status_code == 201
    assert given.get_json()["name"] == "证明.txt"
    fetched = clerk.ask("GET", given.headers["Location"])
    assert fetched.data == b"<script>"
    assert fetched.content_type == "application/octet-stream"
    assert fetched.headers["Content-Disposition"].startswith("attachment")
    stranger = person(client, county.clerks["县商务委"])
    assert stranger.ask("GET", given.headers["Location"]).status_code == 404
    assert clerk.upload("/attachments", b"", "空.txt", task=str(task["id"])).status_code == 422
    assert clerk.upload("/attachments", b"x", "x.txt").status_code == 422


def test_a_file_of_another_process_cannot_be_claimed_as_evidence(
    client: FlaskClient, county: County, clerk: Person, row: int
) -> None:
    start(county, 4)
    theirs = clerk.find(row=4)
    given = clerk.upload("/attachments", b"x", "x.txt", task=str(theirs["id"])).get_json()
    clerk.act(clerk.find(row=3))
    clerk.act(clerk.find(row=3), division=[])
    head = person(client, county.heads["县供销合作社"])
    head.act(head.find(row=3))
    task = clerk.find(row=3)
    for wrong in (given["id"], 999_999):
        answer = clerk.send(task["id"], "submit", {"summary": "办结", "evidence": [wrong]})
        assert answer.status_code == 422, wrong
        assert set(answer.get_json()["errors"]) == {"evidence"}


def test_more_tasks_take_no_more_statements(county: County, clerk: Person, row: int) -> None:
    with counted() as few:
        assert len(clerk.get("/tasks?box=to_accept")["items"]) == 1
    for no in range(4, 14):
        start(county, no)
    with counted() as many:
        assert len(clerk.get("/tasks?box=to_accept")["items"]) == 11
    assert len(many) == len(few) <= 5
    page = clerk.get("/tasks?box=to_accept&limit=4")
    assert len(clerk.listed("/tasks?box=to_accept&limit=4")) == 11
    assert clerk.ask("GET", page["next"] + "x").status_code == 422


def test_designs_are_listed_with_their_newest_version(clerk: Person, row: int) -> None:
    found = {design["key"]: design for design in clerk.listed("/designs?limit=1")}
    assert found["task_division"]["name"] == "任务分工"
    assert found["task_division"]["version"] == 1


def test_a_process_with_many_children_takes_no_more_statements(
    client: FlaskClient, county: County, clerk: Person, row: int
) -> None:
    head = person(client, county.heads["县供销合作社"])

    def divided(no: int, names: tuple[str, ...]) -> str:
        clerk.act(clerk.find(row=no))
        units = [{"unit": county.units[name].id, "duty": "办理"} for name in names]
        clerk.act(clerk.find(row=no), division=units)
        task = head.find(row=no)
        head.act(task)
        return f"/processes/{task['process']}"

    one = divided(3, ("县财政局",))
    with counted() as few:
        assert len(clerk.get(one)["children"]) == 1
    start(county, 4)
    five = divided(4, ("县财政局", "县商务委", "东河镇", "西岭镇", "南坪乡"))
    with counted() as many:
        assert len(clerk.get(five)["children"]) == 5
    assert len(many) == len(few) < 15
