"""What people and programs answer in a form: defaults, the one check, and the reading view."""

from typing import Any

from flask_babel import gettext

from sanwei_flow.designs import outcomes
from sanwei_flow.designs.schema import Column, Field, Schema
from sanwei_flow.designs.tables import clean_rows, start_rows
from sanwei_flow.designs.values import (
    Choices,
    Refused,
    clean,
    is_blank,
    localised,
    look_up,
    no_choices,
    options,
    shown,
)
from sanwei_flow.errors import N_, Invalid

COMMENT_LENGTH = 2000


def default(field: Field, defaults: dict[str, Any]) -> Any:
    """What the field opens with: what it held before in this process, else `default_from`."""
    held = defaults.get(field.key) if field.remember else None
    if held is None and field.default_from:
        held = look_up(field.default_from, defaults)
    if field.type == "table":
        return start_rows(field, held, defaults)
    return held


def settled(schema: Schema, defaults: dict[str, Any]) -> Schema:
    """The form with each `show_if` decided that depends on a field nobody fills in here.

    What is only read at this step, or hidden, holds what it opens with, and the fields that
    depend on it are asked or not asked by that.
    """
    fixed = {field.key for field in schema.fields if field.readonly}
    if not any(field.show_if and field.show_if.field in fixed for field in schema.fields):
        return schema
    held: dict[str, Any] = {}
    fields = []
    for field in schema.fields:
        one, rule = field, field.show_if
        if rule and rule.field in fixed:
            shown_here = rule.holds(held)
            decided = {} if shown_here else {"readonly": True, "hidden": True}
            one = field.model_copy(update={"show_if": None, **decided})
            if not shown_here:
                fixed.add(field.key)
                fields.append(one)
                continue
        if one.readonly:
            held[one.key] = default(one, defaults)
        fields.append(one)
    return schema.model_copy(update={"fields": fields})


def file_keys(schema: Schema, action: str | None = None) -> list[str]:
    """The fields that take attachments: the caller stores the files and sends their ids."""
    return [field.key for field in schema.asked(action) if field.type == "file"]


def validate(
    schema: Schema,
    action: str,
    payload: dict[str, Any],
    defaults: dict[str, Any],
    *,
    comment: str | None = None,
    choices: Choices = no_choices,
) -> dict[str, Any]:
    """Check one submission; returns the cleaned answers of this action's fields and `comment`.

    `defaults` are the variables the task shows; a field left out of `payload` keeps its
    default. The opinion is `comment`, or `payload["comment"]`; returning outcomes need one.
    Answers are JSON: numbers as int or float, dates as ISO text, units, people and
    attachments as ids, tables as lists of mappings. Hidden fields (`show_if`) are left out;
    what this step hides counts as no field of the form, what it only reads may not be changed.
    Raises Invalid whose `fields` name each wrong field, `division-0-unit` inside tables.
    """
    opinion = payload.get("comment", "") if comment is None else comment
    _refuse_extra(schema, payload)
    cleaned: dict[str, Any] = {}
    errors = _changed(schema, payload, defaults)
    for field in schema.asked(action):
        if field.show_if and not field.show_if.holds(cleaned):
            continue
        value, wrong = _answer(field, payload, defaults, choices)
        if not wrong and field.required and is_blank(value):
            wrong = {field.key: [gettext("该项必填。")]}
        cleaned[field.key] = value
        errors.update(wrong)
    opinion, wrong = _opinion(action, opinion)
    errors.update(wrong)
    if errors:
        raise Invalid(N_("有 {count} 处需要改正。"), fields=errors, count=len(errors))
    return {**cleaned, "comment": opinion}


def _refuse_extra(schema: Schema, payload: dict[str, Any]) -> None:
    known = {field.key for field in schema.fields if not field.hidden} | {"comment"}
    extra = [str(key) for key in payload if key not in known]
    if extra:
        raise Invalid(
            N_("提交的内容里有表单没有的项：{keys}。"),
            fields={key: [gettext("表单里没有这一项。")] for key in extra},
            keys=gettext("、").join(extra)[:200],
        )


def _changed(
    schema: Schema, payload: dict[str, Any], defaults: dict[str, Any]
) -> dict[str, list[str]]:
    """Complaints about fields sent with another value although they are only read here."""
    return {
        field.key: [gettext("这一步只能查看这一项，不能修改。")]
        for field in schema.fields
        if field.readonly
        and field.key in payload
        and payload[field.key] != default(field, defaults)
    }


def _answer(
    field: Field, payload: dict[str, Any], defaults: dict[str, Any], choices: Choices
) -> tuple[Any, dict[str, list[str]]]:
    if field.type == "table":
        begun = default(field, defaults)
        if field.key not in payload and not field.fixed:
            return clean_rows(field, begun, begun, defaults, choices)
        return clean_rows(field, payload.get(field.key, []), begun, defaults, choices)
    given = payload[field.key] if field.key in payload else default(field, defaults)
    try:
        value = clean(field, given, options(field, defaults, choices))
        _refuse_earlier(field, value, defaults)
    except Refused as refusal:
        return None, {field.key: [str(refusal)]}
    return value, {}


