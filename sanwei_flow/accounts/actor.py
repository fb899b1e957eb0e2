"""Who acts. Pure, so that every operation can take one without a database."""

from dataclasses import dataclass

from sanwei_flow.errors import N_


@dataclass(frozen=True)
class Actor:
    """A person with the roles they hold, or the system itself (`user_id` is None)."""

    user_id: int | None
    name: str
    grants: frozenset[tuple[int, str]] = frozenset()

    def has(self, unit_id: int, role: str) -> bool:
        """True if the role is held in this very unit."""
        return (unit_id, role) in self.grants

    def has_role(self, role: str) -> bool:
        """True if the role is held in any unit."""
        return any(held == role for _, held in self.grants)

    def units(self, role: str | None = None) -> frozenset[int]:
        """The units in which `role` (any role if None) is held."""
        return frozenset(unit for unit, held in self.grants if role is None or held == role)

    @property
    def is_system(self) -> bool:
        """True for the product itself: the job runner and the commands of the operator."""
        return self.user_id is None


SYSTEM = Actor(None, N_("系统"))
