"""Every unit the document names, with how often and where. Names are never merged."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .assignments import Assignment, labels
from .chinese import brackets, clean, split_outside
from .draft import Reading
from .model import UnitMention
from .units import unit_kind, unit_list

_BANK = (
    r"(?:农村商业|农商业?|农业发展|农发|农业|工商|建设|邮政储蓄|邮储|中国|交通|招商|村镇|农|工|建|中)"
    r"(?:银)?行[\u4e00-\u9fff]{2,4}?支行"
)
_OFFICE = (
    r"(?<![全本我各跨辖])[县市区](?:[^\W\d_的和与、由以是在为及并将把要对市县区]{0,8}?)"
    r"(?:供销(?:合作)?总?社|总社|联合社|局|委员会|办公室)(?![服示基系组社])"
)
_PARTY = r"(?<![全本我各跨辖])[县市区]委[\u4e00-\u9fff]{1,4}?(?:部|办公室|编办)"
_COLLECTIVE = (
    r"各乡镇（街道）|各乡镇人民政府、街道办事处|乡镇党委、人民政府|[县市区]级各部门|各[县市区]级部门"
    r"|各(?:有关|相关)?(?:部门|单位|科室|乡镇|街道)|(?<!等)[县市区]?级?(?:有关|相关)(?:部门|单位)"
)
_PROSE = re.compile("|".join((_COLLECTIVE, _PARTY, _BANK, _OFFICE)))
_DEPARTMENTS = re.compile(
    r"(?:^|[。，；、由与和同向])((?:[^\W\d_各有相等要]{2,8}、){0,12}[^\W\d_各有相等要]{2,8})(等?)部门"
)
_MEMBERS = re.compile(
    r"(?:等)?(?:有关|相关)?(?:单位|部门)?(?:主要|分管)?负责(?:人|同志)(?:为|任|担任|是)成员"
)
_SHORTEST_IN_PROSE = 4
_SHORTEST_PREFACE = 60
_LONGEST_LIST = 2000


@dataclass
class Mentions:
    """Names in the order they first appear, with their places."""

    lines: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    in_rows: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    members: tuple[str, ...] = ()
    members_line: int = 0

    def add(self, names: Iterable[str], line: int, *, in_row: bool = False) -> None:
        for name in names:
            self.lines[name].append(line)
            if in_row:
                self.in_rows[name] += 1

    def units(self) -> tuple[UnitMention, ...]:
        return tuple(
            UnitMention(
                name, len(lines), tuple(sorted(set(lines))), self.in_rows[name], unit_kind(name)
            )
            for name, lines in sorted(self.lines.items(), key=lambda entry: min(entry[1]))
        )


def read_mentions(reading: Reading) -> Mentions:
    """Collect names from rows, majors, brackets, the address and running text."""
    found = Mentions()
    for draft in reading.drafts:
        lines = draft.entry.lines if draft.entry else {}
        line = draft.assignment.line or draft.line
        found.add(draft.assignment.lead, lines.get("lead", line), in_row=True)
        found.add(draft.assignment.cooperating, lines.get("cooperating", line), in_row=True)
    for entry in (e for grid in reading.grids if grid.majors for e in grid.entries):
        _add_assignment(found, entry.assignment, entry.lines.get("lead", entry.line))
    if reading.tabled:
        for section in (s for root in reading.roots for s in root.walk()):
            for _, assignment in section.assignments:
                _add_assignment(found, assignment, assignment.line or section.line)
    _read_head(found, reading)
    _read_prose(found, reading)
    return found


def _add_assignment(found: Mentions, assignment: Assignment, line: int) -> None:
    found.add([*assignment.lead, *assignment.cooperating], line)


def _read_head(found: Mentions, reading: Reading) -> None:
    """The address (各乡镇人民政府、街道办事处，…：) and the issuer's name."""
    for block in reading.front.head:
        text = clean(block.text)
        if text.endswith(("：", ":")) and len(text) < 200 and re.search(r"各|单位|部门", text):
            found.add([n for n in split_outside(text.strip("：:"), "，,") if n], block.line)
        elif reading.front.issuer and text.startswith(reading.front.issuer):
            found.add([reading.front.issuer], block.line)


def _read_prose(found: Mentions, reading: Reading) -> None:
    """Names known from elsewhere, and names that grammar alone gives away."""
    preface = [p for p in reading.front.head if len(p.text) > _SHORTEST_PREFACE]
    running = [p for p in reading.body if not labels(p.text)]
    places = [(p.line, _without_assignments(clean(p.text))) for p in [*preface, *running]]
    for line, text in places:
        members = _members(text)
        if members and not found.members:
            found.members, found.members_line = members, line
    known = _Known([*found.lines, *found.members])
    for line, text in [*places, *((d.task_line, d.task) for d in reading.drafts if d.entry)]:
        names, rest = known.find(text)
        found.add(names, line)
        found.add(_by_grammar(rest), line)


def _without_assignments(text: str) -> str:
    """Text without its closing brackets of units, which were counted as such."""
    pieces, position = [], 0
    for start, end in brackets(text):
        if re.search(r"(?:单位|部门)[：:]|牵头|配合", text[start:end]):
            pieces.append(text[position:start])
            position = end
    return "".join([*pieces, text[position:]])


def _members(text: str) -> tuple[str, ...]:
    """The units whose heads are members of the group: A、B、C等单位负责人为成员."""
    stated = _MEMBERS.search(text)
    if not stated:
        return ()
    before = text[max(0, stated.start() - _LONGEST_LIST) : stated.start()]
    names = unit_list(re.split(r"[。，；]", before)[-1]).names
    return names if len(names) > 2 else ()


def _by_grammar(text: str) -> Iterator[str]:
    for match in _PROSE.finditer(text):
        yield match[0]
    for match in _DEPARTMENTS.finditer(text):
        for name in match[1].split("、"):
            yield re.sub(r"^(?:由|与|和|会同|协调|配合|联合|加强)", "", name) + "部门"


class _Known:
    """Finds known names in running text, the longest first, in one pass."""

    def __init__(self, names: Iterable[str]) -> None:
        self.by_start: dict[str, list[str]] = defaultdict(list)
        for name in sorted(set(names), key=len, reverse=True):
            if len(name) >= _SHORTEST_IN_PROSE:
                self.by_start[name[:2]].append(name)

    def find(self, text: str) -> tuple[list[str], str]:
        """The names in the text, and the text without them."""
        found, rest, position, kept = [], [], 0, 0
        while position < len(text):
            candidates = self.by_start.get(text[position : position + 2], ())
            name = next((n for n in candidates if text.startswith(n, position)), None)
            if name is None:
                position += 1
                continue
            found.append(name)
            rest.append(text[kept:position])
            position += len(name)
            kept = position
        return found, "■".join([*rest, text[kept:]])
