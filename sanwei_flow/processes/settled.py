"""Work whose record is closed for good: the feature that owns it says so, nothing is added."""

from collections.abc import Callable

from sanwei_flow.errors import AppError

#: Says why nothing may be added to what runs under a business key; None while something may.
Refuses = Callable[[str], AppError | None]
_ASKED: list[Refuses] = []


def settled_by(refuses: Refuses) -> None:
    """Ask this feature before something is added to closed work."""
    if refuses not in _ASKED:
        _ASKED.append(refuses)


def refusal(business_key: str | None) -> AppError | None:
    """Why nothing may be added any more, None while something may."""
    found = (refuses(business_key) for refuses in _ASKED if business_key)
    return next((one for one in found if one is not None), None)
