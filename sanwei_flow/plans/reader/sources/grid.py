"""Tables with merged cells, laid out so that every row has a cell in every column."""

from sanwei_flow.errors import N_

from ..blocks import Cell, Source, Table
from ..chinese import clean
from ..columns import recognise
from ..problems import PlanTooLargeError

_MOST_CELLS = 200_000
_MOST_COLUMNS = 200
_MOST_ROWS = 20_000
_HEADER_ROWS = 6


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
        line = self.source.number(clean(text), "cell")
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
        """Hand the table over; one that only lays out text becomes paragraphs."""
        table = self.table(caption)
        if not table.rows:
            return
        headed = any(recognise([c.text for c in row]) for row in table.rows[:_HEADER_ROWS])
        if headed or len(table.rows[0]) > 2:
            self.source.blocks.append(table)
        else:
            for row in table.rows:
                self.source.cells_as_paragraphs(row)


def _line(cells: dict[int, Cell]) -> int:
    return min((cell.line for cell in cells.values()), default=1)
