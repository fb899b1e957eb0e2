"""Everything that changes a plan, under one name for pages, API and commands."""

from sanwei_flow.plans.access import get_plan, may_import, may_manage, readable_plan
from sanwei_flow.plans.correcting import correct_row
from sanwei_flow.plans.designing import designed, hand_to_designers, in_design
from sanwei_flow.plans.importing import discard_plan, import_plan, keep_plan, read_source
from sanwei_flow.plans.launching import Blocker, Effect, launch, launch_effect, ready_to_launch
from sanwei_flow.plans.settling import accept_assumptions, settle_finding, settle_unit

__all__ = [
    "Blocker",
    "Effect",
    "accept_assumptions",
    "correct_row",
    "designed",
    "discard_plan",
    "get_plan",
    "hand_to_designers",
    "import_plan",
    "in_design",
    "keep_plan",
    "launch",
    "launch_effect",
    "may_import",
    "may_manage",
    "read_source",
    "readable_plan",
    "ready_to_launch",
    "settle_finding",
    "settle_unit",
]
