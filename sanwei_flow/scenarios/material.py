"""Gathers what a run is played with: the design tried, and the newest of all it may call."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.designs import queries
from sanwei_flow.designs.models import DesignDraft, DesignVersion
from sanwei_flow.designs.operations import WORKFLOWS, form_keys, load_forms
from sanwei_flow.designs.schema import Schema, parse
from sanwei_flow.engine import Decision, Design, Names, compile_design
from sanwei_flow.errors import N_, NotFound
from sanwei_flow.processes import services
from sanwei_flow.processes.opinions import NO_FORM
from sanwei_flow.scenarios.values import Material
from sanwei_flow.supervision import escalating

#: Drafts are compiled at every page of their runs; the last few are kept.
CACHED = 64


@dataclass(frozen=True)
class Content:
    """A design that need not be published: its key, BPMN and forms."""

    key: str
    xml: str
    forms: Mapping[str, Any]


def material_of(
    key: str, tried: DesignVersion | DesignDraft | Content, *, by_key: str | None = None
) -> Material:
    """Play the process `key`, with `tried` in the place of its own process (default: `key`).

    Raises DesignError for a draft that cannot run, Invalid for a form that is none.
    """
    own = by_key or key
    design, form = _tried(tried, own)

    def design_of(process: str) -> Design:
        return design if process == own else queries.compiled(_current(process))

    def schema_of(process: str, name: str | None) -> Schema:
        if not name:
            return NO_FORM
        return form(name) if process == own else queries.form(_current(process), name)

    def decision_of(table: str) -> Decision:
        return queries.decision(queries.current_decision(table))

    versions: dict[str, DesignVersion] = {}

    def _current(process: str) -> DesignVersion:
        if process not in versions:
            versions[process] = queries.current(process)
        return versions[process]

    return Material(key, design_of, schema_of, decision_of, escalating.table(), load_calendar())


def _tried(tried: DesignVersion | DesignDraft | Content, key: str) -> tuple[Design, Any]:
    if isinstance(tried, DesignVersion):
        return queries.compiled(tried), lambda name: queries.form(tried, name)
    stated = json.dumps(dict(tried.forms), sort_keys=True, ensure_ascii=False)
    called = queries.published_keys() | {key}
    digest = hashlib.sha256(f"{tried.xml}\0{stated}".encode()).hexdigest()
    compiled, forms = _compiled(digest, tried.xml, stated, called, services.names())

    def form(name: str) -> Schema:
        if name not in forms:
            raise NotFound(N_("这一流程版本没有表单 {key}"), key=name)
        return forms[name]

    return compiled, form


@lru_cache(CACHED)
def _compiled(
    _digest: str, xml: str, stated: str, called: frozenset[str], known: frozenset[str]
) -> tuple[Design, dict[str, Schema]]:
    """The design checked as publishing would, and its forms."""
    sources = load_forms(WORKFLOWS / "forms") | json.loads(stated)
    names = Names(services=known, forms=frozenset(sources), called=called)
    design = compile_design(xml.encode(), names=names)
    used = form_keys(design)
    return design, {name: parse(name, sources[name]) for name in sorted(used)}
