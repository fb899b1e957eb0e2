"""Who leads, who helps and by when, from labels (责任单位：…) or phrases (X牵头，Y、Z配合)."""

import re
from dataclasses import dataclass, field

from .chinese import brackets, clean, split_outside
from .units import looks_like_unit, unit_kind, unit_list

_LABEL = re.compile(
    r"(?P<lead>(?:牵头|主办|主责|主管|承办|负责)(?:责任)?(?:单位|部门))"
    r"|(?P<responsible>(?:责任|落实|实施)(?:单位|部门|主体))"
    r"|(?P<cooperating>(?:配合|协办|协同|协作|参与|参加|协助)(?:责任)?(?:单位|部门))"
    r"|(?P<due>(?:计划|要求)?(?:完成|办结|整改)?(?:时限|期限)(?:要求)?|完成(?:时间|日期)|时间节点)"
    r"|(?P<person>(?:责任|牵头|分管|配合)(?:领导|人))"
)
_SPACED = re.compile(r"(?<=[责任牵头配合单位完成时限])[ \u3000]+(?=[责任牵头配合单位完成时限：:])")
_LONGEST = 600
_COLON = re.compile(r"\s*[：:]\s*")
_DUTIES = r"(?:按照?(?:各自)?职[责能](?:分工)?)?"
_LEADING = re.compile(
    rf"{_DUTIES}(?:共同|分别|具体|负责)?(?:牵头(?:负责|落实|实施|组织)?|主办|负责(?:牵头)?)"
)
_HELPING = re.compile(r"(?:等)?(?:积极|共同)?(?:配合|协助|参与|协同|协办|参加)(?:落实|实施)?")


@dataclass
class Assignment:
    """Units by side in the order written, and the deadline in the document's words."""

    lead: list[str] = field(default_factory=list)
    cooperating: list[str] = field(default_factory=list)
    open_ended: bool = False
    due_text: str = ""
    lead_label: str = ""
    line: int = 0

    def __bool__(self) -> bool:
        return bool(self.lead or self.cooperating or self.due_text)

    def add(self, side: str, text: str) -> None:
        """Add a list of units to a side; one marked （牵头） leads, whichever list it stands in."""
        units = unit_list(text)
        self.open_ended |= units.open_ended
        marked, known = set(units.marked), {*self.lead, *self.cooperating}
        for name in units.names:
            leads = name in marked or (side == "lead" and not marked)
            if name not in known:
                (self.lead if leads else self.cooperating).append(name)

    def merge(self, other: "Assignment") -> None:
        """Take over what another line of the same item adds."""
        if other.lead_label == "牵头单位" or not self.lead:
            self.lead_label = other.lead_label or self.lead_label
        helps = self.lead and other.lead_label.startswith("责任")
        side = self.cooperating if helps else self.lead
        side += _new(other.lead, side)
        self.cooperating += _new(other.cooperating, self.cooperating)
        self.open_ended |= other.open_ended
        self.due_text = self.due_text or other.due_text
        self.line = self.line or other.line


def _new(names: list[str], known: list[str]) -> list[str]:
    seen = set(known)
    return [name for name in names if name not in seen]


def parse(text: str, line: int = 0) -> Assignment | None:
    """The assignment a bracket or a line states, or None when it states none."""
    found = _labelled(_tight(text)) or _phrased(text)
    if found:
        found.line = line
    return found


def closing(text: str, line: int = 0) -> list[tuple[str, Assignment]]:
    """Split a paragraph at its assignment brackets: (text before, assignment) each."""
    parts, start = [], 0
    for begin, end in brackets(text):
        found = parse(text[begin + 1 : end - 1], line)
        if found:
            parts.append((text[start:begin], found))
            start = end
    if not parts:
        return _trailing(text, line)
    if rest := text[start:].strip("。；; 　"):
        before, last = parts[-1]
        parts[-1] = (before + rest, last) if len(parts) == 1 else parts[-1]
        parts += [(rest, Assignment())] if len(parts) > 1 else []
    return parts


