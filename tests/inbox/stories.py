"""A division row at work, for tests that look at pages."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from sanwei_flow import web
from sanwei_flow.accounts.actor import SYSTEM, Actor
from sanwei_flow.accounts.models import Unit
from sanwei_flow.accounts.operations import actor_of
from sanwei_flow.db import db, transaction
from sanwei_flow.designs.operations import install_shipped
from sanwei_flow.processes import operations, queries
from sanwei_flow.processes.jobs import run_due_jobs
from sanwei_flow.processes.models import ProcessInstance, Task
from tests.factories import make_unit, make_user

TASK = (
    "健全完善基层组织体系。按照“农有、农治、农享”原则，稳步推进县、乡镇（街道）、村三级农民合作经济组织联合会建设，"
    "到2027年基本建成服务农民生产生活的综合平台"
)


@dataclass
class County:
    """Units and people by name, and the row they work on."""

    units: dict[str, Unit]
    people: dict[str, Actor]
    row: ProcessInstance = field(init=False)

    def start_row(self, at: dt.datetime, no: int = 3, *, major: bool = True) -> ProcessInstance:
        """Start a row of the plan; it opens a task to sign for."""
        with transaction():
            return operations.start_process(
                "task_division",
                variables(self.units, major),
                business_key=f"plan:1/row:{no}",
                title=f"〔{no}〕{TASK}",
                by=self.people["赵敏"],
                at=at,
            )

    def task(self, node: str, unit: str | None = None) -> Task:
        """The open task of this node, anywhere in the row."""
        db.session.commit()  # what browsers did meanwhile is seen by a new transaction only
        found = [
            task
            for task in queries.open_tasks(self.row.id, whole_tree=True)
            if task.node == node and unit in (None, *self.names(task))
        ]
        assert found, f"no open task {node}"
        return found[0]

    def names(self, task: Task) -> list[str]:
        return [name for name, unit in self.units.items() if unit.id == task.unit_id]

    def act(
        self, node: str, action: str, who: str, *, unit: str | None = None, **more: Any
    ) -> None:
        """Let somebody act, then run what follows from it."""
        data, at = more.pop("data", {}), more.pop("at", web.now())
        task = self.task(node, unit)
        with transaction():
            operations.act_on_task(task.id, action, data, by=self.people[who], at=at, **more)
        run_due_jobs(web.now())

    def up_to_cooperation(self) -> None:
        """Signed for, divided and agreed: the cooperating units have it."""
        self.act("sign_for", "accept", "熊梅")
        self.act("divide", "submit", "熊梅")
        self.act("division_review", "agree", "陈建")

    def up_to_completion(self) -> None:
        """Every cooperating unit has reported and the lead has confirmed it."""
        self.up_to_cooperation()
        for unit, person in (("县财政局", "李伟"), ("建平乡", "王芳")):
            self.act("sign_for", "accept", person, unit=unit)
            self.act(
                "part_report", "submit", person, unit=unit, data={"summary": f"{unit}已完成。"}
            )
            self.act("unit_review", "agree", person, unit=unit, comment="同意上报")
            self.act("lead_confirm", "confirm", "熊梅")

    def up_to_office(self) -> None:
        """From there: the lead has reported completion and its head agreed."""
        done = {"summary": "三级农合联全部建成，村级覆盖率达到九成以上。"}
        done["figures"] = [{"key": "t1", "reported": 93.5}]  # type: ignore[assignment]
        self.act("completion_report", "submit", "熊梅", data=done)
        self.act("unit_review", "agree", "陈建", unit="县供销合作社", comment="情况属实")


def make_county(*, started: dt.datetime | None = None, major: bool = True) -> County:
    """A lead unit, two cooperating ones, the office; one row started."""
    with transaction():
        names = ("县供销合作社", "县财政局", "建平乡", "县财政金融监督办公室")
        units = {name: make_unit(name) for name in names}
        users = {
            "熊梅": make_user(units["县供销合作社"], ["staff"], username="xiongmei", name="熊梅"),
            "陈建": make_user(
                units["县供销合作社"], ["reviewer"], username="chenjian", name="陈建"
            ),
            "李伟": make_user(
                units["县财政局"], ["staff", "reviewer"], username="liwei", name="李伟"
            ),
            "王芳": make_user(
                units["建平乡"], ["staff", "reviewer"], username="wangfang", name="王芳"
            ),
            "赵敏": make_user(units[names[3]], ["office"], username="zhaomin", name="赵敏"),
            "周立": make_user(units[names[3]], ["leader"], username="zhouli", name="周立"),
        }
        people = {name: actor_of(user) for name, user in users.items()}
        install_shipped(by=SYSTEM, at=web.now())
    county = County(units, people)
    county.row = county.start_row(started or web.now(), major=major)
    return county


def variables(units: dict[str, Unit], major: bool) -> dict[str, Any]:
    """What the plan gives a row, as plans.drafting makes it."""
    return {
        "plan": {
            "id": 1,
            "title": "巫山县深化“三位一体”改革实施方案",
            "office_unit": units["县财政金融监督办公室"].id,
        },
        "row": {
            "no": 3,
            "task": TASK,
            "category": "组织体系",
            "item": "",
            "lead_unit": units["县供销合作社"].id,
            "lead_name": "县供销合作社",
            "due": "2027-12-31",
            "major": major,
            "targets": [
                {"key": "t1", "indicator": "村级农合联覆盖率", "op": ">=", "value": 90, "unit": "%"}
            ],
        },
        "cooperating": [{"unit": units[name].id, "name": name} for name in ("县财政局", "建平乡")],
    }
