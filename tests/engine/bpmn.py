"""A small language that writes BPMN, so that a test shows the process it is about in a few lines.

xml = process(
    "approval",
    start("s"), user("write", unit="1"), user("review", unit="2", outcomes="agree,return"),
    xor("ok", default="back"), end("e"),
    flows="s > write > review > ok", extra=[flow("ok", "e", "outcome == 'agree'"),
                                            flow("ok", "write", id_="back")],
)
"""

from __future__ import annotations

from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' id="definitions" targetNamespace="http://example.org/test">\n'
)


def element(tag: str, id_: str, *content: str, settings: dict | None = None, **attributes) -> str:
    """Any BPMN element; attributes that are None are left out."""
    given = {"id": id_, **attributes}
    text = "".join(f" {k}={quoteattr(str(v))}" for k, v in given.items() if v is not None)
    inner = _settings(settings) + "".join(content)
    return f"<bpmn:{tag}{text}>{inner}</bpmn:{tag}>"


def _settings(settings: dict | None) -> str:
    if not settings:
        return ""
    items = "".join(
        f"<spiffworkflow:property name={quoteattr(k)} value={quoteattr(str(v))}/>"
        for k, v in settings.items()
    )
    return (
        "<bpmn:extensionElements><spiffworkflow:properties>"
        f"{items}</spiffworkflow:properties></bpmn:extensionElements>"
    )


def tagged(tag: str, text: str) -> str:
    """An element that only holds text, such as a condition or a timer's value."""
    kind = ' xsi:type="bpmn:tFormalExpression"' if tag not in ("script", "loopDataInputRef") else ""
    kind = "" if tag == "loopDataOutputRef" else kind
    return f"<bpmn:{tag}{kind}>{escape(text)}</bpmn:{tag}>"


def start(id_: str = "s", **attributes) -> str:
    return element("startEvent", id_, **attributes)


def end(id_: str = "e", *content: str, **attributes) -> str:
    return element("endEvent", id_, *content, **attributes)


def user(
    id_: str, *content: str, unit: str = "1", role: str = "staff", due: str = "3", **settings
) -> str:
    """A user task with all it needs; `name` is its name, other keywords are settings."""
    name = settings.pop("name", id_)
    given = {"candidate_unit": unit, "candidate_role": role, "due": due, **settings}
    given = {key: value for key, value in given.items() if value is not None}
    return element("userTask", id_, *content, settings=given, name=name)


def script(id_: str, text: str, *content: str) -> str:
    return element("scriptTask", id_, *content, tagged("script", text))


def service(id_: str, operation: str, *content: str, **settings) -> str:
    given = {"operation": operation, **{k.replace("arg_", "arg."): v for k, v in settings.items()}}
    return element("serviceTask", id_, *content, settings=given)


def call(id_: str, process_key: str, *content: str, **settings) -> str:
    """A call activity; `input_x` becomes the setting `input.x`."""
    given = {k.replace("input_", "input.", 1): v for k, v in settings.items()}
    return element("callActivity", id_, *content, settings=given, calledElement=process_key)


def multi(
    collection: str | None = None,
    *,
    cardinality: str | None = None,
    until: str | None = None,
    sequential: bool = False,
    item: str | None = None,
    result: str | None = None,
) -> str:
    """The multi-instance mark of an activity."""
    inner = tagged("loopCardinality", cardinality) if cardinality else ""
    inner += tagged("loopDataInputRef", collection) if collection else ""
    inner += tagged("loopDataOutputRef", result) if result else ""
    inner += f'<bpmn:inputDataItem id="{item}_in" name="{item}"/>' if item else ""
    inner += tagged("completionCondition", until) if until else ""
    kind = "multiInstanceLoopCharacteristics"
    return f'<bpmn:{kind} isSequential="{str(sequential).lower()}">{inner}</bpmn:{kind}>'


def loop(condition: str | None = None, *, maximum: int | None = None, before: bool = False) -> str:
    """The standard loop mark of an activity."""
    inner = tagged("loopCondition", condition) if condition else ""
    limit = f' loopMaximum="{maximum}"' if maximum else ""
    kind = "standardLoopCharacteristics"
    return f'<bpmn:{kind} testBefore="{str(before).lower()}"{limit}>{inner}</bpmn:{kind}>'


def sub(id_: str, *content: str, flows: str = "", extra: list[str] | None = None, **kw) -> str:
    """An embedded sub-process."""
    marks = [part for part in content if "LoopCharacteristics" in part.split(">", 1)[0]]
    others = [part for part in content if part not in marks]
    return element("subProcess", id_, *marks, *others, *_flows(flows), *(extra or []), **kw)


def xor(id_: str, **attributes) -> str:
    return element("exclusiveGateway", id_, **attributes)


def both(id_: str, **attributes) -> str:
    return element("parallelGateway", id_, **attributes)


def either(id_: str, **attributes) -> str:
    return element("inclusiveGateway", id_, **attributes)


def race(id_: str) -> str:
    return element("eventBasedGateway", id_)


def timer(form: str, value: str) -> str:
    """A timer: form is `Date`, `Duration` or `Cycle`."""
    return f"<bpmn:timerEventDefinition>{tagged('time' + form, value)}</bpmn:timerEventDefinition>"


def trigger(kind: str, reference: str | None = None) -> str:
    """A message, signal, error, escalation, terminate or link definition."""
    ref = f' {kind}Ref="{reference}"' if reference else ""
    return f"<bpmn:{kind}EventDefinition{ref}/>"


def catch(id_: str, *content: str, **attributes) -> str:
    return element("intermediateCatchEvent", id_, *content, **attributes)


def throw(id_: str, *content: str, **attributes) -> str:
    return element("intermediateThrowEvent", id_, *content, **attributes)


def boundary(id_: str, host: str, *content: str, interrupting: bool = True, **attributes) -> str:
    kind = str(interrupting).lower()
    return element(
        "boundaryEvent", id_, *content, attachedToRef=host, cancelActivity=kind, **attributes
    )


def flow(source: str, target: str, condition: str | None = None, id_: str | None = None) -> str:
    """A sequence flow, with a condition where one is given."""
    inner = tagged("conditionExpression", condition) if condition else ""
    name = id_ or f"f_{source}_{target}"
    return element("sequenceFlow", name, inner, sourceRef=source, targetRef=target)


def _flows(chains: str) -> list[str]:
    """Read `a > b > c; b > d` as flows."""
    found = []
    for chain in filter(None, (part.strip() for part in chains.split(";"))):
        names = [name.strip() for name in chain.split(">")]
        found += [flow(a, b) for a, b in pairwise(names)]
    return found


def process(
    key: str,
    *content: str,
    flows: str = "",
    extra: list[str] | None = None,
    roots: str = "",
    settings: dict | None = None,
) -> bytes:
    """A whole file with one process; `roots` are messages, signals and errors beside it."""
    body = element(
        "process", key, *content, *_flows(flows), *(extra or []),
        settings=settings, isExecutable="true",
    )  # fmt: skip
    return f"{HEAD}{roots}{body}</bpmn:definitions>".encode()


def root(kind: str, id_: str, name: str) -> str:
    """A message, signal, error or escalation that events refer to."""
    code = {"error": "errorCode", "escalation": "escalationCode"}.get(kind)
    extra = {code: name} if code else {}
    return element(kind, id_, name=name, **extra)
