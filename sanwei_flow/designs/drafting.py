"""Drafts of designs: opened, saved under a revision, thrown away, published."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sanwei_flow.accounts import queries as accounts
from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import Role, User
from sanwei_flow.audit.operations import record
from sanwei_flow.calendars.workdays import SHANGHAI
from sanwei_flow.db import db
from sanwei_flow.designs import operations, queries
from sanwei_flow.designs.models import DesignDraft, DesignVersion, DraftCopy
from sanwei_flow.engine import DesignError, Problem, head_of
from sanwei_flow.errors import N_, Conflict, Forbidden, Invalid, NotFound

OVERWRITTEN, DISCARDED = "overwritten", "discarded"
#: Copies kept of one design; the oldest go first.
MOST_COPIES = 20


def require_designer(by: Actor) -> None:
    """Designs belong to the whole county: who designs anywhere designs all. Raises Forbidden."""
    if not by.has_role(Role.designer):
        raise Forbidden(N_("只有流程设计人员可以查看和修改流程设计。"))


def open_draft(key: str, *, by: Actor, at: dt.datetime) -> DesignDraft:
    """The draft of a design; without one, a new one from the newest version.

    Raises Forbidden, NotFound for a design that has neither.
    """
    require_designer(by)
    known = draft_of(key)
    if known is not None:
        return known
    newest = queries.current(key)
    content = {"name": newest.design.name, "xml": newest.xml, "forms": dict(newest.forms)}
    return _add(DesignDraft(key=key, base_id=newest.id, **content), by=by, at=at)


def new_draft(
    xml: str, forms: Mapping[str, Any] | None = None, *, by: Actor, at: dt.datetime
) -> DesignDraft:
    """Begin a design that does not exist yet; its key and name are the process's own.

    Raises Forbidden, DesignError for what is no BPMN, Conflict if the key is taken.
    """
    require_designer(by)
    key, name = head_of(xml.encode())
    if draft_of(key) is not None or queries.newest(key) is not None:
        raise Conflict(N_("已有标识为 {key} 的流程，请换一个标识。"), key=key)
    return _add(DesignDraft(key=key, name=name, xml=xml, forms=dict(forms or {})), by=by, at=at)


def offer_draft(xml: str, *, by: Actor, at: dt.datetime) -> DesignDraft:
    """Begin a draft of what a feature generated; whether `by` may is for that feature to ask."""
    key, name = head_of(xml.encode())
    newest = queries.newest(key)
    base_id = newest.id if newest else None
    return _add(DesignDraft(key=key, name=name, base_id=base_id, xml=xml, forms={}), by=by, at=at)


def _add(draft: DesignDraft, *, by: Actor, at: dt.datetime) -> DesignDraft:
    draft.edited_at, draft.edited_by_id = at, by.user_id
    db.session.add(draft)
    db.session.flush()
    return draft


def save_draft(
    draft_id: int,
    *,
    revision: int,
    xml: str | None = None,
    forms: Mapping[str, Any] | None = None,
    anyway: bool = False,
    by: Actor,
    at: dt.datetime,
) -> DesignDraft:
    """Save what changed; the rest of the draft stays.

    A draft may be wrong, but it must be BPMN, and its key cannot change. `revision` is the one
    that was read: if another is there, raises Conflict with who saved it when, unless `anyway`,
    which keeps theirs as a copy. Raises Forbidden, NotFound, DesignError.
    """
    require_designer(by)
    draft = _locked(draft_id)
    if draft.revision != revision:
        if not anyway:
            raise first_was(draft)
        _keep(draft, OVERWRITTEN, by=by, at=at)
    if xml is not None:
        key, draft.name = head_of(xml.encode())
        if key != draft.key:
            raise Conflict(N_("流程的标识不能改：应为 {key}。"), key=draft.key)
        draft.xml = xml
    if forms is not None:
        draft.forms = dict(forms)
    draft.edited_at, draft.edited_by_id = at, by.user_id
    db.session.flush()
    return draft


def discard_draft(draft_id: int, *, by: Actor, at: dt.datetime) -> None:
    """Throw the draft away; a copy stays. Raises Forbidden, NotFound."""
    require_designer(by)
    withdraw_draft(_locked(draft_id), by=by, at=at)


def withdraw_draft(draft: DesignDraft, *, by: Actor, at: dt.datetime) -> None:
    """`discard_draft` for the feature that offered it, which asks whether `by` may."""
    _keep(draft, DISCARDED, by=by, at=at)
    record("draft_discarded", f"design_draft:{draft.key}", by=by, at=at)
    db.session.delete(draft)
    db.session.flush()


def restore_copy(copy_id: int, *, revision: int, by: Actor, at: dt.datetime) -> DesignDraft:
    """Bring a copy back as the draft; what it replaces becomes a copy.

    Raises Forbidden, NotFound, Conflict like `save_draft`; `revision` is ignored where no draft
    stands in the way.
    """
    require_designer(by)
    copy = db.session.get(DraftCopy, copy_id)
    if copy is None:
        raise NotFound(N_("没有这份草稿副本"))
    draft = draft_of(copy.key)
    if draft is None:
        newest = queries.newest(copy.key)
        _, name = head_of(copy.xml.encode())
        draft = DesignDraft(key=copy.key, name=name, xml=copy.xml, forms=dict(copy.forms))
        draft.base_id = newest.id if newest else None
        return _add(draft, by=by, at=at)
    if draft.revision == revision:
        _keep(draft, OVERWRITTEN, by=by, at=at)
    return save_draft(draft.id, revision=revision, xml=copy.xml, forms=copy.forms, by=by, at=at)


def draft_problems(draft: DesignDraft) -> list[Problem]:
    """What publishing the draft would be told, errors first; the same rules."""
    return problems_of(draft.key, draft.xml, draft.forms)


def problems_of(key: str, xml: str, forms: Mapping[str, Any]) -> list[Problem]:
    """What publishing a drawing under that key would be told, errors first."""
    shipped = operations.load_forms(operations.WORKFLOWS / "forms")
    called = queries.published_keys() | {key}
    units = accounts.all_unit_ids()
    return operations.check(xml.encode(), shipped | dict(forms), called, units=units)


def publish_draft(
    draft_id: int, *, revision: int, note: str, by: Actor, at: dt.datetime
) -> DesignVersion:
    """Publish the draft as it was read; it is gone then.

    Raises Forbidden, NotFound, DesignError with every problem, Conflict if another revision is
    there, or if a newer version was published since the draft began.
    """
    require_designer(by)
    draft = _locked(draft_id)
    if draft.revision != revision:
        raise first_was(draft)
    newest = queries.newest(draft.key)
    if newest is not None and draft.base_id != newest.id:
        when = f"{newest.published_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        message = N_("草稿开始以后已于 {when} 发布了第 {number} 版，请先对照再发布。")
        raise Conflict(message, when=when, number=newest.number)
    problems = [one for one in draft_problems(draft) if one.severity == "error"]
    if problems:
        raise DesignError(problems)
    version = operations.publish(draft.xml, draft.forms, by=by, at=at, note=note.strip())
    db.session.delete(draft)
    db.session.flush()
    return version


def roll_back(key: str, number: int, *, note: str, by: Actor, at: dt.datetime) -> DesignVersion:
    """Publish an earlier version once more, as the newest one; why must be said.

    Raises Forbidden, NotFound, Invalid without a note, Conflict for what is the newest already,
    DesignError where it could not run any more.
    """
    require_designer(by)
    old, newest = queries.version_of(key, number), queries.current(key)
    if not note.strip():
        raise Invalid(N_("请写明发布说明。"), fields={"note": [N_("请写明发布说明。")]})
    if old.hash == newest.hash:
        raise Conflict(N_("第 {number} 版和当前版本内容相同。"), number=number)
    return operations.publish(old.xml, old.forms, by=by, at=at, note=note.strip())


def rebase_draft(draft_id: int, *, revision: int, by: Actor, at: dt.datetime) -> DesignDraft:
    """Say that the draft has been compared with the newest version and shall follow it.

    Raises Forbidden, NotFound, Conflict.
    """
    draft = save_draft(draft_id, revision=revision, by=by, at=at)
    newest = queries.newest(draft.key)
    draft.base_id = newest.id if newest else None
    db.session.flush()
    return draft


def draft_of(key: str) -> DesignDraft | None:
    """The draft of a design, or None."""
    found: DesignDraft | None = db.session.scalar(
        db.select(DesignDraft).where(DesignDraft.key == key)
    )
    return found


def drafts() -> list[DesignDraft]:
    """All drafts in the order of their keys, without their content."""
    return list(db.session.scalars(db.select(DesignDraft).order_by(DesignDraft.key)))


def copies_of(key: str) -> list[DraftCopy]:
    """What was saved over or thrown away of a design, newest first, without its content."""
    query = db.select(DraftCopy).where(DraftCopy.key == key).order_by(DraftCopy.id.desc())
    return list(db.session.scalars(query))


def first_was(draft: DesignDraft) -> Conflict:
    """The conflict that names who saved the draft, and when; `revision` is the one there is."""
    who = db.session.scalar(db.select(User.name).where(User.id == draft.edited_by_id))
    return Conflict(
        N_("{who}已于 {when} 保存了这份草稿，您的修改还没有保存。"),
        who=who or N_("系统"),
        when=f"{draft.edited_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
        revision=draft.revision,
    )


def _locked(draft_id: int) -> DesignDraft:
    query = db.select(DesignDraft).where(DesignDraft.id == draft_id).with_for_update()
    found: DesignDraft | None = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(N_("这份草稿已经发布或放弃。"))
    return found


def _keep(draft: DesignDraft, reason: str, *, by: Actor, at: dt.datetime) -> None:
    kept = DraftCopy(
        key=draft.key,
        xml=draft.xml,
        forms=draft.forms,
        reason=reason,
        edited_by_id=draft.edited_by_id,
        edited_at=draft.edited_at,
        kept_at=at,
        kept_by_id=by.user_id,
    )
    db.session.add(kept)
    db.session.flush()
    for old in copies_of(draft.key)[MOST_COPIES:]:
        db.session.delete(old)
