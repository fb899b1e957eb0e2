"""Two versions of a design compared, in words: its drawing and its forms. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sanwei_flow.engine import Change, compare, drawn
from sanwei_flow.errors import N_

KINDS = {
    "process": N_("流程"),
    "lane": N_("泳道"),
    "sequenceFlow": N_("连线"),
    "startEvent": N_("开始"),
    "endEvent": N_("结束"),
    "intermediateCatchEvent": N_("等待事件"),
    "intermediateThrowEvent": N_("抛出事件"),
    "boundaryEvent": N_("附着事件"),
    "task": N_("环节"),
    "userTask": N_("人工环节"),
    "manualTask": N_("人工环节"),
    "serviceTask": N_("自动操作"),
    "scriptTask": N_("计算"),
    "sendTask": N_("发消息"),
    "receiveTask": N_("等消息"),
    "callActivity": N_("调用流程"),
    "subProcess": N_("阶段（子流程）"),
    "exclusiveGateway": N_("判断"),
    "parallelGateway": N_("并行"),
    "inclusiveGateway": N_("按条件并行"),
    "eventBasedGateway": N_("等待先到者"),
}
FACTS = {
    "kind": N_("类型"),
    "name": N_("名称"),
    "lane": N_("泳道"),
    "parent": N_("所在阶段"),
    "source": N_("起点"),
    "target": N_("终点"),
    "condition": N_("条件"),
    "default": N_("默认路径"),
    "script": N_("计算内容"),
    "called": N_("调用的流程"),
    "interrupting": N_("是否中断"),
    "event": N_("等待的事件"),
    "timer.duration": N_("时长"),
    "timer.date": N_("日期"),
    "timer.cycle": N_("周期"),
    "timer.": N_("定时"),
    "several": N_("多人办理方式"),
    "collection": N_("办理人名单"),
    "cardinality": N_("办理人数"),
    "completion": N_("完成条件"),
    "loop": N_("循环条件"),
    "set.candidate_unit": N_("办理单位"),
    "set.candidate_role": N_("办理角色"),
    "set.due": N_("办理期限（工作日）"),
    "set.form": N_("表单"),
    "set.outcomes": N_("办理选项"),
    "set.stage": N_("进入的状态"),
    "set.title": N_("标题"),
    "set.sign_for": N_("需要签收"),
    "set.priority": N_("紧急程度"),
    "set.copy_to": N_("抄送"),
    "set.collection": N_("办理人名单"),
    "set.item": N_("每人的变量名"),
    "set.result": N_("结果变量名"),
    "set.business_key": N_("业务编号"),
    "set.operation": N_("操作"),
    "set.resubmit": N_("退回后的办理方式"),
    "set.trail": N_("轨迹文字"),
    "set.variables": N_("启动变量"),
    "set.returns": N_("返回的变量"),
    "set.start": N_("阶段开始"),
    "set.end": N_("阶段结束"),
}
GIVEN, ARGUMENT, OTHER = N_("传入「{name}」"), N_("参数「{name}」"), N_("设置「{name}」")
ELEMENTS = ("source", "target", "parent", "default")
FIELD_FACTS = {
    "label": N_("名称"),
    "type": N_("类型"),
    "required": N_("必填"),
    "choices": N_("选项"),
    "help": N_("说明"),
    "show_if": N_("显示条件"),
    "unit": N_("计量单位"),
    "columns": N_("各列"),
}


@dataclass(frozen=True)
class Word:
    """A msgid with what fills its places."""

    message: str
    params: Mapping[str, object]


@dataclass(frozen=True)
class Detail:
    """One thing that changed: what (a msgid), before and after as they are written."""

    what: Word
    old: str
    new: str


@dataclass(frozen=True)
class Line:
    """One line of the comparison. `id` is the element's, "" for a form."""

    id: str
    what: str
    kind: Word
    name: str
    details: list[Detail]


