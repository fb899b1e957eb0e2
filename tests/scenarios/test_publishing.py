"""Scenarios are played at every publish: green or red beside the version, red ones explained."""

import json

import pytest

from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.accounts.operations import actor_of
from sanwei_flow.db import db, transaction
from sanwei_flow.designs import drafting
from sanwei_flow.designs.models import DesignVersion
from sanwei_flow.designs.operations import WORKFLOWS, install_shipped, publish
from sanwei_flow.designs.queries import current
from sanwei_flow.errors import Conflict, Forbidden, Invalid, NotFound
from sanwei_flow.scenarios import keeping, operations, queries, watching
from sanwei_flow.scenarios.models import Scenario, ScenarioResult
from sanwei_flow.scenarios.steps import Act, Skip, read_given, read_steps
from tests.factories import NOW, log_in, make_unit, make_user

FILE = WORKFLOWS / "task_division.bpmn"
PATIENT = FILE.read_text("utf-8").replace('name="due" value="5"', 'name="due" value="8"')
SAID = "第 1 步“签收”之后，县供销合作社（承办人）的“任务分工”应于2026-03-09到期，现在是2026-03-12"


@pytest.fixture
def designer(database):
    with transaction():
        install_shipped(by=SYSTEM, at=NOW)
        user = make_user(make_unit(), ["designer"], name="设计员")
    return actor_of(user)


def results(version: DesignVersion) -> dict[str, bool]:
    found = queries.results([version.id]).get(version.id, [])
    return {one.name: one.green for one in found}


def test_the_shipped_scenarios_are_there_and_green(designer) -> None:
    division, cooperation = current("task_division"), current("cooperation")
    assert results(division) == {
        "从签收到销号": True,
        "提出异议后改派": True,
        "逾期视为签收，专班退回配合单位": True,
    }
    # Whoever calls a process is tried with it as well.
    assert results(cooperation) == {
        "上报被退回后重报": True,
        "从签收到销号": True,
        "逾期视为签收，专班退回配合单位": True,
    }


def test_installing_again_changes_nothing_but_what_people_left_alone(designer) -> None:
    before = db.session.scalars(db.select(Scenario.id).order_by(Scenario.id)).all()
    with transaction():
        install_shipped(by=SYSTEM, at=NOW)
    assert db.session.scalars(db.select(Scenario.id).order_by(Scenario.id)).all() == before
    mine, theirs = queries.scenarios_of("task_division")[:2]
    with transaction():
        keeping.accept("task_division", mine.id, by=designer, at=NOW)
        theirs.shipped = "of an older release"
    with transaction():
        for path in sorted(watching.SHIPPED.glob("*.json")):
            watching.install(path, by=SYSTEM, at=NOW)
    after = {one.name: one.id for one in queries.scenarios_of("task_division")}
    assert after[mine.name] == mine.id
    assert after[theirs.name] != theirs.id


def test_who_publishes_against_a_scenario_says_why(designer) -> None:
    with transaction():
        draft = drafting.open_draft("task_division", by=designer, at=NOW)
        drafting.save_draft(draft.id, revision=1, xml=PATIENT, by=designer, at=NOW)
    told = {one.scenario.name: one for one in keeping.replay_draft("task_division", by=designer)}
    assert str(told["从签收到销号"].difference.said) == SAID
    with pytest.raises(Invalid, match="有 3 个情形与保存时不同") as refused, transaction():
        drafting.publish_draft(draft.id, revision=2, note=" ", by=designer, at=NOW)
    assert refused.value.fields["note"]
    assert current("task_division").number == 1
    with transaction():
        version = drafting.publish_draft(
            draft.id, revision=2, note="分工时间不够", by=designer, at=NOW
        )
    found = {one.name: one for one in queries.results([version.id])[version.id]}
    assert not found["提出异议后改派"].green
    assert not found["从签收到销号"].green
    assert str(found["从签收到销号"].said) == SAID
    kept = next(one for one in queries.scenarios_of("task_division") if one.name == "从签收到销号")
    with transaction():
        keeping.accept("task_division", kept.id, by=designer, at=NOW)
    assert results(version)["从签收到销号"]
    (now, first) = queries.results_of(kept.id)[:2]
    assert (now.version_id, now.green) == (version.id, True)
    assert first.green


def test_publishing_what_a_caller_relies_on_turns_its_scenarios_red(designer) -> None:
    xml = (WORKFLOWS / "cooperation.bpmn").read_text("utf-8")
    changed = xml.replace(
        'name="outcomes" value="confirm,return"', 'name="outcomes" value="agree=同意,return"'
    )
    with transaction():
        version = publish(changed, {}, by=designer, at=NOW, note="改为同意")
    found = {one.name: str(one.said) for one in queries.results([version.id])[version.id]}
    assert found["从签收到销号"] == "第 11 步做不了：“牵头单位确认”现在不能以“确认”办理"
    assert found["上报被退回后重报"] == "第 10 步做不了：“牵头单位确认”现在不能以“确认”办理"


