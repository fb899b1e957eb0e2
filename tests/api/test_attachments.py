"""Files by the API: given to a task, named in an act, told in the trail, taken back."""

import pytest
from flask.testing import FlaskClient

from tests.api.test_tasks import row  # noqa: F401 - the running row
from tests.journeys.documents import County
from tests.journeys.people import Person, person

PDF = b"%PDF-1.7"


@pytest.fixture
def task(clerk: Person, row: int) -> int:  # noqa: F811
    return int(clerk.find(row=3)["id"])


def given(who: Person, task: int, name: str = "凭证.pdf") -> int:
    answer = who.upload("/attachments", PDF, name, task=str(task))
    assert answer.status_code == 201, answer.text
    return int(answer.get_json()["id"])


def act(who: Person, task: int, action: str, key: str, **body: object) -> tuple[int, dict]:
    headers = {"Idempotency-Key": key}
    answer = who.ask("POST", f"/tasks/{task}/actions/{action}", json=body, headers=headers)
    return answer.status_code, answer.get_json(force=True)


def test_an_act_carries_files_that_the_trail_then_tells_of(
    client: FlaskClient, county: County, clerk: Person, task: int
) -> None:
    file = given(clerk, task)
    head = person(client, county.heads["县供销合作社"])
    assert head.ask("GET", f"/attachments/{file}").status_code == 404
    assert act(clerk, task, "accept", "a", comment="见附件", attachments=[file])[0] == 200
    process = clerk.get(f"/tasks/{task}")["process"]
    event = next(one for one in head.get(f"/processes/{process}")["trail"] if one["attachments"])
    assert "_files" not in event["data"]
    (told,) = event["attachments"]
    assert (told["name"], told["size"], told["field"]) == ("凭证.pdf", len(PDF), None)
    assert head.ask("GET", told["url"]).data == PDF
    assert clerk.ask("DELETE", told["url"]).status_code == 409


def test_a_file_not_sent_is_taken_back(clerk: Person, task: int) -> None:
    file = given(clerk, task)
    assert clerk.ask("DELETE", f"/attachments/{file}").status_code == 204
    assert clerk.ask("GET", f"/attachments/{file}").status_code == 404
    status, told = act(clerk, task, "accept", "a", attachments=[file])
    assert status == 422
    assert set(told["errors"]) == {"attachments"}


@pytest.mark.parametrize(
    "other", [{"comment": "不同意"}, {"comment": "同意", "data": {"reason": "x"}}, {"files": True}]
)
def test_one_key_for_two_contents_is_refused(
    clerk: Person, task: int, other: dict[str, object]
) -> None:
    file = given(clerk, task)
    assert act(clerk, task, "accept", "k", comment="同意")[0] == 200
    assert act(clerk, task, "accept", "k", comment="同意")[1]["replayed"] is True
    body = {"comment": "同意", "attachments": [file]} if "files" in other else other
    status, told = act(clerk, task, "accept", "k", **body)
    assert status == 422
    assert "已提交过不同的内容" in told["detail"]


@pytest.mark.parametrize("sent", ["text/plain", "application/x-www-form-urlencoded", None])
def test_a_body_that_is_no_json_is_refused_as_such(
    clerk: Person, task: int, sent: str | None
) -> None:
    path = f"/tasks/{task}/actions/accept"
    answer = clerk.ask("POST", path, data=b'{"comment": "x"}', content_type=sent)
    assert answer.status_code == 415
    told = answer.get_json(force=True)
    assert (told["code"], told["title"]) == ("unsupported_media_type", "格式不对")
    assert "application/json" in told["detail"]
    merge = "application/merge-patch+json; charset=utf-8"
    assert clerk.ask("POST", path, data=b"{}", content_type=merge).status_code == 200


def test_a_file_sent_as_json_is_refused_as_such(clerk: Person, task: int) -> None:
    answer = clerk.ask("POST", "/attachments", json={"file": "x", "task": task})
    assert answer.status_code == 415
    assert "multipart/form-data" in answer.get_json(force=True)["detail"]
