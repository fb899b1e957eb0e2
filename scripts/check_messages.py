"""check_messages.py ALL.pot EN.po: every sentence has an English one with the same places."""

import re
import sys
from pathlib import Path

from babel.messages.pofile import read_po

PLACES = re.compile(r"\{[a-z_]*\}|%\([a-z_]+\)[sd]")


def faults(template: Path, catalogue: Path) -> list[str]:
    with template.open("rb") as file:
        wanted = read_po(file)
    with catalogue.open("rb") as file:
        given = read_po(file)
    found = []
    for message in wanted:
        if not message.id:
            continue
        key = message.id[0] if isinstance(message.id, tuple) else message.id
        known = given.get(key)
        text = known.string if known else ""
        texts = [text] if isinstance(text, str) else list(text)
        if not all(texts) or not texts:
            found.append(f"no English for: {key}")
        elif any(set(PLACES.findall(key)) != set(PLACES.findall(each)) for each in texts[-1:]):
            found.append(f"places differ: {key} / {texts[-1]}")
    return found


if __name__ == "__main__":
    lines = faults(Path(sys.argv[1]), Path(sys.argv[2]))
    print("\n".join(lines[:40]) if lines else "both languages are complete")
    if len(lines) > 40:
        print(f"… and {len(lines) - 40} more")
    sys.exit(1 if lines else 0)
