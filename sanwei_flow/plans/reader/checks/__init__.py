"""Everything doubtful in a document, as findings. Each check yields those of one kind."""

from collections.abc import Callable, Iterator

from ..model import Finding
from . import body, document, figures, rows, units, wording
from .facts import Facts

__all__ = ["Facts", "find_doubts"]

_CHECKS: tuple[Callable[[Facts], Iterator[Finding]], ...] = (
    *document.CHECKS,
    *rows.CHECKS,
    *units.CHECKS,
    *figures.CHECKS,
    *body.CHECKS,
    *wording.CHECKS,
)


def find_doubts(facts: Facts) -> tuple[Finding, ...]:
    """All findings, in the order of the lines they stand on."""
    found = [finding for check in _CHECKS for finding in check(facts)]
    return tuple(sorted(found, key=lambda finding: (finding.line, finding.code)))
