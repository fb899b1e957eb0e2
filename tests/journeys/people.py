"""People who know nothing but the API: they read their boxes and fill in forms."""

import datetime as dt
import io
import itertools
from collections.abc import Iterable
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.accounts.models import User
from sanwei_flow.accounts.sessions import create_token
from sanwei_flow.db import transaction
from tests.api.contract import check
from tests.factories import NOW

API = "/api/v1"

_keys = itertools.count(1)


class Person:
    """One person with a token. `get` and `post` insist on success; `ask` takes any answer."""

    def __init__(self, client: FlaskClient, token: str, name: str = "") -> None:
        self.client, self.name = client, name
        self.headers = {"Authorization": f"Bearer {token}"}

    def ask(self, method: str, path: str, **given: Any) -> TestResponse:
        headers = self.headers | given.pop("headers", {})
        address = path if path.startswith(API) else API + path
        answer = self.client.open(address, method=method, headers=headers, buffered=True, **given)
        check(method, address, answer)
        return answer

    def get(self, path: str) -> Any:
        return _good(self.ask("GET", path))

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        return _good(self.ask("POST", path, json=body or {}))

    def patch(self, path: str, body: dict[str, Any]) -> Any:
        return _good(self.ask("PATCH", path, json=body))

    def listed(self, path: str) -> list[Any]:
        """Every item of a list, page by page."""
        items: list[Any] = []
        address: str | None = path
        while address:
            page = self.get(address)
            items += page["items"]
            address = page["next"]
        return items

    def imports(self, text: str, name: str = "方案.txt") -> TestResponse:
        return self.upload("/plans", text.encode(), name)

    def upload(self, path: str, content: bytes, name: str, **form: Any) -> TestResponse:
        data = {"file": (io.BytesIO(content), name), **form}
        return self.ask("POST", path, data=data, content_type="multipart/form-data")

    def tasks(self, box: str = "todo") -> list[Any]:
        return self.listed(f"/tasks?box={box}")

    def waiting(self) -> list[Any]:
        return self.tasks("to_accept") + self.tasks("todo")

    def find(self, *, row: int | None = None, name: str | None = None) -> Any:
        """The one task that waits for me (for this row, of this name)."""
        found = [
            task
            for task in self.waiting()
            if (row is None or task["row"] == row) and (name is None or task["name"] == name)
        ]
        assert len(found) == 1, (self.name, [(t["row"], t["name"]) for t in self.waiting()])
        return self.get(f"/tasks/{found[0]['id']}")

    def send(
        self,
        task: int,
        action: str,
        data: dict[str, Any],
        comment: str = "",
        key: str | None = None,
    ) -> TestResponse:
        headers = {"Idempotency-Key": key or f"key-{next(_keys)}"}
        body = {"data": data, "comment": comment}
        return self.ask("POST", f"/tasks/{task}/actions/{action}", json=body, headers=headers)

    def act(
        self,
        task: dict[str, Any],
        action: str | None = None,
        comment: str = "",
        **answers: Any,
    ) -> Any:
        """Fill what the action requires by type, `answers` winning, and send it."""
        chosen = self.action(task, action)
        required_comment = any(f["key"] == "comment" and f["required"] for f in chosen["fields"])
        comment = comment or ("请补充后再报" if required_comment else "")
        data = self.filled(task["id"], chosen["fields"]) | answers
        return _good(self.send(task["id"], chosen["name"], data, comment))

    def action(self, task: dict[str, Any], name: str | None = None) -> Any:
        actions = task["actions"]
        assert actions, f"{self.name} may do nothing with {task['name']}"
        return next(a for a in actions if (a["name"] == name if name else a["primary"]))

    def filled(self, task: int, fields: Iterable[dict[str, Any]]) -> dict[str, Any]:
        """Answers to what is required and not yet filled in, by nothing but the type."""
        answers: dict[str, Any] = {}
        for field in fields:
            if field["key"] == "comment" or not _asks(field):
                continue
            answers[field["key"]] = self._answer(task, field)
        return answers

    def _answer(self, task: int, field: dict[str, Any]) -> Any:
        if field["type"] == "table":
            rows = field["value"] or [{}]
            return [
                row
                | {
                    c["key"]: self._answer(task, c)
                    for c in field["columns"]
                    if c["required"] and not c.get("readonly") and row.get(c["key"]) in (None, "")
                }
                for row in rows
            ]
        if field["type"] == "file":
            answer = self.upload("/attachments", b"%PDF-1.4 proof", "佐证.pdf", task=str(task))
            return [_good(answer)["id"]]
        return _sample(field)


def _asks(field: dict[str, Any]) -> bool:
    """Whether a program must answer it: required and empty, or a table with such a column."""
    if field["type"] == "table":
        needed = [c for c in field["columns"] if c["required"] and not c.get("readonly")]
        rows = field["value"] or ([{}] if field["required"] else [])
        return any(row.get(c["key"]) in (None, "") for row in rows for c in needed)
    return field["required"] and field["value"] in (None, "", [])


def _sample(field: dict[str, Any]) -> Any:
    choices = field.get("choices") or []
    match field["type"]:
        case "number":
            return field.get("min") or 1
        case "date":
            return (dt.date.today() + dt.timedelta(days=30)).isoformat()  # noqa: DTZ011
        case "bool":
            return True
        case "choice" | "unit" | "person":
            return choices[0][0]
        case "many" | "units":
            return [choices[0][0]]
    return "已按要求办理"


def _good(answer: TestResponse) -> Any:
    assert answer.status_code < 300, (answer.request.path, answer.status_code, answer.text)
    return answer.get_json()


def person(client: FlaskClient, user: User) -> Person:
    """The person behind an account, with a fresh token."""
    with transaction():
        token = create_token(user.username, by=SYSTEM, at=NOW)
    return Person(client, token, user.name)
