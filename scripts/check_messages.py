"""check_messages.py ALL.pot EN.po [--check]: every sentence has English with the same places.

Without --check it first brings the catalogue in line with the sentences collected: new ones
come in empty, those no longer used go, translations stay. The file has no dates, places or
machine names, so that it changes only when a sentence does.
"""

import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

PLACES = re.compile(r"\{\w*\}|%\(\w+\)[sd]")
HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Language: en\\n"\n\n'
SHOWN = 40


def read(path: Path) -> dict[str, str]:
    """The sentences of a catalogue and what stands for them."""
    with path.open("rb") as file:
        return {str(one.id): str(one.string) for one in read_po(file) if one.id}


def update(sentences: dict[str, str], path: Path) -> None:
    """Give the catalogue exactly these sentences, sorted, with the English it has for them."""
    known = read(path)
    catalogue = Catalog(locale="en")
    for sentence in sentences:
        catalogue.add(sentence, known.get(sentence, ""))
    with path.open("wb") as file:
        file.write(HEADER.encode())
        write_po(file, catalogue, width=0, omit_header=True, sort_output=True)


def faults(sentences: dict[str, str], english: dict[str, str]) -> list[str]:
    """What is wrong with the English, a line for each sentence."""
    found = []
    for sentence in sentences:
        text = english.get(sentence, "")
        if not text:
            found.append(f"no English for: {sentence}")
        elif set(PLACES.findall(sentence)) != set(PLACES.findall(text)):
            found.append(f"places differ: {sentence} / {text}")
    found += [f"no longer used: {one}" for one in english if one not in sentences]
    return found


def main(template: Path, path: Path, *, check: bool) -> int:
    sentences = read(template)
    if not check:
        update(sentences, path)
    lines = faults(sentences, read(path))
    print("\n".join(lines[:SHOWN]) if lines else "both languages are complete")
    if len(lines) > SHOWN:
        print(f"… and {len(lines) - SHOWN} more")
    return 1 if lines and check else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), check="--check" in sys.argv[3:]))
