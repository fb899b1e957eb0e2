"""Lists of units, and the sentences that say who leads."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanwei_flow.plans.reader import read_plan
from sanwei_flow.plans.reader.assignments import closing, parse
from sanwei_flow.plans.reader.checks.units import likely_same, similar
from sanwei_flow.plans.reader.units import unit_kind, unit_list

NAMES = st.lists(
    st.builds(
        "县{}{}".format,
        st.text("水林农交教卫文民财商审统", min_size=1, max_size=4),
        st.sampled_from(["局", "委", "中心", "办公室", "合作社"]),
    ),
    min_size=1,
    max_size=8,
    unique=True,
)


@settings(deadline=None)
@given(NAMES, st.data())
def test_a_list_read_back_is_the_list_written(names: list[str], data: st.DataObject) -> None:
    separators = [data.draw(st.sampled_from("、，；, ;")).strip() or "、" for _ in names[1:]]
    blank = data.draw(st.sampled_from(["", " ", "\u3000", "\n"]))
    written = names[0] + "".join(s + blank + n for s, n in zip(separators, names[1:], strict=True))
    assert unit_list(written).names == tuple(names)
    assert unit_list(written + "等").open_ended
    assert unit_list(written + "等").names == tuple(names)


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("县水 利局、各乡镇", ("县水利局", "各乡镇")),
        ("县住房和城乡建设委，县文化和旅游委", ("县住房和城乡建设委", "县文化和旅游委")),
        ("县教育局和县总工会", ("县教育局", "县总工会")),
        ("县民政局及各乡镇", ("县民政局", "各乡镇")),
        ("县公安局（交巡警大队、治安大队）", ("县公安局（交巡警大队、治安大队）",)),
        ("县财政局、县财政局", ("县财政局",)),
        ("无", ()),
        ("/", ()),
        ("", ()),
        ("县公安局\n县应急局", ("县公安局", "县应急局")),
        ("县农业农\n村局", ("县农业农村局",)),
    ],
)
def test_lists(written: str, names: tuple[str, ...]) -> None:
    assert unit_list(written).names == names


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("各乡镇", "collective"),
        ("各镇（街道）", "collective"),
        ("县级有关部门", "collective"),
        ("相关单位", "collective"),
        ("税务部门", "generic"),
        ("县税务局", "named"),
        ("云岭供电公司", "named"),
    ],
)
def test_kinds(name: str, kind: str) -> None:
    assert unit_kind(name) == kind


@pytest.mark.parametrize(
    ("words", "lead", "helping", "due"),
    [
        ("责任单位：县林业局；配合单位：各乡镇", ["县林业局"], ["各乡镇"], ""),
        ("责任单位:县林业局,县水利局", ["县林业局", "县水利局"], [], ""),
        ("牵头单位：县林业局，责任单位：县水利局，配合单位：各乡镇", ["县林业局"],
         ["县水利局", "各乡镇"], ""),
        ("县林业局牵头，县水利局、县财政局配合", ["县林业局"], ["县水利局", "县财政局"], ""),
        ("由县林业局牵头，县水利局，各乡镇等配合，2025年底前完成", ["县林业局"],
         ["县水利局", "各乡镇"], "2025年底前完成"),
        ("县林业局负责", ["县林业局"], [], ""),
        ("牵头单位：县林业局　完成时限：长期坚持", ["县林业局"], [], "长期坚持"),
        ("责任领导：张三；责任单位：县林业局", ["县林业局"], [], ""),
    ],
)  # fmt: skip
def test_assignments(words: str, lead: list[str], helping: list[str], due: str) -> None:
    found = parse(words)
    assert found is not None
    assert (found.lead, found.cooperating, found.due_text) == (lead, helping, due)


@pytest.mark.parametrize(
    "words",
    ["以下简称“三年行动”", "含街道", "2025年3月", "强化牵头抓总作用", "谁主管谁负责", "试行"],
)
def test_brackets_that_assign_nothing(words: str) -> None:
    assert parse(words) is None


def test_text_is_split_at_its_assignment_brackets_only() -> None:
    parts = closing("推进村（社区）建设。（责任单位：县民政局）做好宣传（含网络）。")
    assert [(text, found.lead) for text, found in parts] == [
        ("推进村（社区）建设。做好宣传（含网络）", ["县民政局"]),
    ]


def test_other_brackets_and_none_at_all() -> None:
    for text in ("植树。【责任单位：县林业局】", "植树。责任单位：县林业局。"):
        assert [(words, found.lead) for words, found in closing(text)] == [
            ("植树。", ["县林业局"]),
        ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("农商行青禾支行", "农行青禾支行"),
        ("青禾县人民政府办公室", "县政府办公室"),
        ("市供销合作总社", "市总社"),
        ("县市场监督管理局", "县市场监管局"),
        ("青禾金融监管支局", "青禾县金融监管分局"),
    ],
)
def test_names_worth_asking_about(one: str, other: str) -> None:
    assert similar(one, other)
    assert similar(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [("县财政局", "县民政局"), ("县商务委", "县农业农村委"), ("大河乡人民政府", "小河乡人民政府")],
)
def test_names_plainly_different(one: str, other: str) -> None:
    assert not similar(one, other)


def test_a_likely_variant_is_less_than_any_likeness() -> None:
    assert likely_same("青禾金融监管支局", "青禾县金融监管分局")
    assert not likely_same("农商行青禾支行", "农行青禾支行")


def test_mentions_are_counted_wherever_they_stand() -> None:
    text = (
        "青禾县工作方案\n一、重点任务\n（一）植树。县林业局指导，税务部门支持，县林业局验收。"
        "（责任单位：县林业局；配合单位：县水利局，各乡镇）\n二、保障措施\n"
        "（一）加强领导。县林业局、县水利局、县教育局等单位负责人为成员。\n"
    )
    mentions = {u.name: (u.mentions, u.in_rows, u.kind) for u in read_plan(text.encode()).units}
    assert mentions == {
        "县林业局": (4, 1, "named"),
        "县水利局": (2, 1, "named"),
        "各乡镇": (1, 1, "collective"),
        "税务部门": (1, 0, "generic"),
        "县教育局": (1, 0, "named"),
    }
