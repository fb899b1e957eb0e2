"""Lists of units, and the ways a document says who leads and who helps."""

import re
from dataclasses import dataclass

from .chinese import clean, split_outside

_UNIT_END = (
    r"(?:局|委|委员会|办|办公室|部|署|院|厅|处|科|社|行|会|公司|集团|中心|政府|乡镇|街道|镇|乡|单位|部门|"
    r"分局|支局|大队|支队|站|所|学校|银行|专班|总社|法院|检察院|团委|妇联|残联|工会|联合社)"
)
_ET_CETERA = re.compile(r"等(?:有关|相关|各)?(?:单位|部门|县级部门|责任单位|乡镇)?$")
_COLLECTIVE = re.compile(
    r"(?:全?[县市区]级?)?各.+|(?:[县市区](?:级|政府)?)?(?:有关|相关|其他|其它).+"
    r"|.{1,6}(?:有关|相关|各)(?:单位|部门)"
    r"|(?:乡镇|镇街|街镇|乡（镇）|镇|街道|村|社区)(?:（.{1,8}）)?(?:街道|人民政府|政府|办事处|党委)?"
    r"|(?:乡镇)?党委、.*政府"
)
_GENERIC = re.compile(r"[^县市区州省]{2,8}(?:部门|系统)|(?:乡镇|基层).{1,6}社")
_LEADS = re.compile(r"（(?:牵头|主办|主责)(?:单位)?）$")
_LONGEST = 40
_BETWEEN = re.compile(r"(?<=[局委办部院社行会府司心镇道位门])[ \u3000]+(?=[县市区州省各])")
_NOTHING = frozenset({"", "/", "—", "－", "-", "——", "无", "暂无", "、"})


@dataclass(frozen=True)
class Units:
    """Names in order, whether the list stays open (等), and which were marked （牵头）."""

    names: tuple[str, ...] = ()
    open_ended: bool = False
    marked: tuple[str, ...] = ()


def unit_list(text: str) -> Units:
    """Split a list of units as written; nothing is merged, looked up or completed."""
    names: dict[str, None] = {}
    marked: list[str] = []
    open_ended = False
    text = _BETWEEN.sub("、", _one_line(text))
    for piece in split_outside(text, "、，,；;。/｜|"):
        for part in _split_and(clean(piece).strip("：:.．。")):
            name, more = _without_et_cetera(part)
            open_ended |= more
            if _LEADS.search(name):
                name = _LEADS.sub("", name)
                marked.append(name)
            if name not in _NOTHING:
                names[name] = None
    return Units(tuple(names), open_ended, tuple(marked))


def unit_kind(name: str) -> str:
    """named, collective (各乡镇, 县级有关部门) or generic (税务部门, 供销社)."""
    if _COLLECTIVE.fullmatch(name):
        return "collective"
    return "generic" if _GENERIC.fullmatch(name) else "named"


def looks_like_unit(name: str) -> bool:
    """Whether a phrase ends as units' names do."""
    return len(name) <= 30 and bool(re.search(rf"{_UNIT_END}(?:（[^）]{{0,20}}）)?$", name))


def _one_line(text: str) -> str:
    """Lines of a cell joined: as one name where it wraps, else as separate names."""
    first, *others = [line.strip() for line in text.splitlines() if line.strip()] or [""]
    joined = first
    for line in others:
        last = re.split("[、，,；;]", joined[-_LONGEST:])[-1]
        whole = looks_like_unit(last) and looks_like_unit(re.split("[、，,；;]", line)[0])
        joined += ("、" if whole and len(line) > 2 else "") + line
    return joined


def _split_and(text: str) -> list[str]:
    """Split at 和/及/与 between two complete names: not inside 住房和城乡建设委."""
    parts = re.split(r"(?<=[局委办部院社行司心府镇道门位会])(?:以及|和|及|与)", text)
    return parts if all(looks_like_unit(part) for part in parts[1:]) else [text]


def _without_et_cetera(name: str) -> tuple[str, bool]:
    found = _ET_CETERA.search(name)
    return (name[: found.start()], True) if found and found.start() else (name, False)
