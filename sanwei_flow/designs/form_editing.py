"""Editing a form's rows: add, move, delete, duplicate. Forms may be unfinished meanwhile.

A place is the path of a field or column in the form, such as `fields.2` or
`fields.2.columns.0`. What only the editor needs to know stands under names with an underscore:
`_was`, the key the row had when it was opened, and `_open`, whether its settings are unfolded.
"""

import copy
from typing import Any

from sanwei_flow.errors import N_

Form = dict[str, Any]

#: The types of fields, in the order of the list; the values are msgids.
TYPES = {
    "text": N_("单行文字"),
    "textarea": N_("多行文字"),
    "number": N_("数字"),
    "date": N_("日期"),
    "choice": N_("单选"),
    "many": N_("多选"),
    "bool": N_("是否"),
    "file": N_("附件"),
    "unit": N_("单位"),
    "units": N_("多个单位"),
    "person": N_("人员"),
    "table": N_("表格"),
}
#: What a column of a table cannot be.
NOT_IN_TABLES = ("file", "table")
ACTS = ("add", "column", "up", "down", "copy", "delete")


def change(form: Form, act: str, place: str) -> str:
    """Do one act at a place; returns the place to look at next.

    `add` takes the type of the new field in the place of a path, `column` the table's path.
    An act on a place that is not there does nothing.
    """
    if act == "add":
        rows = form.setdefault("fields", [])
        rows.append(_new_field(rows, place if place in TYPES else "text"))
        return f"fields.{len(rows) - 1}"
    if act == "column":
        field = at(form, place)
        if field is None:
            return "fields"
        rows = field.setdefault("columns", [])
        rows.append(_new(rows, "text"))
        return f"{place}.columns.{len(rows) - 1}"
    return _move(form, act, place)


def _move(form: Form, act: str, place: str) -> str:
    base, _, last = place.rpartition(".")
    rows = _rows(form, base)
    number = int(last) if last.isdecimal() else -1
    if not 0 <= number < len(rows):
        return place
    if act == "delete":
        del rows[number]
        return f"{base}.{min(number, len(rows) - 1)}" if rows else base
    if act == "copy":
        rows.insert(number + 1, _twin(rows, rows[number]))
        return f"{base}.{number + 1}"
    other = number - 1 if act == "up" else number + 1
    if 0 <= other < len(rows):
        rows[number], rows[other] = rows[other], rows[number]
        return f"{base}.{other}"
    return place


def at(form: Form, place: str) -> Form | None:
    """The field or column at a place, or None."""
    base, _, last = place.rpartition(".")
    rows = _rows(form, base)
    return rows[int(last)] if last.isdecimal() and int(last) < len(rows) else None


def _rows(form: Form, base: str) -> list[Form]:
    """The list a path such as `fields` or `fields.2.columns` leads to."""
    parts = base.split(".")
    rows: list[Form] = form.get("fields") or [] if parts[0] == "fields" else []
    if len(parts) == 3 and parts[2] == "columns" and parts[1].isdecimal():
        number = int(parts[1])
        return rows[number].setdefault("columns", []) if number < len(rows) else []
    return rows if len(parts) == 1 else []


def _new(rows: list[Form], kind: str) -> Form:
    """A row that could be published as it is, so that nothing is wrong before anybody typed."""
    row = {"key": free_key(rows, "item"), "label": TYPES[kind], "type": kind, "_open": True}
    if kind in ("choice", "many"):
        row["choices"] = [["选项一", "选项一"], ["选项二", "选项二"]]
    return row


def _new_field(rows: list[Form], kind: str) -> Form:
    field = _new(rows, kind)
    if kind == "table":
        field["columns"] = [_new([], "text")]
    return field


def _twin(rows: list[Form], one: Form) -> Form:
    twin = copy.deepcopy(one)
    twin.pop("_was", None)
    return twin | {"key": free_key(rows, str(one.get("key") or "item")), "_open": True}


def free_key(rows: list[Form], stem: str) -> str:
    """A key nobody among the rows has: the stem with the next number."""
    taken = {row.get("key") for row in rows}
    stem = stem.rstrip("0123456789_")[:36] or "item"
    return next(key for n in range(1, 1000) if (key := f"{stem}_{n}") not in taken)


def follow(form: Form) -> None:
    """Let what depends on a field inside the form follow its new key."""
    renamed = _renamed(form.get("fields") or [])
    for field in form.get("fields") or []:
        rule = field.get("show_if")
        if rule:
            rule["field"] = renamed.get(rule.get("field"), rule.get("field"))
        columns = _renamed(field.get("columns") or [])
        if field.get("row_key") in columns:
            field["row_key"] = columns[field["row_key"]]
        for column in field.get("columns") or []:
            if column.get("label_of") in columns:
                column["label_of"] = columns[column["label_of"]]


def _renamed(rows: list[Form]) -> dict[Any, str]:
    found = {row["_was"]: row["key"] for row in rows if row.get("_was")}
    kept = {row.get("key") for row in rows}
    return {was: key for was, key in found.items() if was != key and was not in kept}


def finished(form: Form) -> Form:
    """The form without what only the editor needs."""
    fields = [_plain(field) for field in form.get("fields") or []]
    return {**form, "fields": fields}


def _plain(row: Form) -> Form:
    kept = {name: value for name, value in row.items() if not name.startswith("_")}
    if "columns" in kept:
        kept["columns"] = [_plain(column) for column in kept["columns"]]
    return kept


def opened(form: Form) -> Form:
    """A form as the editor begins with it: each row knows the key it came with."""
    begun = copy.deepcopy(form)
    for field in begun.get("fields") or []:
        field["_was"] = field.get("key")
        for column in field.get("columns") or []:
            column["_was"] = column.get("key")
    return begun
