"""The traps T1 to T38 of the two official texts, each handled as the reading of them says."""

from datetime import date

import pytest

from tests.plans.reader.official import (
    BANK,
    COOP,
    FARM,
    MONEY,
    PARTY,
    TOWNS,
    doubts,
    fengdu,
    wushan,
)

pytestmark = pytest.mark.seeds
DATED_BY_BODY = {1, 2, 3, 6, 8, 12, 21, 26}


def test_t1_t2_t3_stray_blanks_in_names_and_words() -> None:
    rows = {row.no: row for row in wushan().rows}
    assert FARM in rows[1].cooperating
    assert "县水利局" in rows[3].cooperating
    assert "贴息政策" in rows[18].task
    assert set(doubts(wushan(), "stray_blank")) == {125, 141, 250}


def test_t4_either_separator_before_a_collective() -> None:
    with_towns = {row.no for row in wushan().rows if TOWNS in row.cooperating}
    assert set(range(1, 35)) - with_towns == {16, 19, 21, 22, 23, 24, 25, 26, 34}
    assert wushan().rows[19].cooperating == (TOWNS,)


def test_t5_a_list_that_ends_in_et_cetera_stays_open() -> None:
    assert [row.no for row in wushan().rows if row.open_ended] == [19]
    assert list(doubts(wushan(), "open_ended_units")) == [259]


def test_t6_two_banks_one_character_apart_stay_two() -> None:
    assert wushan().rows[18].cooperating == (BANK, "农行巫山支行")
    assert doubts(wushan(), "similar_units")  # asked, not merged
    assert {BANK, "农行巫山支行"} <= {unit.name for unit in wushan().units}


def test_t7_three_names_of_one_office_are_kept_and_asked_about() -> None:
    names = {"巫山金融监管支局", "巫山县金融监管支局", "巫山金融监管分局"}
    mentions = {unit.name: unit.mentions for unit in wushan().units}
    assert {name: mentions[name] for name in names} == {
        "巫山金融监管支局": 2,
        "巫山县金融监管支局": 2,
        "巫山金融监管分局": 1,
    }
    asked = [
        {str(f.params["name"]), *f.alternatives}
        for f in wushan().findings
        if f.code == "similar_units"
    ]
    assert names in asked
    generic = next(f for f in wushan().findings if f.params.get("name") == "金融监管部门")
    assert names == set(generic.alternatives)


def test_t8_short_and_generic_names_are_pointed_out() -> None:
    short = {str(f.params["name"]) for f in wushan().findings if f.code == "short_unit_name"}
    assert {"乡镇供销社", "供销社", "供销系统", "供销合作社"} == short
    generic = {u.name for u in wushan().units if u.kind == "generic"}
    assert {"财政部门", "税务部门", "人力社保部门", "科技部门", "规划自然资源部门"} <= generic


def test_t9_collectives() -> None:
    collective = {u.name for u in wushan().units if u.kind == "collective"}
    named = {TOWNS, "各乡镇人民政府、街道办事处", "县政府有关部门", "有关单位", "县级各部门"}
    assert named | {"乡镇党委、人民政府"} == collective
    assert {str(f.params["name"]) for f in wushan().findings if f.code == "collective_unit"} == (
        collective
    )


def test_t10_merged_cells_are_filled_down() -> None:
    assert {f.params["column"]: f.params["count"] for f in wushan().findings
            if f.code == "blank_filled_down"} == {"名称": 28, "事项": 18}  # fmt: skip
    assert len({row.category for row in wushan().rows}) == 6
    assert len({(row.category, row.item) for row in wushan().rows}) == 16


def test_t11_wrapped_cells_are_joined() -> None:
    assert wushan().rows[25].item == "推动农业数字化转型升级"


def test_t12_category_rows_span_the_list_of_majors() -> None:
    assert [m.kind for m in wushan().majors] == ["reform", "policy", "platform"] + ["project"] * 3


def test_t13_a_blank_lead_is_left_blank_with_its_likely_neighbours() -> None:
    assert wushan().majors[3].lead == ()
    assert COOP in doubts(wushan(), "major_without_lead")[93].alternatives


def test_t14_columns_are_found_by_name() -> None:
    assert {row.lead_label for row in wushan().rows} == {"责任单位"}
    assert wushan().majors[0].name.startswith("组建县、乡镇（街道）两级农合联")


def test_t15_no_deadline_column() -> None:
    assert {row.due for row in wushan().rows} == {date(2027, 12, 31)}
    assert {row.no for row in wushan().rows if not row.due_inferred} == DATED_BY_BODY
    assert doubts(wushan(), "no_due_column")
    assert len(doubts(wushan(), "due_from_body")) == 8
    assert doubts(wushan(), "due_inferred")[143].params["count"] == 26


def test_t16_a_year_holds_for_later_clauses() -> None:
    assert {t.year for t in wushan().targets if t.line == 21} == {2024}
    assert [t.year for t in wushan().targets if t.line == 27] == [2024, 2024, 2027, 2027, 2027]


def test_t17_chinese_numerals_before_the_year_have_none() -> None:
    assert [(t.value, t.year) for t in wushan().targets if t.line == 41] == [
        (1, None), (1, None), (1, None), (300, 2027),
    ]  # fmt: skip
    assert len([f for f in wushan().findings if f.code == "target_without_year"]) == 3


