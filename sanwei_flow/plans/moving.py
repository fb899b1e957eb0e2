"""A running row whose units an edited document has changed."""

import datetime as dt
from collections.abc import Callable, Sequence

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import Role, Unit
from sanwei_flow.calendars import today
from sanwei_flow.db import db
from sanwei_flow.errors import N_, AppError
from sanwei_flow.notifications.operations import Notice, notify_people
from sanwei_flow.plans import partners, requests
from sanwei_flow.plans.access import record
from sanwei_flow.plans.changes import process_of_row
from sanwei_flow.plans.correcting import place_units
from sanwei_flow.plans.leads import hand_to
from sanwei_flow.plans.models import MentionStatus, Plan, PlanRow, Side
from sanwei_flow.plans.resolving import Expansion, load_register, resolve
from sanwei_flow.plans.rows import row_view
from sanwei_flow.processes.models import InstanceStatus, ProcessInstance

#: What the office may decide about a changed lead: ask for it the usual way, or do it at once.
ASK, APPLY = "ask", "apply"
LEADS = (ASK, APPLY)

REASON = "修改稿把本项的牵头单位改为{units}。"
LEFT = "修改稿不再把本单位列为配合单位"


class Moving:
    """Moves one row to the units its document names; `say` tells what became of it."""

    def __init__(
        self, plan: Plan, row: PlanRow, by: Actor, at: dt.datetime, say: Callable[..., None]
    ) -> None:
        self.plan, self.row, self.by, self.at = plan, row, by, at
        self.tell_office = say

    def say(self, message: str, **params: object) -> None:
        self.tell_office(self.row.no, message, **params)

    def lead(self, names: Sequence[str], choice: str) -> None:
        """Hand the row to the first of these, or have its present lead ask for that."""
        words, running = "、".join(names) or "—", process_of_row(self.row)
        unit = self._unit(names[0]) if names else None
        if running is None:
            return self.say(N_("牵头单位应改为{units}：请在流程中办理"), units=words)
        if unit is None:
            self._tell_lead(N_("修改稿把第{no}项的牵头单位改为{units}"), units=words)
            unknown = N_("牵头单位应改为{units}，单位名册中没有：请先登记该单位，再导入一次")
            return self.say(unknown, units=words)
        if choice == APPLY:
            return self._hand_over(running, unit, names)
        return self._ask(unit, words)

    def help(self, names: Sequence[str]) -> None:
        """Let the cooperating units be these: new ones get a part, others are let go."""
        before = self._helping()
        old = "、".join(one.mention.name for one in self.row.units if one.side == Side.COOPERATING)
        running = process_of_row(self.row)
        if running is None or running.status == InstanceStatus.suspended:
            words = "、".join(names) or "—"
            return self.say(N_("配合单位应改为{units}：本项没有在办理，请恢复后调整"), units=words)
        place_units(self.plan, self.row, Side.COOPERATING, list(names))
        db.session.flush()
        after, words = self._helping(), "、".join(names) or "—"
        given = {"row": self.row.no, "field": "cooperating", "before": old, "after": words}
        record(self.plan, "reimport_row", **given, by=self.by, at=self.at)  # type: ignore[arg-type]
        self._let_go(running, [one for key, one in before.items() if key not in after])
        self._let_in(running, [one for key, one in after.items() if key not in before])
        if open_names := self._open_names():
            self.say(N_("单位名册中没有{units}：请在本页确认后加入"), units=open_names)
        self._tell_lead(N_("修改稿把第{no}项的配合单位改为{units}"), units=words)
        return None

    def _hand_over(self, running: ProcessInstance, unit: Unit, names: Sequence[str]) -> None:
        self._tell_lead(N_("按修改稿，第{no}项改由{units}牵头"), units=unit.name)
        hand_to(self.row, running, unit, by=self.by, at=self.at)
        others = [self._unit(name) for name in names[1:]]
        successor = process_of_row(self.row)
        if successor is not None and (also := [one for one in others if one is not None]):
            partners.add(successor, also, at=self.at)
        self._tell_lead(N_("按修改稿，第{no}项改由{units}牵头，请签收"), units=unit.name)
        self.say(N_("已改由{units}牵头，待其签收；原流程已撤销，已有成果保留"), units=unit.name)

    def _ask(self, unit: Unit, words: str) -> None:
        known = {"suggested": unit.id, "reason": REASON.format(units=words)}
        try:
            requests.start_for_lead(
                self.plan.id, self.row.no, "reassignment", known, by=self.by, at=self.at
            )
        except AppError as error:
            why = str(error)
            self._tell_lead(N_("修改稿把第{no}项的牵头单位改为{units}"), units=words)
            said = N_("牵头单位应改为{units}，变更程序未能启动：{why}")
            return self.say(said, units=words, why=why)
        lead = self._tell_lead(
            N_("修改稿把第{no}项的牵头单位改为{units}，变更申请已填好，请核对后提交"), units=words
        )
        said = N_("牵头单位应改为{units}：变更申请已在{lead}待办里，经审核和专班裁定后生效")
        return self.say(said, units=words, lead=lead)

    def _let_go(self, running: ProcessInstance, units: Sequence[Unit]) -> None:
        if not units:
            return
        left, kept = partners.remove(running, units, reason=LEFT, by=self.by, at=self.at)
        if left:
            self.say(N_("不再配合：{units}，其任务已撤回并说明原因"), units="、".join(left))
        if kept:
            self.say(N_("不再配合：{units}已办结或没有任务，成果保留"), units="、".join(kept))

    def _let_in(self, running: ProcessInstance, units: Sequence[Unit]) -> None:
        if not units:
            return
        words = "、".join(one.name for one in units)
        if partners.add(running, units, at=self.at) == "listed":
            self.say(N_("新增配合单位{units}：已列入牵头单位的分工"), units=words)
        else:
            self.say(N_("新增配合单位{units}：已向其交办，待签收"), units=words)

    def _helping(self) -> dict[int, Unit]:
        places = [one for one in self.row.units if one.side == Side.COOPERATING]
        return {unit.id: unit for unit in Expansion().units(places)}

    def _open_names(self) -> str:
        unsettled = (MentionStatus.DOUBTFUL, MentionStatus.UNKNOWN)
        names = (one.mention for one in self.row.units if one.side == Side.COOPERATING)
        return "、".join(one.name for one in names if one.status in unsettled)

    def _unit(self, name: str) -> Unit | None:
        found = resolve(name, load_register())
        return db.session.get(Unit, found.unit_id) if found.unit_id else None

    def _tell_lead(self, message: str, **params: object) -> str:
        """Tell the staff and the head of the row's lead unit; returns its name."""
        view = row_view(self.plan, self.row.no, today(self.at))
        lead = requests.lead_of(view)
        link = f"/plans/{self.plan.id}/rows/{self.row.no}"
        notice = Notice("row_changed", message, {"no": self.row.no, **params}, "", link)
        for role in (Role.staff, Role.reviewer):
            if lead is not None:
                notify_people(lead, role, notice, at=self.at)
        return next((one.text for one in view.lead), "—")
