"""Small designs to run: written down as nodes and flows, without a drawing."""

from xml.sax.saxutils import escape, quoteattr

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'
    ' id="definitions" targetNamespace="http://sanwei-flow.example/bpmn">'
)


def properties(settings: dict[str, str]) -> str:
    if not settings:
        return ""
    items = "".join(
        f"<spiffworkflow:property name={quoteattr(name)} value={quoteattr(value)}/>"
        for name, value in settings.items()
    )
    return (
        "<bpmn:extensionElements><spiffworkflow:properties>"
        f"{items}</spiffworkflow:properties></bpmn:extensionElements>"
    )


def node(tag: str, key: str, inner: str = "", attributes: str = "", **settings: str) -> str:
    settings = {name.replace("__", "."): value for name, value in settings.items()}
    opened = f"<bpmn:{tag} id={quoteattr(key)} name={quoteattr(key)} {attributes}>"
    return f"{opened}{properties(settings)}{inner}</bpmn:{tag}>"


def user(key: str, unit: str = "${unit}", role: str = "staff", **settings: str) -> str:
    return node("userTask", key, candidate_unit=unit, candidate_role=role, **settings)


def call(key: str, process: str, *, each: bool = False, **settings: str) -> str:
    inner = "<bpmn:multiInstanceLoopCharacteristics/>" if each else ""
    return node("callActivity", key, inner, f'calledElement="{process}"', **settings)


def timer(key: str, host: str, after: str, *, interrupts: bool = True) -> str:
    duration = f'<bpmn:timeDuration xsi:type="bpmn:tFormalExpression">{after}</bpmn:timeDuration>'
    inner = f"<bpmn:timerEventDefinition id='{key}_t'>{duration}</bpmn:timerEventDefinition>"
    where = f'attachedToRef="{host}" cancelActivity="{str(interrupts).lower()}"'
    return node("boundaryEvent", key, inner, where)


def design(key: str, nodes: list[str], flows: str, **settings: str) -> str:
    """`flows` are lines `from to`, or `from to: condition`; a gateway's first is its default."""
    edges, defaults = [], {}
    for number, line in enumerate(line for line in flows.splitlines() if line.strip()):
        ends, _, condition = line.partition(":")
        source, target = ends.split()
        defaults.setdefault(source, f"f{number}")
        when = ""
        if condition.strip():
            text = escape(condition.strip())
            when = (
                '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">'
                f"{text}</bpmn:conditionExpression>"
            )
        edges.append(
            f'<bpmn:sequenceFlow id="f{number}" sourceRef="{source}" targetRef="{target}">'
            f"{when}</bpmn:sequenceFlow>"
        )
    body = "".join(nodes)
    for source, flow in defaults.items():
        body = body.replace(
            f'<bpmn:exclusiveGateway id="{source}"',
            f'<bpmn:exclusiveGateway default="{flow}" id="{source}"',
        )
    return (
        f'{HEAD}<bpmn:process id="{key}" name="{key}" isExecutable="true">'
        f"{properties(settings)}{body}{''.join(edges)}</bpmn:process></bpmn:definitions>"
    )


START, END = node("startEvent", "start"), node("endEvent", "end")

#: report -> review by the head, who agrees or returns; one row's smallest form.
APPROVAL = design(
    "approval",
    [
        START,
        user("report", sign_for="true", due="3", stage="in_progress", form="report"),
        user("review", role="reviewer", due="3", stage="unit_review", outcomes="agree,return"),
        node("exclusiveGateway", "agreed"),
        node("endEvent", "end", stage="written_off"),
    ],
    """
    start report
    report review
    review agreed
    agreed end
    agreed report: outcome == "return"
    """,
    result='${{"unit": unit, "summary": summary}}',
)

FORMS = {
    "report": {
        "key": "report",
        "title": "上报",
        "fields": [
            {"key": "summary", "label": "完成情况", "type": "textarea", "required": True},
            {"key": "figure", "label": "完成数", "type": "number"},
        ],
    }
}

#: One child of `approval` for each unit in `units`, then the lead collects.
FAN_OUT = design(
    "fan_out",
    [
        START,
        call(
            "each",
            "approval",
            each=True,
            collection="${units}",
            item="one",
            input__unit="${one}",
            title='${"第" + string(one) + "号单位"}',
            result="parts",
        ),
        user("collect", outcomes="conclude"),
        END,
    ],
    """
    start each
    each collect
    collect end
    """,
)

#: A task that has to be done within two days, else it passes to the head.
DEADLINE = design(
    "deadline",
    [
        START,
        user("work"),
        timer("late", "work", "P2D"),
        user("rescue", role="reviewer"),
        END,
        node("endEvent", "end2"),
    ],
    """
    start work
    work end
    late rescue
    rescue end2
    """,
)

#: A task, then a registered service, then another task that shows what it returned.
SERVICE = design(
    "service",
    [
        START,
        user("order"),
        node("serviceTask", "deliver", operation="test.deliver", arg__unit="${unit}"),
        user("receive"),
        END,
    ],
    """
    start order
    order deliver
    deliver receive
    receive end
    """,
)
