"""From blocks to a `PlanDocument`."""

from datetime import date

from sanwei_flow.errors import N_

from .blocks import Source
from .checks import Facts, find_doubts
from .chinese import clean, sentences
from .crosscheck import dates_from_body, match_sections
from .draft import Draft, Reading, survey
from .due import Due, due, horizon
from .mentions import read_mentions
from .model import Line, PlanDocument, Row
from .outline import Section, marker_level
from .problems import PlanReadError, PlanTooLargeError

MAX_ROWS = 2_000


def interpret(source: Source, name: str) -> PlanDocument:
    """Read the plan out of its blocks; `PlanReadError` when there is none in them."""
    reading = survey(source, name)
    if not reading.drafts:
        raise PlanReadError(
            N_("没有在文件里找到工作任务：既没有任务分工表，也没有责任单位或重点任务。")
        )
    if len(reading.drafts) > MAX_ROWS:
        raise PlanTooLargeError(N_("文件里有两千多项任务，不像一份工作方案。"))
    facts = _facts(reading)
    front = reading.front
    return PlanDocument(
        name=name,
        format=source.format,
        title=front.title,
        doc_number=front.doc_number,
        issuer=front.issuer,
        doc_date=front.doc_date,
        phases=reading.phases,
        rows=facts.rows,
        majors=tuple(reading.majors),
        targets=tuple(reading.targets),
        units=facts.units,
        findings=find_doubts(facts),
        lines=_lines(source),
    )


def _facts(reading: Reading) -> Facts:
    """Rows with their dates, and what the checks compare."""
    said = [draft.said() for draft in reading.drafts]
    matched: dict[int, Section] = {}
    dated: dict[int, date] = {}
    if reading.tabled:
        sections = [s for root in reading.roots for s in root.walk() if s.text and s.level]
        matched = match_sections(said, sections)
        dated = dates_from_body(said, reading.body_targets, matched)
    front = reading.front
    plan = horizon(front.doc_date, reading.phases, reading.targets, front.title)
    dues = {d.no: due(d.assignment.due_text, d.task, dated.get(d.no), plan) for d in reading.drafts}
    mentions = read_mentions(reading)
    rows = tuple(_row(draft, dues[draft.no]) for draft in reading.drafts)
    return Facts(reading, rows, dues, plan, mentions, mentions.units(), matched)


def _row(draft: Draft, when: Due) -> Row:
    assignment = draft.assignment
    parts = tuple(sentences(draft.task))
    return Row(
        no=draft.no,
        category=draft.category,
        item=draft.item,
        task=draft.task,
        lead=tuple(assignment.lead),
        cooperating=tuple(assignment.cooperating),
        open_ended=assignment.open_ended,
        due=when.day,
        due_inferred=when.inferred,
        line=draft.line,
        due_text=assignment.due_text,
        lead_label=assignment.lead_label,
        sub_items=parts if len(parts) > 1 else (),
    )


def _lines(source: Source) -> tuple[Line, ...]:
    return tuple(
        Line(line.number, line.text, "heading")
        if line.kind == "paragraph" and marker_level(clean(line.text)) is not None
        else line
        for line in source.lines
    )
