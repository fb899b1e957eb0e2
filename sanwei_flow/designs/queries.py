"""Reads of published designs. What was published never changes, so it may be cached by hash."""

from functools import lru_cache
from typing import Any

from sqlalchemy.orm import contains_eager

from sanwei_flow.accounts import queries as accounts
from sanwei_flow.db import db
from sanwei_flow.designs.models import (
    DecisionTable,
    DecisionVersion,
    DesignVersion,
    ProcessDesign,
)
from sanwei_flow.designs.schema import Column, Schema, parse
from sanwei_flow.designs.values import Choice, Choices, look_up
from sanwei_flow.engine import Decision, Design, compile_decision, load_design
from sanwei_flow.errors import N_, NotFound

CACHED = 1000


def current(key: str) -> DesignVersion:
    """The newest version of a design. Raises NotFound if none was ever published."""
    found = newest(key)
    if found is None:
        raise NotFound(N_("没有已发布的流程 {key}"), key=key)
    return found


def newest(key: str) -> DesignVersion | None:
    """The newest version of a design, or None."""
    query = db.select(DesignVersion).join(ProcessDesign).where(ProcessDesign.key == key)
    found: DesignVersion | None = db.session.scalar(
        query.order_by(DesignVersion.number.desc()).limit(1)
    )
    return found


def version_of(key: str, number: int) -> DesignVersion:
    """One version of a design by its number. Raises NotFound."""
    query = db.select(DesignVersion).join(DesignVersion.design).where(ProcessDesign.key == key)
    query = query.where(DesignVersion.number == number)
    found: DesignVersion | None = db.session.scalar(
        query.options(contains_eager(DesignVersion.design))
    )
    if found is None:
        raise NotFound(N_("流程 {key} 没有第 {number} 版"), key=key, number=number)
    return found


def newest_versions(*, after: str | None = None, limit: int = 50) -> list[DesignVersion]:
    """The newest version of every design in the order of their keys, those after a key."""
    last = (
        db.select(DesignVersion.design_id, db.func.max(DesignVersion.number).label("number"))
        .group_by(DesignVersion.design_id)
        .subquery()
    )
    query = (
        db.select(DesignVersion)
        .join(DesignVersion.design)
        .join(
            last,
            (last.c.design_id == DesignVersion.design_id) & (last.c.number == DesignVersion.number),
        )
        .options(contains_eager(DesignVersion.design))
        .order_by(ProcessDesign.key)
        .limit(limit)
    )
    if after is not None:
        query = query.where(ProcessDesign.key > after)
    return list(db.session.scalars(query))


def published_keys() -> frozenset[str]:
    """The keys of all designs: what a call activity may name."""
    return frozenset(db.session.scalars(db.select(ProcessDesign.key)))


def compiled(version: DesignVersion) -> Design:
    """The design ready to run; compiled once for each process and content."""
    return compiled_by_hash(version.hash)


@lru_cache(CACHED)
def compiled_by_hash(content_hash: str) -> Design:
    """Like `compiled`, for callers that only read the version's hash beside their own row."""
    ready = _published.pop(content_hash, None)
    return ready or load_design(_content(DesignVersion.xml, content_hash).encode())


#: Designs on their way from publishing into the cache.
_published: dict[str, Design] = {}


def keep_compiled(content_hash: str, design: Design) -> None:
    """Spare whoever starts a version that was just published compiling it once more.

    The content makes the hash, so this holds even if the publishing is rolled back.
    """
    _published[content_hash] = design
    compiled_by_hash(content_hash)
    _published.pop(content_hash, None)


def form(version: DesignVersion, key: str) -> Schema:
    """A form of this version. Raises NotFound if the version has none of that key."""
    return form_by_hash(version.hash, key)


@lru_cache(CACHED)
def form_by_hash(content_hash: str, key: str, step: str | None = None) -> Schema:
    """Like `form`, by the version's hash; `step` is the id of the user task that uses it.

    A process that was moved to this version may have tasks done by a form that only another
    version has: it is shown as that had it.
    """
    if step is not None:
        return form_by_hash(content_hash, key).at(step)
    forms = _content(DesignVersion.forms, content_hash)
    if key not in forms:
        forms = _forms_elsewhere(content_hash, key)
    return parse(key, forms[key])


