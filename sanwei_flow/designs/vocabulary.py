"""The service names a design may use, told to us by the feature above that runs them."""

from collections.abc import Callable

_source: list[Callable[[], frozenset[str]]] = []


def services_from(names: Callable[[], frozenset[str]]) -> None:
    """Let designs name what `names()` lists; asked anew at every check."""
    _source[:] = [names]


def services() -> frozenset[str] | None:
    """Every registered service name; None (not checked) while nobody has told us any."""
    return _source[0]() if _source else None
