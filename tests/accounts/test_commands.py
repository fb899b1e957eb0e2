"""The operator's commands for people and tokens."""

import json

import pytest

from sanwei_flow.accounts.identity import person_of_token
from sanwei_flow.accounts.queries import user_by_name
from sanwei_flow.accounts.sessions import password_proven
from sanwei_flow.db import transaction
from tests.factories import NOW, make_unit, make_user


@pytest.fixture
def runner(app, database):
    with transaction():
        unit = make_unit("县水利局", aliases=["水利局"])
        make_user(unit, ["staff", "reviewer"], username="shuili.staff", name="李江")
    return app.test_cli_runner()


def test_people_are_listed_for_programs_and_for_eyes(runner):
    entries = json.loads(runner.invoke(args=["user", "list", "--json"]).stdout)
    assert entries == [
        {
            "username": "shuili.staff",
            "name": "李江",
            "unit": "县水利局",
            "roles": ["staff", "reviewer"],
        }
    ]
    assert "shuili.staff\t李江\t县水利局" in runner.invoke(args=["user", "list"]).stdout


def test_a_person_is_created_with_their_roles(runner):
    args = ["user", "create", "shuili.head", "--name", "赵海", "--unit", "水利局"]
    done = runner.invoke(args=[*args, "--role", "reviewer", "--password", "long enough"])
    assert (done.exit_code, done.stdout) == (0, "shuili.head\n")
    assert [str(held.role) for held in user_by_name("shuili.head").roles] == ["reviewer"]


@pytest.mark.parametrize(
    ("username", "unit", "password", "sentence"),
    [
        ("a", "没有的局", "long enough", "没有单位“没有的局”"),
        ("shuili.staff", "县水利局", "long enough", "已被使用"),
        ("a", "县水利局", "short", "至少需要8个字符"),
    ],
)
def test_what_is_wrong_is_one_line_and_leaves_nothing(runner, username, unit, password, sentence):
    args = ["user", "create", username, "--name", "甲", "--unit", unit, "--role", "staff"]
    done = runner.invoke(args=[*args, "--password", password])
    assert done.exit_code == 2
    assert sentence in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert user_by_name("a") is None


def test_a_token_is_printed_alone(runner):
    done = runner.invoke(args=["token", "create", "shuili.staff"])
    assert person_of_token(done.stdout.strip(), NOW).actor.name == "李江"
    assert runner.invoke(args=["token", "create", "nobody"]).exit_code == 2


def test_a_token_is_found_and_ended(runner):
    kept = runner.invoke(args=["token", "create", "shuili.staff", "--label", "统计"]).stdout.strip()
    (line,) = runner.invoke(args=["token", "list", "shuili.staff"]).stdout.splitlines()
    number, _made, label = line.split("\t")
    assert label == "统计"
    assert runner.invoke(args=["token", "revoke", number]).exit_code == 0
    assert person_of_token(kept, NOW) is None
    assert runner.invoke(args=["token", "list", "shuili.staff"]).stdout == ""
    assert runner.invoke(args=["token", "revoke", "999"]).exit_code == 2


def test_a_county_can_be_built_from_the_command_line(runner):
    made = ["unit", "create", "县林业局", "--code", "A2", "--kind", "department"]
    assert runner.invoke(args=[*made, "--alias", "林业局"]).stdout == "县林业局\n"
    assert runner.invoke(args=made).exit_code == 2
    entries = json.loads(runner.invoke(args=["unit", "list", "--json"]).stdout)
    forest = {"code": "A2", "name": "县林业局", "kind": "department", "aliases": ["林业局"]}
    assert forest in entries
    assert "A2\t县林业局\tdepartment" in runner.invoke(args=["unit", "list"]).stdout

    more = ["user", "grant", "shuili.staff", "--unit", "林业局", "--role", "staff"]
    assert runner.invoke(args=more).exit_code == 0
    assert len(user_by_name("shuili.staff").roles) == 3
    assert runner.invoke(args=["user", "grant", "nobody", *more[3:]]).exit_code == 2


def test_the_operator_sets_a_new_password(runner):
    assert not password_proven("shuili.staff", "a new secret")
    done = runner.invoke(args=["user", "password", "shuili.staff", "--password", "a new secret"])
    assert done.exit_code == 0
    assert password_proven("shuili.staff", "a new secret")
    refused = runner.invoke(args=["user", "password", "shuili.staff", "--password", "short"])
    assert refused.exit_code == 2
