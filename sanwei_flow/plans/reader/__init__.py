"""Reads an issued work plan into plain values: no database, no web, no clock."""

from .model import Finding, Line, Major, Phase, PlanDocument, Row, Target, UnitMention
from .problems import PlanReadError, PlanTooLarge
from .render import source_blocks, to_json

__all__ = [
    "Finding",
    "Line",
    "Major",
    "Phase",
    "PlanDocument",
    "PlanReadError",
    "PlanTooLarge",
    "Row",
    "Target",
    "UnitMention",
    "source_blocks",
    "to_json",
]
