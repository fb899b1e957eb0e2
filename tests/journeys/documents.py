"""Two small plans written the way counties write them, and the county they speak of."""

from dataclasses import dataclass, field
from pathlib import Path

from sanwei_flow.accounts.models import Role, Unit, UnitKind, User
from tests.factories import make_collective, make_unit, make_user

FILES = Path(__file__).parent / "files"

#: A notice, a body, the list of major items and the division table; a TAB starts a cell.
DIVIDED = (FILES / "divided.txt").read_text("utf-8")

#: Phases and key tasks, and not one unit responsible for any of them.
UNDIVIDED = (FILES / "undivided.txt").read_text("utf-8")

UNITS = {
    "县供销合作社": UnitKind.department,
    "县农业农村委": UnitKind.department,
    "县财政局": UnitKind.department,
    "县商务委": UnitKind.department,
    "青山金融监管支局": UnitKind.department,
    "城关街道": UnitKind.subdistrict,
    "东河镇": UnitKind.town,
    "西岭镇": UnitKind.town,
    "南坪乡": UnitKind.township,
}


@dataclass
class County:
    """Units and, for each, a clerk and a head; the office and the leader sit in the first."""

    units: dict[str, Unit] = field(default_factory=dict)
    clerks: dict[str, User] = field(default_factory=dict)
    heads: dict[str, User] = field(default_factory=dict)
    office: User | None = None
    leader: User | None = None


def make_county() -> County:
    """青山县: nine units and everybody it takes to run a plan."""
    county = County()
    for name, kind in UNITS.items():
        unit = make_unit(name, kind)
        county.units[name] = unit
        county.clerks[name] = make_user(unit, (Role.staff,))
        county.heads[name] = make_user(unit, (Role.reviewer,))
    make_collective("各乡镇", (UnitKind.town, UnitKind.township))
    host = county.units["县供销合作社"]
    county.office = make_user(host, (Role.office,))
    county.leader = make_user(host, (Role.leader,))
    return county
