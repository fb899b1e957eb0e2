"""Which year a figure in running text is due: most years look ahead, some look back."""

import re
from collections import deque

from .chinese import brackets, half_width
from .dates import find_dates

Years = deque[tuple[int, int, int]]  # start, end, year of the dates still ahead

_NO_YEAR = re.compile(r"以?来|前的|(?:中央|省委|市委)|年度?(?:考核|报告)")
_REACHED = (
    r"(?:全面|全部|基本|力争|确保|如期|按期)*"
    r"(?:实现|完成|达到|达成|达标|建成|投用|投产|落实|到位)+(?:目标)?"
)
_BEFORE = r"[到至于在]?[底末]?(?:以?前|之前|内)?"
_LOOKS_BACK = re.compile(rf"{_BEFORE}{_REACHED}")
_NOTED = re.compile(rf"{_BEFORE}(?:{_REACHED}|目标值?)?")


def years_ahead(text: str) -> Years:
    """Every date that says when, not since when, in the order of the text."""
    return deque(
        (when.start, when.end, when.last.year)
        for when in find_dates(text)
        if not when.elided and not _NO_YEAR.match(text[when.end : when.end + 6])
    )


def looks_back(clause: str, position: int, years: Years) -> bool:
    """Whether a clause says nothing but when the figures before it are reached: 2027年实现.

    `clause` has its dates blotted out with ■; it begins at `position` of the text that the
    places in `years` refer to.
    """
    return bool(
        years
        and position <= years[0][0] < position + len(clause)
        and _LOOKS_BACK.fullmatch(clause.replace("■", "").strip())
    )


def noted_years(text: str) -> dict[int, int]:
    """The year of each bracket that holds one date alone, by the place where it opens."""
    found = {}
    text = half_width(text)
    for start, end in brackets(text):
        words = text[start + 1 : end - 1]
        dates = list(find_dates(words))
        if len(dates) == 1 and not dates[0].elided:
            rest = words[: dates[0].start] + words[dates[0].end :]
            if _NOTED.fullmatch(rest.strip()):
                found[start] = dates[0].last.year
    return found
