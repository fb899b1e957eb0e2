"""Everybody in the county, each at their own desk, and what they do together."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from flask.testing import FlaskClient

from tests.journeys.documents import County
from tests.journeys.people import Person, person


class Cast:
    """The people of a county as users of the API, found by unit and role."""

    def __init__(self, client: FlaskClient, county: County) -> None:
        self.client, self.county = client, county
        self._desks: dict[int, Person] = {}

    def _desk(self, user: Any) -> Person:
        if user.id not in self._desks:
            self._desks[user.id] = person(self.client, user)
        return self._desks[user.id]

    def clerk(self, unit: str) -> Person:
        return self._desk(self.county.clerks[unit])

    def head(self, unit: str) -> Person:
        return self._desk(self.county.heads[unit])

    @cached_property
    def office(self) -> Person:
        return self._desk(self.county.office)

    @cached_property
    def leader(self) -> Person:
        return self._desk(self.county.leader)

    def everybody(self, units: Iterable[str] | None = None) -> list[Person]:
        """The clerks and heads of these units (default: all), the office and the leader."""
        names = list(self.county.units if units is None else units)
        clerks = [self.clerk(name) for name in names if name in self.county.clerks]
        heads = [self.head(name) for name in names if name in self.county.heads]
        return [*clerks, *heads, self.office, self.leader]

    def imported(self, text: str) -> int:
        """The office imports a document; the plan's number."""
        answer = self.office.imports(text)
        assert answer.status_code == 201, answer.text
        number: int = answer.get_json()["id"]
        return number

    def launched(self, text: str) -> int:
        """A plan whose names the office has settled by the first candidate, and launched."""
        plan = self.imported(text)
        self.launch(plan)
        return plan

    def launch(self, plan: int) -> None:
        self.settle_names(plan)
        self.office.post(f"/plans/{plan}/launch")

    def settle_names(self, plan: int) -> None:
        for name in self.office.get(f"/plans/{plan}")["units"]:
            if name["status"] in ("doubtful", "unknown"):
                answer = {"unit": name["candidates"][0]["id"]}
                self.office.post(f"/plans/{plan}/units/{name['id']}", answer)

    def row(self, plan: int, no: int) -> Any:
        return self.office.get(f"/plans/{plan}/rows/{no}")

    def work_off(self, unit: str, row: int) -> None:
        """A cooperating unit does its part: signs if asked to, works, reports, head agrees."""
        clerk = self.clerk(unit)
        if any(task["row"] == row for task in clerk.tasks("to_accept")):
            clerk.act(clerk.find(row=row, name="签收"))
        clerk.act(clerk.find(row=row, name="办理并上报"), summary=f"{unit}已完成本单位任务")
        self.head(unit).act(self.head(unit).find(row=row, name="单位审核"))
