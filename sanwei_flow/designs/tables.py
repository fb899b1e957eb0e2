"""Tables inside forms: the rows they start with, and the rows that come back."""

from typing import Any

from flask_babel import gettext

from sanwei_flow.designs.schema import Column, Field
from sanwei_flow.designs.values import (
    MAX_ROWS,
    Choice,
    Choices,
    Refused,
    clean,
    is_blank,
    look_up,
    options,
)

Row = dict[str, Any]
Errors = dict[str, list[str]]


def start_rows(field: Field, source: object, defaults: Row) -> list[Row]:
    """The rows a table opens with, one for each entry of the variable that fills it in.

    What an entry does not hold comes from the column's own `default_from`.
    """
    entries = source if isinstance(source, list) else []
    return [
        {column.key: _start_value(column, entry, defaults) for column in field.columns}
        for entry in entries
        if isinstance(entry, dict)
    ]


def _start_value(column: Column, entry: Row, defaults: Row) -> Any:
    if column.key in entry:
        return entry[column.key]
    return look_up(column.default_from, defaults) if column.default_from else None


def clean_rows(
    field: Field, value: object, begun: list[Row], defaults: Row, choices: Choices
) -> tuple[list[Row], Errors]:
    """Check the rows that came back; errors are keyed `division-0-unit` as the page names them.

    Rows without their `row_key` (or wholly blank) are dropped, so emptying a row removes it;
    blank cells take their column's default, so a new row needs little more than its key.
    In a fixed table every row keeps what is read only, and rows not sent stay as they were.
    """
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        return [], {field.key: [gettext("这一项应为若干行。")]}
    if len(value) > MAX_ROWS:
        return [], {field.key: [gettext("最多 %(limit)s 行。", limit=MAX_ROWS)]}
    try:
        pairs = _fixed_pairs(field, value, begun) if field.fixed else _free_pairs(field, value)
    except Refused as refusal:
        return [], {field.key: [str(refusal)]}
    allowed = {column.key: options(column, defaults, choices) for column in field.columns}
    rows: list[Row] = []
    errors: Errors = {}
    for place, sent, start in pairs:
        row, wrong = _clean_row(field, sent, start, defaults, allowed)
        rows.append(row)
        errors.update({f"{field.key}-{place}-{key}": text for key, text in wrong.items()})
    _refuse_twins(field, rows, [place for place, _sent, _start in pairs], errors)
    return rows, errors


def _fixed_pairs(field: Field, value: list[Row], begun: list[Row]) -> list[tuple[int, Row, Row]]:
    """Bring each given row to the one it began as: by its row key, else by its place."""
    key = field.row_key
    if key and all(key in row for row in value):
        sent = {str(row[key]): row for row in value}
        known = {str(row.get(key)) for row in begun}
        if set(sent) - known or len(sent) < len(value):
            raise Refused(gettext("这张表的行是固定的，不能增加。"))
        return [(i, sent.get(str(row.get(key)), {}), row) for i, row in enumerate(begun)]
    if len(value) > len(begun):
        raise Refused(gettext("这张表的行是固定的，不能增加。"))
    return [(i, value[i] if i < len(value) else {}, row) for i, row in enumerate(begun)]


def _free_pairs(field: Field, value: list[Row]) -> list[tuple[int, Row, Row]]:
    asked = [column.key for column in field.columns if not column.readonly]
    telling = [field.row_key] if field.row_key else asked
    return [
        (place, row, {})
        for place, row in enumerate(value)
        if not all(is_blank(row.get(key)) for key in telling)
    ]


def _clean_row(
    field: Field, sent: Row, start: Row, defaults: Row, allowed: dict[str, list[Choice] | None]
) -> tuple[Row, Errors]:
    known = {column.key for column in field.columns}
    errors: Errors = {key: [gettext("表格里没有这一列。")] for key in sent if key not in known}
    row: Row = {}
    for column in field.columns:
        if column.readonly:
            row[column.key] = start.get(column.key)
            continue
        try:
            given = _given(column, sent, start, defaults)
            row[column.key] = clean(column, given, allowed[column.key])
        except Refused as refusal:
            errors[column.key] = [str(refusal)]
            continue
        if column.required and is_blank(row[column.key]):
            errors[column.key] = [gettext("该项必填。")]
    for column in field.columns:
        if column.label_of:
            named = {str(value): label for value, label in allowed[column.label_of] or ()}
            came = start.get(column.key) or sent.get(column.key)
            # Without a register to ask, the name that came along is as good as any.
            given_name = came[:200] if isinstance(came, str) else None
            row[column.key] = named.get(str(row.get(column.label_of)), given_name)
    return row, errors


def _given(column: Column, sent: Row, start: Row, defaults: Row) -> Any:
    """The cell's answer; one left out keeps what it began as, a blank one its default."""
    if column.key in sent and not (column.default_from and is_blank(sent[column.key])):
        return sent[column.key]
    return _start_value(column, start, defaults)


def _refuse_twins(field: Field, rows: list[Row], places: list[int], errors: Errors) -> None:
    for column in field.columns:
        seen: set[str] = set()
        for place, row in zip(places, rows, strict=True):
            value = row.get(column.key)
            if column.unique and not is_blank(value):
                if str(value) in seen:
                    name = f"{field.key}-{place}-{column.key}"
                    errors.setdefault(name, [gettext("这一行与前面的重复。")])
                seen.add(str(value))
