"""Draw a form schema with WTForms and read the browser's post back as a JSON-like payload.

Nothing is checked here: `answers.validate` does that for pages and programs alike, and
`DesignForm.show` puts its complaints beside the fields.
"""

from typing import Any, ClassVar

from flask_babel import gettext
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    MultipleFileField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, DateInput, ListWidget, NumberInput

from sanwei_flow.designs import outcomes
from sanwei_flow.designs.answers import COMMENT_LENGTH, default
from sanwei_flow.designs.schema import Column, Field, Schema
from sanwei_flow.designs.values import Choices, localised, no_choices, options

SPARE_ROWS = 2


class DesignForm(Form):  # type: ignore[misc]  # WTForms ships no types
    """The page's form; `schema` and `action` say what it was made for."""

    schema: ClassVar[Schema]
    action: ClassVar[str | None]
    opening: ClassVar[dict[str, Any]]

    def __init__(self, formdata: Any = None, **kwargs: Any) -> None:
        super().__init__(formdata, data=self.opening, **kwargs)

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
    *,
    choices: Choices = no_choices,
) -> type[DesignForm]:
    """The form class for one action, or with `None` for all of a task's actions at once.

    Instantiate with the posted MultiDict, or with nothing to get the form as it opens.
    Table cells are named `division-0-unit`; free tables get spare rows at the end. Fields
    that only show something are not part of it: `answers.background` has them.
    """
    members: dict[str, Any] = {"schema": schema, "action": action}
    members["opening"] = {field.key: default(field, defaults) for field in schema.asked(action)}
    for field in schema.asked(action):
        if field.type == "table":
            members[field.key] = _table(field, defaults, choices, members["opening"])
        else:
            members[field.key] = _input(field, defaults, choices)
    needed = action is not None and outcomes.needs_opinion(action)
    members["comment"] = TextAreaField(
        gettext("意见"), render_kw={"maxlength": COMMENT_LENGTH, "required": needed}
    )
    return type("TaskForm", (DesignForm,), members)


def _table(
    field: Field, defaults: dict[str, Any], choices: Choices, opening: dict[str, Any]
) -> FieldList:
    """Rows of inputs; a column that repeats a label is left out, its sibling shows the label."""
    columns = {
        column.key: _input(column, defaults, choices)
        for column in field.columns
        if not column.label_of
    }
    row = type("RowForm", (Form,), columns)
    spare = 0 if field.fixed else SPARE_ROWS
    rows = len(opening[field.key]) + spare
    return FieldList(
        FormField(row),
        localised(field, "label"),
        min_entries=rows,
        description=localised(field, "help"),
    )


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
    if field.type == "bool":
        return BooleanField(label, **given)
    if field.type == "file":
        return MultipleFileField(label, **given)
    if field.type in ("choice", "unit", "person", "many", "units"):
        return _select(field, label, _listed(field, defaults, choices), given)
    if field.type == "textarea":
        return TextAreaField(label, **given)
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