def test_t18_built_into_is_not_built_service_centre() -> None:
    assert [t.indicator for t in wushan().targets if t.line == 22][1] == "为农服务中心"


def test_t19_a_number_that_disagrees_is_asked_about_not_mended() -> None:
    asked = doubts(wushan(), "figures_disagree")
    assert set(asked) == {101}
    others = "".join(asked[101].alternatives)
    assert all(figure in others for figure in ("58个", "300个", "150个", "242家"))
    assert next(t for t in wushan().targets if t.line == 101).value == 242


def test_t20_parts_that_add_up_are_no_doubt() -> None:
    asked = [f for f in wushan().findings if f.code == "figures_disagree"]
    assert not any("农合联" in str(f.params["indicator"]) for f in asked)


def test_t21_t23_other_operators_and_words_for_one_figure() -> None:
    assert set(doubts(wushan(), "operator_differs")) == {123}
    assert {139, 160, 273} <= set(doubts(wushan(), "wording_differs"))


def test_t22_t24_targets_the_table_lost_or_added() -> None:
    assert list(doubts(wushan(), "measure_differs")) == [97]
    lost = [f.text() for f in wushan().findings if f.code == "target_without_row"]
    assert [any(figure in text for text in lost) for figure in
            ("300家", "242个", "300个", "10万元", "5个")] == [True] * 5  # fmt: skip
    assert len(lost) == 5
    added = [f for f in wushan().findings if f.code == "target_only_in_table"]
    assert [(f.line, str(f.params["value"])) for f in added] == [(123, "100%")] * 2


def test_t25_slips_of_the_pen_stay_with_a_warning() -> None:
    asked = {
        f.params["word"]: f.alternatives for f in wushan().findings if f.code == "suspected_typo"
    }
    assert asked == {"内地制宜": ("因地制宜",), "一双多用": ("一网多用",)}
    assert "内地制宜" in wushan().rows[7].task
    assert set(doubts(wushan(), "unbalanced_quotes")) == {18}


def test_t26_inverted_actors() -> None:
    differing = doubts(wushan(), "lead_differs_from_body")
    assert differing[333].alternatives == (MONEY,)
    assert differing[375].alternatives == (PARTY,)


def test_t27_rows_of_several_sentences_have_sub_items() -> None:
    assert [row.no for row in wushan().rows if row.sub_items] == [1, 8, 21, 23, 33]


def test_t28_no_number_is_said() -> None:
    assert doubts(wushan(), "no_doc_number")
    assert not doubts(fengdu(), "no_doc_number")


def test_t29_body_with_two_leads_against_a_table_with_one() -> None:
    assert all(len(row.lead) == 1 for row in wushan().rows)
    assert set(doubts(wushan(), "several_leads")) == {75, 81, 87, 101}
    against = {f.params["no"]: f.alternatives for f in wushan().findings
               if f.code == "lead_differs_from_body"}  # fmt: skip
    assert against[2] == (COOP, FARM)
    assert {10, 11, 12, 13, 14, 15, 18, 19, 20} <= set(against)


def test_t30_items_without_row_and_members_without_task() -> None:
    assert set(doubts(wushan(), "item_without_row")) == {28, 32}
    idle = {f.params["name"] for f in wushan().findings if f.code == "member_without_task"}
    assert idle == {"县委办公室", "中国邮政巫山分公司"}
    outside = {f.params["name"] for f in wushan().findings if f.code == "unit_not_member"}
    assert outside == {COOP, "农行巫山支行", "县委编办"}


def test_t31_t32_likely_one_unit_under_several_names() -> None:
    asked = [{str(f.params["name"]), *f.alternatives} for f in fengdu().findings
             if f.code == "similar_units"]  # fmt: skip
    assert {"农商行丰都支行", "农商业行丰都支行"} in asked
    assert {"市供销合作总社", "市供销合作社", "市总社"} in asked
    assert {"丰都县供销合作社联合社", "县供销社"} in asked


def test_t33_unpaired_marks() -> None:
    assert set(doubts(fengdu(), "unbalanced_quotes")) == {19, 57}


def test_t34_runs_of_blanks() -> None:
    assert {4, 31, 35} <= set(doubts(fengdu(), "stray_blank"))
    assert " " not in fengdu().rows[0].task + fengdu().title


def test_t35_variants_within_one_document() -> None:
    assert doubts(fengdu(), "wording_differs")[37]
    assert doubts(fengdu(), "suspected_typo")[37].alternatives == ("作为",)


def test_t36_an_elided_year_and_dates_before_the_document() -> None:
    assert set(doubts(fengdu(), "phase_year_elided")) == {47}
    assert set(doubts(fengdu(), "phase_before_document")) == {47}


def test_t37_no_year_no_target_no_unit() -> None:
    assert set(doubts(fengdu(), "target_without_year")) == {57}
    assert set(doubts(fengdu(), "task_without_target")) == {35, 44}
    assert [row.no for row in fengdu().rows if row.due_inferred] == [3, 8]
    assert {row.due for row in fengdu().rows} == {date(2025, 12, 31)}


def test_t38_numbers_that_are_no_targets() -> None:
    assert (len(wushan().targets), len(fengdu().targets)) == (44, 10)
