import json

import pytest

from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.accounts.operations import actor_of
from sanwei_flow.db import db
from sanwei_flow.designs import operations, queries
from sanwei_flow.designs.models import DesignVersion
from sanwei_flow.designs.schema import Field
from sanwei_flow.engine import DesignError
from sanwei_flow.errors import Invalid, NotFound
from tests.factories import NOW, make_unit, make_user

ROW = (operations.WORKFLOWS / "task_division.bpmn").read_text("utf-8")
PART = (operations.WORKFLOWS / "cooperation.bpmn").read_text("utf-8")


def publish(xml, forms=(), **more):
    return operations.publish(xml, dict(forms), by=SYSTEM, at=NOW, **more)


def test_what_we_ship_is_installed_once(database):
    first = operations.install_shipped(by=SYSTEM, at=NOW)
    again = operations.install_shipped(by=SYSTEM, at=NOW)
    assert [version.id for version in again] == [version.id for version in first]
    shipped = {path.stem for path in operations.WORKFLOWS.glob("*.bpmn")}
    assert {"cooperation", "extension", "task_division"} <= shipped
    assert {v.design.key: v.number for v in first} == dict.fromkeys(shipped, 1)
    assert queries.current("task_division").design.name == "任务分工"


def test_what_a_person_changed_stays_theirs(database):
    operations.install_shipped(by=SYSTEM, at=NOW)
    person = make_user(make_unit(), ["designer"])
    changed = PART.replace('name="办理并上报"', 'name="办理"')
    theirs = operations.publish(changed, {}, by=actor_of(person), at=NOW)
    operations.install_shipped(by=SYSTEM, at=NOW)
    assert queries.current("cooperation").id == theirs.id


def test_a_version_keeps_the_forms_it_was_published_with(database):
    old = publish(PART)
    form = operations.load_forms(operations.WORKFLOWS / "forms")["part_report"]
    changed = form | {"title": "半年报告"}
    new = publish(PART, {"part_report": changed})
    assert (old.number, new.number) == (1, 2)
    assert queries.form(old, "part_report").title == "办理情况"
    assert queries.form(new, "part_report").title == "半年报告"
    assert set(new.forms) == {"sign_for", "part_report", "unit_review", "lead_confirm"}
    assert publish(PART, {"part_report": changed}).id == new.id
    assert publish(PART).number == 3
    with pytest.raises(NotFound):
        queries.form(new, "divide")


def test_a_design_that_cannot_run_is_refused_with_every_problem(database):
    with pytest.raises(DesignError) as caught:
        publish(ROW.replace('value="sign_for"', 'value="sign_on"'))
    assert any(problem.element_id == "sign_for" for problem in caught.value.problems)
    assert db.session.query(DesignVersion).count() == 0


def test_a_wrong_form_is_refused(database):
    with pytest.raises(Invalid, match="part_report"):
        publish(PART, {"part_report": {"key": "part_report", "fields": []}})


def test_a_design_nobody_published(database):
    with pytest.raises(NotFound, match="nowhere"):
        queries.current("nowhere")


def test_check_and_publish_from_files(app, database, tmp_path):
    run = app.test_cli_runner().invoke
    shipped = [str(path) for path in sorted(operations.WORKFLOWS.glob("*.bpmn"))]
    result = run(args=["design", "check", *shipped])
    assert result.exit_code == 0, result.output
    broken = tmp_path / "broken.bpmn"
    broken.write_text(PART.replace('value="sign_for"', 'value="sign_on"'), "utf-8")
    (tmp_path / "forms").mkdir()
    own = tmp_path / "forms" / "own.json"
    own.write_text('{"key": "own"}', "utf-8")
    result = run(args=["design", "check", str(broken)])
    assert "表单 own 的定义有误（title）" in result.output
    own.write_text("{", "utf-8")
    result = run(args=["design", "check", str(broken)])
    assert result.exit_code == 2
    assert "表单 own 不是有效的 JSON" in result.output
    own.unlink()
    result = run(args=["design", "check", str(broken), "--json"])
    assert result.exit_code == 1
    (problem,) = json.loads(result.output)
    assert (problem["element"], problem["severity"]) == ("sign_for", "error")
    assert problem["line"] > 1
    result = run(args=["design", "publish", *shipped, "--note", "首次"])
    names = sorted(path.stem for path in operations.WORKFLOWS.glob("*.bpmn"))
    assert result.output.split("\n") == [*(f"{name} version 1" for name in names), ""]
    assert queries.current("cooperation").note == "首次"
    result = run(args=["design", "publish", str(broken)])
    assert result.exit_code == 2
    assert "sign_for" in result.output


def test_people_to_choose_from_are_those_of_a_unit_or_all(database):
    unit, other = make_unit("县财政局"), make_unit("县商务委")
    wang = make_user(unit, ["staff"], name="王")
    li = make_user(other, ["staff"], name="李")
    whoever = Field(key="who", label="谁", type="person")
    someone = Field(key="who", label="谁", type="person", choices_from="part.unit")
    everybody = queries.register_choices(whoever, {})
    assert {(wang.id, "王"), (li.id, "李")} <= set(everybody)
    assert queries.register_choices(someone, {"part": {"unit": unit.id}}) == [(wang.id, "王")]
    units = queries.register_choices(Field(key="u", label="u", type="unit"), {})
    assert units == [(unit.id, "县财政局"), (other.id, "县商务委")]


def test_contents_nobody_published(database):
    with pytest.raises(NotFound):
        queries.compiled_by_hash("0" * 64)
