"""Where everything in a plan's diagram stands. Whole pixels, right angles, no overlaps.

Phases stand side by side on one line. The rows of the implementing phase form a grid in
bands, one band for each run of rows of one category. A trunk left of the bands brings the
token to every row through a channel above its grid line, a trunk on the right takes it away
through a channel below.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import NamedTuple

TASK = (150, 80)
EVENT = 36
GATEWAY = 50
CHANNEL = 18  # from a task's edge to the line that serves it
COLUMN = TASK[0] + 30
LINE = TASK[1] + 2 * CHANNEL + 12
BAND_HEAD = 34
BAND_GAP = 22
PHASE_HEAD = 46
PAD = 40

Point = tuple[int, int]


class Box(NamedTuple):
    """A rectangle: left, top, width, height."""

    x: int
    y: int
    w: int
    h: int

    @property
    def right(self) -> int:
        return self.x + self.w

    @property
    def bottom(self) -> int:
        return self.y + self.h

    @property
    def cx(self) -> int:
        return self.x + self.w // 2

    @property
    def cy(self) -> int:
        return self.y + self.h // 2


class Band(NamedTuple):
    """The frame around the rows of one category."""

    category: str
    box: Box


@dataclass
class Drawing:
    """Boxes by element id, bends by flow id; ids inside a phase start with the phase's own."""

    boxes: dict[str, Box] = field(default_factory=dict)
    lines: dict[str, list[Point]] = field(default_factory=dict)
    bands: list[Band] = field(default_factory=list)


def shorten(text: str, length: int) -> str:
    """The first `length` characters on one line, marked where some are left out."""
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1] + "…"


def straight(drawing: Drawing, name: str, source: str, target: str) -> None:
    """Draw a level line from the right of one box to the left of the next."""
    a, b = drawing.boxes[source], drawing.boxes[target]
    drawing.lines[name] = [(a.right, a.cy), (b.x, b.cy)]


