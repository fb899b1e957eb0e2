"""Doubts about figures: one thing with two numbers, targets no row carries, missing years."""

import re
from collections.abc import Iterable, Iterator

from ..catalogue import finding
from ..crosscheck import same_figure
from ..indicators import opened
from ..model import Finding, Target
from ..similar import overlap
from .facts import Facts

_MODIFIERS = re.compile(r"各级|各类|全[县市区]|农村|综合|服务|新型|[县市区]域")
_BUILDING = frozenset({"建设", "建成", "组建", "建立", "新建", "打造", "发展", "开展", "推进"})
_COMPARED = {">=": "不低于", ">": "超过", "<=": "不超过", "<": "低于"}
_MOST_COMPARED = 400
_LIKE_WORDS = 0.5


def disagreements(facts: Facts) -> Iterator[Finding]:
    """One thing given different numbers: for the same year, or where no year tells them apart."""
    targets = facts.reading.targets[:_MOST_COMPARED]
    for target in targets:
        if target.unit is None or _confirmed(target, targets):
            continue
        others = [other for other in targets if _contradicts(target, other)]
        if others:
            slips = [o for o in targets if _maybe_copied(target, o)]
            yield finding(
                "figures_disagree",
                target.line,
                [_place(other) for other in (*others, *slips)],
                indicator=target.indicator,
                value=figure(target),
            )


def _confirmed(target: Target, targets: list[Target]) -> bool:
    """Whether another place gives the same figure for the same thing."""
    return any(other.line != target.line and same_figure(target, other) for other in targets)


def _contradicts(target: Target, other: Target) -> bool:
    same_thing = _core(target.indicator) == _core(other.indicator) and target.unit == other.unit
    same_time = target.year == other.year or target.year is None
    return same_thing and same_time and other.value != target.value and other.line != target.line


def _maybe_copied(target: Target, other: Target) -> bool:
    """The same number for another thing in the same list: perhaps a slip of copying."""
    beside = target.major is not None and other.major is not None
    return beside and other.value == target.value and other.line != target.line


def _core(indicator: str) -> str:
    core = _MODIFIERS.sub("", indicator)
    return core if len(core) >= 3 else indicator


def measures(facts: Facts) -> Iterator[Finding]:
    """242个 here and 242家 there."""
    targets = facts.reading.targets[:_MOST_COMPARED]
    for index, target in enumerate(targets):
        for other in targets[:index]:
            same = target.value == other.value and target.indicator == other.indicator
            if same and target.unit and other.unit and target.unit != other.unit:
                yield finding(
                    "measure_differs",
                    target.line,
                    [_place(other)],
                    indicator=target.indicator,
                    unit=target.unit,
                    other=other.unit,
                )
                break


def echoes(facts: Facts) -> Iterator[Finding]:
    """Row figures against the body's: another operator, other words, or no counterpart."""
    if not facts.reading.tabled:
        return
    body = facts.reading.body_targets[:_MOST_COMPARED]
    found = [(t, [aim for aim in body if same_figure(t, aim)]) for t in _row_targets(facts)]
    repeats = sum(bool(alike) for _, alike in found) * 2 > len(found)
    for target, alike in found:
        if not alike:
            if repeats:
                yield finding("target_only_in_table", target.line, **_named(target))
            continue
        aim = max(alike, key=lambda a: (overlap(a.indicator, target.indicator), a.year or 0))
        if aim.op != target.op:
            yield finding(
                "operator_differs",
                target.line,
                [_place(aim)],
                indicator=target.indicator,
                value=figure(target),
                line=aim.line,
                other=figure(aim),
            )
        if _worded_otherwise(target, aim):
            yield _reworded(target, aim)


def restated(facts: Facts) -> Iterator[Finding]:
    """One figure given twice in the body in other words (正常经营 and 正常运营)."""
    body = facts.reading.body_targets[:_MOST_COMPARED]
    for index, target in enumerate(body):
        for aim in body[:index]:
            same = same_figure(aim, target) and aim.year == target.year and aim.value > 1
            near = overlap(aim.indicator, target.indicator) >= _LIKE_WORDS
            if same and near and aim.line != target.line and aim.indicator != target.indicator:
                yield _reworded(target, aim)


def _reworded(target: Target, aim: Target) -> Finding:
    return finding(
        "wording_differs",
        target.line,
        [_place(aim)],
        words=target.words,
        line=aim.line,
        other=aim.words,
    )


def _worded_otherwise(target: Target, aim: Target) -> bool:
    """Another verb (培育 and 创建), or other words in quotation marks."""
    quoted = re.findall(r"“[^”]*”", target.indicator), re.findall(r"“[^”]*”", aim.indicator)
    if all(quoted) and quoted[0] != quoted[1]:
        return True
    verbs = [_verb(words) for words in (target.words, aim.words)]
    return verbs[0] != verbs[1] and not set(verbs) <= _BUILDING | {""}


def _verb(words: str) -> str:
    verbs = re.findall(r"培训|培育|[创新改扩]建|组建|建[成设立]|打造|发展|引进|完成", words)
    return verbs[-1] if verbs else ""


def uncarried(facts: Facts) -> Iterator[Finding]:
    """Final targets of the body that no row takes up; interim years and parts of a sum aside."""
    if not facts.reading.tabled:
        return
    rows = _row_targets(facts)
    last = max((t.year for t in facts.reading.targets if t.year), default=None)
    for aim in facts.reading.body_targets[:_MOST_COMPARED]:
        final = aim.annual or aim.year in (None, last)
        carried = any(same_figure(target, aim) for target in rows)
        part = any(aim.indicator.endswith(target.indicator) for target in rows)
        if final and not carried and not part and not aim.implied:
            yield finding("target_without_row", aim.line, **_named(aim))


def years(facts: Facts) -> Iterator[Finding]:
    for target in facts.reading.body_targets:
        if target.year is None and not target.annual:
            yield finding("target_without_year", target.line, **_named(target))
    for target in facts.reading.targets:
        if target.implied:
            yield finding("figure_implied", target.line, indicator=target.indicator)


def untargeted(facts: Facts) -> Iterator[Finding]:
    """Tasks of the body that say nothing countable and no date."""
    for row, draft in facts.pairs():
        if not draft.entry and not draft.targets and facts.dues[row.no].origin == "default":
            yield finding("task_without_target", row.line, no=row.no)


def figure(target: Target) -> str:
    """The figure as people write it: 力争不低于30%."""
    compared = _COMPARED.get(target.op.removeprefix("~"), "")
    hoped = "力争" if target.op.startswith("~") else ""
    return f"{hoped}{compared}{target.value}{target.unit or ''}"


def _row_targets(facts: Facts) -> list[Target]:
    found: Iterable[Target] = (t for d in facts.reading.drafts if d.entry for t in d.targets)
    return list(found)[:_MOST_COMPARED]


def _named(target: Target) -> dict[str, object]:
    return {"indicator": target.indicator, "value": figure(target)}


def _place(target: Target) -> str:
    year = f"{target.year}年" if target.year else ""
    return f"{year}{opened(target.indicator)}{figure(target)}（第{target.line}行）"


CHECKS = (disagreements, measures, echoes, restated, uncarried, years, untargeted)
