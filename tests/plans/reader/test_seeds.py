"""Both official texts, exactly as the county's own reading of them says."""

from datetime import date

import pytest

from sanwei_flow.plans.reader import to_json
from tests.plans.reader.official import (
    BANK,
    COOP,
    CREDIT,
    DATA,
    DIGITAL,
    FARM,
    FINANCE,
    GUARANTEE,
    HALL,
    MONEY,
    PARTY,
    PLATFORM,
    PRODUCTION,
    REFORM,
    ROADS,
    SUPPLY,
    TOWNS,
    TRADE,
    doubts,
    fengdu,
    plan,
    wushan,
)

pytestmark = pytest.mark.seeds

ROWS = [
    (1, 118, PLATFORM, "规范组建农合联", COOP, [PARTY, "县民政局", FARM, TOWNS]),
    (2, 127, PLATFORM, "建好建强服务载体", COOP, [FARM, TOWNS]),
    (3, 136, PRODUCTION, "推动农村市场主体联合发展", FARM,
     [COOP, "县林业局", "县水利局", "县市场监管局", TOWNS]),
    (4, 143, PRODUCTION, "推动农村市场主体联合发展", FARM, [COOP, TOWNS]),
    (5, 150, PRODUCTION, "构建新型农业社会化服务体系", COOP, [FARM, TOWNS]),
    (6, 157, PRODUCTION, "构建新型农业社会化服务体系", FARM, [COOP, TOWNS]),
    (7, 164, PRODUCTION, "构建新型农业社会化服务体系", FARM, [COOP, TOWNS]),
    (8, 171, PRODUCTION, "创新农业生产服务方式和手段", FARM, [COOP, TOWNS]),
    (9, 178, PRODUCTION, "创新农业生产服务方式和手段", COOP, [FARM, MONEY, TOWNS]),
    (10, 185, SUPPLY, "推动流通设施共建", TRADE, [ROADS, COOP, TOWNS]),
    (11, 194, SUPPLY, "推动流通设施共建", COOP, [REFORM, TRADE, TOWNS]),
    (12, 201, SUPPLY, "推动流通渠道共用", COOP, [TRADE, ROADS, FARM, TOWNS]),
    (13, 210, SUPPLY, "推动流通渠道共用", ROADS, [TRADE, COOP, TOWNS]),
    (14, 217, SUPPLY, "推动农产品品牌共育", FARM, [COOP, TRADE, TOWNS]),
    (15, 224, SUPPLY, "推动农产品品牌共育", COOP, [FARM, TOWNS]),
    (16, 231, SUPPLY, "强化重要物资保供", COOP, [TRADE, FARM]),
    (17, 240, SUPPLY, "强化重要物资保供", COOP, [REFORM, FARM, TOWNS]),
    (18, 247, SUPPLY, "强化重要物资保供", REFORM, [TRADE, FARM, TOWNS]),
    (19, 254, CREDIT, "创新农村信用评价服务", HALL, [BANK, "农行巫山支行"]),
    (20, 261, CREDIT, "创新农村信用评价服务", HALL, [TOWNS]),
    (21, 268, CREDIT, "创新涉农信贷产品", HALL, [BANK, COOP, FINANCE]),
    (22, 277, CREDIT, "创新涉农信贷产品", HALL, [COOP, BANK, FINANCE]),
    (23, 284, CREDIT, "扩面农村普惠金融", HALL, [FARM, COOP, BANK]),
    (24, 293, DIGITAL, "建设数字农合联", COOP, [FARM]),
    (25, 302, DIGITAL, "聚合涉农数据资源", FARM, [COOP, DATA]),
    (26, 311, DIGITAL, "推动农业数字化转型升级", FARM, [COOP, DATA]),
    (27, 320, GUARANTEE, "加强政策支持", FARM, [MONEY, COOP, TOWNS]),
    (28, 329, GUARANTEE, "加强政策支持", COOP, [MONEY, TOWNS]),
    (29, 336, GUARANTEE, "加强政策支持", FARM, [COOP, TOWNS]),
    (30, 343, GUARANTEE, "加强政策支持", FARM, [COOP, TOWNS]),
    (31, 350, GUARANTEE, "加强政策支持", TRADE, [COOP, TOWNS]),
    (32, 357, GUARANTEE, "加强政策支持", TRADE, [COOP, TOWNS]),
    (33, 364, GUARANTEE, "加强政策支持", FARM, [COOP, "县人力社保局", TOWNS]),
    (34, 371, GUARANTEE, "加强政策支持", COOP, [PARTY, "县委编办"]),
]  # fmt: skip

