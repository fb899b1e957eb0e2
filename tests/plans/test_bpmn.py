import datetime as dt
import itertools
from dataclasses import dataclass, field

import pytest
from lxml import etree

from sanwei_flow.plans.bpmn import generate
from tests.engine.player import Player

NS = {
    "b": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "d": "http://www.omg.org/spec/BPMN/20100524/DI",
    "c": "http://www.omg.org/spec/DD/20100524/DC",
    "w": "http://www.omg.org/spec/DD/20100524/DI",
    "s": "http://spiffworkflow.org/bpmn/schema/1.0/core",
}


@dataclass
class Phase:
    name: str
    start: dt.date | None = None
    end: dt.date | None = None
    implementing: bool = False


@dataclass
class Row:
    no: int
    category: str = "保障措施"
    task: str = "建好建强服务载体，到2027年建成为农服务中心11个。"


@dataclass
class Plan:
    rows: list[Row]
    id: int = 7
    title: str = "关于深化“三位一体”改革的工作方案"
    phases: list[Phase] = field(
        default_factory=lambda: [
            Phase("安排部署", dt.date(2022, 7, 1), dt.date(2022, 9, 30)),
            Phase("试点实施", dt.date(2022, 10, 1), dt.date(2025, 6, 30), implementing=True),
            Phase("总结验收", dt.date(2025, 7, 1), dt.date(2025, 12, 31)),
        ]
    )


