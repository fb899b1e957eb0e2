import datetime as dt

import pytest

from sanwei_flow.accounts.actor import SYSTEM, Actor
from sanwei_flow.db import UTC, db, transaction
from sanwei_flow.errors import Conflict, Forbidden, Invalid
from sanwei_flow.plans import operations, queries
from sanwei_flow.plans.models import Finding, Plan, PlanRow, Target, UnitMention
from sanwei_flow.plans.reader import PlanReadError
from sanwei_flow.plans.trail import row_trail
from tests.factories import NOW, actor, make_unit
from tests.journeys.documents import DIVIDED

LATER = dt.datetime(2030, 1, 7, 1, 0, tzinfo=UTC)


def codes(plan):
    return [finding.code for finding in plan.findings]


def names(row, side):
    return [place.mention.name for place in row.units if place.side == side]


def test_a_document_becomes_a_draft_with_rows_units_figures_and_places(desk):
    plan = desk.imports()
    assert plan.title == "青山县推进“三位一体”改革工作方案"
    assert plan.office_unit_id == desk.unit("县供销合作社")
    first = plan.rows[0]
    assert first.item == "规范组建农合联"
    assert names(first, "lead") == ["县供销合作社"]
    assert names(first, "cooperating") == ["县农业农村委", "县财政局", "各乡镇"]
    assert [(one.indicator, one.value, one.unit) for one in first.targets] == [("农合联", 13, "个")]
    text = {number: words for number, _, words in plan.source_lines}
    assert text[first.source_line].strip() == "1"
    assert "各乡镇" in text[first.source_end]


def test_names_are_resolved_exactly_and_likeness_only_suggests(desk):
    plan = desk.imports()
    assert desk.mention(plan, "县农业农村委").unit_id == desk.unit("县农业农村委")
    doubtful = desk.mention(plan, "青山县金融监管支局")
    assert doubtful.status == "doubtful"
    assert doubtful.unit_id is None
    assert desk.unit("青山金融监管支局") in doubtful.candidates
    finding = desk.finding(plan, "unit_ambiguous")
    assert finding.row.no == 3
    assert "青山金融监管支局" in finding.alternatives


def test_whether_towns_include_subdistricts_is_asked_once_and_assumed_yes(desk):
    plan = desk.imports()
    assert codes(plan).count("collective_scope") == 1
    assert "subdistrict" in desk.mention(plan, "各乡镇").kinds


def test_phases_not_stated_are_the_usual_three_with_milestones(desk):
    plan = desk.imports()
    assert [phase.stated for phase in plan.phases] == [False] * 3
    carrier = next(phase for phase in plan.phases if phase.implementing)
    assert carrier.milestones == [2029]
    assert plan.phases[0].start == plan.doc_date
    assert plan.phases[-1].end == dt.date(2029, 12, 31)
    assert "phases_default" in codes(plan)


def test_stated_phases_are_kept_and_one_carries_the_rows(desk, undivided):
    plan = desk.imports(undivided)
    assert [phase.name for phase in plan.phases if phase.implementing] == ["试点实施"]
    assert "phases_default" not in codes(plan)


def test_dates_that_had_passed_raise_no_alarm(desk):
    plan = desk.imports(at=LATER)
    assert all(row.due_past for row in plan.rows)
    assert codes(plan).count("due_past") == 1
    view = queries.row_view(plan, 1, dt.date(2030, 1, 7))
    assert view.light.colour == "none"
    assert "不预警" in str(view.light)


def test_the_same_file_twice_names_the_earlier_plan_and_keeps_one(desk):
    plan = desk.imports()
    with pytest.raises(Conflict, match="2024-08-05") as refused:
        desk.imports(name="另一个名字.txt")
    assert refused.value.params["plan"] == plan.id
    assert db.session.scalar(db.select(db.func.count(Plan.id))) == 1


def test_another_version_of_a_plan_is_kept_with_a_finding(desk):
    desk.imports()
    assert "same_title" in codes(desk.imports(DIVIDED + "\n"))


def test_a_file_that_is_no_plan_leaves_nothing_behind(desk):
    with pytest.raises(PlanReadError):
        desk.imports("今天天气很好。\n")
    assert db.session.scalar(db.select(db.func.count(Plan.id))) == 0


def test_a_file_is_read_before_anybody_has_to_wait_for_the_database(desk):
    source = operations.read_source("方案.txt", DIVIDED.encode(), by=desk.office)
    assert not db.session().in_transaction()
    with transaction():
        plan = operations.keep_plan(source, by=desk.office, at=NOW)
    assert (plan.source_name, len(plan.rows)) == ("方案.txt", len(source.document.rows))
    with pytest.raises(Forbidden):
        operations.read_source("方案.txt", b"", by=desk.clerk)


def test_only_an_office_imports_and_says_which_one(desk):
    with transaction(), pytest.raises(Forbidden):
        operations.import_plan("x.txt", DIVIDED.encode(), by=desk.clerk, at=NOW)
    with transaction():
        stranger = actor(make_unit("县商务局"), "office")
    with transaction(), pytest.raises(Forbidden):
        operations.import_plan(
            "x.txt",
            DIVIDED.encode(),
            office_unit_id=desk.unit("县供销合作社"),
            by=stranger,
            at=NOW,
        )


def test_somebody_in_two_offices_must_choose(desk):
    both = Actor(
        desk.office.user_id,
        "两头忙",
        frozenset({(desk.unit("县供销合作社"), "office"), (desk.unit("县商务委"), "office")}),
    )
    with transaction(), pytest.raises(Invalid, match="哪个单位"):
        operations.import_plan("x.txt", DIVIDED.encode(), by=both, at=NOW)
    with transaction():
        plan = operations.import_plan(
            "x.txt", DIVIDED.encode(), office_unit_id=desk.unit("县商务委"), by=both, at=NOW
        )
    assert plan.office_unit_id == desk.unit("县商务委")


def test_the_command_line_takes_the_only_office(desk):
    with transaction():
        plan = operations.import_plan("x.txt", DIVIDED.encode(), by=SYSTEM, at=NOW)
    assert plan.office_unit_id == desk.unit("县供销合作社")


def test_an_import_can_be_taken_back_and_the_file_brought_again(desk):
    plan = desk.imports()
    desk.correct(plan, 2, lead=["县财政局"])
    with transaction(), pytest.raises(Forbidden):
        operations.discard_plan(plan.id, by=desk.clerk, at=NOW)
    with transaction():
        operations.discard_plan(plan.id, by=desk.office, at=NOW)
    for table in (Plan, PlanRow, UnitMention, Finding, Target):
        assert db.session.scalar(db.select(db.func.count()).select_from(table)) == 0
    again = desk.imports(at=LATER)
    assert row_trail(again, 2, None) == []


def test_a_running_plan_cannot_be_taken_back(desk):
    plan = desk.launch(desk.ready())
    with transaction(), pytest.raises(Conflict):
        operations.discard_plan(plan.id, by=desk.office, at=NOW)
