"""What is done regularly, by the scheduler and by `flask jobs run`.

Features above this one register theirs while the application is built. A sweep is safe to
run twice and side by side, opens its own transactions, and returns how much it did.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Sweep:
    """A named sweep; it runs daily at `hour`:`minute` in Shanghai, or every hour if None.

    With `seconds` it runs that often instead.
    """

    name: str
    run: Callable[[dt.datetime], int]
    hour: int | None = None
    minute: int = 0
    seconds: int | None = None


_sweeps: dict[str, Sweep] = {}


def register(
    name: str,
    run: Callable[[dt.datetime], int],
    *,
    hour: int | None = None,
    minute: int = 0,
    seconds: int | None = None,
) -> None:
    """Have `run(at)` called regularly; registering a name again replaces it."""
    _sweeps[name] = Sweep(name, run, hour, minute, seconds)


def registered() -> list[Sweep]:
    """Every sweep, in the order of registration."""
    return list(_sweeps.values())