def test_the_command_line_replays_and_publishes(app, designer, tmp_path) -> None:
    runner = app.test_cli_runner()
    done = runner.invoke(args=["scenario", "run", "task_division"])
    assert done.exit_code == 0
    assert "task_division/从签收到销号: ok" in done.output
    assert "上报被退回后重报: ok" in runner.invoke(args=["scenario", "list"]).output
    path = tmp_path / "division.bpmn"
    path.write_text(PATIENT, "utf-8")
    assert runner.invoke(args=["design", "check", str(path)]).exit_code == 0
    checked = runner.invoke(args=["design", "check", "--scenarios", str(path)])
    assert checked.exit_code == 1
    assert f"情形“从签收到销号”：{SAID} (scenario)" in checked.output
    done = runner.invoke(args=["design", "publish", str(path)])
    assert "task_division version 2" in done.output
    assert f"scenario task_division/从签收到销号: differs: {SAID}" in done.output
    done = runner.invoke(args=["scenario", "run", "task_division", "--json"])
    assert done.exit_code == 1
    red = [one for one in json.loads(done.output) if not one["green"]]
    assert {(one["name"], one["step"]) for one in red} >= {("从签收到销号", 1)}
    assert (
        runner.invoke(args=["scenario", "run", "extension"]).output == "extension: no scenarios\n"
    )


def content(name: str = "written_off"):
    kept = json.loads((watching.SHIPPED / f"{name}.json").read_text("utf-8"))
    return read_given(kept["given"]), read_steps(kept["steps"])


def test_a_run_goes_forward_and_back_and_is_kept(designer) -> None:
    key, (given, steps) = "task_division", content()
    with transaction():
        run = operations.begin(key, 1, given, "第 1 项", by=designer, at=NOW)
    for number, step in enumerate(steps[:4], start=1):
        with transaction():
            operations.take(key, run.id, step, revision=number, by=designer, at=NOW)
    whole = operations.played(queries.dry_run(key, run.id)).shots
    with transaction():
        operations.move(key, run.id, 1, revision=5, by=designer, at=NOW)
    assert operations.played(queries.dry_run(key, run.id)).shots == whole[:2]
    with transaction():
        operations.move(key, run.id, 4, revision=6, by=designer, at=NOW)
    assert operations.played(queries.dry_run(key, run.id)).shots == whole
    with transaction():
        operations.move(key, run.id, 1, revision=7, by=designer, at=NOW)
        operations.take(key, run.id, Skip(2), revision=8, by=designer, at=NOW)
    assert len(queries.dry_run(key, run.id).steps) == 2
    with pytest.raises(Conflict, match="在别处又走了一步"), transaction():
        operations.take(key, run.id, Skip(2), revision=3, by=designer, at=NOW)
    wrong = Act(key, "unit_review", 2, "agree")
    with pytest.raises(Conflict, match="现在没有这项待办"), transaction():
        operations.take(key, run.id, wrong, revision=9, by=designer, at=NOW)
    with pytest.raises(Invalid, match="没有这一步"), transaction():
        operations.move(key, run.id, 9, revision=9, by=designer, at=NOW)
    with transaction():
        kept = keeping.save(key, run.id, "两天以后", by=designer, at=NOW)
    assert len(kept.steps) == 2
    # A county's register is not kept with every scenario, only whom it speaks of.
    assert set(kept.given["units"].values()) <= set(given.units.values())
    with pytest.raises(Invalid, match="已有名为“两天以后”的情形"), transaction():
        keeping.save(key, run.id, "两天以后", by=designer, at=NOW)
    with transaction():
        keeping.remove(key, kept.id, by=designer, at=NOW)
        operations.discard(key, run.id, by=designer)
    with pytest.raises(NotFound):
        queries.dry_run(key, run.id)
    assert not db.session.scalar(
        db.select(ScenarioResult.id).where(ScenarioResult.scenario_id == kept.id)
    )


def test_only_designers_try_designs(designer) -> None:
    with transaction():
        other = actor_of(make_user(make_unit(), ["office"]))
    given, steps = content()
    for call in (
        lambda: operations.begin("task_division", 1, given, "x", by=other, at=NOW),
        lambda: keeping.create("task_division", "x", "", given, steps, by=other, at=NOW),
        lambda: keeping.replay_draft("task_division", by=other),
        lambda: keeping.replay_one("task_division", 1, by=other, at=NOW),
        lambda: keeping.remove("task_division", 1, by=other, at=NOW),
        lambda: keeping.accept("task_division", 1, by=other, at=NOW),
    ):
        with pytest.raises(Forbidden), transaction():
            call()


def test_a_draft_is_tried_as_it_is_and_goes_with_it(designer, client) -> None:
    key = "task_division"
    given, _steps = content()
    with transaction():
        draft = drafting.open_draft(key, by=designer, at=NOW)
        run = operations.begin(key, None, given, "草稿", by=designer, at=NOW)
        operations.take(
            key, run.id, Act(key, "sign_for", 2, "accept"), revision=1, by=designer, at=NOW
        )
    (task,) = operations.played(queries.dry_run(key, run.id)).last.open
    assert task.due.isoformat() == "2026-03-09"
    with transaction():
        drafting.save_draft(draft.id, revision=1, xml=PATIENT, by=designer, at=NOW)
    (task,) = operations.played(queries.dry_run(key, run.id)).last.open
    assert task.due.isoformat() == "2026-03-12"
    with transaction():
        drafting.discard_draft(draft.id, by=designer, at=NOW)
    log_in(client, make_designer())
    page = client.get(f"/designs/{key}/dry-runs/{run.id}")
    assert page.status_code == 404
    assert "草稿已经发布或放弃" in page.text


def make_designer():
    with transaction():
        return make_user(make_unit(), ["designer"])
