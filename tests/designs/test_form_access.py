"""One form at several steps: filled in, only read, or not shown."""

import pytest

from sanwei_flow.designs import forms
from sanwei_flow.designs.schema import Condition, complaints
from sanwei_flow.errors import Invalid

REPORT = forms.parse(
    "report",
    {
        "key": "report",
        "title": "上报",
        "fields": [
            {"key": "late", "label": "是否逾期", "type": "bool", "access": {"check": "read"}},
            {
                "key": "why",
                "label": "原因",
                "type": "text",
                "required": True,
                "show_if": {"field": "late", "value": True},
            },
            {
                "key": "cost",
                "label": "花费",
                "type": "number",
                "unit": "万元",
                "access": {"check": "read", "sign": "hidden"},
            },
            {"key": "note", "label": "备注", "type": "text"},
        ],
    },
)
FILLED = {"late": True, "why": "下雨", "cost": 12, "note": "无"}


def at(step, data):
    return forms.settled(REPORT.at(step), data)


def test_a_step_that_is_not_named_fills_in_everything(app):
    assert [field.key for field in REPORT.at("write").asked(None)] == [
        "late",
        "why",
        "cost",
        "note",
    ]
    cleaned = forms.validate(REPORT.at("write"), "submit", FILLED, {})
    assert cleaned["cost"] == 12


@pytest.mark.parametrize("hidden", [True, False])
def test_a_unit_is_named_once_whether_its_column_is_shown_or_not(app, hidden):
    unit = {"key": "unit", "label": "单位", "type": "text", "readonly": True, "hidden": hidden}
    name = {"key": "name", "label": "名称", "type": "text", "readonly": True, "label_of": "unit"}
    duty = {"key": "duty", "label": "任务", "type": "text", "readonly": True}
    table = {"key": "parts", "label": "分工", "type": "table", "readonly": True, "fixed": True}
    table |= {"columns": [unit, name, duty]}
    form = forms.parse("f", {"key": "f", "title": "分工", "fields": [table]})
    rows = [{"unit": "1", "name": "县司法局", "duty": "普法"}]
    (shown,) = forms.background(form, {"parts": rows})
    assert shown["rows"] == [["县司法局", "普法"]]


def test_what_is_read_only_is_shown_and_cannot_be_changed(app):
    form = at("check", FILLED)
    shown = forms.background(form, FILLED)
    assert [(one["key"], one["text"]) for one in shown] == [("late", "是"), ("cost", "12 万元")]
    assert [one["key"] for one in forms.describe(form, "agree", FILLED)] == [
        "why",
        "note",
        "comment",
    ]
    assert "cost" not in forms.build_form(form, None, FILLED)
    cleaned = forms.validate(form, "agree", {"note": "好", "cost": 12}, FILLED)
    assert cleaned == {"why": "下雨", "note": "好", "comment": ""}
    with pytest.raises(Invalid) as caught:
        forms.validate(form, "agree", {"note": "好", "cost": 13}, FILLED)
    assert caught.value.fields == {"cost": ["这一步只能查看这一项，不能修改。"]}


def test_what_is_hidden_is_no_field_of_the_form(app):
    form = at("sign", FILLED)
    assert forms.background(form, FILLED) == []
    assert "cost" not in [one["key"] for one in forms.describe(form, "agree", FILLED)]
    with pytest.raises(Invalid, match="表单没有的项"):
        forms.validate(form, "agree", {"cost": 12}, FILLED)


def test_a_condition_on_what_is_only_read_is_decided_by_what_it_holds(app):
    late, punctual = at("check", FILLED), at("check", {"late": False})
    assert "why" in [field.key for field in late.asked(None)]
    assert "why" not in [field.key for field in punctual.asked(None)]
    assert late.field("why").show_if is None
    assert forms.validate(punctual, "agree", {}, {"late": False})["comment"] == ""
    with pytest.raises(Invalid):
        forms.validate(late, "agree", {"why": ""}, {"late": True})


def test_a_condition_on_several_answers_asks_whether_one_of_them_fits():
    assert Condition(field="kinds", op="eq", value="a").holds({"kinds": ["a", "b"]})
    assert Condition(field="kinds", op="in", value=["b", "c"]).holds({"kinds": ["a", "b"]})
    assert Condition(field="kinds", op="ne", value="c").holds({"kinds": ["a", "b"]})
    assert not Condition(field="kinds", op="in", value=["c"]).holds({"kinds": []})


@pytest.mark.parametrize(
    ("field", "place", "sentence"),
    [
        ({"key": "Big"}, "key", "小写字母"),
        ({"key": "plan"}, "key", "由系统使用"),
        ({"label": " "}, "label", "填写名称"),
        ({"type": "choice"}, "choices", "列出选项"),
        ({"type": "choice", "choices": [["a", "甲"], ["a", "乙"]]}, "choices", "值相同"),
        ({"type": "number", "min": "abc"}, "min", "应填数字"),
        ({"type": "number", "min": 5, "max": 2}, "max", "不能小于下限"),
        ({"type": "date", "min": "明天"}, "min", "2027-12-31"),
        ({"max_length": "x"}, "max_length", "整数"),
        ({"max_length": 0}, "max_length", "至少是 1"),
        ({"type": "table"}, "columns", "表格要有列"),
        ({"default_from": "1.x"}, "default_from", "row.due"),
        ({"show_if": {"field": "later", "value": "x"}}, "show_if.field", "前面"),
        ({"show_if": {"field": "later"}}, "show_if.value", "比较的值"),
        ({"show_if": {"field": "later", "op": "in", "value": "x"}}, "show_if.value", "其中之一"),
        ({"colour": "red"}, "colour", "colour"),
        ({"access": {"check": "see"}}, "access.check", "see"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(field, place, sentence):
    form = {"key": "f", "title": "表", "fields": [{"key": "a", "label": "甲", "type": "text"}]}
    form["fields"][0] |= field
    (found,) = complaints(form)
    assert found.place == f"fields.0.{place}"
    assert sentence in str(found)
