"""Doubts about names of units: collectives, generic and short names, names alike, members.

Nothing here ever merges two names: one character can be the difference between two banks.
"""

import re
from collections.abc import Iterator
from itertools import combinations

from ..catalogue import finding
from ..model import Finding, UnitMention
from .facts import Facts

_MOST_COMPARED = 400
_SHORTEST_SUBSTITUTED = 6
_PLACE = re.compile(r"[县市区州盟旗省]")
_SAME_KIND = (("人民政府", "政府"), ("委员会", "委"), ("分局", "支局"))
_TOWN = re.compile(r"(?:街道(?:办事处)?|镇|乡)(?:人民政府)?$")
_STEM = re.compile(r"(?:部门|系统)$")


def collectives(facts: Facts) -> Iterator[Finding]:
    for unit in facts.units:
        if unit.kind == "collective":
            yield finding("collective_unit", unit.lines[0], name=unit.name)


def generic(facts: Facts) -> Iterator[Finding]:
    named = [unit.name for unit in facts.units if unit.kind == "named"]
    for unit in facts.units:
        if unit.kind == "generic":
            stem = _STEM.sub("", unit.name)
            likely = [name for name in named if stem in name.replace("人民政府", "政府")]
            yield finding("generic_unit", unit.lines[0], likely, name=unit.name)


def short(facts: Facts) -> Iterator[Finding]:
    """供销社, 供销系统 in a task beside the unit 县供销合作社."""
    forms = dict(_short_forms([unit.name for unit in facts.units if unit.kind == "named"]))
    if not forms:
        return
    longest_first = sorted(forms, key=len, reverse=True)
    pattern = re.compile("|".join(rf"(?:乡镇|基层)?{re.escape(form)}" for form in longest_first))
    for _, draft in facts.pairs():
        seen: set[str] = set()
        for match in pattern.finditer(draft.task) if draft.entry else ():
            words = match[0].removeprefix("会同")
            form = re.sub(r"^(?:乡镇|基层)", "", match[0])
            if words not in seen:
                seen.add(words)
                yield finding("short_unit_name", draft.task_line, [forms[form]], name=words)


def _short_forms(names: list[str]) -> Iterator[tuple[str, str]]:
    for name in names[:_MOST_COMPARED]:
        core = re.sub(r"^[县市区]", "", name)
        if core == name or len(core) < 3:
            continue
        stem = core[:2]
        yield stem + "系统", name
        if len(core) > 3 and core.endswith("社"):
            yield stem + "社", name
            yield "会同" + core, name


def alike(facts: Facts) -> Iterator[Finding]:
    """Names that differ by little, grouped; which of them are one body is for people to say."""
    units = [unit for unit in facts.units if unit.kind == "named"][:_MOST_COMPARED]
    near: dict[str, list[UnitMention]] = {unit.name: [] for unit in units}
    for one, other in combinations(units, 2):
        if similar(one.name, other.name):
            near[one.name].append(other)
            near[other.name].append(one)
    grouped: set[str] = set()
    for unit in units:
        if near[unit.name] and unit.name not in grouped:
            others = _group(unit, near)
            grouped.update(others)
            quoted = "、".join(f"“{other}”" for other in others)
            yield finding("similar_units", unit.lines[0], others, name=unit.name, others=quoted)


def _group(unit: UnitMention, near: dict[str, list[UnitMention]]) -> list[str]:
    """All names reached from one by likeness, without itself."""
    found, pending = {unit.name: None}, [unit]
    while pending:
        for other in near[pending.pop().name]:
            if other.name not in found:
                found[other.name] = None
                pending.append(other)
    return list(found)[1:]


def similar(one: str, other: str) -> bool:
    """Whether two names may be one unit's: a shorter form, or one character changed."""
    if likely_same(one, other):
        return True
    short_name, long_name = sorted((one, other), key=len)
    if len(short_name) == len(long_name):
        return _one_changed(short_name, long_name)
    ends_alike = short_name[-1] == long_name[-1] and len(short_name) >= 3
    near = len(long_name) - len(short_name) <= max(4, len(short_name))
    whole = _PLACE.sub("", short_name, count=1)
    return ends_alike and (
        (near and short_name[0] == long_name[0] and _subsequence(short_name, long_name))
        or (
            len(whole) >= 3 and len(whole) < len(short_name) and _subsequence(short_name, long_name)
        )
    )


def likely_same(one: str, other: str) -> bool:
    """Whether two names differ only in a place's rank or a usual variant (支局 and 分局)."""
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    for full, brief in _SAME_KIND:
        name = name.replace(full, brief)
    return name[:1] + _PLACE.sub("", name[1:])


def _one_changed(one: str, other: str) -> bool:
    changed = [i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    town = _TOWN.search(one)
    return len(changed) == 1 and len(one) >= _SHORTEST_SUBSTITUTED and not town


def _subsequence(part: str, whole: str) -> bool:
    letters = iter(whole)
    return all(letter in letters for letter in part)


def members(facts: Facts) -> Iterator[Finding]:
    """The group's members against those who have something to do."""
    found = facts.mentions
    if not found.members:
        return
    working = [unit for unit in facts.units if unit.in_rows and unit.kind == "named"]
    for member in found.members:
        if not any(likely_same(member, unit.name) for unit in working):
            yield finding("member_without_task", found.members_line, name=member)
    for unit in working:
        if not any(likely_same(unit.name, member) for member in found.members):
            yield finding("unit_not_member", unit.lines[0], name=unit.name)


CHECKS = (collectives, generic, short, alike, members)
