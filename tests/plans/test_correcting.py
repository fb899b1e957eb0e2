import datetime as dt

import pytest

from sanwei_flow.audit.queries import entries
from sanwei_flow.db import transaction
from sanwei_flow.errors import Conflict, Forbidden, Invalid, NotFound
from sanwei_flow.plans import operations, queries
from tests.factories import NOW


def row(plan, no):
    return queries.row_view(plan, no, NOW.date())


def test_the_office_corrects_words_date_importance_and_units(desk):
    plan = desk.imports()
    desk.correct(
        plan,
        2,
        task="建成流通网点60个。",
        due="2028-06-30",
        major=True,
        lead=[desk.unit("县财政局")],
        cooperating=["各乡镇", "县商务委"],
    )
    view = row(plan, 2)
    assert view.row.task == "建成流通网点60个。"
    assert view.row.due == dt.date(2028, 6, 30)
    assert not view.row.due_inferred
    assert view.row.major
    assert [str(name) for name in view.lead] == ["县财政局"]
    assert [str(name) for name in view.cooperating] == ["各乡镇", "县商务委"]


def test_every_change_is_recorded_with_before_and_after(desk):
    plan = desk.imports()
    desk.correct(plan, 2, lead=["县财政局"], category="着力构建服务平台")
    (change,) = [one for one in entries(f"plan:{plan.id}") if one.kind == "correct_row"]
    assert change.data == {"row": 2, "field": "lead", "before": "县商务委", "after": "县财政局"}


def test_wrong_fields_are_named_one_by_one_and_nothing_changes(desk):
    plan = desk.imports()
    with pytest.raises(Invalid) as refused:
        desk.correct(
            plan,
            2,
            task="  ",
            due="2028-02-30",
            lead=["没有这个局"],
            cooperating="县商务委",
            major="yes",
            colour="red",
            category=7,
        )
    assert set(refused.value.fields) == {
        "due",
        "lead",
        "cooperating",
        "major",
        "colour",
        "category",
    }
    assert "没有这个局" in str(refused.value.fields["lead"][0])
    with pytest.raises(Invalid) as refused:
        desk.correct(plan, 2, task="  ")
    assert set(refused.value.fields) == {"task"}
    assert row(plan, 2).row.task == "建成流通网点58个。"


def test_a_date_in_the_past_is_taken_and_marked(desk):
    plan = desk.imports()
    desk.correct(plan, 2, due=dt.date(2024, 1, 31))
    assert row(plan, 2).row.due_past
    desk.correct(plan, 2, due=None)
    assert row(plan, 2).row.due is None
    assert "未定" in str(row(plan, 2).light)


def test_two_people_correcting_one_row_do_not_overwrite_each_other(desk):
    plan = desk.imports()
    seen = plan.rows[1].version
    desk.correct(plan, 2, lead=["县财政局"])
    with transaction(), pytest.raises(Conflict, match="他人"):
        operations.correct_row(
            plan.id, 2, {"task": "迟来的修改"}, version=seen, by=desk.office, at=NOW
        )


def test_names_the_plan_uses_survive_a_correction_of_the_list(desk):
    plan = desk.imports()
    desk.correct(plan, 3, cooperating=["县商务委", "青山县金融监管支局"])
    assert [str(name) for name in row(plan, 3).cooperating] == ["县商务委", "青山县金融监管支局"]


def test_strangers_and_launched_plans_are_refused(desk):
    plan = desk.ready()
    with pytest.raises(Forbidden):
        desk.correct(plan, 2, by=desk.clerk, major=True)
    with pytest.raises(NotFound):
        desk.correct(plan, 99, major=True)
    desk.launch(plan)
    with pytest.raises(Conflict, match="改派"):
        desk.correct(plan, 2, major=True)


def test_saving_a_row_unchanged_changes_and_records_nothing(desk):
    plan = desk.imports()
    before = row(plan, 1).row
    version, inferred = before.version, before.due_inferred
    desk.correct(
        plan,
        1,
        task=before.task,
        due=before.due,
        lead=["县供销合作社"],
        cooperating=["县农业农村委", "县财政局", "各乡镇"],
    )
    after = row(plan, 1).row
    assert (after.version, after.due_inferred) == (version, inferred)
    assert not [one for one in entries(f"plan:{plan.id}") if one.kind == "correct_row"]
