"""The operator's commands for people and tokens."""

import json

import pytest

from sanwei_flow.accounts.identity import actor_for_token
from sanwei_flow.accounts.queries import user_by_name
from sanwei_flow.db import transaction
from tests.factories import make_unit, make_user


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
    assert actor_for_token(done.stdout.strip()).name == "李江"
    assert runner.invoke(args=["token", "create", "nobody"]).exit_code == 2
