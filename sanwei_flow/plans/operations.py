"""Everything that changes a plan, under one name for pages, API and commands."""

from sanwei_flow.plans.access import get_plan, may_import, may_manage
from sanwei_flow.plans.correcting import correct_row
from sanwei_flow.plans.importing import import_plan
from sanwei_flow.plans.launching import Blocker, launch, ready_to_launch
from sanwei_flow.plans.settling import settle_finding, settle_unit

__all__ = [
    "Blocker",
    "correct_row",
    "get_plan",
    "import_plan",
    "launch",
    "may_import",
    "may_manage",
    "ready_to_launch",
    "settle_finding",
    "settle_unit",
]
