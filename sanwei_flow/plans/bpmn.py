"""A plan as a process: its phases in order, and one call activity for each division row.

A pure function of the plan's facts. The document's words become names only, never settings:
a setting could be read as an expression. Rows run the process `task_division`; each has a
start variable of its own (`row_variable`), so that starting a row costs the same in a plan of
8 rows and of 500.

Phases before the implementing one are milestones that are passed at once (the launch is the
deployment); each phase after it holds one task of the office. No phase waits for its date.
"""

import datetime as dt
import itertools
import re
from collections.abc import Sequence
from typing import Any, Protocol

from lxml import etree

from sanwei_flow.plans.layout import Box, Drawing, arrange, shorten

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
CALLED = "task_division"
NAME_LENGTH = 22


class Phase(Protocol):
    """A dated stage of the plan; exactly one is `implementing` and carries the rows."""

    @property
    def name(self) -> str: ...
    @property
    def start(self) -> dt.date | None: ...
    @property
    def end(self) -> dt.date | None: ...
    @property
    def implementing(self) -> bool: ...


class Row(Protocol):
    """A division row; `no` is unique in the plan."""

    @property
    def no(self) -> int: ...
    @property
    def category(self) -> str: ...
    @property
    def task(self) -> str: ...


class PlanFacts(Protocol):
    """What the generator needs to know of a plan."""

    @property
    def id(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def phases(self) -> Sequence[Phase]: ...
    @property
    def rows(self) -> Sequence[Row]: ...


def process_key(plan_id: int) -> str:
    """The key under which the plan's design is published."""
    return f"plan_{plan_id}"


def row_variable(no: int) -> str:
    """The start variable that holds a row: its facts, and its units under `cooperating`."""
    return f"row_{no}"


def generate(plan: PlanFacts) -> bytes:
    """The plan's BPMN, diagram included.

    Start variables: `plan` (`id`, `title`, `office_unit`) and `row_<no>` for each row.
    """
    names = [f"phase_{number}" for number in range(1, len(plan.phases) + 1)]
    place = next(i for i, phase in enumerate(plan.phases) if phase.implementing)
    rows = [(row.no, shorten(row.category, 60)) for row in plan.rows]
    drawing = arrange(names, names[place], names[place + 1 :], rows)
    root = etree.Element(
        _q(BPMN, "definitions"),
        id=f"plan_{plan.id}_definitions",
        targetNamespace="urn:sanwei-flow",
        nsmap={"bpmn": BPMN, "bpmndi": DI, "dc": DC, "di": DD, "sf": SPIFF},
    )
    _categories(root, drawing)
    key = process_key(plan.id)
    process = _add(root, "process", id=key, name=shorten(plan.title, 200), isExecutable="true")
    # Whoever launched the plan must not end it, with all its rows, from one of its tasks.
    _settings(process, {"cancel": "false"})
    _add(process, "startEvent", id="begin", name="启动")
    for index, (name, phase) in enumerate(zip(names, plan.phases, strict=True)):
        scope = _add(process, "subProcess", id=name, name=_phase_name(phase))
        dates = {"start": phase.start, "end": phase.end}
        _settings(scope, {key: str(day) for key, day in dates.items() if day})
        if index == place and plan.rows:
            _carrier(scope, name, plan, drawing)
        else:
            _small(scope, name, phase, with_task=index > place)
    _add(process, "endEvent", id="finish", name="办结")
    stops = ["begin", *names, "finish"]
    for number, ends in enumerate(itertools.pairwise(stops), start=1):
        _flow(process, f"flow_{number}", *ends)
    _diagram(root, key, drawing)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _small(scope: Any, name: str, phase: Phase, *, with_task: bool) -> None:
    """A milestone, or after the rows a task of the office to conclude the phase."""
    _add(scope, "startEvent", id=f"{name}_begin", name="开始")
    stops = [f"{name}_begin", f"{name}_finish"]
    if with_task:
        task = _add(scope, "userTask", id=f"{name}_task", name="阶段小结")
        settings = {
            "candidate_unit": "${plan.office_unit}",
            "candidate_role": "office",
            "form": "phase_conclusion",
            "outcomes": "conclude",
            "stage": "concluding",
        }
        if phase.end:
            settings["due"] = f'${{"{phase.end.isoformat()}"}}'
        _settings(task, settings)
        stops.insert(1, f"{name}_task")
    _add(scope, "endEvent", id=f"{name}_finish", name="结束")
    for number, ends in enumerate(itertools.pairwise(stops), start=1):
        _flow(scope, f"{name}_flow_{number}", *ends)


def _carrier(scope: Any, name: str, plan: PlanFacts, drawing: Drawing) -> None:
    """All rows at once between a split and a join, framed by category."""
    _add(scope, "startEvent", id=f"{name}_begin", name="开始")
    _add(scope, "parallelGateway", id=f"{name}_split", name="")
    for row in plan.rows:
        _row(scope, plan.id, row)
    _add(scope, "parallelGateway", id=f"{name}_join", name="")
    _add(scope, "endEvent", id=f"{name}_finish", name="结束")
    _flow(scope, f"{name}_flow_1", f"{name}_begin", f"{name}_split")
    for row in plan.rows:
        _flow(scope, f"to_{row.no}", f"{name}_split", f"row_{row.no}")
        _flow(scope, f"from_{row.no}", f"row_{row.no}", f"{name}_join")
    _flow(scope, f"{name}_flow_2", f"{name}_join", f"{name}_finish")
    for number in range(1, len(drawing.bands) + 1):
        _add(scope, "group", id=f"band_{number}", categoryValueRef=f"category_{number}")


def _row(scope: Any, plan_id: int, row: Row) -> None:
    label = f"{row.no}．{shorten(row.task, NAME_LENGTH)}"
    call = _add(scope, "callActivity", id=f"row_{row.no}", name=label, calledElement=CALLED)
    variable = row_variable(row.no)
    _settings(
        call,
        {
            "input.plan": "${plan}",
            "input.row": f"${{{variable}}}",
            "input.cooperating": f"${{{variable}.cooperating}}",
            "title": f"〔{row.no}〕${{{variable}.task}}",
            "business_key": f"plan:{plan_id}/row:{row.no}",
        },
    )


def _phase_name(phase: Phase) -> str:
    name = shorten(phase.name, 40)
    if not (phase.start or phase.end):
        return name
    return f"{name}（{phase.start or ''}至{phase.end or ''}）"


def _categories(root: Any, drawing: Drawing) -> None:
    """What the frames are called; BPMN keeps that apart from the frames."""
    if not drawing.bands:
        return
    category = _add(root, "category", id="categories", name="")
    for number, band in enumerate(drawing.bands, start=1):
        _add(category, "categoryValue", id=f"category_{number}", value=band.category)


def _diagram(root: Any, key: str, drawing: Drawing) -> None:
    diagram = etree.SubElement(root, _q(DI, "BPMNDiagram"), id=f"{key}_diagram")
    plane = etree.SubElement(diagram, _q(DI, "BPMNPlane"), id=f"{key}_plane", bpmnElement=key)
    for name, box in drawing.boxes.items():
        shape = _shape(plane, name, box)
        if re.fullmatch(r"phase_\d+", name):
            shape.set("isExpanded", "true")
        elif name.endswith(("begin", "finish")):
            _label(shape, Box(box.cx - 20, box.bottom + 5, 40, 14))
    for number, band in enumerate(drawing.bands, start=1):
        shape = _shape(plane, f"band_{number}", band.box)
        width = min(13 * len(band.category) + 10, band.box.w - 20)
        _label(shape, Box(band.box.x + 10, band.box.y + 8, width, 16))
    for name, points in drawing.lines.items():
        edge = etree.SubElement(plane, _q(DI, "BPMNEdge"), id=f"{name}_di", bpmnElement=name)
        for x, y in points:
            etree.SubElement(edge, _q(DD, "waypoint"), x=str(x), y=str(y))


def _shape(plane: Any, name: str, box: Box) -> Any:
    shape = etree.SubElement(plane, _q(DI, "BPMNShape"), id=f"{name}_di", bpmnElement=name)
    _bounds(shape, box)
    return shape


def _label(shape: Any, box: Box) -> None:
    _bounds(etree.SubElement(shape, _q(DI, "BPMNLabel")), box)


def _bounds(parent: Any, box: Box) -> None:
    sides = {"x": box.x, "y": box.y, "width": box.w, "height": box.h}
    etree.SubElement(parent, _q(DC, "Bounds"), {name: str(side) for name, side in sides.items()})


def _flow(scope: Any, name: str, source: str, target: str) -> None:
    _add(scope, "sequenceFlow", id=name, sourceRef=source, targetRef=target)


def _settings(element: Any, settings: dict[str, str]) -> None:
    if not settings:
        return
    extension = _add(element, "extensionElements")
    properties = etree.SubElement(extension, _q(SPIFF, "properties"))
    for name, value in settings.items():
        etree.SubElement(properties, _q(SPIFF, "property"), name=name, value=value)


def _add(parent: Any, tag: str, **attributes: str) -> Any:
    """Append a BPMN element; characters that XML cannot hold are left out of its attributes."""
    clean = {name: _INVALID.sub("", value) for name, value in attributes.items()}
    return etree.SubElement(parent, _q(BPMN, tag), clean)


_INVALID = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _q(namespace: str, tag: str) -> str:
    return f"{{{namespace}}}{tag}"
