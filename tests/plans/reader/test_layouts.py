"""One plan, many ways to write who does what by when."""

from datetime import date

from sanwei_flow.plans.reader import PlanDocument, Row, read_plan
from tests.plans.reader.builders import Span, txt
from tests.plans.reader.documents import BRACKETS, KEY_TASKS, LABELS


def read(text: str | bytes) -> PlanDocument:
    return read_plan(text.encode() if isinstance(text, str) else text, "方案.txt")


def codes(document: PlanDocument) -> set[str]:
    return {finding.code for finding in document.findings}


def who(row: Row) -> tuple[list[str], list[str]]:
    return list(row.lead), list(row.cooperating)


def test_the_head_of_a_notice_with_its_plan() -> None:
    plan = read(BRACKETS)
    assert plan.title == "云岭县茶产业提质三年行动方案（2025—2027年）"
    assert (plan.doc_number, plan.issuer) == ("云岭府办发〔2025〕12号", "云岭县人民政府办公室")
    assert plan.doc_date == date(2025, 3, 18)


def test_phases_with_elided_years() -> None:
    assert [(p.name, p.start, p.end) for p in read(BRACKETS).phases] == [
        ("动员部署", date(2025, 3, 1), date(2025, 5, 31)),
        ("全面推进", date(2025, 6, 1), date(2027, 9, 30)),
        ("总结提升", date(2027, 10, 1), date(2027, 12, 31)),
    ]


def test_closing_brackets_name_units_and_deadlines() -> None:
    plan = read(BRACKETS)
    assert [who(row) for row in plan.rows] == [
        (["县农业农村局"], ["县财政局", "县水务局", "各乡镇"]),
        (["县交通运输局"], ["县水务局", "云岭供电公司"]),
        (["县商务局", "县农业农村局"], []),
        (["县文化和旅游局"], ["县委宣传部", "县融媒体中心"]),
        (["县财政局"], []),
    ]
    assert [row.due for row in plan.rows] == [
        date(2027, 11, 30), date(2026, 12, 31), None, date(2025, 4, 30), date(2027, 12, 31),
    ]  # fmt: skip
    assert [row.due_inferred for row in plan.rows] == [False, False, True, True, True]
    assert [row.open_ended for row in plan.rows] == [False, False, True, False, False]
    assert plan.rows[0].category == "夯实基地建设"
    assert plan.rows[0].item == "改造低产茶园"
    assert plan.rows[0].task == "每年改造低产茶园5000亩以上，到2027年建成标准化茶园3万亩。"
    assert {"due_open", "due_recurring", "due_inferred", "several_leads"} <= codes(plan)


def test_headings_followed_by_label_lines() -> None:
    plan = read(LABELS)
    assert [(row.category, row.item, *who(row)) for row in plan.rows] == [
        ("提升教育保障水平", "新建公办幼儿园", ["县教育局"],
         ["县住房和城乡建设局", "县自然资源局"]),
        ("提升教育保障水平", "改善办学条件", ["县教育局"], ["县财政局", "各乡镇（街道）"]),
        ("加强医疗卫生服务", "建设村卫生室", ["县卫生健康局"], ["各乡镇（街道）"]),
    ]  # fmt: skip
    assert [row.due for row in plan.rows] == [
        date(2025, 8, 31), date(2025, 12, 31), date(2025, 12, 31),
    ]  # fmt: skip
    assert plan.rows[2].due_inferred
    assert plan.rows[0].task == "新建公办幼儿园3所，新增学位900个。"


def test_key_tasks_without_units_become_rows_for_the_office_to_assign() -> None:
    plan = read(KEY_TASKS)
    assert [(row.no, row.item, row.lead) for row in plan.rows] == [
        (1, "打造特色街区", ()),
        (2, "丰富文旅活动", ()),
    ]
    assert [(row.due, row.due_inferred) for row in plan.rows] == [
        (date(2026, 12, 31), False),
        (date(2026, 12, 31), True),
    ]
    assert len([f for f in plan.findings if f.code == "row_without_lead"]) == 2


def test_units_named_once_above_several_points_make_one_row() -> None:
    plan = read(
        "一、重点任务\n（一）整治市容（牵头单位：县城管局；配合单位：县公安局）\n"
        "1.清理占道经营。清理占道经营点20处。\n2.规范停车。施划车位500个。\n"
    )
    assert [(row.item, *who(row)) for row in plan.rows] == [
        ("整治市容", ["县城管局"], ["县公安局"])
    ]
    assert "规范停车" in plan.rows[0].task


def test_a_sentence_each_with_its_own_bracket_makes_a_row_each() -> None:
    plan = read(
        "一、重点任务\n（一）优化环境。推行一窗受理。（责任单位：县政务服务局）"
        "压缩开办时间至1个工作日。（责任单位：县市场监管局；配合单位：县税务局）\n"
    )
    assert [row.lead for row in plan.rows] == [("县政务服务局",), ("县市场监管局",)]
    assert {row.item for row in plan.rows} == {"优化环境"}