# line, word of the indicator, operator, value, unit, year
WUSHAN = [
    (21, "县级农合联", "=", 1, None, 2024), (21, "乡镇农合联", "=", 7, "个", 2024),
    (21, "农业生产社会化服务规模", "=", 26, "万亩次", 2024),
    (21, "农村流通网点", "=", 58, "个", 2024), (21, "“三农”信贷资金", "=", 10, "亿元", 2024),
    (22, "农合联", "=", 13, "个", 2027), (22, "为农服务中心", "=", 11, "个", 2027),
    (22, "农业生产社会化服务规模", "=", 52, "万亩次", 2027),
    (22, "“三农”信贷资金", "=", 15, "亿元", 2027),
    (27, "县农合联", "=", 1, None, 2024), (27, "乡镇农合联", "=", 7, "个", 2024),
    (27, "乡镇农合联", "=", 9, "个", 2027), (27, "产业农合联", "=", 3, "个", 2027),
    (27, "农合联会员单位", ">", 500, "个", 2027),
    (31, "县为农服务中心", "=", 1, None, 2024), (31, "乡镇为农服务中心", "=", 7, "个", 2024),
    (31, "乡镇为农服务中心", "=", 10, "个", 2027),
    (31, "签约服务涉农经营主体", "=", 300, "家", 2027),
    (32, "农村综合服务社", "~", 242, "个", 2027),
    (33, "农民合作社示范社", "=", 100, "家", 2027),
    (36, "累计培育高素质农民", "=", 5000, "人", 2027),
    (41, "农产品流通企业", "=", 1, "个", None), (41, "农产品市场", "=", 1, "个", None),
    (41, "县域集采集配中心", "=", 1, "个", None), (41, "各类流通服务网点", "=", 300, "个", 2027),
    (42, "“一站式”村级综合服务站点", "=", 150, "个", 2027),
    (44, "贴息资金", ">=", 10, "万元", None), (53, "智慧农业实验示范基地", "=", 5, "个", 2027),
    (93, "为农服务中心", "=", 11, "个", None), (97, "农村综合服务社", "=", 242, "家", None),
    (101, "农村流通网点", "=", 242, "个", None),
    (123, "农合联", "=", 13, "个", None), (123, "会员单位", "=", 500, "个", None),
    (123, "农村常住农户", "=", 100, "%", None), (123, "新型农业经营主体", "=", 100, "%", None),
    (132, "为农服务中心", "=", 11, "个", None), (139, "农民合作社示范社", "=", 100, "家", None),
    (160, "累计培训高素质农民", "=", 5000, "人", None),
    (174, "农业生产社会化服务规模", "=", 52, "万亩次", None),
    (197, "农产品流通企业", "=", 1, "个", None), (197, "农产品市场", "=", 1, "个", None),
    (197, "县域集采集配中心", "=", 1, "个", None),
    (206, "农村流通综合服务网点", "=", 150, "个", None),
    (273, "“三位一体”改革信贷资金", "=", 15, "亿元", None),
]  # fmt: skip
FENGDU = [
    (27, "涉农乡（镇）覆盖", "=", 100, "%", 2025), (27, "行政村覆盖率", "~", 80, "%", 2025),
    (27, "签约服务正常经营农民专业合作社", ">=", 180, "家", 2025),
    (27, "占本县总量", "~>=", 30, "%", 2025), (31, "区域性为农服务中心", "=", 15, "个", 2025),
    (33, "农村综合服务社", "~", 200, "个", 2025), (33, "星级社", "~", 50, "个", 2025),
    (37, "签约服务正常运营农民专业合作社", ">=", 180, "家", 2025),
    (37, "占比", "~>=", 30, "%", 2025),
    (57, "“三社融合贷”风险补偿金", "=", 600, "万元", None),
]  # fmt: skip


def test_the_division_table_is_read_cell_by_cell() -> None:
    read = [
        (row.no, row.line, row.category, row.item, *row.lead, list(row.cooperating))
        for row in wushan().rows
    ]
    assert read == ROWS


