"""Reads of what is kept of a row: its dates and its reports."""

from sanwei_flow.db import db
from sanwei_flow.plans.records import RowDue, RowReport
from sanwei_flow.processes.models import ProcessInstance


def dues(row_id: int) -> list[RowDue]:
    """Every change of the row's date, oldest first."""
    query = db.select(RowDue).where(RowDue.row_id == row_id).order_by(RowDue.id)
    return list(db.session.scalars(query))


def reports(row_id: int) -> list[tuple[RowReport, ProcessInstance]]:
    """The row's progress reports with their processes, the newest first."""
    query = (
        db.select(RowReport, ProcessInstance)
        .join(ProcessInstance, ProcessInstance.id == RowReport.process_id)
        .where(RowReport.row_id == row_id)
        .order_by(RowReport.due.desc(), RowReport.id.desc())
    )
    return [(report, process) for report, process in db.session.execute(query)]