def _refuse_earlier(field: Field, value: Any, defaults: dict[str, Any]) -> None:
    present = look_up(field.later_than, defaults) if field.later_than else None
    if isinstance(present, str) and isinstance(value, str) and value <= present:
        raise Refused(gettext("应晚于 %(day)s。", day=present))


def _opinion(action: str, given: object) -> tuple[str, dict[str, list[str]]]:
    if not isinstance(given, str):
        return "", {"comment": [gettext("意见应为文字。")]}
    text = given.strip()
    if len(text) > COMMENT_LENGTH:
        return text, {"comment": [gettext("意见最多 %(limit)s 个字。", limit=COMMENT_LENGTH)]}
    if not text and outcomes.needs_opinion(action):
        return text, {
            "comment": [
                gettext("退回时请写明意见。")
                if outcomes.returns(action)
                else gettext("不同意时请写明理由。")
            ]
        }
    return text, {}


def describe(
    schema: Schema,
    action: str,
    defaults: dict[str, Any],
    *,
    choices: Choices = no_choices,
) -> list[dict[str, Any]]:
    """The fields to fill in for one action, for the API, with their defaults as `value`.

    The opinion comes last, under the key `comment`; it may be sent beside or inside the data.
    """
    fields = []
    for field in schema.asked(action):
        entry = _describe(field, defaults, choices)
        entry["value"] = default(field, defaults)
        if field.type == "table":
            entry["columns"] = [_describe(column, defaults, choices) for column in field.columns]
            entry["fixed"] = field.fixed
        if field.show_if:
            entry["show_if"] = field.show_if.model_dump()
        fields.append(entry)
    opinion = {"key": "comment", "label": gettext("意见"), "type": "textarea"}
    opinion |= {
        "required": outcomes.needs_opinion(action),
        "max_length": COMMENT_LENGTH,
        "value": "",
    }
    return [*fields, opinion]


def _describe(field: Column, defaults: dict[str, Any], choices: Choices) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "key": field.key,
        "label": localised(field, "label"),
        "type": field.type,
        "required": field.required,
    }
    allowed = options(field, defaults, choices)
    if allowed is not None:
        entry["choices"] = [list(choice) for choice in allowed]
    for name in ("readonly", "hidden", "unit", "min", "max", "max_length"):
        if getattr(field, name) not in (None, "", False):
            entry[name] = getattr(field, name)
    if field.help:
        entry["help"] = localised(field, "help")
    return entry


def display(
    schema: Schema, data: dict[str, Any], *, choices: Choices = no_choices
) -> list[dict[str, Any]]:
    """What was filled in, for reading: label and text, or for tables headings and rows.

    Attachments keep their ids in `files`; blank fields are left out.
    """
    asked = [field for field in schema.fields if not field.readonly]
    return _readable(asked, data, data, choices)


def background(
    schema: Schema, defaults: dict[str, Any], *, choices: Choices = no_choices
) -> list[dict[str, Any]]:
    """What the form shows before it asks (its read-only fields), in the shape of `display`."""
    fields = [field for field in schema.fields if field.readonly and not field.hidden]
    values = {field.key: default(field, defaults) for field in fields}
    return _readable(fields, values, defaults, choices)


def _readable(
    fields: list[Field], values: dict[str, Any], variables: dict[str, Any], choices: Choices
) -> list[dict[str, Any]]:
    entries = []
    for field in fields:
        value: Any = values.get(field.key)
        if is_blank(value):
            continue
        entry: dict[str, Any] = {"key": field.key, "label": localised(field, "label")}
        entry["type"] = field.type
        if field.type == "table":
            entry |= _display_table(field, value, variables, choices)
        elif field.type == "file":
            entry["files"] = value
        else:
            entry["text"] = shown(field, value, _labels(field, variables, choices))
        entries.append(entry)
    return entries


def _display_table(
    field: Field, rows: list[dict[str, Any]], data: dict[str, Any], choices: Choices
) -> dict[str, Any]:
    # A name beside its unit would say the same thing twice.
    named = {c.key for c in field.columns if not (c.label_of or c.hidden)}
    columns = [c for c in field.columns if not c.hidden and c.label_of not in named]
    labels = {column.key: _labels(column, data, choices) for column in columns}
    for column in field.columns:
        if column.label_of in named:
            own = {str(r.get(column.label_of)): str(r.get(column.key)) for r in rows}
            labels[column.label_of] = own | labels[column.label_of]
    return {
        "columns": [localised(column, "label") for column in columns],
        "rows": [[shown(c, row.get(c.key), labels[c.key]) for c in columns] for row in rows],
    }


def _labels(field: Column, data: dict[str, Any], choices: Choices) -> dict[str, str]:
    return {str(value): label for value, label in options(field, data, choices) or ()}
