import pytest
from werkzeug.datastructures import MultiDict

from sanwei_flow.designs import forms, outcomes
from sanwei_flow.designs.schema import Condition
from sanwei_flow.errors import Invalid

DIVIDE = {
    "key": "divide",
    "title": "任务分工",
    "fields": [
        {
            "key": "division",
            "label": "分工",
            "label_en": "Division",
            "type": "table",
            "required": True,
            "default_from": "cooperating",
            "row_key": "unit",
            "columns": [
                {"key": "unit", "label": "单位", "type": "unit", "required": True, "unique": True},
                {
                    "key": "name",
                    "label": "名称",
                    "type": "text",
                    "readonly": True,
                    "label_of": "unit",
                },
                {
                    "key": "duty",
                    "label": "任务",
                    "type": "textarea",
                    "required": True,
                    "default_from": "row.task",
                },
                {
                    "key": "due",
                    "label": "时限",
                    "type": "date",
                    "required": True,
                    "default_from": "row.due",
                },
            ],
        }
    ],
}
FIGURES = {
    "key": "report",
    "title": "办结",
    "fields": [
        {"key": "summary", "label": "情况", "type": "textarea", "required": True},
        {"key": "late", "label": "是否逾期", "type": "bool"},
        {
            "key": "why",
            "label": "原因",
            "type": "text",
            "required": True,
            "show_if": {"field": "late", "op": "eq", "value": True},
        },
        {
            "key": "figures",
            "label": "指标",
            "type": "table",
            "default_from": "row.targets",
            "fixed": True,
            "row_key": "key",
            "columns": [
                {"key": "key", "label": "编号", "type": "text", "readonly": True},
                {"key": "indicator", "label": "指标", "type": "text", "readonly": True},
                {"key": "value", "label": "目标值", "type": "number", "readonly": True},
                {"key": "reported", "label": "完成值", "type": "number", "min": 0},
            ],
        },
        {"key": "evidence", "label": "佐证材料", "type": "file"},
        {
            "key": "units",
            "label": "退回的单位",
            "type": "many",
            "choices_from": "division",
            "required": True,
            "actions": ["return_units"],
        },
    ],
}
ROW = {
    "row": {
        "task": "建好建强服务载体",
        "due": "2027-12-31",
        "targets": [
            {"key": "W2", "indicator": "为农服务中心", "op": "=", "value": 11, "unit": "个"}
        ],
    },
    "cooperating": [{"unit": 7, "name": "县财政局"}, {"unit": 9, "name": "高唐街道"}],
    "division": [{"unit": 7, "name": "县财政局"}, {"unit": 9, "name": "高唐街道"}],
}
START = {k: v for k, v in ROW.items() if k != "division"}


def register(_field, _defaults):
    return [(7, "县财政局"), (9, "高唐街道"), (12, "县民政局")]


DATA = {
    "key": "data_rows",
    "label": "数据",
    "type": "table",
    "columns": [
        {"key": "name", "label": "名称", "type": "text"},
        {"key": "amount", "label": "数量", "type": "number", "required": True},
    ],
}

divide = forms.parse("divide", DIVIDE)
report = forms.parse("report", FIGURES)


def refused(schema, action, payload, defaults=START):
    with pytest.raises(Invalid) as caught:
        forms.validate(schema, action, payload, defaults, choices=register)
    return caught.value


def test_a_prefilled_table_never_blocks():
    cleaned = forms.validate(divide, "submit", {}, START, choices=register)
    assert cleaned["division"] == [
        {"unit": 7, "name": "县财政局", "duty": "建好建强服务载体", "due": "2027-12-31"},
        {"unit": 9, "name": "高唐街道", "duty": "建好建强服务载体", "due": "2027-12-31"},
    ]
    assert cleaned["comment"] == ""


def test_units_can_be_added_changed_and_dropped():
    sent = [
        {"unit": "12", "name": "某局", "duty": "组织动员", "due": "2026-12-01"},
        {"unit": "", "duty": "没有单位的行即删去", "due": ""},
    ]
    cleaned = forms.validate(divide, "submit", {"division": sent}, START, choices=register)
    assert cleaned["division"] == [
        {"unit": 12, "name": "县民政局", "duty": "组织动员", "due": "2026-12-01"}
    ]


