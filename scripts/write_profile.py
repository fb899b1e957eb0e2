"""Write docs/profile.md from the table the tests try; `--check` says whether it is current."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from babel.messages.pofile import read_po  # noqa: E402

from sanwei_flow import engine  # noqa: E402
from tests.engine.profile_table import TABLE, Entry  # noqa: E402

PAGE = ROOT / "docs" / "profile.md"
ENGLISH = ROOT / "sanwei_flow" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
HEAD = """# Which BPMN runs

Everything a design may hold, and what becomes of it. What is refused is refused when the design is
checked (`flask --app wsgi design check FILE…`) and can never be published; the last column is what
the checker says. Conditions, lists, times and scripts are CEL; our settings (who, by when, which
form) are properties of the elements.

This table is generated from `tests/engine/profile_table.py`, and each of its lines is a test:
`scripts/write_profile.py` writes it.

| | element | | what it does, or what to draw instead |
|---|---|---|---|
"""


def page() -> str:
    """The whole text of docs/profile.md."""
    with ENGLISH.open("rb") as file:
        english = {str(one.id): str(one.string) for one in read_po(file) if one.id}
    lines = []
    for entry in TABLE:
        verdict = "refused" if entry.does is None else "runs"
        said = entry.does or _advice(entry, english)
        lines.append(f"| {entry.group} | {entry.name} | {verdict} | {said} |")
    return HEAD + "\n".join(lines) + "\n"


def _advice(entry: Entry, english: dict[str, str]) -> str:
    """The first complaint of the checker, in English."""
    problem = next(one for one in engine.check_design(entry.xml) if one.severity == "error")
    said = english[problem.message].format(**problem.params)
    return f"{said} (`{problem.rule}`)"


if __name__ == "__main__":
    if "--check" in sys.argv:
        current = PAGE.exists() and PAGE.read_text(encoding="utf-8") == page()
        sys.exit(0 if current else "docs/profile.md is not current: run scripts/write_profile.py")
    PAGE.write_text(page(), encoding="utf-8")
