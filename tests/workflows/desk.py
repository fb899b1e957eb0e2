"""Plays a shipped design as its people would: through the forms, with the engine alone."""

import re

from sanwei_flow.designs import forms, outcomes
from sanwei_flow.designs.operations import WORKFLOWS, load_forms
from sanwei_flow.engine import ChildStart, Complete, ServiceDue
from tests.engine.player import Player

SCHEMAS = {key: forms.parse(key, source) for key, source in load_forms(WORKFLOWS / "forms").items()}
OFFICE, LEAD, OTHER, FINANCE, TOWN = 1, 2, 3, 4, 5
UNITS = {
    OFFICE: "专班",
    LEAD: "县供销合作社",
    OTHER: "县商务委",
    FINANCE: "县财政局",
    TOWN: "高唐街道",
}
PLAN = {"id": 7, "title": "工作方案", "office_unit": OFFICE}
ROW = {
    "no": 2,
    "task": "建好建强服务载体",
    "category": "着力构建为农服务平台",
    "item": "建好建强服务载体",
    "lead_unit": LEAD,
    "lead_name": "县供销合作社",
    "due": "2027-12-31",
    "major": False,
    "targets": [{"key": "W36", "indicator": "为农服务中心", "op": "=", "value": 11, "unit": "个"}],
}
HELPERS = [{"unit": FINANCE, "name": "县财政局"}, {"unit": TOWN, "name": "高唐街道"}]


def register(_field, _defaults):
    return list(UNITS.items())


def source(key: str) -> bytes:
    return (WORKFLOWS / f"{key}.bpmn").read_bytes()


def flow_ids(key: str) -> set[str]:
    """Every sequence flow the design draws."""
    return set(re.findall(r'<bpmn:sequenceFlow id="([^"]+)"', source(key).decode()))


class Desk(Player):
    """One instance; `taken` collects the sequence flows it went along."""

    def __init__(self, key: str, **variables) -> None:
        self.taken: set[str] = set()
        super().__init__(source(key), variables)

    def _take(self, step):
        self.taken.update(step.passed)
        return super()._take(step)

    def form_of(self, node: str):
        return SCHEMAS[self.one(node).settings["form"]]

    def submit(self, node: str, action: str, comment: str = "", **data):
        """Complete a task with an outcome it offers, its answers checked by its form."""
        task = self.one(node)
        offered = [outcome.name for outcome in outcomes.parse(task.settings["outcomes"])]
        assert action in offered
        cleaned = forms.validate(
            self.form_of(node), action, data, dict(task.data), comment=comment, choices=register
        )
        return self.act(Complete(task.ref, {**cleaned, "outcome": action}))

    def background(self, node: str) -> dict:
        """What the task's form shows, by key."""
        shown = forms.background(self.form_of(node), dict(self.one(node).data), choices=register)
        return {entry["key"]: entry for entry in shown}

    def asked(self, node: str) -> tuple:
        """Whom the open task is for, and its stage and due date."""
        settings = self.one(node).settings
        return tuple(
            settings.get(name) for name in ("candidate_unit", "candidate_role", "stage", "due")
        )

    @property
    def parts(self) -> dict:
        """The cooperation processes under way, by unit."""
        return {call.variables["part"]["unit"]: call for call in self.of(ChildStart)}

    def part_done(self, unit: int, summary: str) -> None:
        call = self.parts[unit]
        report = {"unit": unit, "name": UNITS[unit], "summary": summary, "figures": []}
        place = [call.ref for call in self.of(ChildStart)].index(call.ref)
        self.child_done("cooperate", place, **report, evidence=[])

    @property
    def services(self) -> dict:
        return {call.operation: call.arguments for call in self.of(ServiceDue)}
