"""Taking one change of an edited document over into a plan.

A draft takes everything. A running row takes words, figures and its date, with what its
processes know of them; what concerns other people's work is asked for or told, never done
behind their backs.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

from sanwei_flow.accounts.actor import SYSTEM, Actor
from sanwei_flow.calendars import today
from sanwei_flow.db import db
from sanwei_flow.errors import N_, AppError
from sanwei_flow.plans import changes, requests
from sanwei_flow.plans.access import record
from sanwei_flow.plans.bpmn import row_variable
from sanwei_flow.plans.comparing import Changed, Said, Step
from sanwei_flow.plans.correcting import ensure_mention, place_units
from sanwei_flow.plans.joining import start_added
from sanwei_flow.plans.models import Plan, PlanRow, RowUnit, Side, Target
from sanwei_flow.plans.moving import Moving
from sanwei_flow.plans.resolving import Expansion, load_register
from sanwei_flow.plans.rows import row_view
from sanwei_flow.plans.statuses import CLOSED, DRAFT, UPCOMING
from sanwei_flow.plans.variables import row_variables
from sanwei_flow.processes.advance import Act
from sanwei_flow.processes.revising import revise

WORDS = ("category", "item", "task")
SIDES = {"lead": Side.LEAD, "cooperating": Side.COOPERATING}
NOBODY = Said(0, "", "", "", None, (), ())


class Renewal:
    """Applies the changes of one document; `outcomes` tell of each: [number, msgid, params]."""

    def __init__(self, plan: Plan, by: Actor, at: dt.datetime) -> None:
        self.plan, self.by, self.at = plan, by, at
        self.rows = {row.no: row for row in plan.rows}
        self.outcomes: list[list[Any]] = []
        self.begun = False

    def say(self, no: int, message: str, **params: object) -> None:
        self.outcomes.append([no, message, params])

    def take(self, step: Step) -> None:
        """Carry one change out; where it is refused nothing of it is done, `outcomes` say why."""
        mark = len(self.outcomes)
        try:
            with db.session.begin_nested():
                if step.kind == "change" and step.old and step.new:
                    self.change(Changed(step.old, step.new, step.names), step.lead)
                elif step.kind == "remove" and step.old:
                    self.remove(step.old)
                elif step.new:
                    self.add(step.new)
        except AppError as error:
            del self.outcomes[mark:]
            self.rows = {row.no: row for row in self.plan.rows}
            no = (step.old or step.new or NOBODY).no
            self.say(no, N_("未能应用：{why}"), why=str(error))

    def change(self, one: Changed, lead: str) -> None:
        """Take a changed row over, field by field; `lead` is one of LEADS, or open."""
        row = self.rows.get(one.old.no)
        if row is None:
            return self.say(one.old.no, N_("本方案已没有这一项，未作改动"))
        status = row_view(self.plan, row.no, today(self.at)).status
        if self.plan.process_id is not None and status in CLOSED:
            return self.say(row.no, N_("已办结，不再改动"))
        # What nobody has begun is changed like a draft.
        self.begun = status not in (DRAFT, UPCOMING)
        words = [name for name in one.names if name in WORDS]
        for name in words:
            self._note(row, name, getattr(row, name), getattr(one.new, name))
            setattr(row, name, getattr(one.new, name))
        if "figures" in one.names:
            self._figures(row, one.new)
        if words or "figures" in one.names:
            self._tell_processes(row)
            self.say(row.no, N_("文字和指标已更新"))
        if "due" in one.names:
            self._due(row, one.new)
        for name in SIDES:
            if name in one.names:
                self._units(row, name, one.new, lead)
        if self.plan.process_id is not None and not self.begun:
            self._tell_plan(row)
        return None

    def remove(self, said: Said) -> None:
        """A draft loses the row; for a running one the office's request to end it is begun."""
        row = self.rows.get(said.no)
        if row is None:
            return
        if self.plan.process_id is None:
            for target in list(row.targets):
                db.session.delete(target)
            self.plan.rows.remove(row)
            record(self.plan, "remove_row", row=row.no, before=row.task, by=self.by, at=self.at)
            self.say(row.no, N_("已删除"))
        elif self._closed(row):
            self.say(row.no, N_("已办结，不再改动"))
        else:
            self._ask_for_end(row)

    def add(self, said: Said) -> None:
        """Put a new row in; in a running plan it starts as a process of its own at once."""
        no = said.no if said.no not in self.rows else max(self.rows) + 1
        row = PlanRow(no=no, due=said.day, open_ended=said.open_ended)
        row.category, row.item, row.task = said.category, said.item, said.task
        row.due_past = said.day is not None and said.day < today(self.at)
        self.plan.rows.append(row)
        register = load_register()
        for name, side in SIDES.items():
            for position, unit in enumerate(getattr(said, name)):
                mention = ensure_mention(self.plan, unit, register)
                row.units.append(RowUnit(side=side, position=position, mention=mention))
        self._figures(row, said)
        db.session.flush()
        self.rows[no] = row
        record(self.plan, "add_row", row=no, after=row.task, by=self.by, at=self.at)
        if self.plan.process_id is None:
            return self.say(no, N_("已新增"))
        row.added_at = self.at
        if start_added(self.plan, row, at=self.at):
            return self.say(no, N_("已新增并启动"))
        return self.say(no, N_("已新增，但有单位名称还没有确认，尚未启动：请在本页确认"))

    def _closed(self, row: PlanRow) -> bool:
        return row_view(self.plan, row.no, today(self.at)).status in CLOSED

    def _note(self, row: PlanRow, field: str, before: object, after: object) -> None:
        given = {"before": str(before or ""), "after": str(after or "")}
        record(self.plan, "reimport_row", row=row.no, field=field, **given, by=self.by, at=self.at)

    def _figures(self, row: PlanRow, said: Said) -> None:
        """Figures are known by what they count; one that was reported on is never thrown away."""
        known = {one.indicator: one for one in row.targets}
        keys = [int(one.key[1:]) for one in self.plan.targets if one.key[1:].isdigit()]
        wanted = set()
        for indicator, op, value, unit, year, annual in said.figures:
            target = known.get(indicator)
            if target is None:
                keys.append(max(keys, default=0) + 1)
                target = Target(key=f"t{keys[-1]}", indicator=indicator, plan=self.plan)
                row.targets.append(target)
            target.op, target.value, target.unit = op, Decimal(value), unit
            target.year, target.annual = year, annual
            wanted.add(indicator)
        for indicator, target in known.items():
            if indicator not in wanted and target.reported is None:
                row.targets.remove(target)
                db.session.delete(target)

    def _due(self, row: PlanRow, said: Said) -> None:
        new, running = said.day, changes.process_of_row(row)
        if not self.begun:
            self._note(row, "due", row.due, new)
            row.due, row.due_inferred = new, False
            row.due_past = new is not None and new < today(self.at)
            self.say(row.no, N_("时限已改为{due}"), due=said.due or "—")
        elif new is None or row.due is None or running is None:
            self.say(row.no, N_("时限未改：请在流程中办理"))
        elif row.due == new:
            self.say(row.no, N_("时限已经是{due}"), due=str(new))
        else:
            self._note(row, "due", row.due, new)
            changes.redate_by_document(row, running, new, by=self.by, at=self.at)
            self.say(row.no, N_("时限已改为{due}，原时限留在记录里"), due=str(new))

    def _units(self, row: PlanRow, name: str, said: Said, choice: str) -> None:
        if self.begun:
            moved = Moving(self.plan, row, self.by, self.at, self.say)
            return moved.lead(said.lead, choice) if name == "lead" else moved.help(said.cooperating)
        names, words = getattr(said, name), "、".join(getattr(said, name)) or "—"
        before = "、".join(one.mention.name for one in row.units if one.side == SIDES[name])
        place_units(self.plan, row, SIDES[name], list(names))
        self._note(row, name, before, words)
        return self.say(row.no, N_("单位已改为{units}"), units=words)

    def _tell_processes(self, row: PlanRow) -> None:
        running = changes.process_of_row(row)
        if running is not None:
            targets = row_variables(row, Expansion())["targets"]
            facts = {name: getattr(row, name) for name in WORDS} | {"targets": targets}
            changes.reword(running, facts, at=self.at)

    def _tell_plan(self, row: PlanRow) -> None:
        """Let the plan's process start the row, once its phase comes, as the document has it.

        One that joined the running plan and waited for its units starts now if they are known.
        """
        db.session.flush()
        if row.added_at is not None:
            if start_added(self.plan, row, at=self.at):
                self.say(row.no, N_("已启动"))
            return
        expansion = Expansion()
        leads = [one for one in row.units if one.side == Side.LEAD]
        root, name = self.plan.process_id, row_variable(row.no)
        if root is not None and expansion.units(leads):
            facts = row_variables(row, expansion)
            act = Act("revise", SYSTEM, self.at, data={"row": facts})
            revise(root, lambda known: {**known, name: facts}, act)

    def _ask_for_end(self, row: PlanRow) -> None:
        try:
            requests.start(self.plan.id, row.no, "termination", by=self.by, at=self.at)
        except AppError as error:
            self.say(row.no, N_("修改稿已删去此项，未能提出终止申请：{why}"), why=str(error))
        else:
            self.say(row.no, N_("修改稿已删去此项：终止申请已在您的待办里，请填写依据"))
