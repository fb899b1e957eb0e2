"""The designer's own sentences: each Chinese one has its English."""

import re
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "frontend" / "src" / "designer"
LITERAL = re.compile(
    r'"((?:[^"\\\n]|\\.)*[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef](?:[^"\\\n]|\\.)*)"'
)
COMMENT = re.compile(r"^\s*(//|\*|/\*).*$", re.MULTILINE)
#: What stands in place of somebody else's English needs none of its own.
EXCHANGED = ("texts", "simulation")


def spoken() -> set[str]:
    found = set()
    for path in SOURCE.rglob("*.js"):
        if path.relative_to(SOURCE).parts[0] not in EXCHANGED:
            text = COMMENT.sub("", path.read_text("utf-8"))
            found |= {one.replace('\\"', '"') for one in LITERAL.findall(text)}
    return found


def test_every_sentence_of_the_designer_has_english():
    known = (SOURCE / "texts" / "en.js").read_text("utf-8")
    keys = set(re.findall(r'^  "(.*?)": ', known, re.MULTILINE))
    keys |= set(re.findall(r"^  '(.*?)': ", known, re.MULTILINE))
    assert len(keys) > 150
    assert spoken() - keys == set()
    assert keys - spoken() == set(), "these are not said any more"
