"""The form of a task as its page draws it, and what comes back from it."""

from functools import cached_property
from typing import Any

from flask_babel import gettext
from werkzeug.datastructures import CombinedMultiDict, FileStorage, MultiDict

from sanwei_flow.designs import forms, outcomes
from sanwei_flow.designs.groups import Group, grouped
from sanwei_flow.designs.queries import remembered_choices
from sanwei_flow.designs.values import localised
from sanwei_flow.inbox.uploads import Files, sent_with
from sanwei_flow.processes.actions import form_of
from sanwei_flow.processes.attachments import BESIDE
from sanwei_flow.processes.drafts import draft_of
from sanwei_flow.processes.models import Attachment

Posted = CombinedMultiDict[str, Any]


class TaskForm:
    """One task's form: opened fresh, from a draft, or as it was posted."""

    def __init__(
        self, task: Any, posted: Posted | None = None, *, reader: int | None = None
    ) -> None:
        self.task = task
        self.draft = draft_of(task.id, reader) if posted is None else None
        self.schema = form_of(task.design_hash, task.form, task.node, task.data)
        self.posted = posted
        self.choices = remembered_choices()
        self.reader = reader
        self.errors: list[tuple[str, str, str]] = []
        self.wrong_files: list[str] = []

    @cached_property
    def form(self) -> forms.DesignForm:
        """The form with the questions of every outcome, as the page draws it."""
        data = self.task.data
        form = forms.build_form(self.schema, None, data, self.posted, choices=self.choices)
        if self.draft is not None:
            form.process(data={**form.opening, **self.draft.data})
        return form

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
        return grouped(self.form, self.actions, self._records)

    @cached_property
    def files(self) -> Files:
        """The files it holds: from earlier acts, a draft, an earlier try, or sent just now."""
        keys = forms.file_keys(self.schema)
        data = self.task.data
        opening = {key: forms.default(self.schema.field(key), data) or [] for key in keys}
        if self.draft is not None:
            opening |= {key: self.draft.data.get(key) or [] for key in (*keys, BESIDE)}
        return Files(self.task, self.reader, self.posted, opening)

    @cached_property
    def _records(self) -> dict[str, list[Attachment]]:
        return self.files.records((*forms.file_keys(self.schema), BESIDE))

    @property
    def beside(self) -> list[Attachment]:
        """The files that go with the opinion."""
        return self._records[BESIDE]

    def sent(self, action: str) -> dict[str, list[FileStorage]]:
        """The files that came with this outcome, by field; a draft takes them all."""
        keys = forms.file_keys(self.schema, action if action in self.outcomes else None)
        return sent_with(self.posted, (*keys, BESIDE)) if self.posted is not None else {}

    def payload(self, action: str) -> dict[str, Any]:
        """The answers for one outcome, or for a draft all of them with the opinion."""
        asked = action if action in self.outcomes else None
        held = {key: self.files.ids(key) for key in forms.file_keys(self.schema, asked)}
        if asked:
            return forms.read_form(self.schema, asked, self.task.data, self.posted).payload(held)
        drafted = {"comment": self.comment, BESIDE: self.files.ids(BESIDE)}
        return {**self.form.payload(held), **drafted}

    @cached_property
    def outcomes(self) -> dict[str, outcomes.Outcome]:
        """What the task may end with, by name."""
        return {one.name: one for one in outcomes.parse(self.task.outcomes)}

    @property
    def actions(self) -> dict[str, str]:
        """The same as a page needs it: name -> label."""
        return {name: one.label for name, one in self.outcomes.items()}

    @property
    def needs(self) -> dict[str, str]:
        """The field each outcome cannot do without: its own required one, else the opinion."""
        found = {name: "comment" for name in self.outcomes if outcomes.needs_opinion(name)}
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
        self.wrong_files = fields.get(BESIDE, [])
        for name, messages in fields.items():
            label = self._label(name)
            self.errors += [(name if label else "", label, text) for text in messages]
        if not self.errors:
            self.errors.append(("", "", message))

    def _label(self, name: str) -> str:
        key, _, rest = name.partition("-")
        if key == BESIDE:
            return gettext("附件")
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
