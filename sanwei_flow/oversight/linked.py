"""Which rows of a plan decisions and rectifications are about, for whoever chases them."""

from collections import defaultdict
from collections.abc import Collection

from sanwei_flow.db import db
from sanwei_flow.oversight.models import Decision, DecisionRow, Inspection
from sanwei_flow.processes.models import ProcessInstance


def rows_of(keys: Collection[str]) -> dict[str, list[int]]:
    """Ids of rows by the business keys of decisions' and rectifications' processes."""
    found: dict[str, list[int]] = defaultdict(list)
    name = ProcessInstance.business_key
    decided = (
        db.select(name, DecisionRow.row_id)
        .join(Decision, Decision.process_id == ProcessInstance.id)
        .join(DecisionRow, DecisionRow.decision_id == Decision.id)
        .where(name.in_({key for key in keys if "/meeting:" in key}))
    )
    inspected = (
        db.select(name, Inspection.row_id)
        .join(Inspection, Inspection.process_id == ProcessInstance.id)
        .where(
            name.in_({key for key in keys if "/inspection:" in key}), Inspection.row_id.is_not(None)
        )
    )
    for query in (decided, inspected):
        for key, row_id in db.session.execute(query.order_by(name)):
            found[key].append(row_id)
    return found