def arrange(
    phases: Sequence[str], carrier: str, after: Sequence[str], rows: Sequence[tuple[int, str]]
) -> Drawing:
    """Lay out a plan: phase ids in order, the one with the rows, those with a task at the end.

    `rows` are (number, category) in order. Boxes: `begin`, `finish`, each phase and what is in
    it (`<phase>_begin`, `_finish`, `_task`, `_split`, `_join`) and `row_<no>`. Lines: `flow_<n>`
    between phases, `<phase>_flow_<n>` inside, `to_<no>` and `from_<no>` for rows.
    """
    drawing = Drawing()
    sizes = dict.fromkeys(phases, (300, 170)) | dict.fromkeys(after, (400, 190))
    bands = bands_of(rows)
    if rows:
        sizes[carrier] = _carrier_size(bands)
    middle = PAD + max(height for _width, height in sizes.values()) // 2
    x = PAD + EVENT
    drawing.boxes["begin"] = Box(PAD, middle - EVENT // 2, EVENT, EVENT)
    for name in phases:
        width, height = sizes[name]
        box = Box(x + PAD, middle - height // 2, width, height)
        drawing.boxes[name] = box
        if name == carrier and rows:
            _draw_carrier(drawing, name, box, bands)
        else:
            _draw_small(drawing, name, box, with_task=name in after)
        x = box.right
    drawing.boxes["finish"] = Box(x + PAD, middle - EVENT // 2, EVENT, EVENT)
    stops = ["begin", *phases, "finish"]
    for number, (source, target) in enumerate(pairwise(stops), start=1):
        straight(drawing, f"flow_{number}", source, target)
    return drawing


def bands_of(rows: Sequence[tuple[int, str]]) -> list[tuple[str, list[int]]]:
    """Runs of rows of one category, in order."""
    return [(name, [no for no, _ in run]) for name, run in groupby(rows, key=lambda row: row[1])]


def _columns(bands: list[tuple[str, list[int]]]) -> int:
    total = sum(len(numbers) for _name, numbers in bands)
    widest = max(len(numbers) for _name, numbers in bands)
    return min(max(4, math.ceil(math.sqrt(total / 2))), 12, widest)


def _band_height(numbers: list[int], columns: int) -> int:
    return BAND_HEAD + math.ceil(len(numbers) / columns) * LINE + 8


# From the phase's left edge: start event, split, trunk, bands; the same mirrored on the right.
_SIDE = PAD + EVENT + 30 + GATEWAY + 25


def _carrier_size(bands: list[tuple[str, list[int]]]) -> tuple[int, int]:
    columns = _columns(bands)
    heights = [_band_height(numbers, columns) for _name, numbers in bands]
    width = 2 * (_SIDE + 20) + columns * COLUMN + 10
    return width, PHASE_HEAD + sum(heights) + BAND_GAP * len(bands)


def _draw_small(drawing: Drawing, phase: str, box: Box, *, with_task: bool) -> None:
    """A phase that is passed, with at most one task between its events."""
    middle = box.y + box.h // 2 + 10
    begin, finish = f"{phase}_begin", f"{phase}_finish"
    drawing.boxes[begin] = Box(box.x + 50, middle - EVENT // 2, EVENT, EVENT)
    drawing.boxes[finish] = Box(box.right - 50 - EVENT, middle - EVENT // 2, EVENT, EVENT)
    if not with_task:
        straight(drawing, f"{phase}_flow_1", begin, finish)
        return
    task = f"{phase}_task"
    width, height = TASK
    drawing.boxes[task] = Box(box.cx - width // 2, middle - height // 2, width, height)
    straight(drawing, f"{phase}_flow_1", begin, task)
    straight(drawing, f"{phase}_flow_2", task, finish)


def _draw_carrier(
    drawing: Drawing, phase: str, box: Box, bands: list[tuple[str, list[int]]]
) -> None:
    """The rows in their bands between a split and a join."""
    columns = _columns(bands)
    boxes = drawing.boxes
    left, right = box.x + _SIDE, box.right - _SIDE
    boxes[f"{phase}_begin"] = Box(box.x + PAD, box.cy - EVENT // 2, EVENT, EVENT)
    boxes[f"{phase}_split"] = Box(left - 25 - GATEWAY, box.cy - GATEWAY // 2, GATEWAY, GATEWAY)
    boxes[f"{phase}_join"] = Box(right + 25, box.cy - GATEWAY // 2, GATEWAY, GATEWAY)
    boxes[f"{phase}_finish"] = Box(box.right - PAD - EVENT, box.cy - EVENT // 2, EVENT, EVENT)
    straight(drawing, f"{phase}_flow_1", f"{phase}_begin", f"{phase}_split")
    straight(drawing, f"{phase}_flow_2", f"{phase}_join", f"{phase}_finish")
    top = box.y + PHASE_HEAD
    for name, numbers in bands:
        height = _band_height(numbers, columns)
        frame = Box(left + 20, top, right - left - 40, height)
        drawing.bands.append(Band(name, frame))
        for place, number in enumerate(numbers):
            line, column = divmod(place, columns)
            x = frame.x + 20 + column * COLUMN
            y = frame.y + BAND_HEAD + CHANNEL + line * LINE
            boxes[f"row_{number}"] = Box(x, y, *TASK)
            _connect_row(drawing, phase, number, left, right)
        top += height + BAND_GAP


def _connect_row(drawing: Drawing, phase: str, number: int, left: int, right: int) -> None:
    split, join = drawing.boxes[f"{phase}_split"], drawing.boxes[f"{phase}_join"]
    row = drawing.boxes[f"row_{number}"]
    above, below = row.y - CHANNEL, row.bottom + CHANNEL
    drawing.lines[f"to_{number}"] = _bends(
        [(split.right, split.cy), (left, split.cy), (left, above), (row.cx, above), (row.cx, row.y)]
    )
    drawing.lines[f"from_{number}"] = _bends(
        [
            (row.cx, row.bottom),
            (row.cx, below),
            (right, below),
            (right, join.cy),
            (join.x, join.cy),
        ]
    )


def _bends(points: list[Point]) -> list[Point]:
    """Leave out a point that equals the one before it."""
    return [point for place, point in enumerate(points) if not place or point != points[place - 1]]
