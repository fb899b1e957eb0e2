"""Tables with merged cells, laid out so that every row has a cell in every column."""

from sanwei_flow.errors import N_

from ..blocks import Cell, Source, Table
from ..chinese import clean
from ..columns import recognise
from ..problems import PlanTooLargeError

_MOST_CELLS = 200_000
_MOST_COLUMNS = 200
_MOST_ROWS = 20_000
_MOST_LAYOUT_COLUMNS = 2


class Grid:
    """Cells by row and column; a merged cell stands in each place it covers."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.rows: dict[int, dict[int, Cell]] = {}
        self.count = 0

    def taken(self, row: int, column: int) -> bool:
        return column in self.rows.get(row, {})

    def free(self, row: int, column: int = 0) -> int:
        """The first column from `column` on that no merged cell covers."""
        while self.taken(row, column):
            column += 1
        return column

    def put(self, row: int, column: int, text: str, *, down: int = 1, across: int = 1) -> None:
        """Place a cell that covers `down` rows and `across` columns."""
        down, across = max(1, min(down, _MOST_ROWS)), max(1, min(across, _MOST_COLUMNS))
        self.count += down * across
        if self.count > _MOST_CELLS or column >= _MOST_COLUMNS or row >= _MOST_ROWS:
            raise PlanTooLargeError(N_("表格太大，不像一份任务分工表。"))
        line = self.source.number("".join(text.splitlines()).strip(), "cell")
        for r in range(row, row + down):
            cells = self.rows.setdefault(r, {})
            for c in range(column, column + across):
                cells.setdefault(c, Cell(line, text, merged=(r, c) != (row, column)))

    def above(self, row: int, column: int, across: int) -> None:
        """Go on with the cell above, as a vertically merged one does."""
        for c in range(column, column + min(across, _MOST_COLUMNS)):
            origin = self.rows.get(row - 1, {}).get(c)
            if origin:
                self.rows.setdefault(row, {})[c] = Cell(origin.line, origin.text, merged=True)

    def table(self, caption: str = "") -> Table:
        width = max((max(cells, default=0) + 1 for cells in self.rows.values()), default=0)
        return Table(
            tuple(
                tuple(cells.get(c) or Cell(_line(cells), "") for c in range(width))
                for _, cells in sorted(self.rows.items())
                if any(clean(cell.text) for cell in cells.values())
            ),
            caption,
        )

    def close(self, caption: str = "") -> None:
        """Hand over what it holds: tables, and as paragraphs what a grid only arranges."""
        rows = self.table().rows
        headers = [i for i, row in enumerate(rows) if recognise([c.text for c in row])]
        if not headers:
            if rows and len(rows[0]) > _MOST_LAYOUT_COLUMNS:
                self.source.blocks.append(Table(rows, caption))
            else:
                self._paragraphs(rows)
            return
        starts, position = _starts(rows, headers), 0
        for start, following in zip(starts, [*starts[1:], len(rows)], strict=True):
            self._paragraphs(rows[position:start])
            position = following
            while following < len(rows) and position > start + 1 and _single(rows[position - 1]):
                position -= 1
            self.source.blocks.append(Table(rows[start:position], caption))

    def _paragraphs(self, rows: tuple[tuple[Cell, ...], ...]) -> None:
        for row in rows:
            self.source.cells_as_paragraphs(row)


def _names(row: tuple[Cell, ...]) -> list[str]:
    return [clean(cell.text) for cell in row]


def _starts(rows: tuple[tuple[Cell, ...], ...], headers: list[int]) -> list[int]:
    """Where tables begin: at headers that neither repeat one nor stand right below one."""
    seen: list[list[str]] = []
    starts = []
    for index in headers:
        if _names(rows[index]) not in seen and index - 1 not in headers:
            starts.append(index)
        seen.append(_names(rows[index]))
    return starts


def _single(row: tuple[Cell, ...]) -> bool:
    """A row that is one text: a title between two tables of a sheet."""
    return len({text for cell in row if (text := clean(cell.text))}) == 1


def _line(cells: dict[int, Cell]) -> int:
    return min((cell.line for cell in cells.values()), default=1)
