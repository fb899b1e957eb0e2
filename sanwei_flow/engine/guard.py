"""What people and other systems may put into an instance's variables: JSON, and not too much."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from sanwei_flow.engine.model import BadData
from sanwei_flow.errors import N_

MAX_DEPTH = 20
MAX_VALUES = 200_000
MAX_INT = 2**63 - 1
FORBIDDEN_KEYS = frozenset({"typename", "data_objects"})  # the library gives them a meaning
MAX_KEY = 100

Cleaner = Callable[[Any, int, list[int]], Any]


def clean(value: Any) -> Any:
    """Return `value` as JSON: days and moments as ISO text, decimals as numbers, tuples as lists.

    Raises BadData for anything else, for NaN, forbidden keys, and data too deep or too large.
    """
    return _clean(value, 0, [0])


def clean_data(data: Any) -> dict[str, Any]:
    """`clean`, for a set of variables: the names must be names."""
    if not isinstance(data, dict):
        raise BadData(N_("数据必须是「名称: 值」的集合"))
    return _clean(data, 0, [0])


def _clean(value: Any, depth: int, count: list[int]) -> Any:
    count[0] += 1
    if depth > MAX_DEPTH or count[0] > MAX_VALUES:
        raise BadData(N_("数据嵌套太深或太多"))
    return (_CLEANERS.get(type(value)) or _cleaner(value))(value, depth, count)


def _cleaner(value: Any) -> Cleaner:
    """For what is not of a plain type, but of a kind of one."""
    for kind, cleaner in _CLEANERS.items():
        if isinstance(value, kind):
            return cleaner
    raise BadData(N_("数据里有不能保存的类型：{kind}"), kind=type(value).__name__)


def _same(value: Any, _depth: int, _count: list[int]) -> Any:
    return value


def _mapping(value: dict[Any, Any], depth: int, count: list[int]) -> dict[str, Any]:
    return {_key(k): _clean(v, depth + 1, count) for k, v in value.items()}


def _list(value: list[Any], depth: int, count: list[int]) -> list[Any]:
    return [_clean(item, depth + 1, count) for item in value]


def _day(value: date, _depth: int, _count: list[int]) -> str:
    return value.isoformat()


def _key(key: Any) -> str:
    if not isinstance(key, str) or len(key) > MAX_KEY:
        raise BadData(N_("数据的名称必须是不太长的文字：{key}"), key=str(key)[:40])
    if key in FORBIDDEN_KEYS:
        raise BadData(N_("数据里不能用这个名称：{key}"), key=key)
    return key


def _text(value: str, _depth: int, _count: list[int]) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise BadData(N_("文字里有不能保存的字符")) from None
    if "\x00" in value:
        raise BadData(N_("文字里有不能保存的字符"))
    return str(value)


def _whole(value: int, _depth: int, _count: list[int]) -> int:
    if not -MAX_INT <= value <= MAX_INT:
        raise BadData(N_("数字太大"))
    return int(value)


def _fraction(value: float, _depth: int, _count: list[int]) -> float:
    if not math.isfinite(value):
        raise BadData(N_("数字不是有限的数"))
    return float(value)


def _decimal(value: Decimal, depth: int, count: list[int]) -> int | float:
    if not value.is_finite():
        raise BadData(N_("数字不是有限的数"))
    if value == value.to_integral_value():
        return _whole(int(value), depth, count)
    return _fraction(float(value), depth, count)


#: In the order in which kinds are tried: a bool is a number, a moment is a day.
_CLEANERS: dict[type, Cleaner] = {
    str: _text,
    type(None): _same,
    bool: _same,
    int: _whole,
    dict: _mapping,
    list: _list,
    float: _fraction,
    tuple: _list,
    Decimal: _decimal,
    date: _day,
}
