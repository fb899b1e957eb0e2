"""Which cells the document writes once for several rows. Pure: entries in, spans out."""

from collections.abc import Iterable, Sequence

from sanwei_flow.supervision.entries import Entry

Spans = dict[tuple[int, str], int]
"""By (place of the line, column): how many lines the cell covers; 0 where one above covers it."""


def spans(entries: Sequence[Entry], names: Iterable[str]) -> Spans:
    """Merge equal neighbours of one plan, each column only within the cells of those before it."""
    found: Spans = {}
    keys: list[tuple[object, ...]] = [(one.plan_id,) for one in entries]
    for name in names:
        keys = [(*key, getattr(one, name)) for key, one in zip(keys, entries, strict=True)]
        start = 0
        for place, key in enumerate(keys):
            # An empty cell says nothing, so it is not joined with its neighbours.
            if place and key == keys[place - 1] and key[-1]:
                found[start, name] += 1
                found[place, name] = 0
            else:
                start = place
                found[place, name] = 1
    return found