def test_columns_in_any_order_and_blank_headings_filled_down() -> None:
    plan = read(
        txt([
            "青禾县河道整治任务清单",
            [
                ["配合单位", "完成时限", "序  号", "工作任务", "事项", "名  称", "牵头单位"],
                ["县财政局", "2025年6月底前", "1", "疏浚河道8公里。", "治河", "水利", "县水利局"],
                ["各乡镇", "2026年底前", "2", "修建堤防2公里。", "", "", "县水利局"],
                ["", "2025年12月31日前", "3", "栽植护岸林300亩。", "", "林业", "县林业局"],
            ],
        ])
    )  # fmt: skip
    assert [(row.category, row.item, *who(row), row.due) for row in plan.rows] == [
        ("水利", "治河", ["县水利局"], ["县财政局"], date(2025, 6, 30)),
        ("水利", "治河", ["县水利局"], ["各乡镇"], date(2026, 12, 31)),
        ("林业", "", ["县林业局"], [], date(2025, 12, 31)),
    ]
    assert not any(row.due_inferred for row in plan.rows)


def test_rows_on_one_line_with_tabs_between() -> None:
    plan = read(
        "青禾县招商任务分解表\n序号\t目标任务\t牵头单位\t责任单位\t完成时间\n"
        "1\t引进亿元以上项目5个\t县商务局\t县发展改革委、县财政局\t2025.12\n"
        "2\t签约资金50亿元以上\t县招商中心\t各园区管委会\t12月底前\n"
    )
    assert [who(row) for row in plan.rows] == [
        (["县商务局"], ["县发展改革委", "县财政局"]),
        (["县招商中心"], ["各园区管委会"]),
    ]
    assert [row.due for row in plan.rows] == [date(2025, 12, 31)] * 2
    assert {"responsible_as_cooperating", "due_year_assumed"} <= codes(plan)


def test_a_header_of_two_rows_in_plain_text() -> None:
    plan = read(
        "\t序号\n\t工作任务\n\t责任分工\n\t完成时限\n\n\t牵头单位\n\t配合单位\n\n"
        "\t1\n\t修缮古道3公里。\n\t县文旅局\n\t县交通局\n\t2025年底前\n"
    )
    assert [(*who(row), row.due) for row in plan.rows] == [
        (["县文旅局"], ["县交通局"], date(2025, 12, 31))
    ]


def test_a_header_repeated_on_a_new_page_is_no_row() -> None:
    header = ["序号", "工作任务", "责任单位"]
    table = [header, ["1", "植树。", "县林业局"], header, ["2", "护林。", "县林业局"]]
    assert [row.task for row in read(txt(["造林任务清单", table])).rows] == ["植树。", "护林。"]


def test_a_category_in_a_row_of_its_own() -> None:
    table = [
        ["序号", "工作任务", "责任单位"],
        [Span("一、生态", across=3), None, None],
        ["1", "植树。", "县林业局"],
        [Span("二、水利", across=3), None, None],
        ["2", "清淤。", "县水利局"],
    ]
    assert [r.category for r in read(txt(["任务清单", table])).rows] == ["一、生态", "二、水利"]


def test_missing_columns_and_cells_are_said_and_guessed_by_nobody() -> None:
    header = ["序号", "工作任务", "完成时限"]
    plan = read(txt(["任务清单", [header, ["1", "植树。", "2025年底前"], ["2", "护林。"]]]))
    assert [row.lead for row in plan.rows] == [(), ()]
    assert {"column_missing", "row_without_lead", "cells_missing"} <= codes(plan)


def test_numbers_missing_or_twice_are_counted_anew() -> None:
    table = [["序号", "工作任务", "责任单位"], ["1", "甲。", "县局"], ["1", "乙。", "县局"]]
    plan = read(txt(["任务清单", table]))
    assert [row.no for row in plan.rows] == [1, 2]
    assert "rows_renumbered" in codes(plan)


def test_a_lead_marked_inside_a_list() -> None:
    table = [["序号", "工作任务", "责任单位"], ["1", "宣传。", "县教育局、县委宣传部（牵头）"]]
    assert who(read(txt(["任务清单", table])).rows[0]) == (["县委宣传部"], ["县教育局"])


def test_major_items_beside_division_rows() -> None:
    majors = [
        ["序号", "名称", "责任单位"],
        [Span("重大项目", across=3), None, None],
        ["1", "建设冷链中心2个", "县商务局、县供销社"],
        [Span("重大改革", across=3), None, None],
        ["2", "推进收费制度改革", ""],
    ]
    table = [["序号", "工作任务", "责任单位"], ["1", "建设冷链中心2个。", "县商务局"]]
    plan = read(txt(["附件1", "重大清单", majors, "附件2", "任务分工表", table]))
    assert [(m.no, m.kind, m.lead, m.rows) for m in plan.majors] == [
        (1, "project", ("县商务局", "县供销社"), (1,)),
        (2, "reform", (), ()),
    ]
    assert len(plan.rows) == 1
    assert "major_without_lead" in codes(plan)