def compare_versions(
    old: tuple[str, Mapping[str, Any]], new: tuple[str, Mapping[str, Any]]
) -> list[Line]:
    """What differs between two versions, each its BPMN and its forms.

    Elements first, then forms; lines that only moved come last. Raises DesignError for what is
    no BPMN.
    """
    before, after = old[0].encode(), new[0].encode()
    names = {
        one.id: one.facts.get("name", "")
        for one in [*drawn(before).values(), *drawn(after).values()]
    }
    lines = [_line(change, names) for change in compare(before, after)]
    still = [line for line in lines if line.what != "moved"]
    moved = [line for line in lines if line.what == "moved"]
    return [*still, *_forms(old[1], new[1]), *moved]


def _line(change: Change, names: Mapping[str, str]) -> Line:
    shown = change.new or change.old
    assert shown is not None  # noqa: S101 - a change is about something
    details = [_detail(fact, old, new, names) for fact, old, new in change.details]
    name = shown.facts.get("name", "")
    if shown.kind == "sequenceFlow":
        ends = [shown.facts.get(end, "") for end in ("source", "target")]
        way = " → ".join(names.get(end) or end for end in ends)
        name = f"{name}（{way}）" if name else way
    return Line(change.id, change.what, _word(KINDS.get(shown.kind, shown.kind)), name, details)


def _detail(fact: str, old: str, new: str, names: Mapping[str, str]) -> Detail:
    was, now = _shown(fact, old, names), _shown(fact, new, names)
    # Two elements may bear the same name: then their ids tell them apart.
    return Detail(_fact(fact), old, new) if was == now else Detail(_fact(fact), was, now)


def _shown(fact: str, value: str, names: Mapping[str, str]) -> str:
    """Other elements by their names; kinds in words the reader's language has."""
    return names.get(value) or value if fact in ELEMENTS else KINDS.get(value, value)


def _word(message: str, **params: object) -> Word:
    return Word(message, params)


def _fact(name: str) -> Word:
    if name in FACTS:
        return _word(FACTS[name])
    setting = name.removeprefix("set.")
    for prefix, message in (("input.", GIVEN), ("arg.", ARGUMENT)):
        if setting.startswith(prefix):
            return _word(message, name=setting.removeprefix(prefix))
    return _word(OTHER, name=setting)


def _forms(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Line]:
    kind = _word(N_("表单"))
    for key in sorted(old.keys() | new.keys()):
        if old.get(key) == new.get(key):
            continue
        what = "removed" if key not in new else "added" if key not in old else "changed"
        title = (new.get(key) or old.get(key) or {}).get("title") or key
        details = list(_fields(old[key], new[key])) if what == "changed" else []
        yield Line("", what, kind, f"{title}（{key}）", details)


def _fields(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Detail]:
    before, after = _by_key(old), _by_key(new)
    for key in [*before, *(key for key in after if key not in before)]:
        was, now = before.get(key), after.get(key)
        if was == now:
            continue
        if was is None or now is None:
            label = (was or now or {}).get("label", key)
            what = _word(N_("字段「{name}」"), name=label)
            yield Detail(what, "" if was is None else label, "" if now is None else label)
            continue
        for fact in sorted(was.keys() | now.keys()):
            if was.get(fact) != now.get(fact):
                label = FIELD_FACTS.get(fact, fact)
                what = _word(
                    N_("字段「{name}」的{fact}"), name=now.get("label", key), fact=_word(label)
                )
                yield Detail(what, _said(was.get(fact)), _said(now.get(fact)))
    rest = sorted((old.keys() | new.keys()) - {"fields"})
    for fact in rest:
        if old.get(fact) != new.get(fact):
            yield Detail(_word(OTHER, name=fact), _said(old.get(fact)), _said(new.get(fact)))


def _by_key(form: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {field["key"]: field for field in form.get("fields", ()) if "key" in field}


def _said(value: Any) -> str:
    if value is None or value == "":
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
