"""Deadlines as counties write them, and what stands in for one that is missing."""

from datetime import date

import pytest

from sanwei_flow.plans.reader import Row, read_plan
from sanwei_flow.plans.reader.dates import date_range, deadline, whole_date


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("2025年6月底前", date(2025, 6, 30)),
        ("2026年底前", date(2026, 12, 31)),
        ("2025年", date(2025, 12, 31)),
        ("2024年2月", date(2024, 2, 29)),
        ("2025年6月15日前完成", date(2025, 6, 15)),
        ("2025年第三季度", date(2025, 9, 30)),
        ("2025年二季度末", date(2025, 6, 30)),
        ("2025年上半年", date(2025, 6, 30)),
        ("2025年10月中旬", date(2025, 10, 20)),
        ("2025-06-30", date(2025, 6, 30)),
        ("2025/6/3", date(2025, 6, 3)),
        ("2025.12", date(2025, 12, 31)),
        ("２０２５年３月", date(2025, 3, 31)),
        ("二〇二五年十二月底", date(2025, 12, 31)),
        ("“十四五”末", date(2025, 12, 31)),
        ("2024年3月至2025年6月", date(2025, 6, 30)),
        ("2025年、2026年分别完成", date(2026, 12, 31)),
    ],
)
def test_stated(words: str, day: date) -> None:
    assert (deadline(words).day, deadline(words).kind) == (day, "stated")


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("长期坚持", "open"),
        ("持续推进", "open"),
        ("每年12月", "recurring"),
        ("每季度末", "recurring"),
        ("12月底前", "elided"),
        ("立即", "unclear"),
        ("2025年13月", "unclear"),
        ("", "none"),
    ],
)
def test_kinds_of_deadlines_that_are_no_plain_date(words: str, kind: str) -> None:
    assert deadline(words, 2025).kind == kind


def test_a_whole_date_is_nothing_but_a_date() -> None:
    assert whole_date("2025年3月18日") == date(2025, 3, 18)
    assert whole_date("二〇二五年三月十八日") == date(2025, 3, 18)
    assert whole_date("2025年3月18日印发") is None
    assert whole_date("2025年3月") is None
    assert whole_date("2025年2月30日") is None


@pytest.mark.parametrize(
    ("words", "start", "end"),
    [
        ("2022年7月至9月", date(2022, 7, 1), date(2022, 9, 30)),
        ("2024年12月—2025年1月", date(2024, 12, 1), date(2025, 1, 31)),
        ("2024年3月1日—15日", date(2024, 3, 1), date(2024, 3, 15)),
        ("2024年8月", date(2024, 8, 1), date(2024, 8, 31)),
        ("2025年底前", None, date(2025, 12, 31)),
        ("2025年4月起", date(2025, 4, 1), None),
    ],
)
def test_periods(words: str, start: date | None, end: date | None) -> None:
    assert date_range(words) == (start, end)


def only_row(task: str, deadline_words: str, *, dated: str = "2025年3月5日") -> Row:
    text = (
        f"青禾县人民政府\n{dated}\n青禾县工作任务清单\n序号\t工作任务\t责任单位\t完成时限\n"
        f"1\t{task}\t县林业局\t{deadline_words}\n"
    )
    return read_plan(text.encode(), "清单.txt").rows[0]


def test_the_cell_wins_over_the_task() -> None:
    row = only_row("到2027年造林500亩。", "2025年底前")
    assert (row.due, row.due_inferred, row.due_text) == (date(2025, 12, 31), False, "2025年底前")


def test_the_task_speaks_where_the_cell_is_blank() -> None:
    row = only_row("到2027年造林500亩。", "")
    assert (row.due, row.due_inferred) == (date(2027, 12, 31), False)


def test_a_year_since_which_is_no_deadline() -> None:
    assert only_row("2021年以来新造林地管护到位。", "").due != date(2021, 12, 31)


def test_a_month_without_year_is_the_next_one_after_the_document() -> None:
    assert only_row("造林。", "12月底前").due == date(2025, 12, 31)
    assert only_row("造林。", "2月底前").due == date(2026, 2, 28)
    assert only_row("造林。", "每年4月").due == date(2025, 4, 30)
    assert only_row("造林。", "每年2月").due == date(2026, 2, 28)


def test_open_ended_work_has_no_due_date_and_says_so() -> None:
    row = only_row("护林。", "长期坚持")
    assert (row.due, row.due_inferred) == (None, True)


def test_dates_that_contradict_are_asked_about() -> None:
    text = (
        "青禾县人民政府\n2025年3月5日\n青禾县工作任务清单\n序号\t工作任务\t责任单位\t完成时限\n"
        "1\t到2027年造林500亩。\t县林业局\t2025年底前\n2\t护林。\t县林业局\t2024年底前\n"
    )
    plan = read_plan(text.encode(), "清单.txt")
    asked = {finding.code: finding for finding in plan.findings}
    assert asked["due_disagrees"].params["year"] == 2027
    assert asked["due_before_document"].params["no"] == 2


def test_phases_that_do_not_meet_or_run_backwards() -> None:
    text = (
        "青禾县工作方案\n一、重点任务\n（一）植树。造林5亩。\n二、实施步骤\n"
        "（一）准备阶段（2025年1月至3月）。\n（二）实施阶段（2025年5月至4月）。\n（三）收尾阶段。总结。\n"
    )
    plan = read_plan(text.encode(), "方案.txt")
    codes = {finding.code for finding in plan.findings}
    assert {"phases_apart", "phase_dates_reversed", "phase_without_dates"} <= codes
    assert [phase.name for phase in plan.phases] == ["准备", "实施", "收尾"]


def test_phases_named_before_or_after_their_dates() -> None:
    text = (
        "青禾县工作方案\n一、重点任务\n（一）植树。造林5亩。\n二、进度安排\n"
        "（一）第一阶段：动员部署（2025年3月）。开会。\n（二）2025年4月至6月，集中整治。抓落实。\n"
        "（三）巩固提升阶段：2025年7月1日至31日。总结。\n"
    )
    plan = read_plan(text.encode(), "方案.txt")
    assert [(phase.name, phase.start, phase.end) for phase in plan.phases] == [
        ("动员部署", date(2025, 3, 1), date(2025, 3, 31)),
        ("集中整治", date(2025, 4, 1), date(2025, 6, 30)),
        ("巩固提升", date(2025, 7, 1), date(2025, 7, 31)),
    ]
