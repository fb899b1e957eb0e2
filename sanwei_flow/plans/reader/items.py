"""Body items as division rows: closing brackets, label lines, or key tasks without any unit."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .assignments import Assignment
from .outline import Section
from .phases import step_sections

_TASKS = re.compile(
    r"任务|重点工作|工作重点|主要工作|(?:主要|重点|工作|具体|改革)(?:举措|措施|内容|事项)|专项行动"
)
_SURELY = re.compile(r"(?:重点|主要|工作)任务")
_NOT_TASKS = re.compile(r"目标|要求|原则|思想|保障|组织|步骤|安排|背景|附则|意义|范围|现状")


@dataclass
class Item:
    """One task of the body with its place, words and assignment."""

    line: int
    category: str
    title: str
    task: str
    assignment: Assignment
    section: Section


def read_items(roots: list[Section]) -> list[Item]:
    """Every task of the body: all under a heading 重点任务, elsewhere those that name units."""
    return [item for root in _bodies(roots) for item in _under(root, every=_lists_tasks(root))]


def assumed_items(roots: list[Section]) -> list[Item]:
    """Whatever has a heading and is not about aims, guarantees or steps, for want of tasks."""
    others = [root for root in _bodies(roots) if not _NOT_TASKS.search(root.title)]
    return [item for root in others for item in _under(root, every=True)]


def _bodies(roots: list[Section]) -> list[Section]:
    steps = step_sections(roots)
    return [root for root in roots if root not in steps]


def _lists_tasks(root: Section) -> bool:
    aims = _NOT_TASKS.search(root.title) and not _SURELY.search(root.title)
    return bool(_TASKS.search(root.title)) and not aims


def _under(root: Section, *, every: bool) -> Iterator[Item]:
    for category, section in _leaves(root):
        if _assigned(section) or (every and section is not root):
            yield from _items(category, section)


def _assigned(section: Section) -> bool:
    return any(found for s in section.walk() for _, found in s.assignments)


def _leaves(root: Section) -> Iterator[tuple[str, Section]]:
    """Sections that are tasks: no deeper than where the units are named."""
    pending = [("", root)]
    while pending:
        category, section = pending.pop()
        below = [child for child in section.children if _assigned(child)]
        whole = section.level >= 2 or (section.assignments and not below)
        if section.children and not whole:
            pending.extend((section.title, child) for child in reversed(section.children))
        else:
            yield category or section.title, section


def _items(category: str, section: Section) -> list[Item]:
    """One item, or several where several sentences each close with their own bracket."""
    stated = [(text, found) for s in section.walk() for text, found in s.assignments]
    if len(stated) > 1 and all(text for text, found in stated if found):
        return [
            Item(found.line or section.line, category, section.title, text, found, section)
            for text, found in stated
            if text
        ]
    assignment = Assignment()
    for _, found in stated:
        assignment.merge(found)
    task = section.whole_text() or section.title
    return [Item(section.line, category, section.title, task, assignment, section)]
