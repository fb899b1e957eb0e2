"""How alike two Chinese texts are, by shared pairs of characters."""

from itertools import pairwise


def pairs(text: str) -> set[str]:
    """The adjacent pairs of characters of a text."""
    letters = [c for c in text if c.isalnum()]
    return {a + b for a, b in pairwise(letters)}


def overlap(one: str, other: str) -> float:
    """Share of the shorter text's pairs that the longer has too, 0 to 1."""
    a, b = pairs(one), pairs(other)
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


def coverage(part: str, whole: str) -> float:
    """Share of the pairs of `part` found in `whole`, 0 to 1."""
    a = pairs(part)
    return len(a & pairs(whole)) / len(a) if a else 0.0
