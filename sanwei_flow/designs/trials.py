"""What every published version is tried with, told to us by the feature above that can play it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.designs.models import DesignVersion


@dataclass(frozen=True)
class Trial:
    """How one scenario of the design `key` did: green, or `said` (message, params) why not."""

    key: str
    name: str
    green: bool
    said: Any = None


class Trials(Protocol):
    """Plays what is to be played."""

    def published(
        self, versions: Sequence[DesignVersion], *, by: Actor, at: dt.datetime, note: str
    ) -> list[Trial]:
        """Try versions just published. Raises Invalid where somebody has to explain a red one."""
        ...

    def installed(
        self, versions: Sequence[DesignVersion], *, by: Actor, at: dt.datetime
    ) -> list[Trial]:
        """Bring what is shipped to try designs with, and try these."""
        ...

    def content(self, key: str, xml: str, forms: Mapping[str, Any]) -> list[Trial]:
        """Try a design that is not published."""
        ...


_trials: list[Trials] = []


def tried_by(trials: Trials) -> None:
    """Let every version from now on be tried by `trials`."""
    _trials[:] = [trials]


def published(
    versions: Sequence[DesignVersion], *, by: Actor, at: dt.datetime, note: str = ""
) -> list[Trial]:
    """Try versions just published; nothing while nobody has told us how."""
    return [one for each in _trials for one in each.published(versions, by=by, at=at, note=note)]


def installed(versions: Sequence[DesignVersion], *, by: Actor, at: dt.datetime) -> list[Trial]:
    """Try what was installed with the product."""
    return [one for each in _trials for one in each.installed(versions, by=by, at=at)]


def content(key: str, xml: str, forms: Mapping[str, Any]) -> list[Trial]:
    """Try a design that is not published."""
    return [one for each in _trials for one in each.content(key, xml, forms)]