@pytest.mark.parametrize("row", [{"unit": 12}, {"unit": "12", "duty": " ", "due": ""}])
def test_an_added_unit_takes_the_rows_task_and_due(row):
    cleaned = forms.validate(divide, "submit", {"division": [row]}, START, choices=register)
    assert cleaned["division"][0]["duty"] == "建好建强服务载体"
    assert cleaned["division"][0]["due"] == "2027-12-31"


@pytest.mark.parametrize(
    ("rows", "name"),
    [
        ([{"unit": 7}, {"unit": 7}], "division-1-unit"),
        ([{"unit": 99}], "division-0-unit"),
        ([{"unit": 7, "due": "2027年"}], "division-0-due"),
        ([{"unit": 7, "duty": ["a"]}], "division-0-duty"),
        ([{"unit": 7, "typename": "boom"}], "division-0-typename"),
        ("no table", "division"),
        ([{"unit": 7}] * 501, "division"),
    ],
)
def test_wrong_rows_are_named(rows, name):
    assert name in refused(divide, "submit", {"division": rows}).fields


def test_without_a_register_units_are_numbers_and_names_are_believed():
    rows = [{"unit": 99, "name": "某局"}, {"unit": 98, "name": {"typename": "boom"}}]
    cleaned = forms.validate(divide, "submit", {"division": rows}, START)
    assert [row["name"] for row in cleaned["division"]] == ["某局", None]


def test_a_cell_that_must_be_filled():
    bare = {"key": "bare", "title": "数据", "fields": [DATA]}
    error = refused(forms.parse("bare", bare), "submit", {"data_rows": [{"name": "资金"}]})
    assert error.fields == {"data_rows-0-amount": ["该项必填。"]}


def test_a_field_too_much_is_refused_with_a_sentence():
    error = refused(divide, "submit", {"typename": "boom"})
    assert str(error) == "提交的内容里有表单没有的项：typename。"
    assert error.fields == {"typename": ["表单里没有这一项。"]}


def test_a_return_needs_an_opinion():
    units = {"units": ["9"]}
    error = refused(report, "return_units", {"summary": "已完成", **units}, ROW)
    assert error.fields == {"comment": ["退回时请写明意见。"]}
    cleaned = forms.validate(
        report, "return_units", {"summary": "已完成", **units}, ROW, comment=" 数据不实 "
    )
    assert (cleaned["units"], cleaned["comment"]) == ([9], "数据不实")


def test_fixed_rows_keep_what_is_read_only():
    sent = {"summary": "好", "figures": [{"key": "W2", "value": 1, "reported": "12.5"}]}
    cleaned = forms.validate(report, "submit", sent, START)
    assert cleaned["figures"] == [
        {"key": "W2", "indicator": "为农服务中心", "value": 11, "reported": 12.5}
    ]
    error = refused(report, "submit", {"summary": "好", "figures": [{}, {}]})
    assert error.fields == {"figures": ["这张表的行是固定的，不能增加。"]}
    error = refused(report, "submit", {"summary": "好", "figures": [{"key": "W3"}]})
    assert error.fields == {"figures": ["这张表的行是固定的，不能增加。"]}
    error = refused(report, "submit", {"summary": "好", "figures": [{"reported": "-1"}]})
    assert error.fields == {"figures-0-reported": ["不能小于 0。"]}


def test_hidden_fields_are_not_asked():
    assert "why" not in forms.validate(report, "submit", {"summary": "好", "why": "x"}, START)
    assert "why" in refused(report, "submit", {"summary": "好", "late": "on"}).fields


@pytest.mark.parametrize(
    ("value", "cleaned"),
    [("1,200", 1200), ("15.5", 15.5), (0.1, 0.1), ("１２", 12), ("", None)],
)
def test_numbers(value, cleaned):
    sent = {"summary": "好", "figures": [{"key": "W2", "reported": value}]}
    assert forms.validate(report, "submit", sent, START)["figures"][0]["reported"] == cleaned


@pytest.mark.parametrize(
    "value", ["abc", "NaN", "Infinity", True, "1e400", "1234567890.1234567", [1]]
)
def test_numbers_that_are_none(value):
    sent = {"summary": "好", "figures": [{"key": "W2", "reported": value}]}
    assert list(refused(report, "submit", sent).fields) == ["figures-0-reported"]


