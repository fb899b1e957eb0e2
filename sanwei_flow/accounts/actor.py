"""Who acts. Pure, so that every operation can take one without a database."""

from dataclasses import dataclass

from sanwei_flow.errors import N_


@dataclass(frozen=True)
class Principal:
    """Somebody whose deputy a person is today: their roles, and the designs it is for.

    `designs` are process keys; None means all of them.
    """

    user_id: int
    name: str
    grants: frozenset[tuple[int, str]]
    designs: frozenset[str] | None = None

    def covers(self, design: str) -> bool:
        """True if the deputy may stand in where work runs by this design."""
        return self.designs is None or design in self.designs


@dataclass(frozen=True)
class Actor:
    """A person with the roles they hold, or the system itself (`user_id` is None).

    `stands_for` are the people whose deputy this person is; it gives no role by itself.
    `on_behalf_of_id` is set only while one of those is acted for: `grants` are then theirs.
    """

    user_id: int | None
    name: str
    grants: frozenset[tuple[int, str]] = frozenset()
    stands_for: tuple[Principal, ...] = ()
    on_behalf_of_id: int | None = None

    def has(self, unit_id: int, role: str) -> bool:
        """True if the role is held in this very unit."""
        return (unit_id, role) in self.grants

    def has_role(self, role: str) -> bool:
        """True if the role is held in any unit."""
        return any(held == role for _, held in self.grants)

    def units(self, role: str | None = None) -> frozenset[int]:
        """The units in which `role` (any role if None) is held."""
        return frozenset(unit for unit, held in self.grants if role is None or held == role)

    def acting_for(self, principal: Principal) -> "Actor":
        """Return this person in the place of `principal`."""
        return Actor(self.user_id, self.name, principal.grants, (), principal.user_id)

    def owns(self, owner_id: int | None) -> bool:
        """True if what `owner_id` took on (None: nobody) is this actor's to do."""
        return owner_id in (None, self.holder_id)

    @property
    def holder_id(self) -> int | None:
        """Whose work it is: of the person acted for, else one's own."""
        return self.user_id if self.on_behalf_of_id is None else self.on_behalf_of_id

    @property
    def is_system(self) -> bool:
        """True for the product itself: the job runner and the commands of the operator."""
        return self.user_id is None


SYSTEM = Actor(None, N_("系统"))
