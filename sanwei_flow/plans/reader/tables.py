"""Tables as division rows and major items: columns by name, merged and blank cells filled down."""

import re
from dataclasses import dataclass, field

from .assignments import Assignment, parse
from .blocks import Cell, Table
from .chinese import clean
from .columns import Columns, recognise

_MAJOR = re.compile(r"重大(改革|政策|平台|项目|举措|事项|工程)")
_KINDS = {"改革": "reform", "政策": "policy", "平台": "platform", "项目": "project"}
_TOTAL = re.compile(r"合计|总计|小计")
_GROUP = re.compile(r"分工|责任|单位")
_SCANNED_FOR_HEADER = 6
_LONGEST_NAME = 12


@dataclass
class Entry:
    """One row of a table by role, before it becomes a `Row` or a `Major`."""

    line: int
    task_line: int
    number: str
    category: str
    item: str
    task: str
    assignment: Assignment
    lines: dict[str, int]  # of the cells lead, cooperating, due and goal
    goal: str = ""
    filled: tuple[str, ...] = ()  # blank headings taken from the row above
    numbered: bool = False  # the table has a column of numbers
    short: bool = False  # the row has fewer cells than the header


@dataclass
class Grid:
    """A recognised table: its columns, title rows above the header, and entries."""

    line: int
    columns: Columns
    heading: str
    entries: list[Entry] = field(default_factory=list)
    majors: bool = False
    header_lines: frozenset[int] = frozenset()


def read_table(table: Table, heading: str) -> Grid | None:
    """The table by roles, or None when no header says what its columns are."""
    start, columns = _header(table)
    if columns is None:
        return None
    above = "".join(clean(cells[0].text) for cells in table.rows[: start - 1] if cells)
    grid = Grid(table.rows[0][0].line, columns, clean(heading) + above)
    grid.majors = bool(_MAJOR.search(grid.heading) or "四个重大" in grid.heading)
    grid.header_lines = frozenset(cell.line for cells in table.rows[:start] for cell in cells)
    _fill(grid, table.rows[start:])
    return grid


def major_kind(words: str, heading: str) -> str:
    """reform, policy, platform or project, by an entry's category or the list's own heading.

    The document's word where it is another.
    """
    found = _MAJOR.search(words)
    kinds = {found[1]} if found else set(_MAJOR.findall(heading))
    kind = kinds.pop() if len(kinds) == 1 else ""
    return _KINDS.get(kind, f"重大{kind}" if kind else words)


def _header(table: Table) -> tuple[int, Columns | None]:
    """Index of the first data row and the columns; a second header row refines the first."""
    for index, cells in enumerate(table.rows[:_SCANNED_FOR_HEADER]):
        names = [cell.text for cell in cells]
        columns = recognise(names)
        if columns is None:
            continue
        if index + 1 < len(table.rows):
            both = _two_rows(names, table.rows[index + 1])
            refined = recognise(both) if both else None
            if refined:
                return index + 2, refined
        return index + 1, columns
    return 0, None


def _two_rows(first: list[str], second: tuple[Cell, ...]) -> list[str] | None:
    """Names of a header of two rows (责任分工 above 牵头单位 and 配合单位), or None."""
    names = [clean(cell.text) for cell in second]
    own = [n for n, cell in zip(names, second, strict=True) if n and not cell.merged]
    if not own or any(len(n) > _LONGEST_NAME for n in own) or recognise(["任务", *own]) is None:
        return None
    if len(names) == len(first):
        return [below or above for above, below in zip(first, names, strict=True)]
    group = next((i for i, name in enumerate(first) if _GROUP.search(clean(name))), None)
    if group is None or len(names) > len(first):
        return None
    return [*first[:group], *own, *first[group + 1 :]]


def _fill(grid: Grid, rows: tuple[tuple[Cell, ...], ...]) -> None:
    category = item = ""
    for cells in rows:
        spanning = _spanning(cells, grid.columns)
        if spanning:
            category, item = spanning, ""
            grid.majors |= bool(_MAJOR.fullmatch(re.sub(r"^.{1,3}、", "", spanning)))
            continue
        if not any(clean(cell.text) for cell in cells) or _TOTAL.fullmatch(clean(cells[0].text)):
            continue
        if recognise([cell.text for cell in cells]) is not None:
            continue  # the header again, as on a new page
        entry = _entry(cells, grid.columns)
        if entry.category and entry.category != category:
            category, item = entry.category, ""
        item = entry.item or item
        entry.filled = _filled(entry, category, item)
        entry.category, entry.item = category, item
        grid.entries.append(entry)


def _filled(entry: Entry, category: str, item: str) -> tuple[str, ...]:
    above = (("category", entry.category, category), ("item", entry.item, item))
    return tuple(name for name, own, taken in above if taken and not own)


def _spanning(cells: tuple[Cell, ...], columns: Columns) -> str:
    """Words of a row that is one cell across the table, else the empty string."""
    texts = {text for cell in cells if (text := clean(cell.text))}
    first, *others = cells
    whole = not first.merged and all(c.merged or not clean(c.text) for c in others)
    words = clean(first.text) if whole and len(texts) == 1 and columns.width > 1 else ""
    return "" if words.isdigit() else words


def _entry(cells: tuple[Cell, ...], columns: Columns) -> Entry:
    def text(index: int | None) -> str:
        return clean(cells[index].text) if index is not None and index < len(cells) else ""

    assignment = Assignment(lead_label=columns.lead_label)
    for side, index in [("lead", columns.lead), *(("cooperating", i) for i in columns.cooperating)]:
        if index is None or index >= len(cells):
            continue
        stated = parse(text(index))
        if stated:
            assignment.merge(stated)
        else:
            assignment.add(side, cells[index].text)
    assignment.due_text = text(columns.due) or assignment.due_text
    task_cell = cells[min(columns.task, len(cells) - 1)]
    return Entry(
        line=cells[0].line,
        task_line=task_cell.line,
        number=text(columns.no),
        category=text(columns.category),
        item=text(columns.item),
        task=text(columns.task),
        assignment=assignment,
        lines=_lines(cells, columns),
        goal=text(columns.goal),
        numbered=columns.no is not None,
        short=len(cells) < columns.width,
    )


def _lines(cells: tuple[Cell, ...], columns: Columns) -> dict[str, int]:
    helping = columns.cooperating[0] if columns.cooperating else None
    sides = {"lead": columns.lead, "cooperating": helping, "due": columns.due}
    sides["goal"] = columns.goal
    return {
        side: cells[index].line
        for side, index in sides.items()
        if index is not None and index < len(cells)
    }