def test_spaced_labels_and_units_set_apart_by_blanks() -> None:
    plan = read(
        "一、重点任务\n（一）植树\n造林500亩。\n"
        "责 任 单 位：县林业局　县水利局 各乡镇\n完 成 时 限 ： 2025年底\n"
    )
    assert who(plan.rows[0]) == (["县林业局", "县水利局", "各乡镇"], [])
    assert plan.rows[0].due == date(2025, 12, 31)


def test_headers_with_additions_and_a_column_of_figures() -> None:
    header = ["项目名称", "建设内容", "年度目标", "县级牵头单位", "责任单位及责任人", "备注"]
    row = ["路网工程", "改造农村公路。", "改造公路35公里。", "县交通局", "县财政局", "续建"]
    plan = read(txt(["青禾县2025年项目清单", [header, row]]))
    assert [(r.item, r.task, *who(r)) for r in plan.rows] == [
        ("路网工程", "改造农村公路。", ["县交通局"], ["县财政局"])
    ]
    assert [(t.value, t.unit, t.row) for t in plan.targets] == [(35, "公里", 1)]


def test_stages_without_headings_of_their_own() -> None:
    plan = read(
        "青禾县工作方案\n一、重点任务\n（一）植树。造林5亩。\n二、实施步骤\n"
        "第一阶段：动员部署（2025年3月）。开会。\n第二阶段：全面实施（2025年4月至11月）。落实。\n"
    )
    assert [phase.name for phase in plan.phases] == ["动员部署", "全面实施"]


def test_a_plan_that_does_not_say_which_headings_are_tasks() -> None:
    plan = read(
        "青禾县植绿行动方案\n一、总体要求\n（一）目标。多种树。\n二、植树造林\n（一）荒山造林。造林5亩。\n"
        "（二）四旁植树。植树800株。\n三、保障措施\n（一）加强领导。开会。\n"
    )
    assert [row.item for row in plan.rows] == ["荒山造林", "四旁植树"]
    assert "tasks_assumed" in codes(plan)


def test_a_table_without_header_is_not_guessed_at() -> None:
    plan = read(
        "青禾县工作方案\n一、重点任务\n（一）植树。造林5亩。\n附件\n"
        "\t1\n\t植树\n\t县林业局\n\n\t2\n\t护林\n\t县林业局\n"
    )
    assert [row.item for row in plan.rows] == ["植树"]
    assert "table_not_read" in codes(plan)


def test_a_notice_that_is_itself_the_plan() -> None:
    plan = read(
        "青禾县人民政府办公室\n关于做好2025年\n防汛工作的通知\n一、重点任务\n（一）清淤。清淤5公里。\n"
    )
    assert plan.title == "关于做好2025年防汛工作的通知"


def test_wrapped_headers_and_a_last_cell_that_wraps() -> None:
    plan = read(
        "青禾县任务清单\n\n\t序\n\n号\n\t工作任务\n\t牵头\n\n单位\n\t配合单位\n\n"
        "\t1\n\t疏浚\n\n河道。\n\t县水利局\n\t县财政局、县农业\n\n农村局，各乡镇\n\n"
        "\t2\n\t护林。\n\t县林业局\n\t县公安局、县应急\n\n管理局\n\n\n附件2\n"
    )
    assert [(row.task, *who(row)) for row in plan.rows] == [
        ("疏浚河道。", ["县水利局"], ["县财政局", "县农业农村局", "各乡镇"]),
        ("护林。", ["县林业局"], ["县公安局", "县应急管理局"]),
    ]


def test_an_annex_that_follows_at_once_does_not_name_the_plan():
    text = (
        "青山县绿化行动工作方案\n附件\n任务分工表\n"
        "序号\t完成时限\t牵头单位\t工作任务\n1\t2027年底\t县林业局\t植树120万株。\n"
    )
    assert read_plan(text.encode()).title == "青山县绿化行动工作方案"


def test_a_bracket_that_only_lists_units_leaves_the_lead_to_the_office() -> None:
    plan = read(
        "青禾县茶园改造工作方案\n一、重点任务\n"
        "（一）改造茶园。改造茶园5000亩。（县农业农村局、县财政局，持续推进）\n"
        "（二）开展检查。检查茶企（含县属公司，持续推进）。\n"
    )
    assert [who(row) for row in plan.rows] == [([], []), ([], [])]
    assert plan.rows[0].task == "改造茶园5000亩。（县农业农村局、县财政局，持续推进）"
    (doubt,) = (finding for finding in plan.findings if finding.code == "lead_unmarked")
    assert "第1项末尾的括号只列了“县农业农村局”、“县财政局”" in doubt.text()
    assert doubt.alternatives == ("县农业农村局", "县财政局")


def test_who_answers_by_division_of_duties() -> None:
    plan = read("一、重点任务\n（一）宣传。加强宣传。（县委宣传部、各乡镇按职责分工负责）\n")
    assert [who(row) for row in plan.rows] == [(["县委宣传部", "各乡镇"], [])]
