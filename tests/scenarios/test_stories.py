"""Stories played with the shipped designs: back and forth, objections, deadlines, side by side."""

import datetime as dt
import json
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.designs.operations import WORKFLOWS
from sanwei_flow.engine import compile_decision, compile_design
from sanwei_flow.errors import Invalid
from sanwei_flow.processes.opinions import NO_FORM
from sanwei_flow.scenarios.comparing import as_stored as stored
from sanwei_flow.scenarios.comparing import compare, expect, from_stored
from sanwei_flow.scenarios.play import play
from sanwei_flow.scenarios.steps import (
    MOST_SKIPPED,
    Act,
    Given,
    Skip,
    Step,
    as_json,
    given_as_json,
    moment_of,
    read_given,
    read_steps,
)
from sanwei_flow.scenarios.values import Material, Played
from tests.engine import bpmn
from tests.workflows.desk import (
    FINANCE,
    HELPERS,
    LEAD,
    OFFICE,
    PLAN,
    ROW,
    SCHEMAS,
    TOWN,
    UNITS,
    source,
)
from tests.workflows.desk import OTHER as TRADE

MONDAY = dt.date(2026, 3, 2)
TABLE = compile_decision((WORKFLOWS / "escalation.dmn").read_bytes())
DESIGNS = {key: source(key).decode() for key in ("task_division", "cooperation")}


@pytest.fixture(autouse=True)
def words(app):
    """Labels of buttons are rendered, as in a request."""
    with app.test_request_context():
        yield


def material(root: str = "task_division", **changed: str) -> Material:
    designs = {key: compile_design(xml.encode()) for key, xml in (DESIGNS | changed).items()}
    return Material(
        root,
        designs.__getitem__,
        lambda _process, key: SCHEMAS[key] if key else NO_FORM,
        {}.__getitem__,
        TABLE,
        load_calendar(),
    )


def start(**row) -> Given:
    row = {**ROW, "due": "2026-06-30", "cooperating": HELPERS} | row
    variables = {"plan": PLAN, "row": row, "cooperating": row["cooperating"]}
    return Given(moment_of(MONDAY), variables, UNITS)


def lead(node: str, outcome: str, comment: str = "", **answers) -> Act:
    return Act("task_division", node, LEAD, outcome, answers, comment)


def part(unit: int, node: str, outcome: str, comment: str = "", **answers) -> Act:
    return Act("cooperation", node, unit, outcome, answers, comment)


SIGNED = [lead("sign_for", "accept"), lead("divide", "submit")]
AT_WORK = [*SIGNED, lead("division_review", "agree")]


def played(*steps: Step, given: Given | None = None, made: Material | None = None) -> Played:
    return play(made or material(), given or start(), steps)


def names(seen: Played) -> list[tuple[str, int]]:
    return [(task.name, task.unit) for task in seen.last.open]


def said(seen: Played, kind: str) -> list[str]:
    return [str(one.said) for one in seen.last.happened if one.kind == kind]


def test_work_that_is_returned_comes_back_with_what_was_entered() -> None:
    seen = played(*SIGNED, lead("division_review", "return", "请细化"))
    assert names(seen) == [("任务分工", LEAD)]
    rows = seen.last.open[0].data["division"]
    assert [row["unit"] for row in rows] == [FINANCE, TOWN]
    assert "审核分工" in said(seen, "act")[0]


def test_an_opinion_is_asked_for_as_in_life() -> None:
    seen = played(*SIGNED, lead("division_review", "return"))
    assert seen.trouble is not None
    assert not seen.trouble.fault
    assert seen.trouble.step == 3
    assert "退回时请写明意见" in str(seen.trouble.said)
    # What could be taken stays to be seen.
    assert names(seen) == [("审核分工", LEAD)]


def test_an_objection_leads_to_another_lead() -> None:
    seen = played(
        lead("sign_for", "object", reason="不属本单位职责", suggested=str(TRADE)),
        lead("objection_review", "agree"),
        Act("task_division", "office_decision", OFFICE, "reassign", {"new_lead": str(TRADE)}),
    )
    assert names(seen) == [("签收", TRADE)]
    (service,) = [one for one in seen.last.happened if one.kind == "service"]
    assert service.data["arguments"]["unit"] == TRADE
    assert service.data["result"]["lead_name"] == "县商务委"