def _forms_elsewhere(content_hash: str, key: str) -> dict[str, Any]:
    """The forms of the newest other version of the design that has this one."""
    owner = db.select(DesignVersion.design_id).where(DesignVersion.hash == content_hash).limit(1)
    query = db.select(DesignVersion.forms).where(DesignVersion.design_id == owner.scalar_subquery())
    for forms in db.session.scalars(query.order_by(DesignVersion.number.desc())):
        if key in forms:
            return dict(forms)
    raise NotFound(N_("这一流程版本没有表单 {key}"), key=key)


@lru_cache(CACHED)
def fields_by_hash(content_hash: str) -> dict[str, frozenset[str]]:
    """The names each form of a version fills in, by the version's hash."""
    forms = _content(DesignVersion.forms, content_hash)
    return {
        key: frozenset(field.key for field in parse(key, schema).fields)
        for key, schema in forms.items()
    }


def _content(column: Any, content_hash: str) -> Any:
    query = db.select(column).where(DesignVersion.hash == content_hash).limit(1)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(N_("没有这一流程版本"))
    return found


def current_decision(key: str) -> DecisionVersion:
    """The newest version of a decision table. Raises NotFound if none was ever published."""
    found = newest_decision(key)
    if found is None:
        raise NotFound(N_("没有已发布的决策表 {key}"), key=key)
    return found


def newest_decision(key: str) -> DecisionVersion | None:
    """The newest version of a decision table, or None."""
    query = db.select(DecisionVersion).join(DecisionTable).where(DecisionTable.key == key)
    query = query.options(contains_eager(DecisionVersion.decision))
    found: DecisionVersion | None = db.session.scalar(
        query.order_by(DecisionVersion.number.desc()).limit(1)
    )
    return found


def decision_versions(key: str) -> list[DecisionVersion]:
    """Every version of a decision table, newest first, without its content."""
    query = db.select(DecisionVersion).join(DecisionTable).where(DecisionTable.key == key)
    query = query.options(contains_eager(DecisionVersion.decision))
    return list(db.session.scalars(query.order_by(DecisionVersion.number.desc())))


def decision_version(key: str, number: int) -> DecisionVersion:
    """One version of a decision table. Raises NotFound."""
    query = db.select(DecisionVersion).join(DecisionTable).where(DecisionTable.key == key)
    found: DecisionVersion | None = db.session.scalar(query.where(DecisionVersion.number == number))
    if found is None:
        raise NotFound(N_("没有这一版本的决策表"))
    return found


def newest_decisions() -> list[DecisionVersion]:
    """The newest version of every decision table in the order of their keys."""
    last = (
        db.select(DecisionVersion.decision_id, db.func.max(DecisionVersion.number).label("number"))
        .group_by(DecisionVersion.decision_id)
        .subquery()
    )
    query = (
        db.select(DecisionVersion)
        .join(DecisionVersion.decision)
        .join(
            last,
            (last.c.decision_id == DecisionVersion.decision_id)
            & (last.c.number == DecisionVersion.number),
        )
        .options(contains_eager(DecisionVersion.decision))
        .order_by(DecisionTable.key)
    )
    return list(db.session.scalars(query))


def decision(version: DecisionVersion) -> Decision:
    """The table ready to be asked; compiled once for each content."""
    return decision_by_hash(version.hash)


@lru_cache(CACHED)
def decision_by_hash(content_hash: str) -> Decision:
    """Like `decision`, by the version's hash."""
    query = db.select(DecisionVersion.xml).where(DecisionVersion.hash == content_hash).limit(1)
    xml = db.session.scalar(query)
    if xml is None:
        raise NotFound(N_("没有这一版本的决策表"))
    return compile_decision(xml.encode())


def register_choices(field: Column, defaults: dict[str, Any]) -> list[Choice]:
    """Units and people a form field may name, as (id, name).

    `choices_from` narrows people to a unit: the path of a variable that holds its id.
    """
    if field.type in ("unit", "units"):
        return [(unit.id, unit.name) for unit in accounts.all_units()]
    unit_id = look_up(field.choices_from, defaults) if field.choices_from else None
    if unit_id is None:
        return [(user.id, user.name) for user in accounts.all_users() if user.active]
    return [(user.id, user.name) for user in accounts.people(unit_id, "staff")]


def remembered_choices() -> Choices:
    """`register_choices` that asks the register once for each kind of question: for one page."""
    kept: dict[tuple[str, str], list[Choice]] = {}

    def choices(field: Column, defaults: dict[str, Any]) -> list[Choice]:
        within = str(look_up(field.choices_from, defaults)) if field.choices_from else ""
        key = (field.type, within)
        if key not in kept:
            kept[key] = register_choices(field, defaults)
        return kept[key]

    return choices
