"""Publishing designs."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sanwei_flow.accounts import queries as accounts
from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import Role
from sanwei_flow.audit.operations import record
from sanwei_flow.db import db
from sanwei_flow.designs import queries, trials, vocabulary
from sanwei_flow.designs.decisions import install_decisions
from sanwei_flow.designs.models import DesignVersion, ProcessDesign
from sanwei_flow.designs.schema import parse
from sanwei_flow.engine import Design, Names, Problem, check_design, compile_design
from sanwei_flow.errors import N_, Invalid

ROLES = frozenset(role.value for role in Role)
WORKFLOWS = Path(__file__).resolve().parent.parent.parent / "workflows"


def publish(
    xml: str | bytes,
    forms: Mapping[str, Any],
    *,
    by: Actor,
    at: dt.datetime,
    note: str = "",
    together: Iterable[str] = (),
) -> DesignVersion:
    """Publish a design with the forms its tasks name, as its newest version.

    Publishing what is already the newest version changes nothing and returns it. `forms`
    may hold more than is used and win over the forms we ship. `together` are the keys of
    processes published in the same go, which this one may call before they exist.
    Raises DesignError with every problem if the design cannot run, Invalid for a wrong form,
    and for a person who publishes what saved scenarios do not agree with without saying why.
    """
    source = xml.encode() if isinstance(xml, str) else xml
    forms = {**shipped_forms(), **forms}
    design = compile_design(source, names=names(forms, together))
    used = {key: forms[key] for key in sorted(form_keys(design))}
    for key, schema in used.items():
        parse(key, schema)
    content = _hash(source, used)
    newest = queries.newest(design.key)
    if newest is not None and newest.hash == content:
        return newest
    queries.keep_compiled(content, design)
    return _new_version(design, newest, source, used, content, by=by, at=at, note=note)


def _new_version(
    design: Design,
    newest: DesignVersion | None,
    source: bytes,
    forms: dict[str, Any],
    content: str,
    *,
    by: Actor,
    at: dt.datetime,
    note: str,
) -> DesignVersion:
    owner = newest.design if newest else ProcessDesign(key=design.key)
    owner.name = design.name
    version = DesignVersion(
        design=owner,
        number=newest.number + 1 if newest else 1,
        xml=source.decode(),
        hash=content,
        forms=forms,
        published_at=at,
        published_by_id=by.user_id,
        note=note,
    )
    db.session.add(version)
    db.session.flush()
    stated = {"number": version.number, "hash": content, "note": note}
    record("design_published", f"process_design:{owner.id}", by=by, at=at, data=stated)
    if not by.is_system:
        # The system publishes several at once, and tries them when all of them are there.
        trials.published([version], by=by, at=at, note=note)
    return version


def names(forms: Mapping[str, Any], together: Iterable[str] = ()) -> Names:
    """What a design published now may refer to."""
    return Names(
        services=vocabulary.services(),
        forms=frozenset(forms),
        called=queries.published_keys() | frozenset(together),
        form_fields=_fields(forms),
        roles=ROLES,
        units=accounts.all_unit_ids(),
    )


def _fields(forms: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """The variables each form fills in, of those that are in order."""
    shipped, known = shipped_forms(), _shipped_fields()
    own = {key: form for key, form in forms.items() if form != shipped.get(key)}
    return {key: known[key] for key in forms.keys() - own.keys()} | _read_fields(own)


@cache
def _shipped_fields() -> dict[str, frozenset[str]]:
    return _read_fields(shipped_forms())


def _read_fields(forms: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    found = {}
    for key, source in forms.items():
        with suppress(Invalid):
            found[key] = frozenset(field.key for field in parse(key, source).fields)
    return found


def form_keys(design: Design) -> set[str]:
    """The forms the design's tasks name."""
    return {node.settings["form"] for node in design.nodes.values() if node.settings.get("form")}


def check(
    source: bytes,
    forms: Mapping[str, Any],
    called: Iterable[str],
    *,
    units: frozenset[int] | None = None,
) -> list[Problem]:
    """Every problem of a design, without a database: `called` are the processes it may start.

    `units` are the ids tasks may be given to; None leaves them unchecked.
    """
    allowed = Names(
        services=vocabulary.services(),
        forms=frozenset(forms),
        called=frozenset(called),
        form_fields=_fields(forms),
        roles=ROLES,
        units=units,
    )
    problems = list(check_design(source, names=allowed))
    for key, schema in forms.items():
        try:
            parse(key, schema)
        except Invalid as error:
            said = [one for found in error.fields.values() for one in found] or [None]
            for one in said:
                given = error.params if one is None else _at_place(key, one)
                problems.append(Problem("form", "error", None, None, error.message, given))
    return problems


def _at_place(form: str, complaint: Any) -> dict[str, Any]:
    return {"key": form, "place": complaint.place, "detail": complaint}


def install_shipped(*, by: Actor, at: dt.datetime) -> list[DesignVersion]:
    """Publish everything in `workflows/` that is new, decision tables too; what a person has
    changed since stays theirs. Returns the newest version of each design.
    """
    install_decisions(WORKFLOWS, by=by, at=at)
    sources = [path.read_bytes() for path in sorted(WORKFLOWS.glob("*.bpmn"))]
    keys = [compile_design(source).key for source in sources]
    versions, changed = [], []
    for key, source in zip(keys, sources, strict=True):
        newest = queries.newest(key)
        if newest is None or newest.published_by_id is None:
            before, newest = newest, publish(source, {}, by=by, at=at, together=keys)
            changed += [newest] if newest is not before else []
        versions.append(newest)
    trials.installed(changed, by=by, at=at)
    return versions


@cache
def shipped_forms() -> Mapping[str, Any]:
    """The forms that come with the product, read once."""
    return MappingProxyType(load_forms(WORKFLOWS / "forms"))


def load_forms(folder: Path) -> dict[str, Any]:
    """The form definitions of a folder by key. Raises Invalid for one that is no JSON."""
    found = {}
    for path in sorted(folder.glob("*.json")):
        try:
            found[path.stem] = json.loads(path.read_text("utf-8"))
        except ValueError as error:
            raise Invalid(
                N_("表单 {key} 不是有效的 JSON：{detail}"), key=path.stem, detail=str(error)
            ) from None
    return found


def _hash(source: bytes, forms: Mapping[str, Any]) -> str:
    stated = json.dumps(forms, sort_keys=True, ensure_ascii=False).encode()
    return hashlib.sha256(source + b"\0" + stated).hexdigest()