def test_days_pass_with_reminders_and_silence_counts_as_signing() -> None:
    seen = played(Skip(3))
    assert said(seen, "reminder") == [
        "县供销合作社（承办人）的“签收”还有1个工作日到期（2026-03-05）"
    ]
    assert names(seen) == [("签收", LEAD)]
    seen = played(Skip(3), Skip())
    assert said(seen, "timer") == ["到时：超过3个工作日未签收，视为签收"]
    assert names(seen) == [("任务分工", LEAD)]


def test_late_work_is_chased_step_by_step() -> None:
    seen = played(*SIGNED, Skip(20))
    assert len(said(seen, "overdue")) == 1
    assert said(seen, "escalation") == [
        "县供销合作社的“审核分工”已逾期3个工作日，发黄牌",
        "县供销合作社的“审核分工”已逾期6个工作日，发红牌",
        "县供销合作社的“审核分工”已逾期10个工作日，发督办单",
    ]


def test_units_work_side_by_side_until_the_last_has_reported() -> None:
    seen = played(*AT_WORK)
    assert names(seen) == [("签收", FINANCE), ("签收", TOWN)]
    done = [
        *AT_WORK,
        *(part(unit, "sign_for", "accept") for unit in (TOWN, FINANCE)),
        *(part(unit, "part_report", "submit", summary="完成") for unit in (FINANCE, TOWN)),
        *(part(unit, "unit_review", "agree") for unit in (FINANCE, TOWN)),
        part(LEAD, "lead_confirm", "confirm"),
    ]
    seen = played(*done)
    assert names(seen) == [("牵头单位确认", LEAD)]
    seen = played(*done, part(LEAD, "lead_confirm", "confirm"))
    assert names(seen) == [("上报办结", LEAD)]
    assert [one.status for one in seen.parts] == ["running", "finished", "finished"]
    assert len(seen.parts[0].variables["reports"]) == 2


def test_a_row_is_struck_off_without_touching_one() -> None:
    seen = played(
        *SIGNED[:1],
        lead("divide", "submit", division=[]),
        lead("division_review", "agree"),
        lead("completion_report", "submit", summary="建成11个"),
        lead("unit_review", "agree"),
        Act("task_division", "office_review", OFFICE, "agree"),
    )
    assert seen.last.status == "finished"
    assert said(seen, "service") == ["服务“销号”（plans.write_off_row）没有执行，按成功继续"]
    assert seen.parts[0].stage == "written_off"


def test_a_changed_design_says_where_it_first_differs() -> None:
    steps = [*AT_WORK, part(TOWN, "sign_for", "accept"), Skip(3)]
    kept = json.loads(json.dumps(expect(played(*steps))))
    assert compare(kept, played(*steps), UNITS) is None

    def difference(steps: Sequence[Step] = steps, **changed: str) -> str:
        found = compare(kept, played(*steps, made=material(**changed)), UNITS)
        assert found is not None
        assert str(from_stored(stored(found.said))) == str(found.said)
        return str(found.said)

    xml = DESIGNS["task_division"]
    review = xml.index('<bpmn:userTask id="division_review"')

    def in_review(before: str, after: str) -> str:
        return xml[:review] + xml[review:].replace(before, after, 1)

    assert difference(task_division=in_review('name="due" value="3"', 'name="due" value="2"')) == (
        "第 2 步“任务分工”之后，"
        "县供销合作社（审核人）的“审核分工”应于2026-03-05到期，现在是2026-03-04"
    )
    assert difference(
        task_division=in_review(
            '"candidate_role" value="reviewer"', '"candidate_role" value="leader"'
        )
    ) == (
        "第 2 步“任务分工”之后，"
        "“审核分工”应由县供销合作社（审核人）办理，现在由县供销合作社（分管领导）办理"
    )
    assert (
        difference(task_division=in_review('value="agree,return"', 'value="confirm=确认,return"'))
        == "第 3 步做不了：“审核分工”现在不能以“同意”办理"
    )
    child = DESIGNS["cooperation"].replace('name="sign_for" value="true"', 'name="x" value="1"')
    assert compare(kept, played(*steps, made=material(cooperation=child)), UNITS) is None
    child = (
        DESIGNS["cooperation"]
        .replace('<bpmn:process id="cooperation"', '<bpmn:process id="cooperation"')
        .replace("${part.unit}", "${lead_unit}")
    )
    assert difference(cooperation=child).startswith(
        "第 3 步“审核分工”之后，“签收”应由县财政局（承办人）办理"
    )


