"""A plan under way in which rows stand at every kind of place."""

import datetime as dt

from sanwei_flow.db import db, transaction
from sanwei_flow.plans.models import Plan, PlanRow
from sanwei_flow.processes.jobs import run_due_jobs
from sanwei_flow.processes.operations import act_on_task
from sanwei_flow.processes.queries import open_tasks
from tests.factories import NOW
from tests.journeys.documents import DIVIDED

TODAY = NOW.date()

#: The division table goes on: two more rows of the last category, one of another.
MORE = """
\t4
\t
\t
\t开展信用户评定50户。
\t县财政局
\t县农业农村委

\t5
\t
\t创新信贷产品
\t推出信贷产品2个。
\t县供销合作社
\t县财政局

\t6
\t保障措施
\t加强政策支持
\t落实支持政策。
\t县财政局
\t县商务委
"""
DOCUMENT = DIVIDED.rstrip("\n") + "\n" + MORE


def under_way(desk, copies: int = 1) -> list[Plan]:
    """Launch the plan, and as many copies of it as wanted."""
    plans = []
    for number in range(copies):
        plan = desk.ready(DOCUMENT + "\n" * number)
        desk.launch(plan)
        plans.append(plan)
    run_due_jobs(NOW)
    db.session.expire_all()
    return plans


def redate(plan: Plan, **dues: int) -> None:
    """Move rows' dates: `r1=-3` makes row 1 due three days ago."""
    with transaction():
        for name, days in dues.items():
            row = row_of(plan, int(name[1:]))
            row.due, row.due_past = TODAY + dt.timedelta(days=days), False


def row_of(plan: Plan, no: int) -> PlanRow:
    return db.session.scalars(
        db.select(PlanRow).where(PlanRow.plan_id == plan.id, PlanRow.no == no)
    ).one()


def task_of(process_id: int):
    return open_tasks(process_id)[0]


def do(task_id: int, action: str, by, at=NOW, **data) -> None:
    with transaction():
        act_on_task(task_id, action, data, comment="理由", by=by, at=at)
    run_due_jobs(at)
