"""Everything doubtful is said, once, with what was assumed and what else it could be."""

from string import Formatter

import pytest

from sanwei_flow.plans.reader import Finding, read_plan, to_json
from sanwei_flow.plans.reader.catalogue import MESSAGES, finding
from tests.plans.reader.builders import txt

BODY = """\
青禾县电商提升工作方案
一、工作目标
到2026年，建成电商服务站30个，培训电商人才500人以上。
二、重点任务
（一）完善网络
1．建设服务站点。到2026年，建成电商服务站30个。（责任单位：县商务局、县供销社；配合单位：县邮政公司）
2．培育人才队伍。到2026年培训电商人才500人以上，做为重点工作。（责任单位：县人社局；配合单位：县商务局等）
3．畅通物流。推动快递进村。（责任单位：县交通局）
三、保障措施
（一）落实责任。成立专班，县商务局、县人社局、县政府办等单位负责人为成员。县级各部门要配合，推动“电商进村落地。
附件
电商重点任务分工
"""
TABLE = [
    ["序号", "事项", "工作任务", "责任单位", "配合单位"],
    ["1", "建设服务站点", "建设电商服务站点，建成电商服务站28个。", "县商务局", "县邮政公司"],
    [
        "2",
        "培育人才队伍",
        "培育电商人才队伍，培训电商人才500人，做到内地制宜。",
        "县商务 局",
        "县人社局",
    ],
]


@pytest.fixture(scope="module")
def findings() -> list[Finding]:
    return list(read_plan((BODY + txt([TABLE]).decode()).encode(), "方案.txt").findings)


def of(findings: list[Finding], code: str) -> list[Finding]:
    return [finding for finding in findings if finding.code == code]


def test_a_number_that_disagrees_with_another_place(findings: list[Finding]) -> None:
    (asked,) = of(findings, "figures_disagree")
    assert asked.text() == "“电商服务站”此处是28个，别处不同。"
    assert [words[:13] for words in asked.alternatives] == ["2026年电商服务站30个"] * 2


def test_an_operator_that_differs(findings: list[Finding]) -> None:
    (asked,) = of(findings, "operator_differs")
    assert asked.alternatives[0].startswith("2026年培训电商人才不低于500人")


def test_units_that_differ_from_the_body(findings: list[Finding]) -> None:
    assert [f.alternatives for f in of(findings, "lead_differs_from_body")] == [
        ("县商务局", "县供销社"),
        ("县人社局",),
    ]


def test_an_item_that_became_no_row(findings: list[Finding]) -> None:
    assert [f.params["title"] for f in of(findings, "item_without_row")] == ["畅通物流"]


def test_members_and_workers_that_do_not_match(findings: list[Finding]) -> None:
    assert [f.params["name"] for f in of(findings, "member_without_task")] == ["县政府办"]
    assert [f.params["name"] for f in of(findings, "unit_not_member")] == ["县邮政公司"]


def test_words_that_look_wrong_stay_as_they_are(findings: list[Finding]) -> None:
    assert {f.params["word"]: f.alternatives for f in of(findings, "suspected_typo")} == {
        "做为": ("作为",),
        "内地制宜": ("因地制宜",),
    }
    assert len(of(findings, "unbalanced_quotes")) == 1
    assert [f.params["text"] for f in of(findings, "stray_blank")] == ["县商务 局"]


def test_what_the_reader_assumed_about_missing_things(findings: list[Finding]) -> None:
    codes = {f.code for f in findings}
    assert {"no_doc_number", "no_issuer", "no_doc_date", "no_due_column"} <= codes
    assert "collective_unit" in codes


def test_findings_come_in_the_order_of_the_document(findings: list[Finding]) -> None:
    assert [f.line for f in findings] == sorted(f.line for f in findings)


def test_messages_can_be_translated() -> None:
    found = finding("row_without_lead", 7, no=3)
    english = {"第{no}项没有写明责任单位。": "No unit is named for item {no}."}
    assert found.text(lambda words: english.get(words, words)) == "No unit is named for item 3."


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_assumptions_need_nothing_the_message_does_not_get(code: str) -> None:
    places = [
        {name for _, name, _, _ in Formatter().parse(words) if name} for words in MESSAGES[code]
    ]
    assert all(name.isidentifier() for names in places for name in names)


def test_every_finding_of_a_document_renders(findings: list[Finding]) -> None:
    assert all("{" not in f.text() + f.assumption() for f in findings)


def test_a_table_nobody_can_read_is_said() -> None:
    table = [["指标", "2024", "2025"], ["产值", "3", "5"], ["税收", "1", "2"]]
    from tests.plans.reader.builders import word

    plan = read_plan(word(["青禾县工作方案", "一、重点任务", "（一）植树。造林5亩。", table]))
    assert "table_not_read" in {f.code for f in plan.findings}


def test_json_of_a_small_document() -> None:
    plan = read_plan("青禾县工作方案\n一、重点任务\n（一）植树。造林0.5亩。".encode(), "方案.txt")
    printed = to_json(plan)
    assert printed["targets"] == [
        {"indicator": "造林", "op": "=", "value": 0.5, "unit": "亩", "year": None,
         "annual": False, "source": {"line": 3}}
    ]  # fmt: skip
    assert printed["rows"][0]["due"] is None
    assert printed["title"] == "青禾县工作方案"
