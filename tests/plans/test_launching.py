import pytest

from sanwei_flow.db import db, transaction
from sanwei_flow.designs.queries import current
from sanwei_flow.errors import Forbidden, Invalid
from sanwei_flow.plans import operations, queries
from sanwei_flow.plans.resolving import Expansion
from sanwei_flow.plans.variables import start_variables
from sanwei_flow.processes import handlers, jobs
from sanwei_flow.processes.models import ProcessInstance
from sanwei_flow.processes.operations import act_on_task
from sanwei_flow.processes.queries import open_tasks
from tests.counting import counted
from tests.factories import NOW
from tests.journeys.documents import UNDIVIDED


def instances():
    return db.session.scalar(db.select(db.func.count(ProcessInstance.id)))


def statuses(plan):
    return [view.status for view in queries.row_views(plan, NOW.date())]


def test_what_is_missing_is_said_in_sentences_and_nothing_starts(desk):
    plan = desk.imports()
    (blocker,) = operations.ready_to_launch(plan)
    assert str(blocker) == "单位“青山县金融监管支局”还没有确认（首见于第3项）"
    with pytest.raises(Invalid, match="青山县金融监管支局"):
        desk.launch(plan)
    assert instances() == 0
    assert queries.status_of(plan) == "draft"


def test_rows_without_a_unit_must_be_assigned_first(desk):
    plan = desk.imports(UNDIVIDED)
    assert [blocker.code for blocker in operations.ready_to_launch(plan)] == ["no_lead"] * 3
    desk.correct(plan, 1, lead=["各乡镇"])
    assert operations.ready_to_launch(plan)[0].code == "collective_lead"
    for no in (1, 2, 3):
        desk.correct(plan, no, lead=["县供销合作社"])
    assert operations.ready_to_launch(plan) == []
    desk.launch(plan)
    assert statuses(plan) == ["dispatched"] * 3


def test_a_launch_starts_one_process_per_row_with_its_lead(desk):
    plan = desk.launch(desk.ready())
    assert queries.status_of(plan) == "running"
    views = queries.row_views(plan, NOW.date())
    assert [view.status for view in views] == ["dispatched"] * 3
    for view, lead in zip(views, ("县供销合作社", "县商务委", "县农业农村委"), strict=True):
        (task,) = open_tasks(view.process_id)
        assert (task.name, task.unit_id, task.box) == ("签收", desk.unit(lead), "to_accept")
    assert current(f"plan_{plan.id}").design.name.startswith("青山县")


def test_collectives_are_expanded_and_the_lead_does_not_help_itself(desk):
    plan = desk.ready()
    desk.correct(plan, 1, lead=["东河镇", "县商务委"], cooperating=["各乡镇", "县商务委"])
    first = start_variables(plan, Expansion())["row_1"]
    assert first["lead_name"] == "东河镇"
    assert [one["name"] for one in first["cooperating"]] == [
        "县商务委",
        "城关街道",
        "西岭镇",
        "南坪乡",
    ]
    assert first["due"] == "2029-12-31"
    assert first["targets"][0]["value"] == 13


def test_launching_again_changes_nothing(desk):
    plan = desk.launch(desk.ready())
    before, root = instances(), plan.process_id
    assert desk.launch(plan).process_id == root
    assert instances() == before


def test_an_interrupted_launch_goes_on_where_it_stopped(desk, monkeypatch):
    plan = desk.ready()
    start, started = handlers.start_children, []

    def killed_after_the_first(job_ids, *rest, **more):
        if started:
            raise KeyboardInterrupt
        started.extend(job_ids)
        return start(job_ids, *rest, **more)

    monkeypatch.setattr(handlers, "start_children", killed_after_the_first)
    monkeypatch.setattr(jobs, "TOGETHER", 1)
    with pytest.raises(KeyboardInterrupt):
        desk.launch(plan)
    monkeypatch.undo()
    db.session.rollback()
    assert queries.launch_progress(plan) == queries.Progress(1, 3)
    assert queries.status_of(plan) == "launching"
    assert sorted(statuses(plan)) == ["dispatched", "starting", "starting"]
    desk.launch(plan)
    assert queries.launch_progress(plan).finished
    assert statuses(plan) == ["dispatched"] * 3
    assert instances() == 4


def test_only_the_plans_own_office_launches(desk):
    plan = desk.ready()
    with pytest.raises(Forbidden):
        desk.launch(plan, by=desk.clerk)


def test_a_row_is_followed_through_its_process(desk):
    plan = desk.launch(desk.ready())
    view = queries.row_view(plan, 2, NOW.date())
    (task,) = open_tasks(view.process_id)
    with transaction():
        act_on_task(task.id, "accept", {}, by=desk.clerk, at=NOW)
    assert queries.row_view(plan, 2, NOW.date()).status == "in_progress"


@pytest.mark.parametrize("copies", [1, 3])
def test_reading_rows_costs_the_same_however_many(desk, copies):
    plan = desk.ready()
    if copies > 1:
        for no in (1, 2, 3):
            desk.correct(plan, no, cooperating=["各乡镇", "县财政局", "县商务委"])
    db.session.expire_all()
    queries.plan_cards(NOW.date(), by=desk.office)
    with counted() as sent:
        queries.plan_cards(NOW.date(), by=desk.office)
        cards = len(sent)
        queries.row_views(plan, NOW.date())
        rows = len(sent)
        operations.ready_to_launch(plan)
        operations.launch_effect(plan)
    assert cards <= 6  # two of them for lights: figures reported, and the settings
    assert rows - cards <= 5
    assert len(sent) - rows <= 8  # two of them for a process that designers have in hand


def test_progress_speaks_in_percent():
    assert queries.Progress(0, 0).percent == 100
    assert queries.Progress(1, 3).percent == 33
    assert not queries.Progress(1, 3).finished