def test_the_api_is_told_what_to_fill_in():
    (table, comment) = forms.describe(divide, "submit", START, choices=register)
    assert table["value"][0]["duty"] == "建好建强服务载体"
    assert [column["key"] for column in table["columns"]] == ["unit", "name", "duty", "due"]
    assert table["columns"][0]["choices"][2] == [12, "县民政局"]
    assert comment["key"] == "comment"
    assert not comment["required"]
    fields = {f["key"]: f for f in forms.describe(report, "return_units", ROW)}
    assert fields["units"]["choices"] == [[7, "县财政局"], [9, "高唐街道"]]
    assert fields["comment"]["required"]
    assert "units" not in {f["key"] for f in forms.describe(report, "submit", ROW)}


def test_the_browser_form_reads_back_what_it_draws():
    drawn = forms.build_form(divide, "submit", START, choices=register)
    html = drawn["division"]()
    assert 'name="division-0-unit"' in html
    assert '<option selected value="9">高唐街道</option>' in html
    posted = MultiDict(
        {
            "division-0-unit": "7",
            "division-0-duty": "出资",
            "division-0-due": "2027-01-05",
            "division-3-unit": "12",
            "division-3-duty": "动员",
            "division-3-due": "明年",
            "csrf_token": "x",
        }
    )
    form = forms.build_form(divide, "submit", START, posted, choices=register)
    with pytest.raises(Invalid) as caught:
        forms.validate(divide, "submit", form.payload(), START, choices=register)
    form.show(caught.value.fields)
    assert form["division"].entries[1].form["due"].errors == ["日期应写成 2027-12-31 的样子。"]


def test_the_browser_form_of_every_kind_of_field():
    form = forms.build_form(
        report,
        None,
        ROW,
        MultiDict(
            [
                ("summary", "好"),
                ("late", "y"),
                ("why", "雨"),
                ("units", "7"),
                ("units", "9"),
                ("figures-0-reported", "11"),
            ]
        ),
    )
    cleaned = forms.validate(
        report, "return_units", form.payload({"evidence": [4]}), ROW, comment="补正"
    )
    assert cleaned["units"] == [7, 9]
    assert cleaned["evidence"] == [4]
    assert cleaned["why"] == "雨"
    assert cleaned["figures"][0]["reported"] == 11


def test_what_was_filled_in_can_be_read():
    data = {"summary": "好", "late": False, "units": [9], "evidence": [4], **ROW}
    data["figures"] = [{"key": "W2", "indicator": "中心", "value": 11, "reported": 12}]
    shown = {entry["key"]: entry for entry in forms.display(report, data)}
    assert shown["late"]["text"] == "否"
    assert shown["units"]["text"] == "高唐街道"
    assert shown["figures"]["rows"] == [["W2", "中心", "11", "12"]]
    assert shown["evidence"]["files"] == [4]
    (table,) = forms.display(divide, {"division": [{"unit": 7, "name": "旧名", "duty": "a"}]})
    assert table["columns"] == ["单位", "任务", "时限"]
    assert table["rows"] == [["旧名", "a", ""]]


@pytest.mark.parametrize(
    "change",
    [
        {"key": "other"},
        {"surprise": 1},
        {"fields": [{"key": "typename", "label": "x", "type": "text"}]},
        {"fields": [{"key": "a", "label": "x", "type": "choice"}]},
        {"fields": [{"key": "a", "label": "x", "type": "text"}] * 2},
        {"fields": [{"key": "a", "label": "x", "type": "table"}]},
        {"fields": [{"key": "a b", "label": "x", "type": "text"}]},
    ],
)
def test_a_wrong_definition_is_refused(change):
    with pytest.raises(Invalid, match="divide"):
        forms.parse("divide", DIVIDE | change)


