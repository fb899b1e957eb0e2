"""Decision tables being edited: drafts under a revision, tried with examples, published."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import quoteattr

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import User
from sanwei_flow.audit.operations import record
from sanwei_flow.calendars.workdays import SHANGHAI
from sanwei_flow.db import db
from sanwei_flow.designs import queries
from sanwei_flow.designs.complaints import SENTENCES, Complaint
from sanwei_flow.designs.decisions import publish_decision
from sanwei_flow.designs.drafting import (
    DISCARDED,
    MOST_COPIES,
    OVERWRITTEN,
    copies_of,
    require_designer,
)
from sanwei_flow.designs.examples import Tried, accepted, check_examples, replay
from sanwei_flow.designs.form_drafts import KEY
from sanwei_flow.designs.models import DecisionDraft, DecisionVersion, DraftCopy
from sanwei_flow.engine import compile_decision, table_head
from sanwei_flow.errors import N_, Conflict, Invalid, NotFound

MOST_NOTE = 1000
#: A table to begin with: one condition, one result, one rule that always fits.
EMPTY = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="{key}_definitions" name={name}
  namespace="http://sanwei-flow.example/dmn">
  <decision id="{key}" name={name}>
    <decisionTable id="{key}_table" hitPolicy="FIRST">
      <input id="{key}_input" label="条件">
        <inputExpression id="{key}_expression" typeRef="number"><text>days</text></inputExpression>
      </input>
      <output id="{key}_output" label="结果" name="result" typeRef="string" />
      <rule id="{key}_rule">
        <inputEntry id="{key}_test"><text>-</text></inputEntry>
        <outputEntry id="{key}_answer"><text>"none"</text></outputEntry>
      </rule>
    </decisionTable>
  </decision>
</definitions>
"""


@dataclass(frozen=True)
class Standing:
    """A table as it stands: its draft, or its newest version where nobody edits it.

    `revision` is 0 where there is no draft.
    """

    key: str
    name: str
    xml: str
    examples: list[dict[str, Any]]
    draft: DecisionDraft | None
    version: DecisionVersion | None

    @property
    def revision(self) -> int:
        return self.draft.revision if self.draft else 0


def standing(key: str, *, by: Actor) -> Standing:
    """A table for its designers. Raises Forbidden, NotFound if there is no such table."""
    require_designer(by)
    draft, version = draft_of(key), queries.newest_decision(key)
    if draft is not None:
        return Standing(key, draft.name, draft.xml, list(draft.examples), draft, version)
    if version is None:
        raise NotFound(N_("没有决策表 {key}"), key=key)
    examples = list(version.decision.examples or [])
    return Standing(key, version.decision.name, version.xml, examples, None, version)


def draft_of(key: str) -> DecisionDraft | None:
    """The draft of a table, or None."""
    found: DecisionDraft | None = db.session.scalar(
        db.select(DecisionDraft).where(DecisionDraft.key == key)
    )
    return found


def new_table(key: str, name: str, *, by: Actor, at: dt.datetime) -> DecisionDraft:
    """Begin a table. Raises Forbidden, Invalid with the field that does not fit."""
    require_designer(by)
    wrong: dict[str, list[object]] = {}
    if not KEY.fullmatch(key):
        wrong["key"] = [Complaint("key", SENTENCES["string_pattern_mismatch"])]
    elif draft_of(key) is not None or queries.newest_decision(key) is not None:
        wrong["key"] = [Complaint("key", N_("已有标识为 {key} 的决策表"), {"key": key})]
    if not name.strip():
        wrong["name"] = [Complaint("name", N_("请填写名称"))]
    if wrong:
        raise Invalid(N_("有 {count} 处需要改正。"), wrong, count=len(wrong))
    name = name.strip()[:100]
    xml = EMPTY.format(key=key, name=quoteattr(name))
    return _add(DecisionDraft(key=key, name=name, xml=xml, examples=[]), by=by, at=at)


def save_table(
    key: str,
    xml: str,
    examples: Sequence[Any],
    *,
    revision: int,
    base: int | None = None,
    anyway: bool = False,
    by: Actor,
    at: dt.datetime,
) -> DecisionDraft:
    """Put a table and its examples into its draft, which is begun if there is none.

    A draft may be wrong, but it must be DMN with this key. `revision` is the one that was read
    (0: there was no draft), `base` the id of the version it shows. Raises Forbidden, NotFound,
    DesignError, Invalid, Conflict with who saved when unless `anyway`, which keeps theirs.
    """
    present = standing(key, by=by)
    named, name = table_head(xml.encode())
    if named != key:
        raise Conflict(N_("决策表的标识不能改：应为 {key}。"), key=key)
    kept = check_examples(examples)
    draft = _locked(key)
    if draft is None:
        if revision and not anyway:
            raise Conflict(N_("这份草稿已经发布或放弃。"))
        newest = present.version.id if present.version else None
        content = {"name": name, "xml": xml, "examples": kept, "base_id": base or newest}
        return _add(DecisionDraft(key=key, **content), by=by, at=at)
    if draft.revision != revision:
        if not anyway:
            raise first_was(draft)
        _keep(draft, OVERWRITTEN, by=by, at=at)
    draft.name, draft.xml, draft.examples = name, xml, kept
    draft.edited_at, draft.edited_by_id = at, by.user_id
    db.session.flush()
    return draft


