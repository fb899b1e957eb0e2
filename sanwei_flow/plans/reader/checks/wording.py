"""Doubts about words: stray blanks, unpaired marks, likely slips. The text itself stays."""

import re
from collections.abc import Iterator
from functools import cache

from ..catalogue import finding
from ..chinese import clean
from ..model import Finding
from .facts import Facts

_BLANK = re.compile(r"(?<=[\u4e00-\u9fff”》）〉])[ \u3000\u00a0]+(?=[\u4e00-\u9fff“《（〈])")
_PAIRS = (("“", "”"), ("《", "》"), ("（", "）"), ("〔", "〕"))
_IDIOMS = re.findall(
    r"\S{4}",
    """
    因地制宜 因人制宜 因时制宜 因村制宜 因户制宜 因企制宜 因校制宜 因势利导
    因材施教 统筹兼顾 统筹推进 统筹协调 循序渐进 稳中求进 优势互补 齐抓共管
    群策群力 常抓不懈 持之以恒 实事求是 与时俱进 求真务实 真抓实干 立行立改
    分类指导 分类施策 精准施策 精准发力 上下联动 左右协同 互联互通 共建共享
    一网通办 提质增效 转型升级 做大做强 做优做强 配齐配强 查漏补缺 举一反三
    令行禁止 落地见效 落地生根 有序推进
    """,
)
_CONFUSED = {"做为": "作为", "既使": "即使", "按装": "安装", "布署": "部署", "幅射": "辐射"}
_CONFUSED_WORDS = re.compile("|".join(rf"{word}(?!民)" for word in _CONFUSED))
_SHOWN = 12
_RUN = re.compile(r"[\u4e00-\u9fff]{4,}")
_NUMERALS = frozenset("一二三四五六七八九十两多")


def blanks(facts: Facts) -> Iterator[Finding]:
    header = _header_lines(facts)
    for line in facts.reading.source.lines:
        found = _BLANK.search(line.text) if line.number not in header else None
        if found:
            around = line.text[max(0, found.start() - _SHOWN) : found.end() + _SHOWN].strip()
            yield finding("stray_blank", line.number, text=around, cleaned=clean(around))


def _header_lines(facts: Facts) -> set[int]:
    """Lines of headers, where 名  称 is spaced on purpose."""
    return {line for grid in facts.reading.grids for line in grid.header_lines}


def marks(facts: Facts) -> Iterator[Finding]:
    for paragraph in (*facts.reading.front.head, *facts.reading.body):
        text = paragraph.text
        for opening, closing in _PAIRS:
            if text.count(opening) != text.count(closing):
                yield finding(
                    "unbalanced_quotes", paragraph.line, text=_odd(text, opening, closing)
                )


def _odd(text: str, opening: str, closing: str) -> str:
    """Words around the first mark without its partner."""
    depth, start = 0, 0
    for index, char in enumerate(text):
        if char == opening:
            if depth:
                break
            depth, start = 1, index
        elif char == closing:
            if not depth:
                return text[max(0, index - _SHOWN) : index + 1]
            depth = 0
    return text[start : start + _SHOWN]


def slips(facts: Facts) -> Iterator[Finding]:
    for number, text in _texts(facts):
        for word, likely in _near_idioms(text):
            yield finding("suspected_typo", number, [likely], word=word)
        for match in _CONFUSED_WORDS.finditer(text):
            yield finding("suspected_typo", number, [_CONFUSED[match[0]]], word=match[0])


def _texts(facts: Facts) -> Iterator[tuple[int, str]]:
    for paragraph in facts.reading.body:
        yield paragraph.line, clean(paragraph.text)
    for draft in facts.reading.drafts:
        if draft.entry:
            yield draft.task_line, draft.task


def _near_idioms(text: str) -> Iterator[tuple[str, str]]:
    """Four characters that are a set phrase but for one."""
    patterns = _patterns()
    for run in _RUN.finditer(text):
        words = run[0]
        for i in range(len(words) - 3):
            four = words[i : i + 4]
            keys = (f"{four[:n]}*{four[n + 1 :]}" for n in range(4))
            likely = {patterns[key] for key in keys if key in patterns}
            if likely and four not in _idioms() and not _counted(four, min(likely)):
                yield four, min(likely)


def _counted(four: str, likely: str) -> bool:
    """One numeral for another (一网通办, 两网通办) is no slip."""
    return any(
        a != b and a in _NUMERALS and b in _NUMERALS for a, b in zip(four, likely, strict=True)
    )


@cache
def _idioms() -> frozenset[str]:
    return frozenset(_IDIOMS)


@cache
def _patterns() -> dict[str, str]:
    four = [idiom for idiom in _IDIOMS if len(idiom) == 4]
    return {f"{idiom[:n]}*{idiom[n + 1 :]}": idiom for idiom in four for n in range(4)}


def echoes(facts: Facts) -> Iterator[Finding]:
    """Two four-character phrases in quotation marks that differ by one character."""
    seen: dict[str, str] = {}
    for number, text in _texts(facts):
        for quoted in re.findall(r"“([^“”]{4,40})”", text):
            for phrase in (part for part in re.split("[、，]", quoted) if len(part) == 4):
                keys = [f"{phrase[:n]}*{phrase[n + 1 :]}" for n in range(4)]
                near = next((seen[k] for k in keys if k in seen and seen[k] != phrase), None)
                if near and not _counted(phrase, near) and phrase not in _idioms():
                    yield finding("suspected_typo", number, [near], word=phrase)
                for key in keys:
                    seen.setdefault(key, phrase)


CHECKS = (blanks, marks, slips, echoes)