def test_leads_and_cooperating_mentions_add_up() -> None:
    leads = [name for row in wushan().rows for name in row.lead]
    helping = [name for row in wushan().rows for name in row.cooperating]
    assert [leads.count(name) for name in (COOP, FARM, HALL, TRADE, ROADS, REFORM)] == [
        12, 12, 5, 3, 1, 1,
    ]  # fmt: skip
    assert len(helping) == 60 + 25
    assert [helping.count(name) for name in (COOP, FARM, TRADE, BANK, MONEY)] == [19, 11, 6, 4, 3]
    assert len(set(leads + helping) - {TOWNS}) == 18
    in_rows = {unit.name: unit.in_rows for unit in wushan().units if unit.in_rows}
    assert in_rows[COOP] == 31
    assert sum(in_rows.values()) == 34 + 85


def test_the_six_major_items() -> None:
    read = [(major.no, major.kind, list(major.lead)) for major in wushan().majors]
    assert read == [
        (1, "reform", [COOP, FARM]),
        (2, "policy", [COOP, FARM]),
        (3, "platform", [FARM, COOP]),
        (4, "project", []),
        (5, "project", [COOP]),
        (6, "project", [TRADE, COOP]),
    ]
    assert wushan().majors[3].rows == (2,)


@pytest.mark.parametrize(("county", "expected"), [("wushan", WUSHAN), ("fengdu", FENGDU)])
def test_every_quantified_target(county: str, expected: list[tuple]) -> None:
    targets = plan(county).targets
    read = [(t.line, t.op, t.value, t.unit, t.year) for t in targets]
    assert read == [(line, op, value, unit, year) for line, _, op, value, unit, year in expected]
    for target, (_, words, *_) in zip(targets, expected, strict=True):
        assert words in target.indicator
    assert [t.line for t in targets if t.annual] == ([44] if county == "wushan" else [])
    assert [t.line for t in targets if t.implied] == ([21, 27, 31] if county == "wushan" else [])


def test_heads_of_both_documents() -> None:
    assert wushan().title == "巫山县推进生产、供销、信用“三位一体”改革构建新型为农服务体系工作方案"
    assert (wushan().doc_number, wushan().issuer) == (None, "巫山县人民政府办公室")
    assert wushan().doc_date == date(2024, 8, 1)
    assert fengdu().title == "丰都县实施生产、供销、信用“三位一体”综合合作试点工作方案"
    assert (fengdu().doc_number, fengdu().issuer) == (
        "丰供发〔2022〕36号",
        "丰都县供销合作社联合社",
    )
    assert fengdu().doc_date == date(2022, 9, 26)


def test_phases() -> None:
    assert wushan().phases == ()
    assert [(p.name, p.start, p.end) for p in fengdu().phases] == [
        ("安排部署", date(2022, 7, 1), date(2022, 9, 30)),
        ("试点实施", date(2022, 10, 1), date(2025, 6, 30)),
        ("总结验收", date(2025, 7, 1), date(2025, 12, 31)),
    ]


def test_fengdu_has_eight_key_tasks_nobody_is_named_for() -> None:
    rows = fengdu().rows
    assert [row.line for row in rows] == [31, 33, 35, 37, 39, 41, 43, 44]
    assert all(row.lead == row.cooperating == () for row in rows)
    assert list(doubts(fengdu(), "row_without_lead")) == [row.line for row in rows]
    assert rows[0].item == "提质增效基层供销社"
    assert {row.category for row in rows} == {"重点任务"}


def test_json_has_the_promised_shape() -> None:
    printed = to_json(wushan())
    assert printed["rows"][18] == {
        "no": 19,
        "category": CREDIT,
        "item": "创新农村信用评价服务",
        "task": "推进“整村授信”。",
        "lead": [HALL],
        "cooperating": [BANK, "农行巫山支行"],
        "open_ended": True,
        "due": "2027-12-31",
        "due_inferred": True,
        "source": {"line": 254},
    }
    assert list(printed)[:5] == ["title", "doc_number", "issuer", "doc_date", "phases"]
    assert list(printed)[5:] == ["rows", "majors", "targets", "units", "findings"]
    assert printed["doc_number"] is None
    assert printed["targets"][2]["value"] == 26
    for finding in printed["findings"]:
        assert set(finding) == {"code", "line", "message", "assumed", "alternatives"}
        assert "{" not in finding["message"] + finding["assumed"]


def test_lines_show_the_whole_document() -> None:
    lines = {line.number: line for line in wushan().lines}
    assert lines[118].kind == "cell"
    assert lines[25].kind == "heading"
    assert lines[27].text.startswith("1．组建两级农合联")
