"""The form of a task as its page draws it, and what comes back from it."""

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, cast

from flask_babel import gettext
from werkzeug.datastructures import CombinedMultiDict, FileStorage, MultiDict

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.designs import forms, outcomes
from sanwei_flow.designs.queries import remembered_choices
from sanwei_flow.designs.schema import Field
from sanwei_flow.designs.values import localised
from sanwei_flow.processes import attachments
from sanwei_flow.processes.actions import form_of
from sanwei_flow.processes.drafts import draft_of
from sanwei_flow.processes.models import Attachment

Posted = CombinedMultiDict[str, Any]
#: Uploaded in an earlier try: the ids travel with the form, since a browser forgets files.
KEPT = "{key}-kept"


@dataclass(frozen=True)
class Question:
    """A field to draw: the bound WTForms field, its definition, files it holds already."""

    bound: Any
    spec: Field
    files: list[Attachment] = field(default_factory=list)


@dataclass(frozen=True)
class Group:
    """Questions that only some outcomes ask; `actions` is empty for those of all."""

    actions: tuple[str, ...]
    title: str
    questions: list[Question]

    @property
    def id(self) -> str:
        return "-".join(("for", *self.actions))

    @property
    def wrong(self) -> bool:
        return any(question.bound.errors for question in self.questions)


class TaskForm:
    """One task's form: opened fresh, from a draft, or as it was posted."""

    def __init__(
        self, task: Any, posted: Posted | None = None, *, reader: int | None = None
    ) -> None:
        self.task = task
        self.draft = draft_of(task.id, reader) if posted is None else None
        self.schema = form_of(task.design_hash, task.form)
        self.posted = posted
        self.choices = remembered_choices()
        self.errors: list[tuple[str, str, str]] = []
        self.stored: dict[str, list[int]] = {}
        self._bound: dict[str | None, forms.DesignForm] = {}

    @cached_property
    def form(self) -> forms.DesignForm:
        """The form with the questions of every outcome, as the page draws it."""
        form = self._bind(None)
        if self.draft is not None:
            form.process(data={**form.opening, **self.draft.data})
        return form

    def _bind(self, action: str | None) -> forms.DesignForm:
        """The form of one outcome; drawing it is dear, so a plain act needs only its own."""
        if action not in self._bound:
            made = forms.build_form(self.schema, action, self.task.data, choices=self.choices)
            self._bound[action] = made(self.posted)
        return self._bound[action]

    @property
    def title(self) -> str:
        """The form's title in the reader's language; the task's name where it has none."""
        return str(localised(self.schema, "title") or gettext(self.task.name))

    @cached_property
    def background(self) -> list[dict[str, Any]]:
        """What the form shows before it asks: earlier reports, the division under review."""
        return forms.background(self.schema, self.task.data, choices=self.choices)

    @cached_property
    def groups(self) -> list[Group]:
        """The questions to draw, those of every outcome first."""
        found: dict[tuple[str, ...], list[Question]] = {(): []}
        files = self._files()
        named = self.actions
        for spec in self.schema.asked(None):
            actions = tuple(spec.actions or ())
            question = Question(self.form[spec.key], spec, files.get(spec.key, []))
            found.setdefault(actions, []).append(question)
        return [
            Group(
                actions,
                gettext(
                    "“%(what)s”时填写",
                    what=gettext("、").join(named.get(one, one) for one in actions),
                ),
                questions,
            )
            for actions, questions in found.items()
        ]

    def _files(self) -> dict[str, list[Attachment]]:
        """The files each field holds: those of earlier acts and of an earlier try."""
        keys = forms.file_keys(self.schema)
        ids = {key: [*(self.form.opening.get(key) or []), *self.kept(key)] for key in keys}
        known = attachments.by_ids(one for listed in ids.values() for one in listed)
        return {key: [known[i] for i in listed if i in known] for key, listed in ids.items()}

    def kept(self, key: str) -> list[int]:
        """Files stored with this form, now or in an earlier try; of this very process only."""
        listed = self.posted.getlist(KEPT.format(key=key)) if self.posted else []
        known = attachments.by_ids({int(one) for one in listed if one.isdecimal()})
        earlier = [i for i, one in known.items() if one.instance_id == self.task.instance_id]
        return [*earlier, *self.stored.get(key, [])]

    def keep(self, stored: dict[str, list[int]]) -> None:
        """Remember files stored just now, by field."""
        self.stored = stored

    def uploads(self, action: str) -> dict[str, list[FileStorage]]:
        """The files sent with this outcome, by field."""
        if not forms.file_keys(self.schema, action):
            return {}
        return self._bind(action).uploads()

    def payload(self, action: str) -> dict[str, Any]:
        """The answers for one outcome, or for a draft all of them with the opinion."""
        kept = {key: self.kept(key) for key in forms.file_keys(self.schema)}
        if action in self.actions:
            return self._bind(action).payload(kept)
        return {**self.form.payload(kept), "comment": self.comment}

    @property
    def actions(self) -> dict[str, str]:
        """The outcomes of the task: name -> label."""
        return {one.name: one.label for one in outcomes.parse(self.task.outcomes)}

    @property
    def needs(self) -> dict[str, str]:
        """The field each outcome cannot do without: its own required one, else the opinion."""
        found = {name: "comment" for name in self.actions if outcomes.needs_opinion(name)}
        for group in self.groups:
            for action in group.actions:
                needed = (q.bound.id for q in group.questions if q.spec.required)
                found.setdefault(action, next(needed, ""))
        return {action: field for action, field in found.items() if field}

    @property
    def comment(self) -> str:
        if self.posted is not None:
            return str(self.posted.get("comment", ""))
        return str(self.form.comment.data or "")

    def show(self, fields: dict[str, list[str]], message: str) -> None:
        """Put complaints beside their fields and into the summary on top."""
        self.form.show(fields)
        for name, messages in fields.items():
            label = self._label(name)
            self.errors += [(name if label else "", label, text) for text in messages]
        if not self.errors:
            self.errors.append(("", "", message))

    def _label(self, name: str) -> str:
        key, _, rest = name.partition("-")
        if key not in self.form:
            return ""
        label = str(self.form[key].label.text)
        place = rest.partition("-")[0]
        if not place.isdecimal():
            return label
        return gettext("%(what)s第 %(n)s 行", what=label, n=int(place) + 1)


def read(form: MultiDict[str, str], files: MultiDict[str, FileStorage]) -> Posted:
    """A post as WTForms wants it, files included."""
    return CombinedMultiDict([files, form])


def store_files(
    form: TaskForm, action: str, folder: Path, *, by: Actor, at: dt.datetime
) -> dict[str, list[int]]:
    """Keep the files sent with a post; returns their ids by field.

    Raises what `attachments.store` raises.
    """
    return {
        key: [
            attachments.store(
                folder,
                cast(BinaryIO, file.stream),
                file.filename or "",
                task_id=form.task.id,
                by=by,
                at=at,
            ).id
            for file in sent
        ]
        for key, sent in form.uploads(action).items()
    }
