"""The body as a tree of sections: 一、 （一） 1． （1）."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from .assignments import Assignment, closing, labels, parse
from .blocks import Block, Paragraph
from .chinese import clean, split_outside
from .dates import whole_date

_MARKERS = (
    re.compile(r"[一二三四五六七八九十]{1,3}[、．.]"),
    re.compile(r"[（(][一二三四五六七八九十]{1,3}[）)][、．.]?"),
    re.compile(r"\d{1,3}(?:[．、]|\.(?!\d))"),
    re.compile(r"[（(]\d{1,3}[）)]|[①-⑳]"),
)
ATTACHMENT = re.compile(r"附\s*[件表]\s*[\d一二三四五六七八九十]{0,3}\s*(?:[：:]|$)")
_COLOPHON = re.compile(r"^抄送|印发$|^（此件")
_LONGEST_TITLE = 60


@dataclass
class Section:
    """A heading with what stands under it, up to the next heading of its level."""

    level: int
    line: int
    title: str
    body: list[tuple[int, str]] = field(default_factory=list)  # paragraphs without assignments
    assignments: list[tuple[str, Assignment]] = field(default_factory=list)
    children: list["Section"] = field(default_factory=list)
    raw: list[tuple[int, str]] = field(default_factory=list)  # paragraphs as written
    above: tuple[str, ...] = ()  # titles of the sections it stands in

    @property
    def text(self) -> str:
        return "".join(text for _, text in self.body)

    def walk(self) -> Iterator["Section"]:
        pending = [self]
        while pending:
            section = pending.pop()
            yield section
            pending.extend(reversed(section.children))

    def whole_text(self) -> str:
        """Its text with that of its sub-sections."""
        return "".join(f"{'' if s is self else s.title}{s.text}" for s in self.walk())


def read_outline(blocks: list[Block]) -> list[Section]:
    """The level-one sections, from the first 一、 to the list of attachments or the colophon."""
    roots: list[Section] = []
    path: list[Section] = []
    for paragraph in body_paragraphs(blocks):
        text = clean(paragraph.text)
        level = marker_level(text)
        if level is not None and not labels(text):
            section = _section(level, paragraph.line, text)
            path = [open_ for open_ in path if open_.level < level]
            section.above = tuple(open_.title for open_ in path)
            (path[-1].children if path else roots).append(section)
            path.append(section)
        elif path:
            _extend(path[-1], paragraph)
    return roots


def body_paragraphs(blocks: list[Block]) -> list[Paragraph]:
    """Paragraphs of the body proper: no front matter, attachments, signatures or colophon."""
    found: list[Paragraph] = []
    for block in blocks:
        text = clean(block.text) if isinstance(block, Paragraph) else ""
        if found and ATTACHMENT.match(text):
            break
        if found or marker_level(text) == 0:
            found += [block] if isinstance(block, Paragraph) else []
    return _without_signature(found or _from_any_heading(blocks))


def marker_level(text: str) -> int | None:
    """0 for 一、 to 3 for （1）, None for running text."""
    return next((level for level, marker in enumerate(_MARKERS) if marker.match(text)), None)


def _from_any_heading(blocks: list[Block]) -> list[Paragraph]:
    """A body that begins at （一） or 1． for want of a 一、."""
    paragraphs = [block for block in blocks if isinstance(block, Paragraph)]
    starts = (i for i, p in enumerate(paragraphs) if marker_level(clean(p.text)) is not None)
    return paragraphs[next(starts, len(paragraphs)) :]


def _without_signature(paragraphs: list[Paragraph]) -> list[Paragraph]:
    kept: list[Paragraph] = []
    for paragraph in paragraphs:
        text = clean(paragraph.text)
        if whole_date(text):
            short = kept and len(kept[-1].text) < 30 and marker_level(clean(kept[-1].text)) is None
            if short and not re.search(r"[。；：:，]", kept[-1].text):
                kept.pop()
        elif not (len(text) < 60 and _COLOPHON.search(text)):
            kept.append(paragraph)
    return kept


def _section(level: int, line: int, text: str) -> Section:
    marker = _MARKERS[level].match(text)
    words = text[marker.end() :] if marker else text
    section = Section(level, line, "", raw=[(line, words)])
    parts = closing(words, line)
    plain = "".join(before for before, _ in parts) if parts else words
    first, *_ = split_outside(plain, "。")
    section.title = first if len(first) <= _LONGEST_TITLE else ""
    body = plain[len(first) + 1 :] if section.title else plain
    if body.strip("。 "):
        section.body.append((line, body))
    section.assignments += _titled(parts, section.title)
    return section


def _titled(parts: list[tuple[str, Assignment]], title: str) -> list[tuple[str, Assignment]]:
    """The texts before assignments, without the heading itself."""
    return [(text.removeprefix(title).removeprefix("。"), found) for text, found in parts]


def _extend(section: Section, paragraph: Paragraph) -> None:
    text = clean(paragraph.text)
    section.raw.append((paragraph.line, text))
    stated = parse(paragraph.text, paragraph.line) if labels(paragraph.text) else None
    if stated:
        if section.assignments and not section.assignments[-1][0]:
            section.assignments[-1][1].merge(stated)
        else:
            section.assignments.append(("", stated))
        return
    parts = closing(text, paragraph.line)
    section.assignments += parts
    section.body.append((paragraph.line, "".join(t for t, _ in parts) if parts else text))