def plan_of(count, categories=6):
    size = -(-count // categories)
    return Plan([Row(no, f"第{(no - 1) // size + 1}类 重点工作") for no in range(1, count + 1)])


def drawn(plan):
    """(boxes by id, frames, lines by id) as the file states them."""
    root = etree.fromstring(generate(plan))
    boxes, frames, lines = {}, {}, {}
    for shape in root.iterfind(".//d:BPMNShape", NS):
        bounds = shape.find("c:Bounds", NS)
        name = shape.get("bpmnElement")
        box = tuple(int(bounds.get(side)) for side in ("x", "y", "width", "height"))
        (frames if name.startswith("band_") else boxes)[name] = box
    for edge in root.iterfind(".//d:BPMNEdge", NS):
        points = [(int(p.get("x")), int(p.get("y"))) for p in edge.iterfind("w:waypoint", NS)]
        lines[edge.get("bpmnElement")] = points
    return root, boxes, frames, lines


def overlap(a, b):
    return a[0] < b[0] + b[2] and b[0] < a[0] + a[2] and a[1] < b[1] + b[3] and b[1] < a[1] + a[3]


def inside(a, b):
    return b[0] < a[0] and b[1] < a[1] and a[0] + a[2] < b[0] + b[2] and a[1] + a[3] < b[1] + b[3]


@pytest.mark.parametrize("count", [0, 1, 3, 8, 34, 120, 500])
def test_nothing_in_the_diagram_overlaps(count):
    root, boxes, frames, _lines = drawn(plan_of(count))
    elements = {e.get("id"): e for e in root.iterfind(".//b:process//*[@id]", NS)}
    phases = {name: box for name, box in boxes.items() if elements[name].tag.endswith("subProcess")}
    leaves = {name: box for name, box in boxes.items() if name not in phases}
    for a, b in itertools.combinations(leaves.items(), 2):
        assert not overlap(a[1], b[1]), (a, b)
    for group in (phases, frames):
        for a, b in itertools.combinations(group.items(), 2):
            assert not overlap(a[1], b[1]), (a, b)
    for name, box in leaves.items():
        parent = elements[name].getparent().get("id")
        if parent in phases:
            assert inside(box, phases[parent])
        if name.startswith("row_"):
            assert sum(inside(box, frame) for frame in frames.values()) == 1
        else:
            assert not any(overlap(box, frame) for frame in frames.values())
    for name, frame in frames.items():
        assert inside(frame, phases["phase_2"]), name


@pytest.mark.parametrize("count", [1, 8, 34, 120])
def test_lines_run_at_right_angles_from_edge_to_edge_and_through_nothing(count):
    root, boxes, _frames, lines = drawn(plan_of(count))
    flows = {flow.get("id"): flow for flow in root.iterfind(".//b:sequenceFlow", NS)}
    assert set(lines) == set(flows)
    leaves = {n: b for n, b in boxes.items() if not n.removeprefix("phase_").isdigit()}
    for name, points in lines.items():
        ends = [flows[name].get("sourceRef"), flows[name].get("targetRef")]
        for end, (x, y) in zip(ends, (points[0], points[-1]), strict=True):
            left, top, width, height = boxes[end]
            assert left <= x <= left + width
            assert top <= y <= top + height
        for (x1, y1), (x2, y2) in itertools.pairwise(points):
            assert x1 == x2 or y1 == y2, name
            segment = (min(x1, x2), min(y1, y2), abs(x1 - x2), abs(y1 - y2))
            crossed = [n for n, b in leaves.items() if n not in ends and overlap(segment, b)]
            assert not crossed, (name, crossed)


def test_every_row_calls_the_row_process_with_its_own_facts_only():
    root = etree.fromstring(generate(plan_of(34)))
    calls = root.findall(".//b:callActivity", NS)
    assert [call.get("id") for call in calls] == [f"row_{no}" for no in range(1, 35)]
    assert {call.get("calledElement") for call in calls} == {"task_division"}
    settings = {p.get("name"): p.get("value") for p in calls[11].iterfind(".//s:property", NS)}
    assert settings["input.row"] == "${row_12}"
    assert settings["input.cooperating"] == "${row_12.cooperating}"
    assert settings["business_key"] == "plan:7/row:12"


def test_the_documents_words_cannot_become_markup_or_expressions():
    evil = 'a"><b>&amp;${plan.id}\x00\x01]]>'
    plan = Plan([Row(1, evil, evil)], title=evil, phases=[Phase(evil, implementing=True)])
    root = etree.fromstring(generate(plan))
    assert root.find("b:process", NS).get("name") == 'a"><b>&amp;${plan.id}]]>'
    values = [p.get("value") for p in root.iterfind(".//s:property", NS)]
    assert not any("<b>" in value for value in values)


def test_500_rows_stay_below_the_size_a_design_may_have():
    assert len(generate(plan_of(500))) < 1_000_000


def started(count):
    rows = {
        f"row_{no}": {"no": no, "task": f"任务{no}", "cooperating": [{"unit": no, "name": "乡"}]}
        for no in range(1, count + 1)
    }
    return Player(generate(plan_of(count)), {"plan": {"id": 7, "office_unit": 3}, **rows})


def test_a_plan_runs_its_rows_at_once_and_is_concluded_by_the_office():
    plan = started(34)
    assert len(plan.calls) == 34
    row = plan.one("row_12")
    assert row.process == "task_division"
    assert row.variables == {
        "plan": {"id": 7, "office_unit": 3},
        "row": {"no": 12, "task": "任务12", "cooperating": [{"unit": 12, "name": "乡"}]},
        "cooperating": [{"unit": 12, "name": "乡"}],
    }
    assert row.settings["title"] == "〔12〕任务12"
    assert row.settings["business_key"] == "plan:7/row:12"
    for node in plan.calls:
        assert plan.tasks == []
        plan.child_done(node)
    (task,) = plan.open.values()
    assert task.settings["candidate_unit"] == 3
    assert task.settings["candidate_role"] == "office"
    assert task.settings["due"] == dt.date(2025, 12, 31)
    plan.do("phase_3_task", summary="完成", outcome="conclude")
    assert plan.status == "finished"


def test_a_plan_without_rows_goes_straight_to_its_conclusion():
    assert started(0).tasks == ["phase_3_task"]


def test_500_rows_start_in_one_step():
    assert len(started(500).calls) == 500
