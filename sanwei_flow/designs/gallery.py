"""What a new design may begin as: a small template, or a copy of a design we have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from sanwei_flow.designs import queries
from sanwei_flow.designs.operations import WORKFLOWS
from sanwei_flow.engine.bpmn import process_of, q
from sanwei_flow.engine.reading import read_xml
from sanwei_flow.errors import N_, Invalid, NotFound

KEY = re.compile(r"[a-z][a-z0-9_]{1,59}")
#: Keys the plans' own processes and addresses need.
TAKEN = re.compile(r"plan_.*|new")
TEMPLATES: dict[str, tuple[str, str]] = {
    "single_approval": (N_("一级审批"), N_("办理、单位审批，不同意退回重办")),
    "two_step_approval": (N_("两级审批"), N_("办理、单位审核、专班审批，任一级都可退回")),
    "countersign": (N_("会签"), N_("起草后各配合单位同时会签，都同意才办结")),
}


@dataclass(frozen=True)
class Beginning:
    """One thing to begin with; `name` and `says` are msgids."""

    value: str
    name: str
    says: str


def beginnings() -> Iterator[Beginning]:
    """The templates, then the published designs that people draw."""
    for key, (name, says) in TEMPLATES.items():
        yield Beginning(f"template:{key}", name, says)
    for version in queries.newest_versions(limit=500):
        if not version.design.key.startswith("plan_"):
            yield Beginning(f"design:{version.design.key}", version.design.name, "")


def begin(value: str) -> tuple[str, dict[str, Any]]:
    """The XML and the forms of a beginning. Raises NotFound."""
    kind, _, key = value.partition(":")
    if kind == "template" and key in TEMPLATES:
        return (WORKFLOWS / "templates" / f"{key}.bpmn").read_text("utf-8"), {}
    if kind == "design":
        version = queries.current(key)
        return version.xml, dict(version.forms)
    raise NotFound(N_("没有这个模板"))


def named(xml: str, key: str, name: str) -> str:
    """The same drawing as a design of its own, under another key and name.

    Raises Invalid for a key that cannot be one, DesignError for no BPMN.
    """
    if not KEY.fullmatch(key) or TAKEN.fullmatch(key):
        wrong = N_("标识以小写字母开头，只用小写字母、数字和下划线，2 到 60 个字符。")
        raise Invalid(N_("有 {count} 处需要改正。"), fields={"key": [Invalid(wrong)]}, count=1)
    if not name.strip():
        wrong = N_("请写上流程名称。")
        raise Invalid(N_("有 {count} 处需要改正。"), fields={"name": [Invalid(wrong)]}, count=1)
    root = read_xml(xml.encode())
    process = process_of(root)
    if process is None:
        raise Invalid(N_("文件里没有流程"))
    old = process.get("id")
    process.set("id", key)
    process.set("name", name.strip()[:300])
    for element in root.iter(etree.Element):
        for attribute in ("processRef", "bpmnElement"):
            if old is not None and element.get(attribute) == old:
                element.set(attribute, key)
    for pool in root.iter(q("participant")):
        if pool.get("processRef") == key:
            pool.set("name", name.strip()[:300])
    return etree.tostring(root, encoding="unicode")
