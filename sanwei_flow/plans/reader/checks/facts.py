"""What the checks look at."""

from dataclasses import dataclass

from ..draft import Draft, Reading
from ..due import Due, Horizon
from ..mentions import Mentions
from ..model import Row, UnitMention
from ..outline import Section


@dataclass(frozen=True)
class Facts:
    reading: Reading
    rows: tuple[Row, ...]
    dues: dict[int, Due]
    plan: Horizon
    mentions: Mentions
    units: tuple[UnitMention, ...]
    matched: dict[int, Section]  # the body section a table row was drawn from

    def pairs(self) -> list[tuple[Row, Draft]]:
        """Rows with the drafts they were made from."""
        return list(zip(self.rows, self.reading.drafts, strict=True))
