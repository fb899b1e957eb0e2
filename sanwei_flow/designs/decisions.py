"""Publishing decision tables: versioned as process designs are."""

import datetime as dt
from pathlib import Path

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.audit.operations import record
from sanwei_flow.db import db
from sanwei_flow.designs import queries
from sanwei_flow.designs.models import DecisionTable, DecisionVersion
from sanwei_flow.engine import compile_decision


def publish_decision(
    xml: str | bytes, *, by: Actor, at: dt.datetime, note: str = ""
) -> DecisionVersion:
    """Publish a decision table as its newest version.

    Publishing what is already the newest version changes nothing and returns it. Raises
    DesignError with every problem, each naming table, rule and cell.
    """
    source = xml.encode() if isinstance(xml, str) else xml
    decision = compile_decision(source)
    newest = queries.newest_decision(decision.key)
    if newest is not None and newest.hash == decision.hash:
        return newest
    owner = newest.decision if newest else DecisionTable(key=decision.key)
    owner.name = decision.name
    version = DecisionVersion(
        decision=owner,
        number=newest.number + 1 if newest else 1,
        xml=source.decode(),
        hash=decision.hash,
        published_at=at,
        published_by_id=by.user_id,
        note=note,
    )
    db.session.add(version)
    db.session.flush()
    stated = {"number": version.number, "hash": version.hash, "note": note}
    record("decision_published", f"decision:{owner.id}", by=by, at=at, data=stated)
    return version


def install_decisions(folder: Path, *, by: Actor, at: dt.datetime) -> list[DecisionVersion]:
    """Publish the folder's tables that are new; one a person has changed stays theirs."""
    versions = []
    for path in sorted(folder.glob("*.dmn")):
        newest = queries.newest_decision(compile_decision(path.read_bytes()).key)
        if newest is None or newest.published_by_id is None:
            newest = publish_decision(path.read_bytes(), by=by, at=at)
        versions.append(newest)
    return versions
