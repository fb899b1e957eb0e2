"""One answer at a time: check it against its field and bring it into a form JSON can hold."""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import get_locale, gettext

from sanwei_flow.designs.schema import Column, Field

Choice = tuple[str | int, str]
# Gives the units or people a field may name; None leaves membership unchecked.
Choices = Callable[[Column, dict[str, Any]], Sequence[Choice] | None]

MAX_ROWS = 500
MAX_LENGTH = {"text": 200, "textarea": 5000}
TRUE, FALSE = ("true", "on", "1", "yes", "y", "是"), ("false", "off", "0", "no", "n", "否", "")


def no_choices(_field: Column, _defaults: dict[str, Any]) -> None:
    """Know no register: any whole number passes for a unit or a person."""
    return


class Refused(Exception):
    """An answer that does not fit; the text is already in the reader's language."""


def localised(thing: Any, name: str) -> str:
    """The attribute in the reader's language, Chinese where no other is written."""
    locale = get_locale()
    other = getattr(thing, f"{name}_{locale.language}", "") if locale else ""
    return str(other or getattr(thing, name))


def look_up(path: str, variables: object) -> Any:
    """Follow `row.targets` or `earlier.0.summary`; None where it leads nowhere."""
    for part in path.split("."):
        if isinstance(variables, dict):
            variables = variables.get(part)
        elif isinstance(variables, list) and part.isdigit() and int(part) < len(variables):
            variables = variables[int(part)]
        else:
            return None
    return variables


def is_blank(value: object) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def options(field: Column, defaults: dict[str, Any], choices: Choices) -> list[Choice] | None:
    """What the field may be answered with, as (value, label); None where anything goes."""
    if field.type in ("unit", "units", "person"):
        found = choices(field, defaults)
        return None if found is None else list(found)
    if field.type not in ("choice", "many"):
        return None
    if field.choices_from:
        listed = look_up(field.choices_from, defaults)
        return [_option(entry) for entry in listed] if isinstance(listed, list) else []
    return [(value, gettext(label)) for value, label in field.choices or []]


def _option(entry: Any) -> Choice:
    """Read one entry of a listed variable: a scalar, a pair, or a mapping with a name."""
    if isinstance(entry, dict):
        value = next((entry[k] for k in ("value", "unit", "id", "key") if k in entry), None)
        name = next((entry[k] for k in ("label", "name", "title") if k in entry), value)
        return (value if isinstance(value, int) else str(value), str(name))
    if isinstance(entry, (list, tuple)) and len(entry) == 2:
        return (entry[0], str(entry[1]))
    return (entry, str(entry))


def clean(field: Column, value: object, allowed: list[Choice] | None) -> Any:
    """The answer as JSON can hold it, None (or an empty list) if blank.

    Raises Refused with a sentence for the person who filled in the form.
    """
    if field.type in ("many", "units", "file"):
        listed = _several(field, value, allowed)
        if field.type == "file" and field.max is not None and len(listed) > int(field.max):
            given = {"limit": int(field.max), "count": len(listed)}
            raise Refused(gettext("最多 %(limit)s 个附件，现有 %(count)s 个。", **given))
        return listed
    if is_blank(value) and field.type != "bool":
        return None
    return _CLEANERS[field.type](field, value, allowed)


def _text(field: Column, value: object, _allowed: object) -> str:
    if not isinstance(value, str):
        raise Refused(gettext("这一项应为文字。"))
    value = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "", value).replace("\r\n", "\n").strip()
    if field.type == "text" and "\n" in value:
        raise Refused(gettext("这一项只能填一行。"))
    limit = field.max_length or MAX_LENGTH[field.type]
    if len(value) > limit:
        raise Refused(
            gettext("最多 %(limit)s 个字，现有 %(length)s 个。", limit=limit, length=len(value))
        )
    return value


def _number(field: Column, value: object, _allowed: object) -> int | float:
    """Whole numbers as int, others as a float that has at most 15 digits and so loses nothing."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        raise Refused(gettext("这一项应为数字。"))
    try:
        number = Decimal(str(value).strip().replace(",", "").replace("，", ""))
    except InvalidOperation:
        raise Refused(gettext("这一项应为数字。")) from None
    if not number.is_finite():
        raise Refused(gettext("这一项应为数字。"))
    if len(number.normalize().as_tuple().digits) > 15 or abs(number) >= Decimal("1e15"):
        raise Refused(gettext("数字太长，最多 15 位。"))
    if field.min is not None and number < Decimal(str(field.min)):
        raise Refused(gettext("不能小于 %(limit)s。", limit=field.min))
    if field.max is not None and number > Decimal(str(field.max)):
        raise Refused(gettext("不能大于 %(limit)s。", limit=field.max))
    return int(number) if number == number.to_integral_value() else float(number)


def _date(field: Column, value: object, _allowed: object) -> str:
    try:
        day = dt.date.fromisoformat(value.strip()) if isinstance(value, str) else value
    except ValueError:
        day = None
    if not isinstance(day, dt.date):
        raise Refused(gettext("日期应写成 2027-12-31 的样子。"))
    text = day.isoformat()
    if field.min is not None and text < str(field.min):
        raise Refused(gettext("不能早于 %(limit)s。", limit=field.min))
    if field.max is not None and text > str(field.max):
        raise Refused(gettext("不能晚于 %(limit)s。", limit=field.max))
    return text


def _bool(_field: Column, value: object, _allowed: object) -> bool:
    text = str(value).strip().lower() if value is not None else ""
    if text not in TRUE + FALSE:
        raise Refused(gettext("这一项应答是或否。"))
    return text in TRUE


def _choice(_field: Column, value: object, allowed: list[Choice] | None) -> str | int:
    """The listed value that reads like the answer: browsers send every value as text."""
    for known, _label in allowed or ():
        if isinstance(value, (str, int)) and str(known) == str(value).strip():
            return known
    raise Refused(gettext("请从列出的选项中选择。"))


def _identifier(field: Column, value: object, allowed: list[Choice] | None) -> int:
    if allowed is not None:
        return int(_choice(field, value, allowed))
    if isinstance(value, (int, str)) and re.fullmatch(r"[0-9]{1,18}", str(value).strip()):
        return int(value)
    raise Refused(gettext("请从列出的选项中选择。"))


def _several(field: Column, value: object, allowed: list[Choice] | None) -> list[Any]:
    """Each listed answer once, in the order given; browsers send a lone one without a list."""
    listed = value if isinstance(value, list) else [] if is_blank(value) else [value]
    if len(listed) > MAX_ROWS:
        raise Refused(gettext("最多 %(limit)s 项。", limit=MAX_ROWS))
    one = _choice if field.type == "many" else _identifier
    return list(
        dict.fromkeys(one(field, entry, allowed) for entry in listed if not is_blank(entry))
    )


_CLEANERS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "text": _text,
    "textarea": _text,
    "number": _number,
    "date": _date,
    "bool": _bool,
    "choice": _choice,
    "unit": _identifier,
    "person": _identifier,
}


def shown(field: Column, value: Any, labels: dict[str, str]) -> str:
    """The answer as a reader sees it; `labels` maps chosen values (as text) to their names."""
    if is_blank(value):
        return ""
    if field.type == "bool":
        return str(gettext("是") if value else gettext("否"))
    if isinstance(value, list):
        return str(gettext("、")).join(labels.get(str(entry), str(entry)) for entry in value)
    text = labels.get(str(value), str(value))
    return f"{text} {field.unit}" if field.unit and isinstance(field, Field) else text
