"""Figures in running text: which count, and what they say."""

from decimal import Decimal

import pytest

from sanwei_flow.plans.reader.targets import Place, find_targets


def found(text: str) -> list[tuple]:
    return [(t.indicator, t.op, t.value, t.unit, t.year) for t in find_targets(Place(1, text))]


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("到2027年，建成冷链中心12个。", ("冷链中心", "=", 12, "个", 2027)),
        ("2026年建成5个示范村。", ("示范村", "=", 5, "个", 2026)),
        ("森林覆盖率达到62.5%以上。", ("森林覆盖率", ">=", Decimal("62.5"), "%", None)),
        ("到2026年底力争新增就业不少于3000人。", ("就业", "~>=", 3000, "人", 2026)),
        ("综合产值突破30亿元。", ("综合产值", ">", 30, "亿元", None)),
        ("能耗控制在0.45吨以内。", ("能耗", "<=", Decimal("0.45"), "吨", None)),
        ("完成投资1,200万元。", ("投资", "=", 1200, "万元", None)),
        ("开展社会化服务面积达52万亩次。", ("社会化服务面积", "=", 52, "万亩次", None)),
        ("2.整合服务热线35条。", ("整合服务热线", "=", 35, "条", None)),
        ("（三）建设驿站6个。", ("驿站", "=", 6, "个", None)),
        ("培育一家龙头企业。", ("龙头企业", "=", 1, "家", None)),
        ("农户100%参加合作社。", ("农户参加合作社", "=", 100, "%", None)),
        ("撬动社会资本投入文旅资金2亿元。", ("撬动文旅资金", "=", 2, "亿元", None)),
        ("建成为老服务站8个。", ("为老服务站", "=", 8, "个", None)),
        ("打造“一村一品”的特色产品20个。", ("特色产品", "=", 20, "个", None)),
        ("建成县级养老中心和5个乡镇养老中心。", ("乡镇养老中心", "=", 5, "个", None)),
        ("全县养老床位总数达到3500张。", ("养老床位总数", "=", 3500, "张", None)),
        ("全县发展民宿200余家。", ("民宿", ">", 200, "家", None)),
    ],
)  # fmt: skip
def test_one_figure(text: str, target: tuple) -> None:
    assert found(text) == [target]


@pytest.mark.parametrize(
    "text",
    [
        "按照《三年攻坚100项举措》（县府发〔2024〕38号）要求推进。",
        "打通“最后1公里”，推进“四个重大”和“百千万工程”。",
        "完善县、乡、村三级物流，做到三方面统筹、一支队伍。",
        "2025年3月18日前，第3批名单报送，18．规范管理。",
        "建立一个体系，形成两个机制。",
        "深入贯彻党的二十大精神，实施1+3+N行动。",
    ],
)
def test_numbers_that_are_no_targets(text: str) -> None:
    assert found(text) == []


def test_a_year_holds_until_the_next_one() -> None:
    text = "2025年建成站点3个，新建网点4个。到2027年，建成站点9个。建成中心2个。"
    assert [(value, year) for _, _, value, _, year in found(text)] == [
        (3, 2025), (4, 2025), (9, 2027), (2, 2027),
    ]  # fmt: skip


def test_a_figure_before_the_first_year_has_none() -> None:
    assert [year for *_, year in found("建设一个中心，到2027年建成站点9个。")] == [None, 2027]


def test_since_a_year_dates_nothing() -> None:
    assert [year for *_, year in found("2021年以来，建成站点9个。")] == [None]


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("到2026年建成站点3个。综合产值达到35亿元（2027年）。", [2026, 2027]),
        ("综合产值达到35亿元以上（2027年底前），新增企业40家。", [2027, None]),
        ("综合产值达到35亿元，2027年实现。新增企业40家。", [2027, None]),
        ("建设园区3个，新增企业40家，到2027年底全面完成。", [2027, 2027]),
        ("到2025年建设园区3个，2027年实现。", [2025]),
        ("建设园区3个（2027年），新增企业40家，2028年实现。", [2027, 2028]),
        ("建设园区3个，2027年，新增企业40家。", [None, 2027]),
    ],
)
def test_a_year_after_its_figure_speaks_of_that_figure(text: str, years: list) -> None:
    assert [year for *_, year in found(text)] == years


def test_hope_governs_the_rest_of_its_sentence() -> None:
    text = "力争建成站点3个，培育企业4家。建成中心2个。"
    assert [op for _, op, *_ in found(text)] == ["~", "~", "="]
    assert [op for _, op, *_ in found("建成站点3个，力争培育企业4家以上。")] == ["=", "~>="]


def test_every_year_is_annual_not_dated() -> None:
    (target,) = find_targets(Place(1, "到2027年，每年安排专项资金不低于10万元。"))
    assert (target.annual, target.year, target.op) == (True, None, ">=")


def test_one_named_thing_beside_counted_ones_is_one() -> None:
    targets = find_targets(Place(1, "2026年建成县级养老中心、乡镇养老中心7个。"))
    assert [(t.indicator, t.value, t.implied) for t in targets] == [
        ("县级养老中心", 1, True),
        ("乡镇养老中心", 7, False),
    ]
    assert not any(t.implied for t in find_targets(Place(1, "2026年建成县级养老中心。")))


def test_a_share_takes_its_subject_from_the_clause_before() -> None:
    text = "签约服务合作社180家以上，力争占全县总量的30%以上。"
    assert found(text)[1][0] == "签约服务合作社占全县总量"


def test_a_clause_that_names_its_thing_first() -> None:
    assert found("新增市场主体，达到300家。")[0][0] == "市场主体"


def test_the_place_gives_a_year_where_the_text_has_none() -> None:
    (target,) = find_targets(Place(1, "造林500亩。", row=3, year=2025))
    assert (target.year, target.row) == (2025, 3)


def test_cumulative_figures_are_marked() -> None:
    (target,) = find_targets(Place(1, "建设充电桩累计达到600个。"))
    assert (target.indicator, target.cumulative) == ("充电桩", True)
