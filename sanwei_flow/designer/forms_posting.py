"""The form designer's own form: a definition as the page sends it, and as the page draws it.

Controls are named by their place in the definition: `fields.2.label`,
`fields.2.columns.0.type`, `fields.2.access.<step id>`.
"""

from collections.abc import Mapping
from typing import Any

from sanwei_flow.designs.form_drafts import MOST_FIELDS
from sanwei_flow.designs.form_editing import follow

Form = dict[str, Any]

TEXTS = ("label", "label_en", "unit", "help", "help_en")
PATHS = ("choices_from", "default_from", "later_than", "row_key", "label_of")
FLAGS = ("required", "readonly", "unique", "hidden", "fixed")
#: Columns a table may have on the page; as many as anybody can fill in.
MOST_COLUMNS = 40


def read_form(posted: Any, key: str) -> Form:
    """The definition as the page sends it; what is wrong in it stays as it was typed."""
    form: Form = {"key": key, "title": _text(posted, "title")}
    if _text(posted, "title_en"):
        form["title_en"] = _text(posted, "title_en")
    count = min(_count(posted, "fields"), MOST_FIELDS + 1)
    form["fields"] = [_field(posted, f"fields.{place}") for place in range(count)]
    follow(form)
    _typed_conditions(form)
    return form


def _field(posted: Any, place: str) -> Form:
    field = _column(posted, place)
    if field["type"] == "table":
        count = min(_count(posted, f"{place}.columns"), MOST_COLUMNS)
        columns = [f"{place}.columns.{number}" for number in range(count)]
        field["columns"] = [_column(posted, one) for one in columns]
    if f"{place}.remember" not in posted and f"{place}.remembers" in posted:
        field["remember"] = False
    actions = posted.getlist(f"{place}.actions")
    if actions:
        field["actions"] = actions
    rule = _text(posted, f"{place}.show_if.field")
    if rule:
        op = _text(posted, f"{place}.show_if.op") or "eq"
        field["show_if"] = {"field": rule, "op": op}
        if op not in ("empty", "filled"):
            field["show_if"]["value"] = _text(posted, f"{place}.show_if.value")
    return field | _access(posted, f"{place}.access.")


def _access(posted: Any, start: str) -> Form:
    """What each step may do; filling in goes without saying."""
    given = {name[len(start) :]: posted[name] for name in posted if name.startswith(start)}
    access = {step: how for step, how in given.items() if how in ("read", "hidden")}
    return {"access": access} if access else {}


def _column(posted: Any, place: str) -> Form:
    row: Form = {name: _text(posted, f"{place}.{name}") for name in ("key", "label", "type")}
    for name in (*TEXTS[1:], *PATHS):
        if value := _text(posted, f"{place}.{name}"):
            row[name] = value
    row |= {name: True for name in FLAGS if f"{place}.{name}" in posted}
    for name in ("min", "max", "max_length"):
        if value := _text(posted, f"{place}.{name}"):
            row[name] = value if row["type"] == "date" else _number(value)
    if lines := _text(posted, f"{place}.choices"):
        row["choices"] = [_choice(line) for line in lines.splitlines() if line.strip()]
    for name in ("_was", "_open"):
        if value := _text(posted, f"{place}.{name}"):
            row[name] = value
    return row


def _choice(line: str) -> list[str]:
    """A line of the list: `value=label`, or a label that is its own value."""
    value, sign, label = line.partition("=")
    return [value.strip(), label.strip()] if sign else [line.strip(), line.strip()]


def _typed_conditions(form: Form) -> None:
    """Give the values of conditions the type of the answers they are compared with."""
    kinds = {field["key"]: field["type"] for field in form["fields"]}
    for field in form["fields"]:
        rule = field.get("show_if")
        if not rule or "value" not in rule:
            continue
        kind = kinds.get(rule["field"], "text")
        if rule["op"] == "in":
            parts = rule["value"].replace("，", ",").replace("、", ",").split(",")
            rule["value"] = [_typed(one.strip(), kind) for one in parts if one.strip()]
        else:
            rule["value"] = _typed(rule["value"], kind)


def _typed(value: str, kind: str) -> str | int | float | bool:
    if kind in ("number", "unit", "units", "person"):
        return _number(value)
    if kind == "bool":
        return value.lower() in ("true", "1", "yes", "是")
    return value


def _number(value: str) -> str | int | float:
    for read in (int, float):
        try:
            return read(value)
        except ValueError:
            continue
    return value


def _text(posted: Any, name: str) -> str:
    return str(posted.get(name, "")).replace("\r\n", "\n").strip()


def _count(posted: Any, name: str) -> int:
    given = _text(posted, name)
    return int(given) if given.isdecimal() and len(given) < 5 else 0


def choices_text(row: Mapping[str, Any]) -> str:
    """The choices of a field as lines."""
    pairs = row.get("choices") or ()
    return "\n".join(str(one[1]) if one[0] == one[1] else f"{one[0]}={one[1]}" for one in pairs)


def condition_text(rule: Mapping[str, Any] | None) -> str:
    """The value of a condition as it is typed."""
    value = (rule or {}).get("value")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "、".join(map(str, value))
    return "" if value is None else str(value)
