"""What an edited document says differently, row by row. Pure: two lists in, a difference out."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from difflib import SequenceMatcher
from typing import Any

#: Below this share of common signs, two tasks under one number are two different tasks.
ALIKE = 0.5


@dataclass(frozen=True)
class Said:
    """A row in the document's words. `figures` are [indicator, op, value, unit, year, annual]."""

    no: int
    category: str
    item: str
    task: str
    due: str | None
    lead: tuple[str, ...]
    cooperating: tuple[str, ...]
    open_ended: bool = False
    figures: tuple[tuple[str, str, str, str, int | None, bool], ...] = ()

    @property
    def day(self) -> dt.date | None:
        return dt.date.fromisoformat(self.due) if self.due else None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Said":
        figures = tuple(tuple(one) for one in data.get("figures", ()))
        units = {name: tuple(data[name]) for name in ("lead", "cooperating")}
        return cls(**{**data, **units, "figures": figures})


@dataclass(frozen=True)
class Step:
    """One change to carry out: `change` (both rows), `remove` (old), `add` (new).

    `names` are the fields that differ, `lead` is what the office decided about a changed lead.
    """

    kind: str
    old: Said | None = None
    new: Said | None = None
    names: tuple[str, ...] = ()
    lead: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Step":
        old, new = (data[name] and Said.from_json(data[name]) for name in ("old", "new"))
        return cls(data["kind"], old, new, tuple(data["names"]), data["lead"])


#: What is compared, in the order of the ledger.
FIELDS = tuple(one.name for one in fields(Said) if one.name not in ("no", "open_ended"))


@dataclass(frozen=True)
class Changed:
    """A row that both know: `names` are the fields whose words differ."""

    old: Said
    new: Said
    names: tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    """Rows only the new document has, rows only the old one had, and those that changed."""

    added: tuple[Said, ...]
    removed: tuple[Said, ...]
    changed: tuple[Changed, ...]
    unchanged: int

    @property
    def empty(self) -> bool:
        return not (self.added or self.removed or self.changed)

    def steps(self, leads: Mapping[int, str]) -> list[Step]:
        """Everything to carry out, in order; `leads` by the number a row has now."""
        return [
            *(
                Step("change", one.old, one.new, one.names, leads.get(one.old.no, ""))
                for one in self.changed
            ),
            *(Step("remove", old=one) for one in self.removed),
            *(Step("add", new=one) for one in self.added),
        ]


def compare(old: Sequence[Said], new: Sequence[Said]) -> Difference:
    """Find out which rows are the same: by their words first, then by number if still alike.

    Numbers move when a row is put in; that alone is no change.
    """
    pairs = _same_words(old, new)
    left = [one for one in old if one.no not in {before.no for before, _ in pairs}]
    right = [one for one in new if one.no not in {after.no for _, after in pairs}]
    by_number = {one.no: one for one in right}
    alike = [
        (one, by_number[one.no])
        for one in left
        if one.no in by_number and _alike(one.task, by_number[one.no].task)
    ]
    pairs += alike
    known = {before.no for before, _ in pairs}, {after.no for _, after in pairs}
    changed = [
        Changed(before, after, names)
        for before, after in sorted(pairs, key=lambda pair: pair[0].no)
        if (names := _differing(before, after))
    ]
    return Difference(
        added=tuple(one for one in new if one.no not in known[1]),
        removed=tuple(one for one in old if one.no not in known[0]),
        changed=tuple(changed),
        unchanged=len(pairs) - len(changed),
    )


def _same_words(old: Sequence[Said], new: Sequence[Said]) -> list[tuple[Said, Said]]:
    """Rows with the very same task, in order where several share one."""
    waiting: dict[str, list[Said]] = defaultdict(list)
    for one in old:
        waiting[_bare(one.task)].append(one)
    return [(waiting[_bare(one.task)].pop(0), one) for one in new if waiting.get(_bare(one.task))]


def _bare(text: str) -> str:
    """A row put in before another changes the number some documents write into the text."""
    return "".join(text.split())


def _alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= ALIKE


def _differing(before: Said, after: Said) -> tuple[str, ...]:
    return tuple(name for name in FIELDS if getattr(before, name) != getattr(after, name))
