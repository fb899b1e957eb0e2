"""The demo county's plan: imported, settled and launched, once."""

import datetime as dt
from pathlib import Path

from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.accounts.models import Unit
from sanwei_flow.db import db
from sanwei_flow.demo.register import UNITS
from sanwei_flow.designs import operations as designs
from sanwei_flow.plans import operations as plans
from sanwei_flow.plans.models import Plan
from sanwei_flow.plans.settling import INCLUDED, SCOPE

DOCUMENT = Path(__file__).with_name("wushan.txt")
#: Under this name the plan is known again, whatever was corrected in it.
SOURCE_NAME = "巫山县三位一体改革任务推进方案（演示稿）.txt"


def find_plan() -> Plan | None:
    """The demo plan, if it has been imported."""
    return db.session.scalar(db.select(Plan).where(Plan.source_name == SOURCE_NAME))


def load_plan(at: dt.datetime) -> Plan:
    """Import and launch the demo plan, in the caller's transaction; its rows start as jobs.

    A plan that is there already is left as it is.
    """
    designs.install_shipped(by=SYSTEM, at=at)
    return find_plan() or plans.launch(draft_plan(at).id, by=SYSTEM, at=at)


def draft_plan(at: dt.datetime) -> Plan:
    """Import the demo plan and settle what is doubtful, in the caller's transaction."""
    force = db.session.scalar(db.select(Unit).where(Unit.code == UNITS[0].code))
    office = force.id if force else None
    content = DOCUMENT.read_bytes()
    plan = plans.import_plan(SOURCE_NAME, content, office_unit_id=office, by=SYSTEM, at=at)
    for finding in list(plan.findings):
        if finding.code == SCOPE:
            plans.settle_finding(plan.id, finding.id, INCLUDED, by=SYSTEM, at=at)
    return plan
