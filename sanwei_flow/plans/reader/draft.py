"""The document half read: rows and majors before dates and findings are settled."""

from dataclasses import dataclass, field

from .assignments import Assignment
from .blocks import Block, Paragraph, Source, Table
from .chinese import clean, numeral
from .crosscheck import Said, same_thing
from .dates import deadline
from .front import Front, read_front
from .items import Item, assumed_items, read_items
from .model import Major, Phase, Target
from .outline import Section, body_paragraphs, read_outline
from .phases import read_phases
from .tables import Entry, Grid, major_kind, read_table
from .targets import Place, find_targets

_HEADING_LINES = 5


@dataclass
class Draft:
    """A division row with where its words stand."""

    no: int
    line: int
    task_line: int
    category: str
    item: str
    task: str
    assignment: Assignment
    targets: list[Target] = field(default_factory=list)
    entry: Entry | None = None
    section: Section | None = None

    def said(self) -> Said:
        return Said(self.no, self.item, self.task, tuple(self.targets))


@dataclass
class Reading:
    """Everything found, before rows are dated and findings written."""

    source: Source
    front: Front
    roots: list[Section]
    phases: tuple[Phase, ...]
    items: list[Item]
    body: list[Paragraph]
    grids: list[Grid]
    unread: list[Table]
    assumed: bool = False  # no heading says which sections are the tasks
    drafts: list[Draft] = field(default_factory=list)
    majors: list[Major] = field(default_factory=list)
    body_targets: list[Target] = field(default_factory=list)
    major_targets: list[Target] = field(default_factory=list)

    @property
    def tabled(self) -> bool:
        """Whether the rows come from a table."""
        return any(draft.entry for draft in self.drafts)

    @property
    def targets(self) -> list[Target]:
        rows = [target for draft in self.drafts if draft.entry for target in draft.targets]
        return sorted(self.body_targets + self.major_targets + rows, key=lambda t: t.line)


def survey(source: Source, name: str) -> Reading:
    """Read everything that stands in the blocks."""
    roots = read_outline(source.blocks)
    grids, unread = _grids(source.blocks)
    front = read_front(source.blocks, name)
    phases, items, body = read_phases(roots), read_items(roots), body_paragraphs(source.blocks)
    reading = Reading(source, front, roots, phases, items, body, grids, unread)
    entries = [e for g in grids if not g.majors and g.columns.divides for e in g.entries]
    if not entries and not items and front.title_found:
        reading.items, reading.assumed = assumed_items(roots), True
    reading.drafts = _from_entries(entries) if entries else _from_items(reading.items)
    _read_majors(reading)
    _read_body(reading)
    return reading


def _grids(blocks: list[Block]) -> tuple[list[Grid], list[Table]]:
    grids, unread, above = [], [], list[str]()
    for block in blocks:
        if isinstance(block, Paragraph):
            above.append(clean(block.text))
            continue
        heading = "".join(text for text in above[-_HEADING_LINES:] if len(text) < 60)
        grid = read_table(block, heading + block.caption)
        above = []
        if grid:
            grids.append(grid)
        else:
            unread.append(block)
    return grids, unread


def _from_entries(entries: list[Entry]) -> list[Draft]:
    """Rows under the table's own numbers when these are whole, else counted from 1."""
    stated = [numeral(entry.number.strip(".．、")) for entry in entries]
    whole = None not in stated and len(set(stated)) == len(stated)
    drafts = []
    for count, (entry, number) in enumerate(zip(entries, stated, strict=True), 1):
        no = number if whole and number is not None else count
        draft = Draft(no, entry.line, entry.task_line, entry.category, entry.item, entry.task,
                      entry.assignment, entry=entry)  # fmt: skip
        year = _stated_year(draft)
        draft.targets = find_targets(Place(entry.task_line, entry.task, row=no, year=year))
        if entry.goal:
            place = Place(entry.lines["goal"], entry.goal, row=no, year=year)
            draft.targets += find_targets(place)
        drafts.append(draft)
    return drafts


def _from_items(items: list[Item]) -> list[Draft]:
    return [
        Draft(no, item.line, item.line, item.category, item.title, item.task, item.assignment,
              section=item.section)
        for no, item in enumerate(items, 1)
    ]  # fmt: skip


def _read_majors(reading: Reading) -> None:
    listed = [(grid, entry) for grid in reading.grids if grid.majors for entry in grid.entries]
    for count, (grid, entry) in enumerate(listed, 1):
        no = numeral(entry.number) or count
        lead = tuple(entry.assignment.lead)
        kind = major_kind(entry.category or entry.item, grid.heading)
        targets = find_targets(Place(entry.task_line, entry.task, major=no))
        said = (draft.said() for draft in reading.drafts)
        rows = tuple(row.no for row in said if same_thing(entry.task, targets, row))
        reading.majors.append(Major(no, kind, entry.task, lead, entry.line, rows))
        reading.major_targets += targets


def _read_body(reading: Reading) -> None:
    """Targets of the body's paragraphs; those inside a body row belong to it."""
    owner = {
        line: draft
        for draft in reading.drafts
        if draft.section
        for section in draft.section.walk()
        for line, _ in section.raw
    }
    for paragraph in reading.body:
        draft = owner.get(paragraph.line)
        row, year = (draft.no, _stated_year(draft)) if draft else (None, None)
        text = clean(paragraph.text)
        found = find_targets(Place(paragraph.line, text, row=row, year=year))
        reading.body_targets += found
        if draft:
            draft.targets += found


def _stated_year(draft: Draft) -> int | None:
    """The year of the row's own deadline: its figures are due with it."""
    stated = deadline(draft.assignment.due_text)
    return stated.day.year if stated.day and stated.kind == "stated" else None
