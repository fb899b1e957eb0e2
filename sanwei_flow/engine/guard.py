"""What people and other systems may put into an instance's variables: JSON, and not too much."""

from __future__ import annotations

import math
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
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int | float | Decimal):
        return _number(value)
    if isinstance(value, dict):
        return {_key(k): _clean(v, depth + 1, count) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item, depth + 1, count) for item in value]
    if isinstance(value, date):  # datetime is a date too
        return value.isoformat()
    raise BadData(N_("数据里有不能保存的类型：{kind}"), kind=type(value).__name__)


def _key(key: Any) -> str:
    if not isinstance(key, str) or len(key) > MAX_KEY:
        raise BadData(N_("数据的名称必须是不太长的文字：{key}"), key=str(key)[:40])
    if key in FORBIDDEN_KEYS:
        raise BadData(N_("数据里不能用这个名称：{key}"), key=key)
    return key


def _text(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise BadData(N_("文字里有不能保存的字符")) from None
    if "\x00" in value:
        raise BadData(N_("文字里有不能保存的字符"))
    return str(value)


def _number(value: Any) -> int | float:
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise BadData(N_("数字不是有限的数"))
        value = int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise BadData(N_("数字不是有限的数"))
        return float(value)
    if abs(value) > MAX_INT:
        raise BadData(N_("数字太大"))
    return int(value)
