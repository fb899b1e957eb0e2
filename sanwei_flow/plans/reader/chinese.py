"""Small facts about Chinese text: stray blanks, full-width digits, numerals, brackets."""

import re
from collections.abc import Iterator

_BLANKS = re.compile(r"[\s\u200b\ufeff]+")
_DIGITS = str.maketrans("０１２３４５６７８９％", "0123456789%")
_NUMERALS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}


def clean(text: str) -> str:
    """Without the blanks of typesetting: Chinese has none, Latin words keep one between them."""

    def blank(match: re.Match[str]) -> str:
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        latin = before.isascii() and after.isascii() and before and after
        wrapped = "\n" in match[0] and before.isdigit() and (after.isdigit() or after == "%")
        return " " if latin and not wrapped else ""

    return _BLANKS.sub(blank, text)


def half_width(text: str) -> str:
    """Full-width digits and percent signs as ASCII; the length stays."""
    return text.translate(_DIGITS)


def numeral(text: str) -> int | None:
    """Value of a Chinese or Arabic numeral below a thousand (十二 -> 12), else None."""
    if text.isascii() and text.isdigit():
        return int(text[:9])
    total, digit = 0, None
    for char in text:
        if char in "十百":
            total += (1 if digit is None else digit) * (10 if char == "十" else 100)
            digit = None
        elif char in _NUMERALS and digit is None:
            digit = _NUMERALS[char]
        else:
            return None
    return total + (digit or 0) if text else None


def year_numeral(text: str) -> int | None:
    """二〇二四 -> 2024: four digits read one by one."""
    digits = [_NUMERALS.get(char) for char in text]
    if len(digits) != 4 or None in digits:
        return None
    return int("".join(map(str, digits)))


def brackets(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each outermost （…） or 【…】; unbalanced ones are passed over."""
    depth, start = 0, 0
    for index, char in enumerate(text):
        if char in "（(【[":
            start = index if depth == 0 else start
            depth += 1
        elif char in "）)】]" and depth:
            depth -= 1
            if depth == 0:
                yield start, index + 1


def split_outside(text: str, separators: str) -> list[str]:
    """Split at separators that stand outside brackets and quotation marks."""
    opening, closing = "（(“《", "）)”》"
    parts, depth, start = [], 0, 0
    for index, char in enumerate(text):
        if char in opening:
            depth += 1
        elif char in closing:
            depth = max(0, depth - 1)
        elif depth == 0 and char in separators:
            parts.append(text[start:index])
            start = index + 1
    return [*parts, text[start:]]


def sentences(text: str) -> list[str]:
    """Sentences without their full stops."""
    return [part for part in split_outside(text, "。！？") if part.strip()]
