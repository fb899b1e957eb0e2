"""Input cells of decision tables: short tests of one value, turned into CEL.

A cell is one of
    (empty) or -            anything
    5    "text"    true     equal to it; any CEL expression that reads the table's variables
    < 10   >= limit         compared with it
    [1..5]   (0..10]        between; a round bracket leaves the end out
    "a", "b", > 7           any of these
    not("a", "b")           none of these
An order or a range never holds for a value that is missing.
"""

from __future__ import annotations

import re
from itertools import pairwise

from sanwei_flow.engine.expressions import ExpressionError, tokens
from sanwei_flow.errors import N_

#: The name the value under test has while its cells are evaluated.
VALUE = "cell_value"

_COMPARED = re.compile(r"\s*(<=|>=|!=|==|<|>|=)\s*(.+)", re.DOTALL)
_NOT = re.compile(r"\s*not\s*\((.*)\)\s*", re.DOTALL)


def is_any(cell: str) -> bool:
    """True for a cell that lets every value pass."""
    return cell.strip() in ("", "-")


def unary_to_cel(cell: str) -> str:
    """Return the CEL source that is true where `cell_value` passes the cell.

    Raises ExpressionError for a cell that is none of the forms above.
    """
    if is_any(cell):
        return "true"
    negated = _NOT.fullmatch(cell)
    if negated and _closes_at_end(cell):
        return f"!({_alternatives(negated[1])})"
    return _alternatives(cell)


def _alternatives(text: str) -> str:
    parts = split(text)
    if any(not part.strip() for part in parts):
        raise ExpressionError(N_("逗号前后都要有内容：{cell}"), cell=text.strip())
    return " || ".join(f"({_test(part.strip())})" for part in parts)


def _test(text: str) -> str:
    between = _range(text)
    if between is not None:
        low, above, high, below = between
        return f"{VALUE} != null && {VALUE} {above} ({low}) && {VALUE} {below} ({high})"
    compared = _COMPARED.fullmatch(text)
    if compared is None:
        return f"{VALUE} == ({text})"
    sign, operand = compared.groups()
    if sign in ("=", "=="):
        return f"{VALUE} == ({operand})"
    if sign == "!=":
        return f"{VALUE} != ({operand})"
    return f"{VALUE} != null && {VALUE} {sign} ({operand})"


def _range(text: str) -> tuple[str, str, str, str] | None:
    """The ends of `[low..high]` with the signs they stand for, None for anything else."""
    dots = _dots(text)
    if dots is None:
        return None
    opening, closing = text[0], text[-1]
    if opening not in "[(" or closing not in "])":
        raise ExpressionError(N_("区间应写成 [1..5]，不含端点用圆括号：{cell}"), cell=text)
    low, high = text[1:dots].strip(), text[dots + 2 : -1].strip()
    if not low or not high:
        raise ExpressionError(N_("区间的两端都要填写：{cell}"), cell=text)
    return low, ">=" if opening == "[" else ">", high, "<=" if closing == "]" else "<"


def _dots(text: str) -> int | None:
    """Where the two dots of a range stand outside every text."""
    found = list(tokens(text))
    for before, after in pairwise(found):
        if before.group() == after.group() == "." and before.end() == after.start():
            return before.start()
    return None


def split(text: str) -> list[str]:
    """The parts between commas that stand in no bracket and no text."""
    parts, depth, start = [], 0, 0
    for match in tokens(text):
        sign = match.group() if match.lastgroup == "other" else ""
        if sign in ("(", "{", "["):
            depth += 1
        elif sign in (")", "}", "]"):
            depth = max(depth - 1, 0)
        elif sign == "," and depth == 0:
            parts.append(text[start : match.start()])
            start = match.end()
    return [*parts, text[start:]]


def _closes_at_end(cell: str) -> bool:
    """True if the bracket after `not` is the one that ends the cell."""
    depth = 0
    for match in tokens(cell):
        if match.lastgroup == "other" and match.group() in "([{":
            depth += 1
        elif match.lastgroup == "other" and match.group() in ")]}":
            depth -= 1
            if depth == 0:
                return not cell[match.end() :].strip()
    return False