def unlabelled(text: str) -> tuple[str, ...]:
    """The units in a paragraph's last bracket where it says nothing of who leads.

    Such as …。（县财政局、县商务委，持续推进）. Only a bracket after a whole sentence counts, and
    only if its first clause lists nothing but units. Which of them leads is not for us to say.
    """
    text = text.rstrip("。；; 　")
    begin, end = next(reversed(list(brackets(text))), (0, 0))
    if not end or end != len(text) or text[begin - 1 : begin] not in tuple("。；！"):
        return ()
    words = clean(text[begin + 1 : end - 1])
    if parse(words):
        return ()
    first, *others = split_outside(words, "，,；;。")
    names = list(unit_list(first).names)
    for clause in others:
        more = unit_list(clause).names
        names += more if all(_names_unit(name) for name in more) else ()
    return tuple(names) if all(_names_unit(name) for name in names) else ()


def _names_unit(name: str) -> bool:
    return unit_kind(name) == "collective" or (len(name) > 2 and looks_like_unit(name))


def _trailing(text: str, line: int) -> list[tuple[str, Assignment]]:
    """An assignment at the end of a paragraph without brackets: …。牵头单位：甲；配合单位：乙。"""
    start = max(0, len(text) - _LONGEST)
    for label in _LABEL.finditer(text, start):
        if label.start() and text[label.start() - 1] in "。；;" and _COLON.match(text, label.end()):
            found = parse(text[label.start() :], line)
            return [(text[: label.start()], found)] if found else []
    return []


def labels(text: str) -> bool:
    """Whether a line begins with a label such as 牵头单位：."""
    line = _tight(text)
    label = _LABEL.match(line)
    return bool(label and _COLON.match(line, label.end()))


def _tight(text: str) -> str:
    """The text with spaced labels closed up: 责 任 单 位： is 责任单位：."""
    return _SPACED.sub("", text.strip())


def _labelled(text: str) -> Assignment | None:
    marks: list[tuple[re.Match[str], str, int]] = []
    for label in _LABEL.finditer(text):
        colon = _COLON.match(text, label.end())
        if colon and (not marks or label.start() >= marks[-1][2]):
            marks.append((label, label.lastgroup or "", colon.end()))
    if not marks or clean(text[: marks[0][0].start()]):
        return None
    found = Assignment()
    has_lead = any(side == "lead" for _, side, _ in marks)
    for (_, side, start), following in zip(marks, [*marks[1:], None], strict=True):
        value = text[start : following[0].start() if following else len(text)].strip(" 　；;，,。")
        _take(found, side, value, has_lead)
    first = next((label[0] for label, side, _ in marks if side in ("lead", "responsible")), "")
    found.lead_label = next((label[0] for label, side, _ in marks if side == "lead"), first)
    return found if found else None


def _take(found: Assignment, side: str, value: str, has_lead: bool) -> None:
    if side == "due":
        found.due_text = clean(value)
    elif side == "responsible":
        found.add("cooperating" if has_lead else "lead", value)
    elif side != "person":
        found.add(side, value)


def _phrased(text: str) -> Assignment | None:
    """由X牵头，Y、Z配合，2025年底前完成: clauses gather until their verb."""
    if len(text) > _LONGEST or not (_LEADING.search(text) or _HELPING.search(text)):
        return None
    found = Assignment(lead_label="牵头单位")
    gathered: list[str] = []
    for clause in split_outside(clean(text), "，,；;。"):
        leading, helping = _LEADING.search(clause), _HELPING.search(clause)
        if leading and leading.end() == len(clause):
            found.add("lead", "、".join([*gathered, clause[: leading.start()].removeprefix("由")]))
            gathered = []
        elif helping and helping.end() == len(clause):
            found.add("cooperating", "、".join([*gathered, clause[: helping.start()]]))
            found.open_ended |= helping[0].startswith("等")
            gathered = []
        else:
            gathered.append(clause)
    found.due_text = "，".join(gathered)
    names = found.lead + found.cooperating
    plausible = all(looks_like_unit(n) or unit_kind(n) != "named" for n in names)
    return found if found.lead and plausible else None