def discard_table(key: str, *, by: Actor, at: dt.datetime) -> None:
    """Throw the draft away, if there is one; a copy stays. Raises Forbidden."""
    require_designer(by)
    draft = _locked(key)
    if draft is None:
        return
    _keep(draft, DISCARDED, by=by, at=at)
    record("draft_discarded", f"decision_draft:{key}", by=by, at=at)
    db.session.delete(draft)
    db.session.flush()


def publish_draft(
    key: str, *, revision: int, note: str, accept: bool = False, by: Actor, at: dt.datetime
) -> DecisionVersion:
    """Publish the draft as it was read; it is gone then.

    Raises what `publish_table` raises, NotFound, and Conflict if another revision is there, or a
    newer version was published since the draft began and `accept` is not given.
    """
    require_designer(by)
    draft = _must(key)
    if draft.revision != revision:
        raise first_was(draft)
    newest = queries.newest_decision(key)
    if newest is not None and draft.base_id != newest.id and not accept:
        when = f"{newest.published_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        message = N_("草稿开始以后已于 {when} 发布了第 {number} 版，请先对照再发布。")
        raise Conflict(message, when=when, number=newest.number)
    version = publish_table(
        draft.xml, note=note, accept=accept, examples=draft.examples, by=by, at=at
    )
    db.session.delete(draft)
    db.session.flush()
    return version


def publish_table(
    xml: str,
    *,
    note: str,
    accept: bool = False,
    examples: Sequence[Any] | None = None,
    by: Actor,
    at: dt.datetime,
) -> DecisionVersion:
    """Publish a table after asking it every example: those given, else those it has.

    Raises Forbidden, DesignError with every problem, and Conflict naming how many examples are
    answered otherwise than before, unless `accept`.
    """
    require_designer(by)
    decision = compile_decision(xml.encode())
    present = queries.newest_decision(decision.key)
    if examples is None:
        examples = list(present.decision.examples or []) if present else []
    tried = replay(decision, check_examples(examples), at=at)
    changed = [one for one in tried if one.changed]
    if changed and not accept:
        message = N_("{count} 个例子的结果与以前不同，请逐个核对，确认后再发布。")
        raise Conflict(message, count=len(changed))
    version = publish_decision(xml, by=by, at=at, note=note.strip()[:MOST_NOTE])
    version.decision.examples = accepted(tried)
    db.session.flush()
    return version


def tried(xml: str, examples: Sequence[Any], *, at: dt.datetime) -> list[Tried]:
    """Every example asked of a table as it is written. Raises DesignError, Invalid."""
    return replay(compile_decision(xml.encode()), check_examples(examples), at=at)


def first_was(draft: DecisionDraft) -> Conflict:
    """The conflict that names who saved the draft, and when."""
    who = db.session.scalar(db.select(User.name).where(User.id == draft.edited_by_id))
    return Conflict(
        N_("{who}已于 {when} 保存了这份草稿，您的修改还没有保存。"),
        who=who or N_("系统"),
        when=f"{draft.edited_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
        revision=draft.revision,
    )


def copies(key: str) -> list[DraftCopy]:
    """What was saved over or thrown away of a table, newest first, without its content."""
    return copies_of(_copy_key(key))


def _copy_key(key: str) -> str:
    return f"decision:{key}"


def _add(draft: DecisionDraft, *, by: Actor, at: dt.datetime) -> DecisionDraft:
    draft.edited_at, draft.edited_by_id = at, by.user_id
    db.session.add(draft)
    db.session.flush()
    return draft


def _locked(key: str) -> DecisionDraft | None:
    query = db.select(DecisionDraft).where(DecisionDraft.key == key).with_for_update()
    found: DecisionDraft | None = db.session.scalar(query.execution_options(populate_existing=True))
    return found


def _must(key: str) -> DecisionDraft:
    draft = _locked(key)
    if draft is None:
        raise NotFound(N_("这份草稿已经发布或放弃。"))
    return draft


def _keep(draft: DecisionDraft, reason: str, *, by: Actor, at: dt.datetime) -> None:
    db.session.add(
        DraftCopy(
            key=_copy_key(draft.key),
            xml=draft.xml,
            forms={},
            reason=reason,
            edited_by_id=draft.edited_by_id,
            edited_at=draft.edited_at,
            kept_at=at,
            kept_by_id=by.user_id,
        )
    )
    db.session.flush()
    for old in copies(draft.key)[MOST_COPIES:]:
        db.session.delete(old)
