"""The page that lists the pictures there are."""

from collections.abc import Iterable
from pathlib import Path

from scripts.pictures.taking import LOOKS, OUT, Shot

HEAD = """# Screenshots

The demo county on every page. Taken by `make pictures` (`scripts/pictures`).
"""


def write_gallery(shots: Iterable[Shot], out: Path = OUT) -> None:
    """Write `README.md` beside the pictures: a row for each page, a column for each look."""
    lines = [HEAD, f"| {' | '.join(['Page', *(look.title for look in LOOKS)])} |"]
    lines.append("|" + " --- |" * (len(LOOKS) + 1))
    for shot in shots:
        if (out / f"{shot.name}-desk.jpg").exists():
            cells = [f'<img src="{shot.name}-{look.name}.jpg" width="180">' for look in LOOKS]
            lines.append(f"| {shot.title} | {' | '.join(cells)} |")
    (out / "README.md").write_text("\n".join(lines) + "\n", "utf-8")
