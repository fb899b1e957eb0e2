"""What the API answers, shape by shape. The OpenAPI document is made from these classes.

Names, not ids, wherever a person would say a name; ids beside them where a program needs one.
Days are ISO dates in Shanghai, moments are ISO times in UTC. Words shown to people (`label`,
`reason`, `message`) follow Accept-Language; everything else never changes with the language.
"""

from .common import Design, DesignPage, Grant, Me, Problem, Shape, UnitEntry, UnitPage, UnitRef
from .plans import (
    Accepted,
    Finding,
    Launch,
    MajorItem,
    Mention,
    Phase,
    Place,
    Plan,
    PlanCounts,
    PlanPage,
    PlanSummary,
    Progress,
    Row,
    RowPage,
    Target,
)
from .work import (
    ActAnswer,
    Action,
    Attachment,
    Child,
    Event,
    FormField,
    Process,
    Task,
    TaskPage,
    TaskSummary,
)

__all__ = [
    "Accepted",
    "ActAnswer",
    "Action",
    "Attachment",
    "Child",
    "Design",
    "DesignPage",
    "Event",
    "Finding",
    "FormField",
    "Grant",
    "Launch",
    "MajorItem",
    "Me",
    "Mention",
    "Phase",
    "Place",
    "Plan",
    "PlanCounts",
    "PlanPage",
    "PlanSummary",
    "Problem",
    "Process",
    "Progress",
    "Row",
    "RowPage",
    "Shape",
    "Target",
    "Task",
    "TaskPage",
    "TaskSummary",
    "UnitEntry",
    "UnitPage",
    "UnitRef",
]
