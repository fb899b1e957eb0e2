"""Taking one change of an edited document over into a plan.

A draft takes everything. A running row takes words, figures and its date, with what its
processes know of them; what concerns other people's work is asked for or told, never done
behind their backs.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

from sanwei_flow.accounts.actor import SYSTEM, Actor
from sanwei_flow.accounts.models import Role
from sanwei_flow.calendars import today
from sanwei_flow.db import db
from sanwei_flow.errors import N_, AppError
from sanwei_flow.notifications.operations import Notice, notify_people
from sanwei_flow.plans import changes, requests
from sanwei_flow.plans.access import record
from sanwei_flow.plans.comparing import Changed, Said
from sanwei_flow.plans.correcting import ensure_mention, place_units
from sanwei_flow.plans.launching import row_variables
from sanwei_flow.plans.models import Plan, PlanRow, RowUnit, Side, Target
from sanwei_flow.plans.resolving import Expansion, load_register
from sanwei_flow.plans.rows import row_view
from sanwei_flow.plans.statuses import CLOSED
from sanwei_flow.processes.models import ProcessInstance
from sanwei_flow.processes.operations import start_process

WORDS = ("category", "item", "task")
SIDES = {"lead": Side.LEAD, "cooperating": Side.COOPERATING}


class Renewal:
    """Applies the changes of one document; `outcomes` tell of each: [number, msgid, params]."""

    def __init__(self, plan: Plan, by: Actor, at: dt.datetime) -> None:
        self.plan, self.by, self.at = plan, by, at
        self.rows = {row.no: row for row in plan.rows}
        self.outcomes: list[list[Any]] = []

    def say(self, no: int, message: str, **params: object) -> None:
        self.outcomes.append([no, message, params])

    def change(self, one: Changed) -> None:
        """Take a changed row over, field by field."""
        row = self.rows.get(one.old.no)
        if row is None:
            return self.say(one.old.no, N_("本方案已没有这一项，未作改动"))
        if self.plan.process_id is not None and self._closed(row):
            return self.say(row.no, N_("已办结，不再改动"))
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
                self._units(row, name, one.new)
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
        return self._start(row)

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
        if self.plan.process_id is None:
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

    def _units(self, row: PlanRow, name: str, said: Said) -> None:
        names, words = getattr(said, name), "、".join(getattr(said, name)) or "—"
        if self.plan.process_id is None:
            before = "、".join(one.mention.name for one in row.units if one.side == SIDES[name])
            place_units(self.plan, row, SIDES[name], list(names))
            self._note(row, name, before, words)
            return self.say(row.no, N_("单位已改为{units}"), units=words)
        message = N_("修改稿把第{no}项的牵头单位改为{units}，请申请变更责任单位")
        if name == "cooperating":
            message = N_("修改稿把第{no}项的配合单位改为{units}，请按此安排分工")
        told = self._tell_lead(row, message, units=words)
        if name == "lead":
            sentence = N_("牵头单位应改为{units}：已请{lead}申请变更责任单位")
        else:
            sentence = N_("配合单位应改为{units}：已告知{lead}")
        return self.say(row.no, sentence, units=words, lead=told)

    def _tell_lead(self, row: PlanRow, message: str, **params: object) -> str:
        """Tell the staff and the head of the row's lead unit; returns its name."""
        view = row_view(self.plan, row.no, today(self.at))
        lead = requests.lead_of(view)
        link = f"/plans/{self.plan.id}/rows/{row.no}"
        notice = Notice("row_changed", message, {"no": row.no, **params}, "", link)
        for role in (Role.staff, Role.reviewer):
            if lead is not None:
                notify_people(lead, role, notice, at=self.at)
        return next((one.text for one in view.lead), "—")

    def _tell_processes(self, row: PlanRow) -> None:
        running = changes.process_of_row(row)
        if running is not None:
            targets = row_variables(row, Expansion())["targets"]
            facts = {name: getattr(row, name) for name in WORDS} | {"targets": targets}
            changes.reword(running, facts, at=self.at)

    def _ask_for_end(self, row: PlanRow) -> None:
        try:
            requests.start(self.plan.id, row.no, "termination", by=self.by, at=self.at)
        except AppError as error:
            self.say(row.no, N_("修改稿已删去此项，未能提出终止申请：{why}"), why=str(error))
        else:
            self.say(row.no, N_("修改稿已删去此项：终止申请已在您的待办里，请填写依据"))

    def _start(self, row: PlanRow) -> None:
        """Start the row below the plan's process; one whose lead is unknown waits for a name."""
        expansion = Expansion()
        if not expansion.units([one for one in row.units if one.side == Side.LEAD]):
            return self.say(row.no, N_("已新增，但牵头单位还没有确认，尚未启动"))
        facts = {"id": self.plan.id, "title": self.plan.title}
        facts |= {"office_unit": self.plan.office_unit_id}
        variables = row_variables(row, expansion)
        given = {"plan": facts, "row": variables, "cooperating": variables["cooperating"]}
        root = db.session.get_one(ProcessInstance, self.plan.process_id)
        key = row.business_key
        start_process("task_division", given, business_key=key, by=SYSTEM, at=self.at, parent=root)
        return self.say(row.no, N_("已新增并启动"))
