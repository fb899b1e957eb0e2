"""A form that is being edited, drawn as a task's page will draw it."""

import copy
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from sanwei_flow.designs import forms
from sanwei_flow.designs.form_drafts import Drawn
from sanwei_flow.designs.form_editing import finished
from sanwei_flow.designs.groups import Group, grouped
from sanwei_flow.designs.queries import remembered_choices
from sanwei_flow.designs.schema import Field, Schema, complaints
from sanwei_flow.designs.values import localised

#: Names and ids of the preview stand apart from those of the editor.
PREFIX = "preview-"


@dataclass(frozen=True)
class Preview:
    """What the page draws: what is read at the step, what is asked, what is not there."""

    title: str
    shown: list[dict[str, Any]]
    groups: list[Group]
    hidden: list[str]
    broken: list[str]


def preview(form: dict[str, Any], design: Drawn, step: str = "") -> Preview:
    """The form as one step has it, or as it was drawn up; rows that are wrong are left out."""
    sound, broken = _sound(finished(form))
    whole = Schema.model_validate(sound)
    schema = whole.at(step or None)
    choices = remembered_choices()
    examples = {field.key: _example(field) for field in schema.fields if field.readonly}
    asked = {field.key for field in schema.asked(None)}
    schema = schema.model_copy(
        update={"fields": [_free(field, asked) for field in schema.fields]},
    )
    made = forms.build_form(schema, None, {}, choices=choices, prefix=PREFIX)
    labels = {
        outcome.name: outcome.label
        for one in design.steps(str(form["key"]))
        for outcome in one.outcomes
    }
    return Preview(
        str(localised(schema, "title")),
        forms.background(schema, examples),
        grouped(made, labels),
        [str(localised(field, "label")) for field in schema.fields if field.hidden],
        broken,
    )


def _sound(form: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The form without the rows that cannot be drawn, and what those are called."""
    form = copy.deepcopy(form)
    broken: list[str] = []
    form["title"] = form.get("title") or gettext("表单")
    while found := complaints(form):
        places = {one.place.split(".")[1] for one in found if one.place.startswith("fields.")}
        wrong = sorted((int(place) for place in places if place.isdecimal()), reverse=True)
        if not wrong:
            return {"key": form["key"], "title": form["title"], "fields": []}, broken
        for place in wrong:
            row = form["fields"].pop(place)
            broken.insert(0, str(row.get("label") or row.get("key") or place + 1))
    return form, broken


def _free(field: Field, asked: set[str]) -> Field:
    """A question whose condition nobody can meet in the preview is shown anyhow."""
    if field.show_if is None or field.show_if.field in asked:
        return field
    return field.model_copy(update={"show_if": None})


def _example(field: Field) -> Any:
    filled = gettext("（已填写的内容）")
    if field.type == "table":
        return [{column.key: filled for column in field.columns}]
    return None if field.type == "file" else filled
