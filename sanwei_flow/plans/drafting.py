"""Turns a read document into a plan's records; decides nothing that a person should decide."""

import datetime as dt

from sanwei_flow.plans.models import MajorItem, Plan, PlanRow, RowUnit, Side, Target, UnitMention
from sanwei_flow.plans.phases import last_day, make_phases
from sanwei_flow.plans.reader import PlanDocument, Row
from sanwei_flow.plans.resolving import (
    Register,
    asks_about_subdistricts,
    mention_of,
    with_subdistricts,
)


class Draft:
    """Fills a plan from a document; its steps share the names and rows built so far."""

    def __init__(
        self, plan: Plan, document: PlanDocument, register: Register, day: dt.date
    ) -> None:
        self.plan, self.document, self.register, self.day = plan, document, register, day
        self.mentions: dict[str, UnitMention] = {}
        self.rows: dict[int, PlanRow] = {}

    def fill(self) -> None:
        """Add everything but the findings."""
        self.plan.phases = make_phases(self.document, self.day)
        self.add_mentions()
        self.add_rows()
        self.add_majors()
        self.add_targets()

    def add_mentions(self) -> None:
        for unit in self.document.units:
            mention = self.mention(unit.name)
            mention.count = unit.mentions
            mention.line = unit.lines[0] if unit.lines else None

    def mention(self, name: str) -> UnitMention:
        """The plan's one entry for a name, resolved against the register at its first use."""
        if name in self.mentions:
            return self.mentions[name]
        mention = mention_of(name, self.register)
        if mention.kinds and asks_about_subdistricts(name, mention.kinds):
            mention.kinds = with_subdistricts(mention.kinds, include=True)
        self.mentions[name] = mention
        self.plan.mentions.append(mention)
        return mention

    def add_rows(self) -> None:
        ends = self.row_ends()
        fallback = last_day(self.document)
        for read in self.document.rows:
            due = read.due or fallback
            row = PlanRow(
                no=read.no,
                category=read.category,
                item=read.item,
                task=read.task,
                open_ended=read.open_ended,
                due=due,
                due_inferred=read.due_inferred or read.due is None,
                due_past=due is not None and due < self.day,
                source_line=read.line,
                source_end=ends[read.no],
            )
            self.add_places(row, read)
            self.plan.rows.append(row)
            self.rows[read.no] = row

    def add_places(self, row: PlanRow, read: Row) -> None:
        for side, names in ((Side.LEAD, read.lead), (Side.COOPERATING, read.cooperating)):
            for position, name in enumerate(dict.fromkeys(names)):
                place = RowUnit(side=side, position=position, mention=self.mention(name))
                row.units.append(place)

    def row_ends(self) -> dict[int, int]:
        """The last source line of each row: before the next row, item or heading."""
        starts = {row.line for row in self.document.rows}
        stops = sorted(
            starts
            | {major.line for major in self.document.majors}
            | {phase.line for phase in self.document.phases}
            | {line.number for line in self.document.lines if line.kind == "heading"}
        )
        texts = {line.number: line.text.strip() for line in self.document.lines}
        ends: dict[int, int] = {}
        for row in self.document.rows:
            end = next(
                (stop for stop in stops if stop > row.line), max(texts, default=row.line) + 1
            )
            end -= 1
            while end > row.line and not texts.get(end):
                end -= 1
            ends[row.no] = end
        return ends

    def add_majors(self) -> None:
        for read in self.document.majors:
            item = MajorItem(
                no=read.no,
                kind=read.kind,
                name=read.name,
                lead=list(read.lead),
                source_line=read.line,
            )
            self.plan.majors.append(item)
            for no in read.rows:
                self.rows[no].major = True

    def add_targets(self) -> None:
        for number, read in enumerate(self.document.targets, start=1):
            self.plan.targets.append(
                Target(
                    row=self.rows.get(read.row) if read.row is not None else None,
                    key=f"t{number}",
                    indicator=read.indicator,
                    op=read.op,
                    value=read.value,
                    unit=read.unit or "",
                    year=read.year,
                    annual=read.annual,
                    source_line=read.line,
                )
            )
