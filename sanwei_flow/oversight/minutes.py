"""Reading decisions out of the words of minutes: who leads, who helps, by when.

It only proposes: the office corrects what was read before anything is kept.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from sanwei_flow.plans.reader.assignments import Assignment, closing, parse
from sanwei_flow.plans.reader.chinese import split_outside
from sanwei_flow.plans.reader.dates import find_dates
from sanwei_flow.plans.reader.units import looks_like_unit, unit_list

_MARKER = re.compile(
    r"^(?:\s*(?:[一二三四五六七八九十]+[、.．]|（[一二三四五六七八九十\d]+）|\d+[、.．]|[一二三四五六七八九十]是))+\s*"
)
#: 由县商务委牵头制定…: the verb goes on where the reader of plans expects the clause to end.
_LEADS = re.compile(
    r"(?:^|由|请)(?P<names>[^由请]{2,80}?)(?:共同|具体)?"
    r"(?:牵头|负责|主办|会同(?P<with>.+?)(?=制定|研究|提出|做好|开展|$))"
)
_HELPS = re.compile(
    r"^(?P<names>.{2,200}?)(?:等(?:单位|部门)?)?(?:积极|共同)?(?:配合|协助|参与|协办)"
)
_NAMES = "、"
_LONGEST = 2000


@dataclass(frozen=True)
class Wording:
    """A decision as typed or read: names and numbers of rows are still only words."""

    text: str
    lead: str = ""
    helpers: str = ""
    due: dt.date | None = None
    row_nos: str = ""


def read_decisions(text: str, held_on: dt.date, known: Mapping[str, object]) -> list[Wording]:
    """The paragraphs (or sentences, where several name somebody) that say who is to do it.

    `known` are the register's names; a day without a year is the next such day after the
    meeting. A paragraph that names no unit is no decision.
    """
    found = []
    for paragraph in text.splitlines():
        words = paragraph.strip()[:_LONGEST]
        pieces = split_outside(words, "。！？；;")
        told = [one for one in (_decision(piece, held_on, known) for piece in pieces) if one]
        if len(told) > 1:
            found += told
        elif told:
            whole = _decision(words, held_on, known) or told[0]
            found.append(Wording(_bare(words), told[0].lead, told[0].helpers, whole.due))
    return found


def _decision(words: str, held_on: dt.date, known: Mapping[str, object]) -> Wording | None:
    clauses = split_outside(_bare(words), "，,；;。：:")
    said = _in_brackets(words) or _by_reader(clauses, known) or _by_verbs(clauses, known)
    if said is None:
        return None
    helpers = _NAMES.join(name for name in said.cooperating if name not in said.lead[:1])
    others = _NAMES.join(said.lead[1:])
    together = _NAMES.join(filter(None, (others, helpers)))
    return Wording(_bare(words), said.lead[0], together, _due(words, held_on))


def _in_brackets(words: str) -> Assignment | None:
    """As tables are written: …（责任单位：甲；配合单位：乙）."""
    return next((said for _before, said in closing(words) if said.lead), None)


def _by_reader(clauses: list[str], known: Mapping[str, object]) -> Assignment | None:
    """As plans say it: …，由甲牵头，乙、丙配合，9月底前完成."""
    for start in range(len(clauses)):
        said = parse("，".join(clauses[start:]))
        if said and said.lead and all(_is_unit(name, known) for name in said.lead):
            return said
    return None


def _by_verbs(clauses: list[str], known: Mapping[str, object]) -> Assignment | None:
    """As people speak: 由甲牵头制定方案; 由甲会同乙研究提出意见."""
    said = Assignment()
    for clause in clauses:
        leads, helps = _LEADS.search(clause), _HELPS.search(clause)
        if leads and not said.lead and (names := _units(leads["names"], known)):
            said.lead += names
            said.cooperating += _units(leads["with"] or "", known)
        elif helps and said.lead:
            said.cooperating += _units(helps["names"], known)
    return said if said.lead else None


def _units(text: str, known: Mapping[str, object]) -> list[str]:
    names = [name for name in unit_list(text).names if _is_unit(name, known)]
    return names if len(names) == len(unit_list(text).names) else []


def _is_unit(name: str, known: Mapping[str, object]) -> bool:
    return name in known or (len(name) > 2 and looks_like_unit(name))


def _due(words: str, held_on: dt.date) -> dt.date | None:
    """The last day named that is not before the meeting."""
    days = []
    for when in find_dates(words, held_on.year):
        day = when.last
        if when.elided and day < held_on:
            day = day.replace(year=day.year + 1, day=28 if day.month == 2 else day.day)
        days.append(day)
    return max((day for day in days if day >= held_on), default=None)


def _bare(words: str) -> str:
    """Without the number in front and the stop behind."""
    return _MARKER.sub("", words).strip(" 　；;。")
