"""A county whose rows run by the shipped design, and the versions its designer publishes."""

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Any

from sanwei_flow.accounts.actor import SYSTEM, Actor
from sanwei_flow.accounts.operations import actor_of
from sanwei_flow.db import db, transaction
from sanwei_flow.designs.models import DesignVersion
from sanwei_flow.designs.operations import WORKFLOWS, install_shipped, publish
from sanwei_flow.migrating import jobs, operations, queries
from sanwei_flow.migrating.models import Migration
from sanwei_flow.processes import operations as processes
from sanwei_flow.processes.models import ProcessInstance, Task, is_open
from tests.factories import NOW, make_unit, make_user

KEY = "task_division"
SHIPPED = (WORKFLOWS / f"{KEY}.bpmn").read_text("utf-8")
LEGAL = """<bpmn:userTask id="legal_review" name="合法性审核"><bpmn:extensionElements>
<spiffworkflow:properties>
<spiffworkflow:property name="candidate_unit" value="${plan.office_unit}" />
<spiffworkflow:property name="candidate_role" value="reviewer" />
<spiffworkflow:property name="form" value="unit_review" />
<spiffworkflow:property name="outcomes" value="agree" />
<spiffworkflow:property name="due" value="2" />
</spiffworkflow:properties></bpmn:extensionElements>
<bpmn:incoming>unit_agree</bpmn:incoming><bpmn:outgoing>legal_agree</bpmn:outgoing>
</bpmn:userTask>
<bpmn:sequenceFlow id="legal_agree" sourceRef="legal_review" targetRef="office_review" />
"""
SHAPES = """<bpmndi:BPMNShape id="legal_review_di" bpmnElement="legal_review">
<dc:Bounds x="1676" y="395" width="100" height="80" /></bpmndi:BPMNShape>
<bpmndi:BPMNEdge id="legal_agree_di" bpmnElement="legal_agree">
<di:waypoint x="1726" y="475" /><di:waypoint x="1726" y="515" /></bpmndi:BPMNEdge>
<bpmndi:BPMNEdge id="unit_agree_di" bpmnElement="unit_agree">"""


def with_legal_review() -> str:
    """The shipped design with one more step between the unit's head and the office."""
    xml = SHIPPED.replace(
        'sourceRef="unit_reviewed" targetRef="office_review"',
        'sourceRef="unit_reviewed" targetRef="legal_review"',
    )
    xml = xml.replace(
        "<bpmn:incoming>unit_agree</bpmn:incoming>", "<bpmn:incoming>legal_agree</bpmn:incoming>"
    )
    xml = xml.replace(
        '<bpmn:userTask id="office_review"', f'{LEGAL}<bpmn:userTask id="office_review"', 1
    )
    head, edge, rest = xml.partition(
        '<bpmndi:BPMNEdge id="unit_agree_di" bpmnElement="unit_agree">'
    )
    rest = rest.replace('<di:waypoint x="1726" y="515" />', '<di:waypoint x="1726" y="395" />', 1)
    assert edge
    place = "<bpmn:flowNodeRef>unit_reviewed</bpmn:flowNodeRef>"
    head = head.replace(place, f"{place}<bpmn:flowNodeRef>legal_review</bpmn:flowNodeRef>", 1)
    return f"{head}{SHAPES}{rest}"


def renamed(old: str, new: str, xml: str = SHIPPED) -> str:
    """The same with another id for one element."""
    named = re.sub(rf'(?<!value=)"{old}"', f'"{new}"', xml)
    return named.replace(f">{old}<", f">{new}<")


