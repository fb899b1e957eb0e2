"""Word's automatic numbers (一、 （一） 1. …): they stand in no paragraph's text."""

import re
from collections import defaultdict
from dataclasses import dataclass

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DIGITS = "零一二三四五六七八九"
_CHINESE = ("chinese", "ideograph", "japaneseCounting", "taiwanese", "korean")


@dataclass(frozen=True)
class _Level:
    format: str
    text: str
    start: int


class Numbering:
    """Counts paragraphs list by list, as Word does when it draws them."""

    def __init__(self, numbering: etree._Element | None, styles: etree._Element | None) -> None:
        self.levels: dict[str, dict[int, _Level]] = {}
        self.counts: dict[str, dict[int, int]] = defaultdict(dict)
        self.styles = _styled_lists(styles)
        if numbering is not None:
            self._load(numbering)

    def of(self, paragraph: etree._Element) -> str:
        """The number drawn before a paragraph, or the empty string."""
        number, depth = self._list_of(paragraph)
        level = self.levels.get(number, {}).get(depth)
        if level is None or level.format in ("bullet", "none"):
            return ""
        counts = self.counts[number]
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [d for d in counts if d > depth]:
            del counts[deeper]
        return re.sub(r"%(\d)", lambda m: self._place(number, int(m[1]) - 1), level.text)

    def _place(self, number: str, depth: int) -> str:
        level = self.levels[number].get(depth)
        if level is None:
            return ""
        count = self.counts[number].get(depth, level.start)
        return _chinese(count) if level.format.startswith(_CHINESE) else str(count)

    def _list_of(self, paragraph: etree._Element) -> tuple[str, int]:
        own = paragraph.find(f"{W}pPr/{W}numPr")
        if own is not None:
            return _value(own, "numId"), _depth(own)
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        return self.styles.get(style.get(f"{W}val", "") if style is not None else "", ("", 0))

    def _load(self, numbering: etree._Element) -> None:
        abstract = {
            element.get(f"{W}abstractNumId", ""): {
                _index(level): _Level(
                    _value(level, "numFmt"), _value(level, "lvlText"), _start(level)
                )
                for level in element.findall(f"{W}lvl")
            }
            for element in numbering.findall(f"{W}abstractNum")
        }
        for element in numbering.findall(f"{W}num"):
            levels = abstract.get(_value(element, "abstractNumId"), {})
            self.levels[element.get(f"{W}numId", "")] = levels


def _styled_lists(styles: etree._Element | None) -> dict[str, tuple[str, int]]:
    found = {}
    for style in styles.findall(f"{W}style") if styles is not None else ():
        numbered = style.find(f"{W}pPr/{W}numPr")
        if numbered is not None and _value(numbered, "numId"):
            found[style.get(f"{W}styleId", "")] = _value(numbered, "numId"), _depth(numbered)
    return found


def _value(element: etree._Element, name: str) -> str:
    found = element.find(f"{W}{name}")
    return found.get(f"{W}val", "") if found is not None else ""


def _depth(element: etree._Element) -> int:
    value = _value(element, "ilvl")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 3 else 0


def _index(level: etree._Element) -> int:
    value = level.get(f"{W}ilvl", "0")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 3 else 0


def _start(level: etree._Element) -> int:
    value = _value(level, "start")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 5 else 1


def _chinese(count: int) -> str:
    """1 -> 一, 12 -> 十二, 20 -> 二十; beyond 99 in digits."""
    if not 0 < count < 100:
        return str(count)
    tens, ones = divmod(count, 10)
    lead = "" if tens == 0 else ("十" if tens == 1 else _DIGITS[tens] + "十")
    return lead + (_DIGITS[ones] if ones else "")
