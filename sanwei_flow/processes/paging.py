"""Where a list goes on: the key of the last item shown, as the address of the next page says it."""

import datetime as dt

from sanwei_flow.errors import N_, Invalid


def due_place(after: str | None) -> tuple[dt.date, int] | None:
    """A due date and an id; None at the beginning. Raises Invalid."""
    if not after:
        return None
    day, number = _split(after)
    try:
        return dt.date.fromisoformat(day), number
    except ValueError:
        raise _no_place() from None


def moment_place(after: str | None) -> tuple[dt.datetime, int] | None:
    """An aware moment and an id; None at the beginning. Raises Invalid."""
    if not after:
        return None
    text, number = _split(after)
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise _no_place() from None
    if moment.tzinfo is None:
        raise _no_place()
    return moment, number


def number_place(after: str | None) -> int | None:
    """An id; None at the beginning. Raises Invalid."""
    return _number(after) if after else None


def _split(after: str) -> tuple[str, int]:
    text, _, number = after.partition("~")
    return text, _number(number)


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise _no_place()
    return int(text)


def _no_place() -> Invalid:
    return Invalid(N_("翻页位置无效，请从第一页重新开始。"))
