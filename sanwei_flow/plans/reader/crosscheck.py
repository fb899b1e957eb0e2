"""Which place of the body speaks of what a division row says."""

import math
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date

from .model import Target
from .outline import Section
from .similar import coverage, overlap, pairs

_LIKE_FIGURE = 0.3  # share of common pairs at which equal figures mean the same thing
_LIKE_TARGET = 0.4
_LIKE_ITEM = 0.3
_LIKE_NAME = 0.5
_MOST_COMPARISONS = 250_000


@dataclass(frozen=True)
class Said:
    """A row as the comparison needs it."""

    no: int
    item: str
    task: str
    targets: tuple[Target, ...]


def same_figure(row: Target, body: Target) -> bool:
    """Whether two targets give the same value for like things (个 and 家 apart)."""
    return (
        row.value == body.value
        and row.unit == body.unit
        and overlap(row.indicator, body.indicator) >= _LIKE_FIGURE
    )


def match_sections(rows: list[Said], sections: list[Section]) -> dict[int, Section]:
    """The body section each row was drawn from, by words they share; rare words weigh more."""
    if len(rows) * len(sections) > _MOST_COMPARISONS:
        return {}
    words = [
        pairs("。".join((*section.above, section.title, section.text))) for section in sections
    ]
    spread = Counter(pair for found in words for pair in found)
    weight = {pair: math.log(1 + len(words) / count) for pair, count in spread.items()}
    matched: dict[int, Section] = {}
    for row in rows:
        own = pairs(row.item + "。" + row.task)
        total = sum(weight.get(pair, 1.0) for pair in own)
        scores = [sum(weight[pair] for pair in own & found) for found in words]
        best = max(range(len(scores)), key=scores.__getitem__, default=None)
        if best is not None and total and scores[best] / total >= _LIKE_ITEM:
            matched[row.no] = sections[best]
    return matched


def same_thing(name: str, targets: list[Target], row: Said) -> bool:
    """Whether a major item and a row speak of one thing: a figure, a quoted name, most words."""
    if targets:
        return any(same_figure(own, aim) for own in row.targets for aim in targets)
    quoted = set(re.findall(r"“[^“”]{4,30}”", name))
    if any(words in row.task for words in quoted):
        return True
    return coverage(name, row.item + row.task) >= _LIKE_NAME


def dates_from_body(
    rows: list[Said], body: list[Target], matched: dict[int, Section]
) -> dict[int, date]:
    """Year's ends for rows whose figure the body dates, or whose dated figure was left out."""
    found: dict[int, list[int]] = {}
    carried = set()
    for row in rows:
        for target in row.targets:
            for aim in body:
                if same_figure(target, aim):
                    carried.add(aim)
                    if aim.year:
                        found.setdefault(row.no, []).append(aim.year)
    for aim in body:
        if aim.year and aim not in carried:
            for row in rows:
                section = matched.get(row.no)
                near = section and any(line == aim.line for line, _ in section.raw)
                if near and coverage(aim.indicator, row.item + row.task) >= _LIKE_TARGET:
                    found.setdefault(row.no, []).append(aim.year)
    return {no: date(max(years), 12, 31) for no, years in found.items()}
