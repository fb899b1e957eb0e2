"""Forms of a design being edited: which steps use them, saving them into the design's draft."""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.designs import drafting, operations, outcomes, queries
from sanwei_flow.designs.complaints import SENTENCES, Complaint
from sanwei_flow.designs.models import DesignDraft, DesignVersion
from sanwei_flow.engine import DesignError, Element, outline
from sanwei_flow.errors import N_, Conflict, Invalid, NotFound

Form = dict[str, Any]
#: More than any task can reasonably ask.
MOST_FIELDS = 100
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
#: Settings of a field that hold the path of a variable.
PATHS = ("default_from", "choices_from", "later_than")


@dataclass(frozen=True)
class Step:
    """A user task that uses a form, with its outcomes."""

    id: str
    name: str
    outcomes: tuple[outcomes.Outcome, ...]


@dataclass(frozen=True)
class Use:
    """Where the answer of a field is read: an element of the drawing, or another form."""

    id: str
    name: str


@dataclass(frozen=True)
class Drawn:
    """A design as it stands: its draft, or its newest version where nobody edits it.

    `forms` are its own and those it uses of the ones we ship; `elements` is empty for a drawing
    that cannot be read.
    """

    key: str
    name: str
    forms: Mapping[str, Form]
    elements: list[Element]
    draft: DesignDraft | None
    version: DesignVersion | None

    def steps(self, form: str) -> list[Step]:
        """The steps that use a form, in the order of the drawing."""
        return [
            Step(
                one.id,
                one.name or one.id,
                tuple(outcomes.parse(one.settings.get("outcomes"))),
            )
            for one in self.elements
            if one.settings.get("form") == form
        ]

    def bare(self) -> list[str]:
        """The names of user tasks without a form."""
        tasks = [one for one in self.elements if one.kind == "userTask"]
        return [one.name or one.id for one in tasks if not one.settings.get("form")]

    def uses(self, key: str, but: str) -> list[Use]:
        """Who reads the answer called `key`, apart from the form `but` itself."""
        found = [Use(one.id, one.name or one.id) for one in self.elements if key in one.reads]
        for name, form in self.forms.items():
            if name != but and any(key == path.split(".")[0] for path in _paths(form)):
                found.append(Use(name, str(form.get("title") or name)))
        return found

    def lost(self, form: str, content: Form) -> dict[str, list[Use]]:
        """Keys the form had, has no more, and that somebody still reads."""
        had = set(_keys(self.forms.get(form, {})))
        if self.version is not None:
            had |= set(_keys(self.version.forms.get(form, {})))
        given = {key for name, one in self.forms.items() if name != form for key in _keys(one)}
        gone = sorted(had - set(_keys(content)) - given)
        return {key: used for key in gone if (used := self.uses(key, form))}


def drawn(key: str, *, by: Actor) -> Drawn:
    """A design with its forms. Raises Forbidden, NotFound if there is no such design."""
    drafting.require_designer(by)
    draft, version = drafting.draft_of(key), queries.newest(key)
    source = draft or version
    if source is None:
        raise NotFound(N_("没有流程 {key}"), key=key)
    try:
        elements = outline(source.xml.encode())
    except DesignError:
        elements = []
    used = {one.settings.get("form") for one in elements}
    shipped = operations.load_forms(operations.WORKFLOWS / "forms")
    forms = {name: form for name, form in shipped.items() if name in used} | source.forms
    name = draft.name if draft else version.design.name if version else key
    return Drawn(key, name, dict(sorted(forms.items())), elements, draft, version)


def mark(form: Form | None) -> str:
    """A short name of a form's content, to tell whether it is still the one that was read."""
    stated = json.dumps(form, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(stated.encode()).hexdigest()[:16]


def save_form(
    key: str,
    form: Form,
    *,
    seen: str,
    anyway: bool = False,
    by: Actor,
    at: dt.datetime,
) -> DesignDraft:
    """Put a form into the design's draft, which is opened if there is none.

    It may be unfinished: publishing asks for more. `seen` is the `mark` of what was read; what
    others did meanwhile to other parts of the draft does not matter. Raises Forbidden, NotFound,
    Conflict with who saved when unless `anyway`, which keeps theirs as a copy.
    """
    present = drawn(key, by=by)
    if len(form.get("fields") or ()) > MOST_FIELDS:
        raise Invalid(N_("一张表单最多 {limit} 项"), limit=MOST_FIELDS)
    draft = drafting.open_draft(key, by=by, at=at)
    name = str(form["key"])
    unchanged = mark(present.forms.get(name)) == seen
    if not unchanged and present.draft is None and not anyway:
        raise Conflict(N_("这张表单已随新版本改变，您的修改还没有保存。"))
    # Revisions begin at 1: nought is what nobody has read.
    revision = draft.revision if unchanged or present.draft is None else 0
    forms = {**draft.forms, name: form}
    return drafting.save_draft(
        draft.id, revision=revision, forms=forms, anyway=anyway, by=by, at=at
    )


def add_form(
    key: str, name: str, title: str, *, like: str = "", by: Actor, at: dt.datetime
) -> DesignDraft:
    """Begin a form, empty or as a copy of another one of the design.

    Raises Forbidden, NotFound, Invalid with the field that does not fit.
    """
    present = drawn(key, by=by)
    wrong: dict[str, list[object]] = {}
    if not KEY.fullmatch(name):
        wrong["key"] = [Complaint("key", SENTENCES["string_pattern_mismatch"])]
    elif name in present.forms:
        wrong["key"] = [Complaint("key", N_("已有标识为 {key} 的表单"), {"key": name})]
    if not title.strip():
        wrong["title"] = [Complaint("title", N_("请填写表单名称"))]
    if wrong:
        raise Invalid(N_("有 {count} 处需要改正。"), wrong, count=len(wrong))
    draft = drafting.open_draft(key, by=by, at=at)
    fields = present.forms[like].get("fields", []) if like in present.forms else []
    form = {"key": name, "title": title.strip()[:100], "fields": [_fresh(one) for one in fields]}
    forms = {**draft.forms, name: form}
    return drafting.save_draft(draft.id, revision=draft.revision, forms=forms, by=by, at=at)


def delete_form(key: str, name: str, *, by: Actor, at: dt.datetime) -> DesignDraft:
    """Take a form out of the draft.

    Raises Forbidden, NotFound, Conflict naming the steps that use it.
    """
    present = drawn(key, by=by)
    if name not in present.forms:
        raise NotFound(N_("这个流程没有表单 {key}"), key=name)
    used = present.steps(name)
    if used:
        message = N_("环节“{steps}”还在用这张表单，请先在流程图上换成别的表单再删除。")
        raise Conflict(message, steps="、".join(one.name for one in used))
    draft = drafting.open_draft(key, by=by, at=at)
    forms = {other: form for other, form in draft.forms.items() if other != name}
    return drafting.save_draft(draft.id, revision=draft.revision, forms=forms, by=by, at=at)


def _fresh(field: Form) -> Form:
    """A field for another form: what steps may do with it is theirs."""
    return {name: value for name, value in field.items() if name != "access"}


def _keys(form: Form) -> list[str]:
    return [str(field.get("key", "")) for field in form.get("fields") or ()]


def _paths(form: Form) -> list[str]:
    """Every variable path that the fields and columns of a form name."""
    found = []
    for field in form.get("fields") or ():
        for one in (field, *(field.get("columns") or ())):
            found += [str(one[name]) for name in PATHS if one.get(name)]
    return found
