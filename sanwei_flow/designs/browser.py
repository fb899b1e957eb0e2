"""Draw a form schema with WTForms and read the browser's post back as a JSON-like payload.

Nothing is checked here: `answers.validate` does that for pages and programs alike, and
`DesignForm.show` puts its complaints beside the fields.
"""

from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

from flask_babel import gettext
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    MultipleFileField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.form import BaseForm
from wtforms.utils import unset_value
from wtforms.widgets import CheckboxInput, DateInput, ListWidget, NumberInput

from sanwei_flow.designs import outcomes
from sanwei_flow.designs.answers import COMMENT_LENGTH, default
from sanwei_flow.designs.schema import Column, Field, Schema
from sanwei_flow.designs.values import Choices, localised, no_choices, options

SPARE_ROWS = 2


class DesignForm(BaseForm):  # type: ignore[misc]  # WTForms ships no types
    """The page's form; `schema` and `action` say what it was made for, `opening` what it held.

    Its fields are a mapping, no class is made for it: a form is needed once, and one may call
    its fields whatever it likes.
    """

    def __init__(
        self,
        schema: Schema,
        action: str | None,
        opening: dict[str, Any],
        fields: dict[str, Any],
        posted: Any,
        *,
        prefix: str = "",
    ) -> None:
        super().__init__(fields, prefix=prefix)
        self.schema, self.action, self.opening = schema, action, opening
        self.process(posted, data=opening)

    @property
    def comment(self) -> Any:
        """The field of the opinion."""
        return self["comment"]

    def payload(self, attachments: dict[str, list[int]] | None = None) -> dict[str, Any]:
        """The answers as `validate` takes them, without the opinion (`form.comment.data`).

        `attachments` are the ids each file field holds; one left out keeps what it opened with.
        """
        data: dict[str, Any] = {}
        for field in self.schema.asked(self.action):
            if field.type == "file":
                kept = self.opening.get(field.key) or []
                data[field.key] = list((attachments or {}).get(field.key, kept))
            else:
                data[field.key] = self[field.key].data
        return data

    def show(self, errors: dict[str, list[str]]) -> None:
        """Put the complaints of `Invalid.fields` beside the fields they are about."""
        for name, messages in errors.items():
            target = self._named(name)
            if target is not None:
                target.errors = [*target.errors, *messages]

    def _named(self, name: str) -> Any:
        key, _, rest = name.partition("-")
        if key not in self:
            return None
        place, _, column = rest.partition("-")
        if not place.isdigit() or int(place) >= len(self[key].entries):
            return self[key]
        row = self[key].entries[int(place)].form
        return row[column] if column in row else self[key]


def build_form(
    schema: Schema,
    action: str | None,
    defaults: dict[str, Any],
    posted: Any = None,
    *,
    choices: Choices = no_choices,
    prefix: str = "",
) -> DesignForm:
    """The form for one action, or with `None` for all of a task's actions at once.

    `posted` is what the browser sent (a MultiDict); without it the form is as it opens. Table
    cells are named `division-0-unit`; free tables get spare rows at the end. Fields that only
    show something are not part of it: `answers.background` has them.
    """
    opening = _opening(schema, action, defaults)

    def made(field: Field) -> Any:
        if field.type != "table":
            return _input(field, defaults, choices)
        label, hint = localised(field, "label"), localised(field, "help")
        cell = partial(_input, defaults=defaults, choices=choices)
        return _table(field, cell, opening[field.key], label=label, description=hint)

    fields = {field.key: made(field) for field in schema.asked(action)}
    needed = action is not None and outcomes.needs_opinion(action)
    attributes = {"maxlength": COMMENT_LENGTH, "required": needed}
    fields["comment"] = TextAreaField(gettext("意见"), render_kw=attributes)
    return DesignForm(schema, action, opening, fields, posted, prefix=prefix)


def read_form(schema: Schema, action: str, defaults: dict[str, Any], posted: Any) -> DesignForm:
    """The same for a post of which only the answers matter: without words and lists to draw."""
    opening = _opening(schema, action, defaults)

    def made(field: Field) -> Any:
        return _table(field, _plain, opening[field.key]) if field.type == "table" else _plain(field)

    fields = {field.key: made(field) for field in schema.asked(action)}
    return DesignForm(schema, action, opening, fields, posted)


def _opening(schema: Schema, action: str | None, defaults: dict[str, Any]) -> dict[str, Any]:
    return {field.key: default(field, defaults) for field in schema.asked(action)}


def _table(field: Field, cell: Callable[[Column], Any], held: list[Any], **words: str) -> FieldList:
    """Rows of inputs; a column that repeats a label is left out, its sibling shows the label."""
    columns = {one.key: cell(one) for one in field.columns if not one.label_of}

    def row(formdata: Any = None, obj: Any = None, prefix: str = "", **_meta: Any) -> BaseForm:
        form = BaseForm(columns, prefix=prefix)
        form.process(formdata, obj)
        return form

    rows = len(held) + (0 if field.fixed else SPARE_ROWS)
    return FieldList(_Row(row), min_entries=rows, **words)


class _Row(FormField):  # type: ignore[misc]  # WTForms ships no types
    """A row of a table, made by a function; a column may be called like one of its arguments."""

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        held = SimpleNamespace(**data) if isinstance(data, dict) else data
        super().process(formdata, held, extra_filters)


CHOOSING = {"choice": SelectField, "unit": SelectField, "person": SelectField}
CHOOSING |= {"many": SelectMultipleField, "units": SelectMultipleField}
KINDS = {"bool": BooleanField, "file": MultipleFileField, "textarea": TextAreaField, **CHOOSING}


def _plain(field: Column) -> Any:
    """An input that is only read from."""
    if field.hidden:
        return HiddenField()
    kind = KINDS.get(field.type, StringField)
    return kind(choices=[], validate_choice=False) if field.type in CHOOSING else kind()


def _input(field: Column, defaults: dict[str, Any], choices: Choices) -> Any:
    if field.hidden:
        return HiddenField()
    label, hint = localised(field, "label"), localised(field, "help")
    attributes = {
        "required": field.required,
        "readonly": field.readonly,
        "maxlength": field.max_length,
        "min": field.min,
        "max": field.max,
        "data-unit": field.unit,
    }
    given: dict[str, Any] = {"description": hint}
    given["render_kw"] = {
        name: value for name, value in attributes.items() if value not in (None, "", False)
    }
    if field.type in CHOOSING:
        return _select(field, label, _listed(field, defaults, choices), given)
    if field.type in KINDS:
        return KINDS[field.type](label, **given)
    widgets = {"number": NumberInput(step="any"), "date": DateInput()}
    return StringField(label, widget=widgets.get(field.type), **given)


def _select(field: Column, label: str, listed: list[SelectChoice], given: dict[str, Any]) -> Any:
    """A list to choose from; membership is checked with everything else, in `validate`."""
    given["validate_choice"] = False
    if field.type in ("choice", "unit", "person"):
        return SelectField(label, choices=[SelectChoice("", gettext("请选择")), *listed], **given)
    # `required` on each box of a group would ask for all of them.
    given["render_kw"].pop("required", None)
    if field.type == "many":
        given |= {"widget": ListWidget(prefix_label=False), "option_widget": CheckboxInput()}
    return SelectMultipleField(label, choices=listed, **given)


def _listed(field: Column, defaults: dict[str, Any], choices: Choices) -> list[SelectChoice]:
    found = options(field, defaults, choices) or []
    return [SelectChoice(str(value), label) for value, label in found]