def test_a_fault_is_a_sentence_with_its_element() -> None:
    xml = DESIGNS["task_division"]
    broken = xml.replace(
        'name="candidate_unit" value="${plan.office_unit}"',
        'name="candidate_unit" value="${plan.nothing}"',
    )
    steps = [
        lead("sign_for", "object", reason="不属本单位职责"),
        lead("objection_review", "agree"),
    ]
    kept = expect(played(*steps))
    seen = played(*steps, made=material(task_division=broken))
    assert seen.trouble is not None
    assert seen.trouble.fault
    assert seen.trouble.node == "office_decision"
    found = compare(kept, seen, UNITS)
    assert found is not None
    assert str(found.said).startswith("第 2 步出现故障：")
    assert seen.last.status == "incident"


def test_processes_that_call_each_other_without_end_stop_with_a_sentence() -> None:
    both = {
        key: bpmn.process(key, bpmn.start(), bpmn.call("c", other), bpmn.end(), flows="s > c > e")
        for key, other in (("ping", "pong"), ("pong", "ping"))
    }
    seen = played(made=material("ping", **{key: xml.decode() for key, xml in both.items()}))
    assert seen.trouble is not None
    assert seen.trouble.fault
    assert str(seen.trouble.said) == "流程互相调用超过 10 层"


def test_nothing_ever_happens_by_itself_once_all_is_done() -> None:
    seen = played(
        lead("sign_for", "accept"),
        lead("divide", "submit", division=[]),
        lead("division_review", "agree"),
        lead("completion_report", "submit", summary="建成11个"),
        lead("unit_review", "agree"),
        Act("task_division", "office_review", OFFICE, "agree"),
        Skip(),
    )
    assert seen.trouble is not None
    assert str(seen.trouble.said) == "没有定时、提醒或期限可以等"


def test_what_is_kept_reads_back_and_nonsense_is_refused() -> None:
    given_ = start()
    assert read_given(json.loads(json.dumps(given_as_json(given_)))) == given_
    steps = [*AT_WORK, Skip(2), Skip()]
    assert read_steps(json.loads(json.dumps([as_json(one) for one in steps]))) == steps
    for wrong in ({}, {"begun": "x", "variables": {}}, {"begun": "2026-03-02", "variables": 3}, 7):
        with pytest.raises(Invalid):
            read_given(wrong)
    for wrong in (
        [{}],
        [{"do": "x"}],
        [{"do": "act"}],
        3,
        [{"do": "skip", "days": MOST_SKIPPED + 1}],
    ):
        with pytest.raises(Invalid):
            read_steps(wrong)
    with pytest.raises(Invalid):
        read_given({"begun": "2026-03-02", "variables": {"x": "字" * 200_000}})


CHOICES = [
    *AT_WORK,
    lead("sign_for", "object", reason="x"),
    lead("objection_review", "return", "x"),
    lead("division_review", "return", "x"),
    part(TOWN, "sign_for", "accept"),
    part(FINANCE, "part_report", "submit", summary="x"),
    Skip(1),
    Skip(4),
    Skip(),
]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(CHOICES), max_size=8), st.integers(0, 8))
def test_stepping_back_and_forward_shows_the_same(steps: list[Step], back: int) -> None:
    whole = played(*steps)
    again = played(*steps)
    assert whole.shots == again.shots
    earlier = played(*steps[: min(back, len(steps))])
    assert earlier.shots == whole.shots[: len(earlier.shots)]
    assert expect(whole) == expect(again)
    assert compare(json.loads(json.dumps(expect(whole))), again, UNITS) is None or whole.trouble
