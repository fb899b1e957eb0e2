"""Reading decisions out of minutes as counties write them."""

import datetime as dt

import pytest

from sanwei_flow.oversight.minutes import Wording, read_decisions

HELD = dt.date(2024, 8, 5)
NAMES = ("县供销合作社", "县农业农村委", "县财政局", "县商务委", "县交通运输委", "各乡镇")
REGISTER = dict.fromkeys(NAMES)


def read(text: str) -> list[Wording]:
    return read_decisions(text, HELD, REGISTER)


@pytest.mark.parametrize(
    ("words", "lead", "helpers", "due"),
    [
        (
            "由县农业农村委牵头，县财政局配合，9月30日前完成选址。",
            "县农业农村委",
            "县财政局",
            "2024-09-30",
        ),
        (
            "由县商务委牵头制定物流方案，县交通运输委、各乡镇配合，2025年3月底前报专班办公室。",
            "县商务委",
            "县交通运输委、各乡镇",
            "2025-03-31",
        ),
        (
            "由县供销合作社会同县财政局研究提出意见，1月15日前报县政府。",
            "县供销合作社",
            "县财政局",
            "2025-01-15",
        ),
        (
            "规范农合联运行（责任单位：县供销合作社；配合单位：县财政局；完成时限：2024年12月底前）。",
            "县供销合作社",
            "县财政局",
            "2024-12-31",
        ),
        ("县商务委、县财政局牵头，年底前建成3个网点。", "县商务委", "县财政局", "2024-12-31"),
        ("请县农业农村委负责联系市里。", "县农业农村委", "", None),
    ],
)
def test_who_leads_who_helps_and_by_when(words, lead, helpers, due):
    (one,) = read(f"二、{words}")
    assert (one.lead, one.helpers) == (lead, helpers)
    assert one.due == (dt.date.fromisoformat(due) if due else None)
    assert one.text == words.rstrip("。")


def test_the_words_of_a_paragraph_stay_together_unless_it_gives_work_to_several():
    text = """会议听取了县商务委的汇报。
一、加快冷链建设。由县农业农村委牵头，9月30日前完成选址。
二、一是由县财政局负责，8月底前拨付资金；二是由县商务委牵头，县财政局等配合，年底前建成3个网点。
三、各单位要高度重视。"""
    assert [(one.text, one.lead, one.helpers) for one in read(text)] == [
        ("加快冷链建设。由县农业农村委牵头，9月30日前完成选址", "县农业农村委", ""),
        ("由县财政局负责，8月底前拨付资金", "县财政局", ""),
        ("由县商务委牵头，县财政局等配合，年底前建成3个网点", "县商务委", "县财政局"),
    ]


def test_days_before_the_meeting_are_no_deadlines():
    (one,) = read("由县商务委牵头，总结2023年10月以来的经验，12月底前报送。")
    assert one.due == dt.date(2024, 12, 31)
    (one,) = read("由县商务委牵头，总结2023年的经验。")
    assert one.due is None
    (one,) = read("由县商务委牵头，2月29日前报送。")
    assert one.due == dt.date(2025, 2, 28)
