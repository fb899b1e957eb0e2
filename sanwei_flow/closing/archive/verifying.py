"""Checks an archive by itself: every file against its hash, every chain of acts from its start.

Needs no database. That nobody replaced the whole archive is told by its own SHA-256, which the
plan's page and the record of acts state.
"""

import datetime as dt
import hashlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from sanwei_flow.audit.chain import START as FIRST
from sanwei_flow.audit.chain import entry_hash
from sanwei_flow.audit.models import AuditEntry
from sanwei_flow.closing.archive.records import ENTRY
from sanwei_flow.closing.archive.zipping import FORMAT, MANIFEST
from sanwei_flow.processes.advance import FILES
from sanwei_flow.processes.chain import START, STATED, event_hash

_CHUNK = 1 << 16


@dataclass
class Verdict:
    """What was found: the archive's own hash, how much was checked, and everything wrong.

    `missing` are files that were lost already when the archive was written; it says so itself.
    """

    digest: str = ""
    files: int = 0
    events: int = 0
    manifest: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def verify(path: Path) -> Verdict:
    """Check an archive. Problems are sentences in English, for the operator's command line."""
    found = Verdict()
    try:
        with path.open("rb") as source:
            found.digest = _digest(source)
        with zipfile.ZipFile(path) as archive:
            _check(archive, found)
    except (OSError, zipfile.BadZipFile) as error:
        found.problems.append(f"not a readable zip: {error}")
    except (KeyError, TypeError, ValueError) as error:
        found.problems.append(f"not one of our archives: {error!r}")
    return found


def _check(archive: zipfile.ZipFile, found: Verdict) -> None:
    names = archive.namelist()
    manifest = found.manifest = json.loads(archive.read(MANIFEST))
    if manifest.get("format") != FORMAT:
        found.problems.append(f"{MANIFEST} states another format: {manifest.get('format')!r}")
        return
    listed = {one["path"]: one for one in manifest["files"]}
    doubled = len(names) - len(set(names))
    if doubled:
        found.problems.append(f"{doubled} names occur twice")
    for name in sorted(set(names) - set(listed) - {MANIFEST}):
        found.problems.append(f"{name}: not in the manifest")
    for path, told in listed.items():
        if path not in names:
            found.problems.append(f"{path}: missing")
            continue
        found.files += 1
        _check_file(archive, told, found)
    found.missing = [one["path"] for one in manifest["missing"]]
    held = {one["sha256"] for one in manifest["files"]}
    held |= {one.get("given") for one in manifest["missing"]}
    for told in manifest["files"]:
        if "process" in told and told["path"] in names:
            _check_process(json.loads(archive.read(told["path"])), told, held, found)
        elif told["path"].endswith("/audit.json") and told["path"] in names:
            _check_entries(json.loads(archive.read(told["path"])), told["path"], found)


def _check_file(archive: zipfile.ZipFile, told: dict[str, Any], found: Verdict) -> None:
    try:
        with archive.open(told["path"]) as source:
            size, digest = 0, hashlib.sha256()
            for piece in _pieces(source):
                size += len(piece)
                digest.update(piece)
    except (zipfile.BadZipFile, EOFError) as error:
        found.problems.append(f"{told['path']}: damaged ({error})")
        return
    if size != told["size"] or digest.hexdigest() != told["sha256"]:
        found.problems.append(f"{told['path']}: changed")
    elif told.get("given") not in (None, told["sha256"]):
        found.problems.append(f"{told['path']}: not what was given")


def _check_process(
    record: dict[str, Any], told: dict[str, Any], held: set[Any], found: Verdict
) -> None:
    """Each event must follow from the one before it, the last is the head the manifest states."""
    path, prev = told["path"], START
    for number, event in enumerate(record["events"], start=1):
        stated = {name: event[name] for name in STATED}
        stated["at"] = dt.datetime.fromisoformat(event["at"])
        if event["prev_hash"] != prev or event["hash"] != event_hash(prev, stated):
            found.problems.append(f"{path}: event {number} does not follow from the one before")
            return
        prev = event["hash"]
        found.events += 1
        for file in (event["data"] or {}).get(FILES, ()):
            if file["sha256"] not in held:
                found.problems.append(f"{path}: attachment {file['name']} is not in the archive")
    if prev not in (told["head"], record["chain_head"]) or told["head"] != record["chain_head"]:
        found.problems.append(f"{path}: the chain does not end at its head")


def _check_entries(entries: list[dict[str, Any]], path: str, found: Verdict) -> None:
    prev = FIRST
    for number, one in enumerate(entries, start=1):
        entry = AuditEntry(**{name: one[name] for name in ENTRY}, prev_hash=one["prev_hash"])
        entry.at = dt.datetime.fromisoformat(one["at"])
        follows = one["prev_hash"] == prev and one["number"] == number
        if not follows or one["hash"] != entry_hash(entry):
            found.problems.append(f"{path}: entry {number} does not follow from the one before")
            return
        prev = one["hash"]
        found.events += 1


def _digest(source: BinaryIO) -> str:
    sha256 = hashlib.sha256()
    for piece in _pieces(source):
        sha256.update(piece)
    return sha256.hexdigest()


def _pieces(source: Any) -> Iterator[bytes]:
    while piece := source.read(_CHUNK):
        yield piece
