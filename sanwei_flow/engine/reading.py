"""Taking in a file nobody vouches for: size, XML without entities or network, the BPMN schema."""

from __future__ import annotations

import threading
from functools import cache
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnValidator

from sanwei_flow.engine import bpmn
from sanwei_flow.engine.model import DesignError, Problem
from sanwei_flow.errors import N_

MAX_BYTES = 1024 * 1024
MAX_ELEMENTS = 20_000
MAX_DEPTH = 60
MOST_SHOWN = 10

_schema_lock = threading.Lock()  # a validator keeps its error list in itself


def read_xml(xml: bytes) -> Any:
    """Parse a BPMN file. Raises DesignError with what is wrong with it as a file."""
    root = parse_xml(xml)
    if bpmn.tag(root) != "definitions":
        raise refuse("not-bpmn", N_("这不是 BPMN 2.0 文件：最外层应当是 definitions"))
    check_shape(root)
    return root


def parse_xml(xml: bytes) -> Any:
    """Parse XML nobody vouches for, without entities, network or comments; then `check_shape`.

    Raises DesignError with what is wrong with it as a file.
    """
    if len(xml) > MAX_BYTES:
        raise refuse("xml-too-large", N_("文件超过 {limit} KB"), limit=MAX_BYTES // 1024)
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise refuse("xml-doctype", N_("文件里不能有 DOCTYPE 或实体声明，请从设计器重新导出"))
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        raise refuse(
            "xml-invalid", N_("文件不是有效的 XML：{detail}"), line=line, detail=str(error)[:200]
        ) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise refuse("xml-doctype", N_("文件里不能有 DOCTYPE 或实体声明，请从设计器重新导出"))
    return root


def check_shape(root: Any) -> None:
    """Refuse (DesignError) more elements or deeper nesting than any real file has."""
    depth = count = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "end":
            depth -= 1
            continue
        depth, count = depth + 1, count + 1
        if count > MAX_ELEMENTS:
            raise refuse("xml-too-many", N_("文件的元素超过 {limit} 个"), limit=MAX_ELEMENTS)
        if depth > MAX_DEPTH:
            raise refuse(
                "xml-too-deep",
                N_("文件嵌套超过 {limit} 层"),
                line=element.sourceline,
                limit=MAX_DEPTH,
            )


def check_schema(root: Any) -> None:
    """Check against the BPMN 2.0 schema. Raises DesignError with the first faults."""
    with _schema_lock:
        schema = _schema()
        if schema.validate(root):
            return
        faults = list(schema.error_log)[:MOST_SHOWN]
    raise DesignError(
        [
            Problem(
                "schema",
                "error",
                None,
                fault.line,
                N_("不符合 BPMN 2.0 格式：{detail}"),
                {"detail": fault.message.replace(f"{{{bpmn.MODEL}}}", "")[:300]},
            )
            for fault in faults
        ]
    )


@cache
def _schema() -> Any:
    return BpmnValidator().validator


def refuse(rule: str, message: str, line: int | None = None, **params: object) -> DesignError:
    """The error for a file that is wrong as a whole."""
    return DesignError([Problem(rule, "error", None, line, message, params)])