SHAPES = {
    "key": "shapes",
    "title": "各种填法",
    "title_en": "All kinds",
    "fields": [
        {"key": "line", "label": "一行", "label_en": "One line", "type": "text", "max_length": 5},
        {"key": "day", "label": "日期", "type": "date", "min": "2026-01-01", "max": "2026-12-31"},
        {"key": "share", "label": "占比", "type": "number", "min": 0, "max": 100, "unit": "%"},
        {"key": "kind", "label": "类别", "type": "choice", "choices": [["a", "甲"], ["b", "乙"]]},
        {"key": "who", "label": "承办人", "type": "person"},
        {"key": "whom", "label": "告知单位", "type": "units"},
        {"key": "sure", "label": "确认", "type": "bool"},
        {"key": "pick", "label": "勾选", "type": "many", "choices_from": "listed"},
    ],
}
shapes = forms.parse("shapes", SHAPES)


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        ({"line": "六个字的一行"}, "最多 5 个字，现有 6 个。"),
        ({"line": "a\nb"}, "这一项只能填一行。"),
        ({"line": 5}, "这一项应为文字。"),
        ({"day": "2025-12-31"}, "不能早于 2026-01-01。"),
        ({"day": "2027-01-01"}, "不能晚于 2026-12-31。"),
        ({"day": 20260101}, "日期应写成 2027-12-31 的样子。"),
        ({"share": 101}, "不能大于 100。"),
        ({"kind": "c"}, "请从列出的选项中选择。"),
        ({"kind": ["a"]}, "请从列出的选项中选择。"),
        ({"who": "../1"}, "请从列出的选项中选择。"),
        ({"whom": [7, 99]}, "请从列出的选项中选择。"),
        ({"whom": [7] * 501}, "最多 500 项。"),
        ({"sure": "maybe"}, "这一项应答是或否。"),
        ({"comment": 5}, "意见应为文字。"),
        ({"comment": "长" * 2001}, "意见最多 2000 个字。"),
    ],
)
def test_answers_that_do_not_fit_get_a_sentence(answer, complaint):
    assert list(refused(shapes, "submit", answer).fields.values()) == [[complaint]]


def test_answers_are_kept_as_plain_values():
    given = {"line": " 甲\x00乙 ", "day": "2026-05-01", "share": "12.50", "kind": "b"}
    given |= {"who": "7", "whom": "9", "sure": "on", "pick": ["2", "2"]}
    known = {"listed": [["1", "一"], ["2", "二"], "3", {"id": 4, "title": "四"}]}
    cleaned = forms.validate(shapes, "submit", given, known, choices=register)
    assert cleaned == {
        "line": "甲乙",
        "day": "2026-05-01",
        "share": 12.5,
        "kind": "b",
        "who": 7,
        "whom": [9],
        "sure": True,
        "pick": ["2"],
        "comment": "",
    }
    assert forms.validate(shapes, "submit", {"who": "12"}, {})["who"] == 12
    shown = {e["key"]: e["text"] for e in forms.display(shapes, cleaned | known, choices=register)}
    assert shown["share"] == "12.5 %"
    assert (shown["kind"], shown["who"], shown["whom"]) == ("乙", "县财政局", "高唐街道")
    assert (shown["sure"], shown["pick"]) == ("是", "二")


def test_every_kind_is_drawn_and_complains_in_its_place():
    form = forms.build_form(shapes, "submit", {"listed": ["1"]}, choices=register)
    assert 'type="date"' in form["day"]()
    assert 'type="checkbox"' in form["pick"]()
    assert "县民政局" in form["whom"]()
    form.show({"line": ["不对"], "nowhere": ["x"], "comment": ["太长"]})
    assert form["line"].errors == ["不对"]
    table = forms.build_form(report, "submit", START)
    table.show(
        {"figures": ["整表"], "figures-9-reported": ["没有这一行"], "figures-0-gone": ["列"]}
    )
    assert table["figures"].errors == ["整表", "没有这一行", "列"]


@pytest.mark.parametrize(
    ("condition", "answer", "holds"),
    [
        ({"op": "eq", "value": "a"}, "a", True),
        ({"op": "ne", "value": "a"}, "a", False),
        ({"op": "in", "value": ["a", "b"]}, "b", True),
        ({"op": "gt", "value": 3}, 4, True),
        ({"op": "lt", "value": 3}, "x", False),
        ({"op": "empty"}, "", True),
        ({"op": "filled"}, [], False),
    ],
)
def test_conditions(condition, answer, holds):
    assert Condition(field="line", **condition).holds({"line": answer}) is holds


