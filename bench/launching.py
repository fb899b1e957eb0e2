"""Launching the Wushan plan with its 34 rows."""

import itertools
import time

from flask import Flask

from bench.scene import NOW
from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.accounts.models import Unit
from sanwei_flow.db import db, transaction
from sanwei_flow.demo.county import load_county
from sanwei_flow.demo.plan import DOCUMENT
from sanwei_flow.demo.register import UNITS
from sanwei_flow.designs.operations import install_shipped
from sanwei_flow.plans import operations as plans
from sanwei_flow.plans.settling import INCLUDED, SCOPE
from sanwei_flow.processes.models import ProcessInstance

_copies = itertools.count(1)


def prepare(app: Flask) -> None:
    """The demo county with everything but the plan."""
    with app.app_context():
        with transaction():
            load_county(NOW)
        with transaction():
            install_shipped(by=SYSTEM, at=NOW)


def per_instance(app: Flask, count: int) -> float:
    """Import `count` more copies of the document and launch each: seconds per instance started."""
    spent, started = 0.0, 0
    with app.app_context():
        for _ in range(count):
            with transaction():
                plan = _draft()
            before = _count()
            begun = time.perf_counter()
            with transaction():
                plans.launch(plan, by=SYSTEM, at=NOW)
            spent += time.perf_counter() - begun
            started += _count() - before
        db.session.remove()
    if started < 35 * count:
        raise RuntimeError(f"only {started} instances started")
    return spent / started


def _draft() -> int:
    office = db.session.scalars(db.select(Unit).where(Unit.code == UNITS[0].code)).one()
    content = DOCUMENT.read_bytes() + b"\n" * next(_copies)
    plan = plans.import_plan("plan.txt", content, office_unit_id=office.id, by=SYSTEM, at=NOW)
    for finding in list(plan.findings):
        if finding.code == SCOPE:
            plans.settle_finding(plan.id, finding.id, INCLUDED, by=SYSTEM, at=NOW)
    return int(plan.id)


def _count() -> int:
    count = db.session.scalar(db.select(db.func.count()).select_from(ProcessInstance)) or 0
    db.session.rollback()
    return count
