"""Title, number, issuer and date: what stands before the body (and in the colophon after it)."""

import re
from dataclasses import dataclass
from datetime import date

from .blocks import Block, Paragraph, Table
from .chinese import clean
from .columns import recognise
from .dates import find_dates, whole_date
from .outline import marker_level

_KIND = re.compile(
    r"(?:方案|计划|要点|分工|意见|办法|措施|规划|清单|任务书|责任书|台账|分解表|分工表|一览表|安排|细则|任务|事项|行动|部署)"
    r"(?:（(?:试行|\d{4}.{0,8})）|表)?$"
)
_NUMBER = re.compile(r"([\u4e00-\u9fff]{2,14})[〔［\[【(（](\d{4})[〕］\]】)）](?:第)?(\d{1,4})号")
_NOTICE = re.compile(r"的(?:通知|函|批复|报告|请示)$")
_PRINTED = re.compile(r"^(.{2,40}?)(\d{4}年\d{1,2}月\d{1,2}日)(?:印发|印)$")
_QUOTED_TITLE = re.compile(r"《([^《》]{4,120})》")
_ABOUT = re.compile(r"关于印发(.{4,120}?)的通知")
_SUBTITLE = re.compile(r"（(?:试行|暂行|(?:19|20)\d\d.{0,10})）")
_OTHER = re.compile(r"（此件|附件|签发人")
_ANNEX = re.compile(r"附[件表][\d一二三四五六七八九十]*[：:]?")
_FRONT_LINES = 60


@dataclass(frozen=True)
class Front:
    title: str
    title_line: int
    doc_number: str | None
    issuer: str | None
    doc_date: date | None
    title_found: bool
    head: tuple[Paragraph, ...]  # what stands before the body


def read_front(blocks: list[Block], name: str) -> Front:
    """What the head of the document says; `name` stands in for a missing title."""
    head = _head(blocks)
    after = [b for b in blocks if isinstance(b, Paragraph)][-80:]
    found = _title(head, blocks)
    title, line = found or _first_line(head, name)
    day, issuer = _signed(head)
    if day is None:
        day, issuer = _signed(after)
    printed = next((m for p in reversed(after) if (m := _PRINTED.match(clean(p.text)))), None)
    if printed and day is None:
        day = next(find_dates(printed[2])).last
    number, line_after = _number(head)
    return Front(title, line, number, issuer or line_after, day, found is not None, tuple(head))


def _head(blocks: list[Block]) -> list[Paragraph]:
    head: list[Paragraph] = []
    titled = False
    for block in blocks[:_FRONT_LINES]:
        if isinstance(block, Table) or marker_level(words := clean(block.text)) == 0:
            break
        if titled and _ANNEX.fullmatch(words):
            break  # the annex has a title of its own
        head.append(block)
        titled = titled or bool(_KIND.search(words) and _title_like(words))
    return head


def _title(head: list[Paragraph], blocks: list[Block]) -> tuple[str, int] | None:
    texts = [clean(p.text) for p in head]
    for end in reversed(range(len(head))):
        if _KIND.search(texts[end]) and _title_like(texts[end]):
            start = end
            while start and _title_like(texts[start - 1]) and not _NOTICE.search(texts[start - 1]):
                start -= 1
            rest = texts[end + 1] if end + 1 < len(texts) else ""
            subtitle = rest if _SUBTITLE.fullmatch(rest) else ""
            return "".join(texts[start : end + 1]) + subtitle, head[start].line
    whole = "".join(texts)
    for pattern in (_ABOUT, _QUOTED_TITLE):
        for found in pattern.finditer(whole):
            if _KIND.search(found[1].strip("《》")):
                return found[1].strip("《》"), head[0].line
    return _table_title(blocks) or _notice_title(head, texts)


def _notice_title(head: list[Paragraph], texts: list[str]) -> tuple[str, int] | None:
    """关于做好…工作的通知, which may run over several lines."""
    for end, text in enumerate(texts):
        if _NOTICE.search(text) and _title_like(text):
            start = next((i for i in range(end, -1, -1) if "关于" in texts[i]), end)
            return "".join(texts[start : end + 1]), head[start].line
    return None


def _title_like(text: str) -> bool:
    """A line that may be part of a title: short, no sentence, none of the other front matter."""
    other = whole_date(text) or _NUMBER.search(text) or _OTHER.match(text)
    return 0 < len(text) <= 60 and not other and text[-1] not in "。：:；，,"


def _table_title(blocks: list[Block]) -> tuple[str, int] | None:
    """A title in the rows above a table's header, as in a sheet."""
    table = next((b for b in blocks if isinstance(b, Table)), None)
    for cells in table.rows[:3] if table else ():
        if recognise([cell.text for cell in cells]):
            break
        words = clean(cells[0].text)
        if len(words) >= 4:
            return words, cells[0].line
    return None


def _first_line(head: list[Paragraph], name: str) -> tuple[str, int]:
    first = next((p for p in head if _title_like(clean(p.text))), None)
    return (clean(first.text), first.line) if first else (name.rsplit(".", 1)[0], 1)


def _number(head: list[Paragraph]) -> tuple[str | None, str | None]:
    """The document's own number (a line of its own) and the issuer printed under it."""
    for index, paragraph in enumerate(head):
        text = clean(paragraph.text)
        found = _NUMBER.search(text)
        if found and len(text) - len(found[0]) <= 14 and "《" not in text and text[-1] != "。":
            below = clean(head[index + 1].text) if index + 1 < len(head) else ""
            named = 4 <= len(below) <= 30 and _title_like(below) and "关于" not in below
            return f"{found[1]}〔{found[2]}〕{found[3]}号", below if named else None
    return None, None


def _signed(paragraphs: list[Paragraph]) -> tuple[date | None, str | None]:
    """A line that is a date, and the body's name above it."""
    for index, paragraph in enumerate(paragraphs):
        day = whole_date(clean(paragraph.text).strip("（）"))
        if day:
            above = clean(paragraphs[index - 1].text) if index else ""
            named = 3 <= len(above) <= 40 and _title_like(above) and not _KIND.search(above)
            return day, above if named else None
    return None, None
