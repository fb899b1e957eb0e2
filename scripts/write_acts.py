"""Write docs/acts.md from the table the tests are made of; `--check` says whether it is current."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.processes.act_table import SITUATIONS, TABLE  # noqa: E402

PAGE = ROOT / "docs" / "acts.md"
HEAD = """# What can be done with a task

Every act works on any user task of any design. The page of a task, the API and bulk acts ask
one list, `processes/actions.py`, what a person may do now; the acts beside the outcomes of a
design are in `processes/verbs.py`. Nothing here needs drawing.

* A task is **held** while it waits for other people's answers: to a delegation, from signers
  before it, or once it is decided, from signers beside and after it. The engine knows nothing
  of that and goes on waiting for the task itself.
* A **return** goes to any earlier step. The returner chooses how it goes on: step by step from
  there (the process is run anew), or straight back to them (only that step is answered anew).
  The setting `resubmit` (`next` or `returner`) of a user task or process is what is chosen
  beforehand. Into one branch of a parallel split that has been joined since, only the second
  is possible.
* A **withdrawal** brings back the state before my act while nobody has acted on it since;
  comments, copies and urging do not count. Processes it has called are cancelled if nobody
  has acted in them either.

* A **deputy** does the work itself, in the person's name: outcomes, returns and drafts. Whom
  else to ask, and handing work on, stays with the person.
* A **hand-over** moves everything open in somebody's name to a colleague of the unit, what is held
  or stands still included; what the colleague has no post for stays and is named.

This table is generated from `tests/processes/act_table.py`, and each of its cells is a test:
`scripts/write_acts.py` writes it.

"""


def page() -> str:
    """The whole text of docs/acts.md."""
    titles = [title for title, _make in SITUATIONS.values()]
    lines = [f"| act | {' | '.join(titles)} |", "|---" * (len(titles) + 1) + "|"]
    for row in TABLE:
        cells = [row.cells[situation][0] for situation in SITUATIONS]
        lines.append(f"| **{row.name}** | {' | '.join(cells)} |")
    return HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    if "--check" in sys.argv:
        current = PAGE.exists() and PAGE.read_text(encoding="utf-8") == page()
        sys.exit(0 if current else "docs/acts.md is not current: run scripts/write_acts.py")
    PAGE.write_text(page(), encoding="utf-8")