@pytest.mark.parametrize(
    "field",
    [
        {"type": "text", "label_of": "line"},
        {"type": "text", "hidden": True},
        {"type": "text", "readonly": True, "label_of": "line"},
        {"type": "text", "show_if": {"field": "below"}},
        {"type": "table", "columns": [{"key": "a", "label": "a", "type": "file"}]},
        {"type": "table", "columns": [{"key": "a", "label": "a", "type": "text"}] * 2},
        {"type": "table", "row_key": "b", "columns": [{"key": "a", "label": "a", "type": "text"}]},
        {
            "type": "table",
            "columns": [{"key": "a", "label": "a", "type": "text", "readonly": True}],
        },
        {
            "type": "table",
            "columns": [
                {"key": "a", "label": "a", "type": "text", "readonly": True, "label_of": "b"}
            ],
        },
    ],
)
def test_a_field_that_makes_no_sense_is_refused(field):
    with pytest.raises(Invalid, match="one"):
        forms.parse(
            "one", {"key": "one", "title": "x", "fields": [{"key": "x", "label": "x"} | field]}
        )


def test_a_form_must_bear_its_files_name():
    with pytest.raises(Invalid, match="文件名"):
        forms.parse("other", SHAPES)


def test_forms_speak_english_too(app):
    with app.test_request_context(headers={"Accept-Language": "en"}):
        first = forms.describe(shapes, "submit", {}, choices=register)[0]
        assert first["label"] == "One line"


def test_outcomes_have_labels_of_their_own_or_the_usual_ones():
    first, second = outcomes.parse("agree, return_all=全部退回")
    assert (first.name, first.label, first.primary, first.returns) == ("agree", "同意", True, False)
    assert (second.name, second.label, second.primary, second.returns) == (
        "return_all",
        "全部退回",
        False,
        True,
    )
    assert [outcome.name for outcome in outcomes.parse(None)] == ["submit"]
    assert outcomes.label("unheard_of") == "unheard_of"


@pytest.mark.parametrize(
    ("schema", "action", "known", "posted"),
    [
        (
            divide,
            "submit",
            START,
            {"division-0-unit": "7", "division-0-duty": "出资", "division-4-due": "明年"},
        ),
        (report, "return_units", ROW, {"summary": "好", "late": "y", "units": ["7", "9"]}),
        (report, "submit", ROW, {"figures-0-reported": "11", "comment": "可以"}),
        (shapes, "submit", {"listed": ["1"]}, {"pick": ["1", "2"], "line": "字", "whom": "7"}),
        (shapes, "submit", {"listed": ["1"]}, {}),
    ],
)
def test_a_post_is_read_as_if_the_form_were_drawn(schema, action, known, posted):
    sent = MultiDict(posted)
    drawn = forms.build_form(schema, action, known, sent, choices=register)
    read = forms.read_form(schema, action, known, sent)
    assert read.payload() == drawn.payload()


def test_a_field_may_be_called_like_a_part_of_the_form():
    names = ("payload", "populate_obj")
    fields = [{"key": name, "label": name, "type": "text"} for name in names]
    schema = forms.parse("odd", {"key": "odd", "title": "怪", "fields": fields})
    form = forms.build_form(schema, "submit", {"payload": "甲"})
    assert form.payload() == {"payload": "甲", "populate_obj": None}
    assert 'name="populate_obj"' in form["populate_obj"]()


@pytest.mark.parametrize("name", ["prefix", "formdata", "obj"])
def test_a_column_may_be_called_like_what_a_row_is_made_with(name):
    columns = [{"key": name, "label": "列", "type": "text"}]
    table = {"key": "figures", "label": "表", "type": "table", "columns": columns}
    table["default_from"] = "earlier"
    schema = forms.parse("odd", {"key": "odd", "title": "怪", "fields": [table]})
    known = {"earlier": [{name: "甲"}]}
    drawn = forms.build_form(schema, "submit", known)
    assert drawn.payload()["figures"][0] == {name: "甲"}
    posted = MultiDict({f"figures-0-{name}": "乙"})
    assert forms.read_form(schema, "submit", known, posted).payload()["figures"][0] == {name: "乙"}
