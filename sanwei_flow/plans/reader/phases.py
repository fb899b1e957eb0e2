"""Dated stages of a plan: （一）安排部署阶段（2022年7月至9月）."""

import re
from collections.abc import Iterator

from .chinese import brackets, split_outside
from .dates import date_range, find_dates
from .model import Phase
from .outline import Section

_STEPS = re.compile(r"步骤|进度|时间安排|阶段|工作安排|推进安排|实施安排")
_ORDINAL = re.compile(r"^第[一二三四五六七八九十]阶段[：:，、—\-]*")
_TRIM = "：:，,。；、—-－ "


def read_phases(roots: list[Section]) -> tuple[Phase, ...]:
    """The stages in order; none when the document states none."""
    return tuple(phase for section in _candidates(roots) if (phase := _phase(section)))


def step_sections(roots: list[Section]) -> list[Section]:
    """The sections that lay out stages rather than tasks."""
    return [root for root in roots if _STEPS.search(root.title) and len(root.title) < 20]


def _candidates(roots: list[Section]) -> Iterator[Section]:
    steps = step_sections(roots)
    for root in steps:
        yield from root.children or _unmarked(root)
    if not steps:
        for root in roots:
            yield from (s for s in root.walk() if "阶段" in s.title)


def _unmarked(root: Section) -> Iterator[Section]:
    """Stages written as plain paragraphs: 第一阶段：动员部署（2025年3月）。"""
    for line, text in root.body:
        first, *rest = split_outside(text, "。")
        yield Section(root.level + 1, line, first[:60], body=[(line, "。".join(rest))])


def _phase(section: Section) -> Phase | None:
    """A section whose heading carries a period, or one called a stage."""
    heading = section.title or section.text[:60]
    for text, name in _periods(heading):
        found = date_range(text)
        if found:
            return Phase(_name(name), *found, section.line)
    found = date_range(section.text[:60]) if "阶段" in heading else None
    if found:
        return Phase(_name(heading), *found, section.line)
    return Phase(_name(heading), None, None, section.line) if "阶段" in section.title else None


def _periods(heading: str) -> Iterator[tuple[str, str]]:
    """(period, name) readings of a heading: the period in brackets, after or before the name."""
    for start, end in brackets(heading):
        yield heading[start:end], heading[:start] or heading[end:]
    dates = list(find_dates(heading))
    if dates:
        name = heading[: dates[0].start].strip(_TRIM) or heading[dates[-1].end :]
        yield heading, re.split(r"[：:]", name, maxsplit=1)[0] if dates[0].start else name


def _name(words: str) -> str:
    name = words.strip(_TRIM)
    named = _ORDINAL.sub("", name).strip(_TRIM)
    name = re.split(r"[：:。]", named or name, maxsplit=1)[0]
    return name.removesuffix("阶段") or name
