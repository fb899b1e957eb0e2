"""Every element of BPMN 2.0 that can stand in a process: it runs, or it is refused with advice.

docs/profile.md is written from this table, and each of its lines is a test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.engine import bpmn as b

MESSAGE = b.root("message", "m", "news")
SIGNAL = b.root("signal", "g", "bell")
ERROR = b.root("error", "x", "failed")
ESCALATION = b.root("escalation", "u", "higher")


@dataclass(frozen=True)
class Entry:
    """An element in the smallest process that holds it.

    `does` is what it does when it runs; refused elements have none, the checker's own sentence
    says what to draw instead. `passed` are nodes that the process must have gone through.
    """

    group: str
    name: str
    xml: bytes
    does: str | None = None
    passed: tuple[str, ...] = ()


def _line(middle: str, *, roots: str = "") -> bytes:
    return b.process("p", b.start(), middle, b.end(), flows="s > a > e", roots=roots)


def _ends(*content: str, roots: str = "") -> bytes:
    return b.process("p", b.start(), b.end("e", *content), flows="s > e", roots=roots)


def _starts(*content: str, roots: str = "") -> bytes:
    return b.process(
        "p", b.element("startEvent", "s", *content), b.end(), flows="s > e", roots=roots
    )


def _guarded(*content: str, roots: str = "", interrupting: bool = True) -> bytes:
    mark = b.boundary("w", "a", *content, interrupting=interrupting)
    parts = (b.start(), b.user("a"), mark, b.end(), b.end("late"))
    return b.process("p", *parts, flows="s > a > e; w > late", roots=roots)


def _inner(*content: str, roots: str, mark: str) -> bytes:
    """A sub-process that ends by throwing, and the boundary event that catches it."""
    inside = b.sub("a", b.start("s1"), b.end("e1", *content), flows="s1 > e1")
    parts = (b.start(), inside, b.boundary("w", "a", mark), b.end(), b.end("caught"))
    return b.process("p", *parts, flows="s > a > e; w > caught", roots=roots)


def _split(make: Callable[..., str]) -> bytes:
    parts = (b.start(), make("g1"), b.user("a"), b.user("c"), make("g2"), b.end())
    return b.process("p", *parts, flows="s > g1 > a > g2 > e; g1 > c > g2")


def _choice() -> bytes:
    parts = (b.start(), b.xor("g1", default="back"), b.user("a"), b.end())
    extra = [b.flow("g1", "e", "true"), b.flow("g1", "a", id_="back")]
    return b.process("p", *parts, flows="s > g1; a > e", extra=extra)


def _some() -> bytes:
    parts = (b.start(), b.either("g1", default="other"), b.user("a"), b.user("c"), b.either("g2"))
    extra = [b.flow("g1", "a", "true"), b.flow("g1", "c", id_="other")]
    return b.process("p", *parts, b.end(), flows="s > g1; a > g2; c > g2; g2 > e", extra=extra)


def _race() -> bytes:
    news = b.catch("a", b.trigger("message", "m"))
    day = b.catch("c", b.timer("Duration", "P1D"))
    parts = (b.start(), b.race("g1"), news, day, b.end(), b.end("e2"))
    return b.process("p", *parts, flows="s > g1 > a > e; g1 > c > e2", roots=MESSAGE)


def _signalled() -> bytes:
    bell = b.trigger("signal", "g")
    parts = (b.start(), b.both("g1"), b.catch("a", bell), b.user("c"), b.throw("t", bell))
    ways = "s > g1 > a > e; g1 > c > t > e2"
    return b.process("p", *parts, b.end(), b.end("e2"), flows=ways, roots=SIGNAL)


def _link() -> bytes:
    mark = '<bpmn:linkEventDefinition name="on"/>'
    parts = (b.start(), b.throw("a", mark), b.catch("c", mark), b.end())
    return b.process("p", *parts, flows="s > a; c > e")


def _data(name: str, *, roots: str = "", **attributes: str) -> bytes:
    extra = b.element(name, "d", **attributes)
    held = b.element("dataObject", "o") if name == "dataObjectReference" else ""
    parts = (b.start(), b.user("a"), b.end(), held, extra)
    return b.process("p", *parts, flows="s > a > e", roots=roots)


def _empty_event(kind: str) -> str:
    inner = b.tagged("condition", "true") if kind == "conditional" else ""
    return f"<bpmn:{kind}EventDefinition>{inner}</bpmn:{kind}EventDefinition>"


ACTIVITIES = (
    Entry("Activities", "user task", _line(b.user("a")), "waits for a person of a unit and role"),
    Entry(
        "Activities",
        "manual task",
        _line(b.user("a").replace("userTask", "manualTask")),
        "like a user task: waits for a person",
    ),
    Entry("Activities", "task", _line(b.element("task", "a")), "passes; a note", ("a",)),
    Entry(
        "Activities",
        "script task",
        _line(b.script("a", "n = 1")),
        "assigns variables; each line is `name = CEL`",
        ("a",),
    ),
    Entry(
        "Activities",
        "service task",
        _line(b.service("a", "demo.do")),
        "has a registered operation done, with retries",
    ),
    Entry(
        "Activities",
        "send task",
        _line(b.element("sendTask", "a", messageRef="m"), roots=MESSAGE),
        "sends a message to processes of the same business key",
    ),
    Entry(
        "Activities",
        "receive task",
        _line(b.element("receiveTask", "a", messageRef="m"), roots=MESSAGE),
        "waits for a message",
    ),
    Entry("Activities", "business rule task", _line(b.element("businessRuleTask", "a"))),
    Entry(
        "Activities",
        "call activity",
        _line(b.call("a", "other")),
        "starts another process as an instance of its own and waits for its result",
    ),
    Entry(
        "Activities",
        "sub-process",
        _line(b.sub("a", b.start("s1"), b.user("i"), b.end("e1"), flows="s1 > i > e1")),
        "groups steps; events on its border guard them all",
    ),
    Entry(
        "Activities",
        "event sub-process",
        _line(b.sub("a", b.start("s1"), b.end("e1"), flows="s1 > e1", triggeredByEvent="true")),
    ),
    Entry(
        "Activities",
        "transaction",
        _line(b.element("transaction", "a", b.start("s1"), b.end("e1"), b.flow("s1", "e1"))),
    ),
    Entry(
        "Activities", "ad-hoc sub-process", _line(b.element("adHocSubProcess", "a", b.user("i")))
    ),
    Entry(
        "Activities",
        "multi-instance, parallel",
        _line(b.user("a", b.multi(cardinality="2"))),
        "one for each item of a list or up to a number, all at once: 会签, 或签, ratio",
    ),
    Entry(
        "Activities",
        "multi-instance, sequential",
        _line(b.user("a", b.multi(cardinality="2", sequential=True))),
        "one after another: 依次",
    ),
    Entry(
        "Activities",
        "standard loop",
        _line(b.user("a", b.loop(maximum=2))),
        "repeats while a condition holds, up to a bound",
    ),
    Entry(
        "Activities", "for compensation", _line(b.element("task", "a", isForCompensation="true"))
    ),
)

GATEWAYS = (
    Entry(
        "Gateways",
        "exclusive",
        _choice(),
        "one way: the first whose condition holds, else the default",
    ),
    Entry("Gateways", "parallel", _split(b.both), "all ways at once; joins them"),
    Entry(
        "Gateways",
        "inclusive",
        _some(),
        "every way whose condition holds, else the default; joins those taken",
    ),
    Entry(
        "Gateways", "event-based", _race(), "the first event that happens; the others are cleared"
    ),
    Entry("Gateways", "complex", _split(lambda id_: b.element("complexGateway", id_))),
)

EVENTS = (
    Entry("Start events", "none", _line(b.user("a")), "where the process starts"),
    Entry("Start events", "message", _starts(b.trigger("message", "m"), roots=MESSAGE)),
    Entry("Start events", "timer", _starts(b.timer("Duration", "P1D"))),
    Entry("Start events", "signal", _starts(b.trigger("signal", "g"), roots=SIGNAL)),
    Entry("Start events", "conditional", _starts(_empty_event("conditional"))),
    Entry(
        "Intermediate events",
        "none, throwing",
        _line(b.throw("a")),
        "passes; a milestone, may set the stage",
        ("a",),
    ),
    Entry(
        "Intermediate events",
        "message, throwing",
        _line(b.throw("a", b.trigger("message", "m")), roots=MESSAGE),
        "sends a message",
        ("a",),
    ),
    Entry(
        "Intermediate events",
        "message, catching",
        _line(b.catch("a", b.trigger("message", "m")), roots=MESSAGE),
        "waits for a message",
    ),
    Entry(
        "Intermediate events",
        "timer",
        _line(b.catch("a", b.timer("Duration", "P1D"))),
        "waits for a date, a duration or working days",
    ),
    Entry(
        "Intermediate events",
        "signal, throwing",
        _line(b.throw("a", b.trigger("signal", "g")), roots=SIGNAL),
        "signals inside the process",
        ("a",),
    ),
    Entry(
        "Intermediate events",
        "signal, catching",
        _signalled(),
        "waits for a signal from another path",
    ),
    Entry(
        "Intermediate events",
        "escalation, throwing",
        _line(b.throw("a", b.trigger("escalation", "u")), roots=ESCALATION),
        "tells the enclosing activity, and goes on",
        ("a",),
    ),
    Entry(
        "Intermediate events",
        "link",
        _link(),
        "goes on at the catching link of the same name",
        ("a",),
    ),
    Entry("Intermediate events", "compensation", _line(b.throw("a", _empty_event("compensate")))),
    Entry("Intermediate events", "conditional", _line(b.catch("a", _empty_event("conditional")))),
    Entry(
        "Boundary events",
        "timer, interrupting",
        _guarded(b.timer("Duration", "P1D")),
        "ends the activity after a time",
    ),
    Entry(
        "Boundary events",
        "timer, not interrupting",
        _guarded(b.timer("Cycle", "R2/P1D"), interrupting=False),
        "goes beside the activity after a time, or again and again",
    ),
    Entry(
        "Boundary events",
        "message",
        _guarded(b.trigger("message", "m"), roots=MESSAGE),
        "ends the activity, or goes beside it, when a message comes",
    ),
    Entry(
        "Boundary events",
        "signal",
        _guarded(b.trigger("signal", "g"), roots=SIGNAL),
        "the same for a signal",
    ),
    Entry(
        "Boundary events",
        "error",
        _inner(b.trigger("error", "x"), roots=ERROR, mark=b.trigger("error", "x")),
        "catches an error end event below",
        ("caught",),
    ),
    Entry(
        "Boundary events",
        "escalation",
        _inner(b.trigger("escalation", "u"), roots=ESCALATION, mark=b.trigger("escalation", "u")),
        "catches an escalation from below",
        ("caught",),
    ),
    Entry("Boundary events", "conditional", _guarded(_empty_event("conditional"))),
    Entry("Boundary events", "compensation", _guarded(_empty_event("compensate"))),
    Entry("Boundary events", "cancel", _guarded(_empty_event("cancel"))),
    Entry("End events", "none", _ends(), "ends this path", ("e",)),
    Entry(
        "End events",
        "message",
        _ends(b.trigger("message", "m"), roots=MESSAGE),
        "sends a message",
        ("e",),
    ),
    Entry(
        "End events",
        "signal",
        _ends(b.trigger("signal", "g"), roots=SIGNAL),
        "signals inside the process",
        ("e",),
    ),
    Entry(
        "End events",
        "error",
        _inner(b.trigger("error", "x"), roots=ERROR, mark=b.trigger("error", "x")),
        "ends the sub-process with an error",
        ("caught",),
    ),
    Entry(
        "End events",
        "escalation",
        _inner(b.trigger("escalation", "u"), roots=ESCALATION, mark=b.trigger("escalation", "u")),
        "ends this path and tells the enclosing activity",
        ("caught",),
    ),
    Entry(
        "End events",
        "terminate",
        _ends("<bpmn:terminateEventDefinition/>"),
        "ends the whole process at once",
        ("e",),
    ),
    Entry("End events", "compensation", _ends(_empty_event("compensate"))),
    Entry("End events", "cancel", _ends(_empty_event("cancel"))),
)

DATA = (
    Entry(
        "Data",
        "data object",
        _data("dataObjectReference", dataObjectRef="o"),
        "a note: variables are the whole process's",
    ),
    Entry("Data", "data store", _data("dataStoreReference")),
)

TABLE = (*ACTIVITIES, *GATEWAYS, *EVENTS, *DATA)
