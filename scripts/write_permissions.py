"""Write docs/permissions.md from the table of its tests; `--check` says if it is current."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.permissions.matrix import ACTS, PEOPLE, ROUTES, YES  # noqa: E402

PAGE = ROOT / "docs" / "permissions.md"
HEAD = """# Who may do what

Whatever is not allowed here is refused. The tables are generated from
`tests/permissions/matrix.py`, and each of their cells is a test; a route or an act that is not in
them fails the tests. `scripts/write_permissions.py` writes this page.

* **no**: refused (403). **hidden**: as if it did not exist (404). **taken**: a colleague has
  claimed the task, and is named (409). **log in**: to the log-in page, or 401 for a program.
* The task is one of a unit's staff. *Who started it* started the process and works elsewhere;
  *another unit* has no part in the process. Office, leader, designer, auditor and system
  administrator are roles held in any unit; a plan is corrected, launched and given its report
  cycle by its own office only. Until it is launched, its own office and the auditor see it, and
  the lists leave it out for all others.
* The *deputy* of who has the task holds another post of the unit. They do the work in the
  person's name; whom else to ask, and handing work on, stays with the person.
* Readers of a process are who oversees all work, who started it, the units that have or had a
  task in it, in its parent or in its children, and who was sent a copy. A system
  administrator sees how it stands, not its tasks and files.
* A yes to an address that lists things (`/`, `/api/v1/tasks`, `/notifications`) is for the
  person's own. Files under `/static` are for everybody.
"""


def _table(first: str, rows: list[tuple[str, dict[str, str]]], people: dict[str, str]) -> str:
    lines = [f"| {first} | {' | '.join(people.values())} |", "|---" * (len(people) + 1) + "|"]
    for name, cells in rows:
        shown = ["**yes**" if cells[who] == YES else cells[who] for who in people]
        lines.append(f"| {name} | {' | '.join(shown)} |")
    return "\n".join(lines)


def page() -> str:
    """The whole text of docs/permissions.md."""
    acts = [(row.label + _note(row.situation), row.cells) for row in ACTS]
    routes = [
        (f"`{one.method} {one.rule}`" + (f" ({one.case})" if one.case else ""), one.cells)
        for one in ROUTES
    ]
    inside = {who: title for who, title in PEOPLE.items() if who != "anonymous"}
    return (
        f"{HEAD}\n## Acts on a task\n\n{_table('act', acts, inside)}\n"
        f"\n## Addresses\n\n{_table('address', routes, PEOPLE)}\n"
    )


def _note(situation: str) -> str:
    notes = {"open": " (nobody has claimed it)", "done": " (done by its owner)"}
    return notes.get(situation, "")


if __name__ == "__main__":
    if "--check" in sys.argv:
        current = PAGE.exists() and PAGE.read_text(encoding="utf-8") == page()
        sys.exit(0 if current else "docs/permissions.md: run scripts/write_permissions.py")
    PAGE.write_text(page(), encoding="utf-8")
