"""What a plan document says, as plain values. The reader makes them; nothing here knows a database.

Words of the document are kept as written, less stray blanks; whatever was assumed is a `Finding`.
Line numbers count from 1: physical lines of a text file, and for other formats a running number
in which every paragraph and every table cell is one line (`PlanDocument.lines`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType

Translate = Callable[[str], str]


@dataclass(frozen=True)
class Line:
    """One line of the source, for showing the document with an anchor per line."""

    number: int
    text: str
    kind: str  # heading | paragraph | cell


@dataclass(frozen=True)
class Phase:
    """A dated stage the document states; `None` where it gives no such date."""

    name: str
    start: date | None
    end: date | None
    line: int


@dataclass(frozen=True)
class Row:
    """One division row: who does what by when."""

    no: int
    category: str
    item: str
    task: str
    lead: tuple[str, ...]
    cooperating: tuple[str, ...]  # in order; a collective such as 各乡镇 keeps its name
    open_ended: bool  # a list of units ends in 等
    due: date | None
    due_inferred: (
        bool  # the document states no date for this row: `due` (or its absence) is assumed
    )
    line: int
    due_text: str = ""  # the deadline in the document's words
    lead_label: str = ""  # the document's word for the lead: 责任单位, 牵头单位, …
    sub_items: tuple[str, ...] = ()  # the sentences of `task`, when there are several


@dataclass(frozen=True)
class Major:
    """One entry of the list of major reforms, policies, platforms and projects."""

    no: int
    kind: str  # reform | policy | platform | project, else the document's word
    name: str
    lead: tuple[str, ...]
    line: int
    rows: tuple[int, ...] = ()  # numbers of the division rows that speak of the same thing


@dataclass(frozen=True)
class Target:
    """A quantified aim. `value` is in `unit`, never scaled: 52 万亩次 is 52 with unit 万亩次."""

    indicator: str
    op: str  # = >= > <= < and, for 力争, the same after ~ ("~" alone for "~=")
    value: Decimal
    unit: str | None
    year: int | None
    annual: bool
    line: int
    row: int | None = None  # number of the division row it stands in
    major: int | None = None  # number of the major item it stands in
    implied: bool = False  # no figure in the words: one named thing is built
    cumulative: bool = False  # 累计
    words: str = ""  # the clause up to the figure, as written


@dataclass(frozen=True)
class UnitMention:
    """A name of a unit as written; names are never merged, however alike."""

    name: str
    mentions: int
    lines: tuple[int, ...]  # where it stands, ascending, each line once
    in_rows: int = 0  # how many of the mentions are in division rows
    kind: str = "named"  # named | collective (各乡镇) | generic (税务部门)


@dataclass(frozen=True)
class Finding:
    """Something doubtful: where, what was assumed, what else it could be.

    `message` and `assumed` are Chinese msgids with `{name}` places filled from `params`.
    """

    code: str
    line: int
    message: str
    params: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    assumed: str = ""
    alternatives: tuple[str, ...] = ()

    def text(self, translate: Translate = str) -> str:
        return translate(self.message).format(**self.params)

    def assumption(self, translate: Translate = str) -> str:
        return translate(self.assumed).format(**self.params) if self.assumed else ""


@dataclass(frozen=True)
class PlanDocument:
    """Everything read from one document."""

    name: str  # the file's name
    format: str  # txt | docx | xlsx | html | pdf
    title: str
    doc_number: str | None
    issuer: str | None
    doc_date: date | None
    phases: tuple[Phase, ...]
    rows: tuple[Row, ...]
    majors: tuple[Major, ...]
    targets: tuple[Target, ...]
    units: tuple[UnitMention, ...]
    findings: tuple[Finding, ...]
    lines: tuple[Line, ...]
