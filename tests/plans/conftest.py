"""青山县 with its office, and two small documents as counties write them."""

from dataclasses import dataclass

import pytest

from sanwei_flow.accounts.actor import SYSTEM, Actor
from sanwei_flow.accounts.operations import actor_of
from sanwei_flow.db import transaction
from sanwei_flow.designs.operations import install_shipped
from sanwei_flow.plans import operations, queries
from sanwei_flow.plans.models import Finding, Plan, PlanRow, UnitMention
from tests.factories import NOW
from tests.journeys.documents import DIVIDED, UNDIVIDED, County, make_county


@dataclass
class Desk:
    """The office of a county, and how it handles plans in these stories."""

    county: County
    office: Actor
    clerk: Actor

    def imports(self, text=DIVIDED, name="方案.txt", at=NOW) -> Plan:
        with transaction():
            return operations.import_plan(name, text.encode(), by=self.office, at=at)

    def settle(self, plan: Plan, name: str, **answer) -> UnitMention:
        mention = self.mention(plan, name)
        with transaction():
            return operations.settle_unit(plan.id, mention.id, by=self.office, at=NOW, **answer)

    def correct(self, plan: Plan, no: int, by=None, **changes) -> PlanRow:
        with transaction():
            return operations.correct_row(plan.id, no, changes, by=by or self.office, at=NOW)

    def answer(self, plan: Plan, code: str, choice: str) -> Finding:
        with transaction():
            found = self.finding(plan, code).id
            return operations.settle_finding(plan.id, found, choice, by=self.office, at=NOW)

    def launch(self, plan: Plan, by=None) -> Plan:
        with transaction():
            return operations.launch(plan.id, by=by or self.office, at=NOW)

    def ready(self, text=DIVIDED) -> Plan:
        """A plan with nothing left to settle."""
        plan = self.imports(text)
        for used in queries.used_names(plan):
            if used.open:
                self.settle(plan, used.mention.name, unit_id=used.candidates[0].id)
        for row in plan.rows:
            if not row.units:
                self.correct(plan, row.no, lead=["县供销合作社"])
        return plan

    def unit(self, name: str) -> int:
        return self.county.units[name].id

    @staticmethod
    def mention(plan: Plan, name: str) -> UnitMention:
        return next(one for one in plan.mentions if one.name == name)

    @staticmethod
    def finding(plan: Plan, code: str) -> Finding:
        return next(one for one in plan.findings if one.code == code)


@pytest.fixture
def desk(database) -> Desk:
    with transaction():
        county = make_county()
        install_shipped(by=SYSTEM, at=NOW)
    return Desk(county, actor_of(county.office), actor_of(county.clerks["县商务委"]))


@pytest.fixture
def undivided() -> str:
    return UNDIVIDED