@dataclass
class Division:
    """Rows, the people who do them, and a designer."""

    lead: int
    office: int
    clerk: Actor
    head: Actor
    reader: Actor
    lawyer: Actor
    designer: Actor
    at: dt.datetime = NOW
    rows: list[int] = field(default_factory=list)

    def start(self, count: int = 1) -> list[int]:
        """Start rows; returns their instances."""
        plan = {"id": 7, "title": "工作方案", "office_unit": self.office}
        with transaction():
            begun = [self._start(plan, number) for number in range(1, count + 1)]
        self.rows += begun
        return begun

    def _start(self, plan: dict[str, Any], number: int) -> int:
        row = {
            "no": number,
            "task": "建好建强服务载体",
            "category": "构建平台",
            "item": "服务载体",
            "lead_unit": self.lead,
            "lead_name": "县供销合作社",
            "due": "2027-12-31",
            "major": False,
            "targets": [],
        }
        given = {"plan": plan, "row": row, "cooperating": []}
        made = processes.start_process(KEY, given, title=f"第{number}项", by=SYSTEM, at=self.at)
        return made.id

    def publish(self, xml: str, note: str = "情形另行更新") -> DesignVersion:
        with transaction():
            return publish(xml, {}, by=self.designer, at=self.at, note=note)

    def task(self, instance_id: int) -> Task:
        """The one open task of a row, as the database has it now."""
        db.session.rollback()
        own = Task.instance_id == instance_id, is_open, Task.side.is_(None)
        return db.session.scalars(
            db.select(Task).where(*own).execution_options(populate_existing=True)
        ).one()

    def instance(self, instance_id: int) -> ProcessInstance:
        db.session.rollback()
        return db.session.get_one(ProcessInstance, instance_id, populate_existing=True)

    def act(self, instance_id: int, action: str, by: Actor | None = None, **data: Any) -> None:
        """Do the open task of a row; its head where it is a head's."""
        task = self.task(instance_id)
        who = by or (self.clerk if task.role == "staff" else self.head)
        comment = data.pop("comment", "")
        with transaction():
            processes.act_on_task(task.id, action, data, comment=comment, by=who, at=self.at)

    def until(self, instance_id: int, node: str) -> None:
        """Let a row come to a step on the straight way."""
        while self.task(instance_id).node != node:
            here = self.task(instance_id).node
            answers = {"completion_report": {"summary": "建成11个"}}.get(here, {})
            self.act(instance_id, DOES[here], **answers)

    def migrate(self, to: int, **more: Any) -> Migration:
        """Begin and do all of it."""
        given = {"token": f"t{to}{len(more)}{more}"[:100], "by": self.designer, "at": self.at}
        with transaction():
            begun = operations.begin(KEY, to, **{**given, **more})
        return self.finish(begun.id)

    def undo(self, migration: Migration, token: str = "undo") -> Migration:
        given = {"by": self.designer, "at": self.at, "token": token}
        with transaction():
            begun = operations.undo(KEY, migration.id, **given)
        return self.finish(begun.id)

    def finish(self, migration_id: int) -> Migration:
        jobs.run(migration_id, self.at, limit=1000)
        return queries.migration_of(KEY, migration_id, self.designer)

    def outcomes(self, migration: Migration) -> dict[str, int]:
        db.session.rollback()
        return dict(queries.tally([migration.id])[migration.id])

    def reasons(self, migration: Migration) -> list[str]:
        return [str(one.error) for one in queries.why_staying(migration.id)]


DOES = {
    "sign_for": "accept",
    "divide": "submit",
    "division_review": "agree",
    "completion_report": "submit",
    "unit_review": "agree",
    "legal_review": "agree",
    "office_review": "agree",
}


def make_division() -> Division:
    """Units, people and the shipped designs; inside an application context."""
    with transaction():
        install_shipped(by=SYSTEM, at=NOW)
        lead, office = make_unit("县供销合作社"), make_unit("专班办公室")
        return Division(
            lead.id,
            office.id,
            actor_of(make_user(lead, ["staff"], username="xiongmei", name="熊梅")),
            actor_of(make_user(lead, ["reviewer"], username="chenjian", name="陈建")),
            actor_of(make_user(office, ["office"], username="zhaogang", name="赵刚")),
            actor_of(make_user(office, ["reviewer"], username="falv", name="法律审核")),
            actor_of(make_user(office, ["designer"], username="sheji", name="设计员")),
        )
