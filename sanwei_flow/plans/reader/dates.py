"""Chinese dates and deadlines as days.

"By the end of a month / quarter / year" is that period's last day; a bare year means 31 December.
"""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from .chinese import half_width, numeral, year_numeral

_YEAR = r"(?P<y>(?:19|20)\d\d|[二一][〇零○Oo九\d一二三四五六七八]{3})"
_MONTH = r"(?P<m>\d{1,2}|十[一二]?|[一二三四五六七八九])"
_DATE = re.compile(
    rf"{_YEAR}年(?:度)?(?:{_MONTH}月(?:份)?(?:(?P<d>\d{{1,2}}|[一二三]?十?[一二三四五六七八九]?十?)[日号]"
    r"|(?P<part>[底末初]|[上中下]旬)?)"
    r"|(?P<q>第?[一二三四1-4]季度|[上下]半年|全年|年?[底末初])?)"
    r"|(?P<iy>(?:19|20)\d\d)[-./](?P<im>0?[1-9]|1[0-2])(?!\d)(?:[-./](?P<id>[0-3]?\d)(?!\d))?"
    r"|(?<![\d〇一二])(?P<em>\d{1,2})月(?:份)?(?:(?P<ed>\d{1,2})[日号]|(?P<epart>[底末初]|[上中下]旬)?)"
    r"|(?P<eq>第?[一二三四1-4]季度|[上下]半年|年[底末内]|全年|今年[底末内]?)"
    r"|“?(?P<fyp>十[四五六七八九])五”?(?:规划)?(?:期?末|期间|时期)"
)
_RECURRING = re.compile(r"每(?:年度?|季度?|半年|月|周|旬)|按(?:年|季|月)|逐[年季月]")
_OPEN = re.compile(r"长期|持续|常态|经常性|贯穿|全程|随时|即时|适时")
_PARTS = {"初": 10, "上旬": 10, "中旬": 20}


@dataclass(frozen=True)
class When:
    """A period found in a text: its first and last day, and where it stands."""

    first: date
    last: date
    start: int
    end: int
    elided: bool = False  # the year is not written here, it stands before


@dataclass(frozen=True)
class Deadline:
    """`kind`: stated, elided (year assumed), recurring, open (长期坚持), unclear or none."""

    day: date | None
    kind: str


def find_dates(text: str, year: int | None = None) -> Iterator[When]:
    """Every date in order; a date without year takes the year before it, or `year`."""
    for match in _DATE.finditer(half_width(text)):
        when = _when(match, year)
        if when:
            year = when.last.year
            yield when


def whole_date(text: str) -> date | None:
    """The day, when the text is nothing but one full date."""
    found = next(find_dates(text), None)
    whole = found and found.start == 0 and found.end == len(text) and found.first == found.last
    return found.last if found and whole else None


def deadline(text: str, year: int | None = None) -> Deadline:
    """What a deadline cell or line says; `year` stands in for one left out."""
    if not text.strip():
        return Deadline(None, "none")
    dates = list(find_dates(text, year))
    if _RECURRING.search(text):
        return Deadline(max((d.last for d in dates), default=None), "recurring")
    if dates:
        last = max(dates, key=lambda d: d.last)
        return Deadline(last.last, "elided" if all(d.elided for d in dates) else "stated")
    return Deadline(None, "open" if _OPEN.search(text) else "unclear")


def date_range(text: str) -> tuple[date | None, date | None] | None:
    """Start and end of 2022年7月至9月, 2024年3月1日—5日, 2025年底前 (no start), else None."""
    dates = list(find_dates(text))
    if not dates or dates[0].elided:
        return None
    if len(dates) == 1:
        return _single(text, dates[0])
    return dates[0].first, dates[-1].last


def _single(text: str, when: When) -> tuple[date | None, date | None]:
    """One date: a lone day after which 5日 follows is a range, 前/底前 leaves the start open."""
    tail = re.match(r"\s*(?:至|到|[-－—–―~～]{1,3})\s*(\d{1,2})日", text[when.end :])
    if tail and (last := _day(when.first.year, when.first.month, int(tail[1]))):
        return when.first, last
    if re.match(r"[底末]?(?:以前|之前|前)", text[when.end :]) or text[when.end - 1] in "底末":
        return None, when.last
    if re.match(r"\s*(?:起|开始|以来)", text[when.end :]):
        return when.first, None
    return when.first, when.last


def _when(match: re.Match[str], year: int | None) -> When | None:
    g = match.groupdict()
    if g["fyp"]:
        y = 2025 + 5 * ((numeral(g["fyp"]) or 14) - 14)
        return When(date(y - 4, 1, 1), date(y, 12, 31), match.start(), match.end())
    written = g["iy"] or g["y"]
    y = int(written) if written and written.isdigit() else year_numeral(written or "") or year or 0
    elided = written is None
    if g["iy"]:
        span = _span(y, g["im"], g["id"], None, None)
    elif g["y"]:
        span = _span(y, g["m"], g["d"], g["part"], g["q"])
    else:
        span = _span(y, g["em"], g["ed"], g["epart"], g["eq"])
    return When(span[0], span[1], match.start(), match.end(), elided) if span else None


def _span(
    year: int, month: str | None, day: str | None, part: str | None, quarter: str | None
) -> tuple[date, date] | None:
    """First and last day of a period; None for an impossible one (13月, no year)."""
    if not 1900 <= year <= 2100:
        return None
    if month is None:
        return _quarter(year, quarter or "")
    m = numeral(month) or 0
    if not 1 <= m <= 12:
        return None
    if day:
        exact = _day(year, m, numeral(day) or 0)
        return (exact, exact) if exact else None
    last = date(year, m, _PARTS.get(part or "", calendar.monthrange(year, m)[1]))
    return date(year, m, 1), last


def _quarter(year: int, name: str) -> tuple[date, date]:
    if name.startswith("上半"):
        return date(year, 1, 1), date(year, 6, 30)
    if name.startswith("下半"):
        return date(year, 7, 1), date(year, 12, 31)
    if name.endswith("季度"):
        n = numeral(name.removesuffix("季度").removeprefix("第")) or 4
        return date(year, 3 * n - 2, 1), date(year, 3 * n, 30 if n in (2, 3) else 31)
    if name.endswith("初"):
        return date(year, 1, 1), date(year, 3, 31)
    return date(year, 1, 1), date(year, 12, 31)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
