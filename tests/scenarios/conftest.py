"""A county with a plan at work, and a designer who tries its designs."""

from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient

from sanwei_flow.accounts.actor import SYSTEM, Actor
from sanwei_flow.accounts.operations import actor_of
from sanwei_flow.db import db, transaction
from sanwei_flow.designs.operations import install_shipped
from sanwei_flow.plans import operations as plans
from sanwei_flow.plans import queries as plan_queries
from sanwei_flow.processes.jobs import run_due_jobs
from tests.factories import NOW, log_in, make_user
from tests.journeys.documents import DIVIDED, County, make_county


@dataclass
class Place:
    """The county, its running plan, and the designer with a browser."""

    county: County
    plan: int
    designer: Actor
    client: FlaskClient

    def unit(self, name: str) -> int:
        return self.county.units[name].id


@pytest.fixture
def place(client: FlaskClient) -> Place:
    with transaction():
        county = make_county()
        install_shipped(by=SYSTEM, at=NOW)
        host = county.units["县供销合作社"]
        designer = make_user(host, ["designer"], name="设计员")
    office = actor_of(county.office)
    with transaction():
        plan = plans.import_plan("1.txt", DIVIDED.encode(), by=office, at=NOW)
        name = next(used for used in plan_queries.used_names(plan) if used.open)
        plans.settle_unit(plan.id, name.mention.id, drop=True, by=office, at=NOW)
    with transaction():
        plans.launch(plan.id, by=office, at=NOW)
    run_due_jobs(NOW)
    log_in(client, designer)
    return Place(county, plan.id, actor_of(designer), client)


def live_rows() -> dict[str, int]:
    """How many rows every table has that is not about trying designs."""
    own = {"dry_run", "scenario", "scenario_result", "audit_entry", "login_session"}
    count = db.func.count
    return {
        table.name: db.session.scalar(db.select(count()).select_from(table)) or 0
        for table in db.metadata.sorted_tables
        if table.name not in own
    }
