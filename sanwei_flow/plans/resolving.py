"""From a name in the document to a unit of the register: exactly, or not at all.

Two banks may differ by one character, so likeness only ever suggests; a person decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from sanwei_flow.accounts.models import CollectiveUnit, Unit, UnitKind
from sanwei_flow.accounts.queries import all_units, collectives_by_name, units_by_name
from sanwei_flow.plans.models import MentionStatus, RowUnit, UnitMention

#: Names less alike than this are not worth suggesting.
LIKENESS = 0.5
MOST_CANDIDATES = 5

RURAL_KINDS = frozenset({UnitKind.town, UnitKind.township})


@dataclass(frozen=True)
class Register:
    """The names known when a plan is read: units with their aliases, and collective units."""

    units: Mapping[str, Unit]
    collectives: Mapping[str, CollectiveUnit]


@dataclass(frozen=True)
class Resolution:
    """What a name means; `candidates` are unit ids to suggest, best first."""

    status: MentionStatus
    unit_id: int | None = None
    collective: CollectiveUnit | None = None
    candidates: list[int] = field(default_factory=list)


def load_register() -> Register:
    """Read the register once for a whole plan."""
    return Register(units_by_name(), collectives_by_name())


def resolve(name: str, register: Register) -> Resolution:
    """Look a name up exactly among names, confirmed aliases and collective units."""
    if unit := register.units.get(name):
        return Resolution(MentionStatus.SETTLED, unit_id=unit.id)
    if collective := register.collectives.get(name):
        return Resolution(MentionStatus.SETTLED, collective=collective)
    candidates = similar(name, register.units)
    status = MentionStatus.DOUBTFUL if candidates else MentionStatus.UNKNOWN
    return Resolution(status, candidates=candidates)


def mention_of(name: str, register: Register) -> UnitMention:
    """A plan's entry for a name: settled where the register knows it, else with candidates."""
    found = resolve(name, register)
    mention = UnitMention(
        name=name,
        count=0,
        status=found.status,
        unit_id=found.unit_id,
        candidates=found.candidates,
    )
    if found.collective is not None:
        mention.collective_id = found.collective.id
        mention.kinds = list(found.collective.kinds)
    return mention


def similar(name: str, units: Mapping[str, Unit]) -> list[int]:
    """Ids of the units whose names look most like `name`, best first, at most five."""
    scored: dict[int, float] = {}
    for known, unit in units.items():
        score = SequenceMatcher(None, name, known, autojunk=False).ratio()
        if score >= LIKENESS:
            scored[unit.id] = max(score, scored.get(unit.id, 0.0))
    best = sorted(scored, key=lambda unit_id: (-scored[unit_id], unit_id))
    return best[:MOST_CANDIDATES]


def asks_about_subdistricts(name: str, kinds: list[str]) -> bool:
    """True if a collective of towns and townships leaves open whether subdistricts belong."""
    return "街道" not in name and bool(RURAL_KINDS & set(kinds))


def with_subdistricts(kinds: list[str], include: bool) -> list[str]:
    """The kinds with subdistricts put in or left out, in a fixed order."""
    wanted = set(kinds) - {str(UnitKind.subdistrict)}
    if include:
        wanted.add(str(UnitKind.subdistrict))
    return [str(kind) for kind in UnitKind if kind in wanted]


class Expansion:
    """Turns the mentions of rows into units; reads the register once, not once per row."""

    def __init__(self) -> None:
        self._all = all_units()
        self._by_id = {unit.id: unit for unit in self._all}

    def unit(self, unit_id: int) -> Unit | None:
        """The active unit with this id."""
        return self._by_id.get(unit_id)

    def members(self, mention: UnitMention) -> list[Unit]:
        """The units a settled mention stands for; none if it is unsettled or dropped."""
        if mention.unit_id is not None:
            unit = self.unit(mention.unit_id)
            return [unit] if unit else []
        if mention.collective_id is not None:
            return [unit for unit in self._all if unit.kind in (mention.kinds or [])]
        return []

    def units(self, places: list[RowUnit]) -> list[Unit]:
        """The units of these places in the document's order, each once."""
        found: dict[int, Unit] = {}
        for place in places:
            for unit in self.members(place.mention):
                found.setdefault(unit.id, unit)
        return list(found.values())
