"""Reads an issued work plan into plain values: no database, no web, no clock."""

from os import PathLike
from pathlib import Path

from .model import Finding, Line, Major, Phase, PlanDocument, Row, Target, UnitMention
from .problems import PlanReadError, PlanTooLargeError
from .reading import interpret
from .render import source_blocks, to_json
from .sources.opening import open_source

__all__ = [
    "Finding",
    "Line",
    "Major",
    "Phase",
    "PlanDocument",
    "PlanReadError",
    "PlanTooLargeError",
    "Row",
    "Target",
    "UnitMention",
    "read_plan",
    "source_blocks",
    "to_json",
]


def read_plan(source: bytes | str | PathLike[str], name: str = "") -> PlanDocument:
    """Read a plan from a file's bytes or path.

    `name` is the file's name as people know it. Raises `PlanReadError` with one clear sentence
    when the file is none we can read, or holds no plan; everything merely doubtful is a finding.
    """
    if isinstance(source, bytes):
        return interpret(open_source(source), name)
    path = Path(source)
    return interpret(open_source(path.read_bytes()), name or path.name)
