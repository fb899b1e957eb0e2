"""Designs drawn for Camunda 7 and Flowable (Activiti): what they say, said in our words.

Nothing is guessed: what has no place here is left out and listed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from sanwei_flow.engine.bpmn import MODEL, SPIFF, q, settings_of, tag
from sanwei_flow.engine.expressions import ExpressionError, compile_expression, tokens
from sanwei_flow.engine.reading import read_xml
from sanwei_flow.errors import N_

VENDORS = {
    "http://camunda.org/schema/1.0/bpmn": "camunda",
    "http://flowable.org/bpmn": "flowable",
    "http://activiti.org/bpmn": "activiti",
}
#: Words of their expression language for signs of ours.
WORDS = {
    "and": "&&",
    "or": "||",
    "not": "!",
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "gt": ">",
    "le": "<=",
    "ge": ">=",
}
DAYS = re.compile(r"P(\d{1,4})D")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}.*")
FORM = re.compile(r"(?:.*[/:])?([A-Za-z_][A-Za-z0-9_-]*)(?:\.\w+)?")
MARKED = re.compile(r"[$#]\{(.*)\}", re.DOTALL)
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

#: What the panel calls the settings that are taken over.
SETTINGS = {
    "candidate_unit": N_("办理单位"),
    "candidate_role": N_("办理角色"),
    "due": N_("办理期限"),
    "form": N_("表单"),
    "collection": N_("名单"),
    "item": N_("名单里每一个"),
    "business_key": N_("业务编号"),
}


@dataclass(frozen=True)
class Word:
    """A msgid in the place of a value, rendered with the sentence it stands in."""

    message: str
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message.format(**self.params)


def _word(setting: str) -> Word:
    if setting.startswith("input."):
        return Word(N_("交给它的 {name}"), {"name": setting.removeprefix("input.")})
    return Word(SETTINGS[setting])


@dataclass(frozen=True)
class Register:
    """Whom their names may mean here: units by name, roles by key, the unit of each username."""

    units: Mapping[str, int] = field(default_factory=dict)
    roles: frozenset[str] = frozenset()
    people: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Note:
    """What became of one thing; `message` is a msgid filled with `params`."""

    element: str
    message: str
    params: Mapping[str, object]


@dataclass
class Adopted:
    """The design in our words, what was taken over, and what was left out."""

    xml: str
    taken: list[Note] = field(default_factory=list)
    left: list[Note] = field(default_factory=list)


def adopt(xml: bytes, register: Register) -> Adopted:
    """Read a file of theirs, or one of ours, which stays as it is.

    Raises DesignError for what is no BPMN.
    """
    root = read_xml(xml)
    adopted = Adopted(xml.decode("utf-8", "replace"))
    if not any(_vendor(name) for element in root.iter() for name in _names(element)):
        return adopted
    for element in list(root.iter(etree.Element)):
        if tag(element):
            _element(element, register, adopted)
    etree.cleanup_namespaces(root)
    adopted.xml = etree.tostring(root, encoding="unicode")
    return adopted


def _names(element: Any) -> list[str]:
    return [str(element.tag), *map(str, element.attrib)]


def _vendor(name: str) -> bool:
    return name.startswith("{") and name[1:].split("}", maxsplit=1)[0] in VENDORS


def _local(name: str) -> str:
    return name.rpartition("}")[2]


class _Scribe:
    """One element being taken over: what it says in their words, what it will say in ours."""

    def __init__(self, element: Any, register: Register, adopted: Adopted) -> None:
        self.element, self.register, self.adopted = element, register, adopted
        self.settings: dict[str, str] = {}
        self.label = element.get("name") or element.get("id") or tag(element)

    def take(self, their: str, value: str, setting: str, ours: str, said: str = "") -> None:
        """Set `setting` to `ours`, which people read as `said`."""
        self.settings[setting] = ours
        told = {
            "their": their,
            "value": value[:80],
            "ours": said or ours,
            "setting": _word(setting),
        }
        message = N_("{their}「{value}」改为{setting} {ours}")
        self.adopted.taken.append(Note(self.label, message, told))

    def leave(self, their: str, value: str = "") -> None:
        told = {"their": their, "value": value[:80]}
        message = N_("{their}「{value}」没有对应的写法") if value else N_("{their} 没有对应的写法")
        self.adopted.left.append(Note(self.label, message, told))


def _element(element: Any, register: Register, adopted: Adopted) -> None:
    scribe = _Scribe(element, register, adopted)
    for name in [name for name in element.attrib if _vendor(str(name))]:
        value = element.attrib.pop(name)
        _ATTRIBUTES.get((tag(element), _local(str(name))), _leave)(scribe, _local(str(name)), value)
    if tag(element) == "conditionExpression":
        _condition(scribe)
    box = element.find(q("extensionElements"))
    if box is not None:
        for child in [child for child in box if _vendor(str(child.tag))]:
            _child(scribe, child)
            box.remove(child)
        if len(box) == 0:
            element.remove(box)
    if scribe.settings:
        _write(element, scribe.settings)


def _leave(scribe: _Scribe, name: str, value: str) -> None:
    scribe.leave(name, value)


def _expression(text: str) -> str | None:
    """Their `${…}` as ours; None for what is no expression of ours."""
    match = MARKED.fullmatch(text.strip())
    if match is None:
        return None
    parts = [WORDS.get(one.group(), one.group()) for one in tokens(match[1])]
    source = "".join(parts).strip()
    try:
        compile_expression(source)
    except ExpressionError:
        return None
    return f"${{{source}}}"


def _assignee(scribe: _Scribe, name: str, value: str) -> None:
    """A person: here work is given to a unit and a role, and somebody of them takes it."""
    expression, unit = _expression(value), scribe.register.people.get(value)
    if expression is not None or unit is not None:
        said = next(
            (unit_name for unit_name, one in scribe.register.units.items() if one == unit), ""
        )
        scribe.take(name, value, "candidate_unit", expression or str(unit), said)
    else:
        scribe.leave(name, value)


def _groups(scribe: _Scribe, name: str, value: str) -> None:
    """Groups are roles or units here: the first of each that is known counts."""
    for group in filter(None, (part.strip() for part in value.split(","))):
        expression, unit = _expression(group), scribe.register.units.get(group)
        if group in scribe.register.roles and "candidate_role" not in scribe.settings:
            scribe.take(name, group, "candidate_role", group)
        elif unit is not None and "candidate_unit" not in scribe.settings:
            scribe.take(name, group, "candidate_unit", str(unit), group)
        elif expression is not None and "candidate_unit" not in scribe.settings:
            scribe.take(name, group, "candidate_unit", expression)
        else:
            scribe.leave(name, group)


def _due(scribe: _Scribe, name: str, value: str) -> None:
    days, expression = DAYS.fullmatch(value.strip()), _expression(value)
    if days is not None:
        scribe.take(name, value, "due", f"${{days_after(today, {int(days[1])})}}")
    elif DATE.fullmatch(value.strip()):
        scribe.take(name, value, "due", value.strip()[:10])
    elif expression is not None:
        scribe.take(name, value, "due", expression)
    else:
        scribe.leave(name, value)


def _form(scribe: _Scribe, name: str, value: str) -> None:
    match = FORM.fullmatch(value.strip())
    if match is None:
        scribe.leave(name, value)
    else:
        scribe.take(name, value, "form", match[1].replace("-", "_"))


def _collection(scribe: _Scribe, name: str, value: str) -> None:
    source = value if MARKED.fullmatch(value.strip()) else f"${{{value.strip()}}}"
    expression = _expression(source)
    if expression is None:
        scribe.leave(name, value)
    else:
        _of_activity(scribe, name, value, "collection", expression)


def _item(scribe: _Scribe, name: str, value: str) -> None:
    _of_activity(scribe, name, value, "item", value.strip())


def _of_activity(scribe: _Scribe, name: str, value: str, setting: str, ours: str) -> None:
    """Take over what a loop says: it is a setting of the activity around it."""
    activity = _Scribe(scribe.element.getparent(), scribe.register, scribe.adopted)
    activity.take(name, value, setting, ours)
    _write(activity.element, activity.settings)


_ATTRIBUTES = {
    ("userTask", "assignee"): _assignee,
    ("userTask", "candidateGroups"): _groups,
    ("userTask", "dueDate"): _due,
    ("userTask", "formKey"): _form,
    ("userTask", "formRef"): _form,
    ("multiInstanceLoopCharacteristics", "collection"): _collection,
    ("multiInstanceLoopCharacteristics", "elementVariable"): _item,
}


def _child(scribe: _Scribe, child: Any) -> None:
    """Their elements: inputs of a called process are ours as well, the rest has no place."""
    name, target = _local(str(child.tag)), child.get("target") or ""
    given = child.get("sourceExpression") or f"${{{child.get('source') or ''}}}"
    if tag(scribe.element) == "callActivity" and name == "in":
        key = child.get("businessKey")
        expression = _expression(key or given)
        if key and expression is not None:
            scribe.take(name, key, "business_key", expression)
            return
        if NAME.fullmatch(target) and expression is not None:
            scribe.take(name, given, f"input.{target}", expression)
            return
    said = ", ".join(f"{_local(str(k))}={v}" for k, v in child.attrib.items())
    scribe.leave(name, said)


def _condition(scribe: _Scribe) -> None:
    element = scribe.element
    text = (element.text or "").strip()
    flow = element.getparent()
    scribe.label = flow.get("name") or flow.get("id") or ""
    expression = _expression(text)
    if expression is None:
        scribe.leave(tag(element), text)
    elif expression != text:
        element.text = expression
        told = {"their": tag(element), "value": text[:80], "ours": expression}
        scribe.adopted.taken.append(Note(scribe.label, N_("{their}「{value}」改为 {ours}"), told))


def _write(element: Any, settings: dict[str, str]) -> None:
    """Put settings into an element, beside those it has."""
    settings = settings_of(element) | settings
    box = element.find(q("extensionElements"))
    if box is None:
        box = etree.Element(q("extensionElements"))
        documented = len(element.findall(q("documentation")))
        element.insert(documented, box)
    for old in box.findall(f"{{{SPIFF}}}properties"):
        box.remove(old)
    properties = etree.SubElement(
        box, f"{{{SPIFF}}}properties", nsmap={"spiffworkflow": SPIFF, "bpmn": MODEL}
    )
    for name, value in settings.items():
        etree.SubElement(properties, f"{{{SPIFF}}}property", name=name, value=value)
