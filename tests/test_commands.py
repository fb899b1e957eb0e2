"""What the operator reads after a slip of the keyboard: one line, never a usage block."""

import pytest
from flask import Flask

WRONG = {
    "design check MISSING": "'MISSING' does not exist",
    "plan launch abc": "'abc' is not a valid integer",
    "plan read MISSING": "打不开文件“MISSING”",
    "plan frobnicate": "No such command 'frobnicate'",
    "user create": "Missing argument 'USERNAME'",
    "user create x": "Missing option '--name'",
    "user create x --nam y": "No such option '--nam'",
    "user create x --name y --unit z --role king": "'king' is not one of 'staff'",
    "user create x --name y --unit z --role staff --password 12345678": "没有单位“z”",
    "db upgrade now": "unexpected extra argument (now)",
}


@pytest.mark.parametrize("given", WRONG)
def test_a_command_given_wrongly_says_what_is_wrong_in_one_line(
    app: Flask, database: None, given: str
) -> None:
    result = app.test_cli_runner().invoke(args=given.split())
    assert result.exit_code == 2
    assert result.output.count("\n") == 1
    assert WRONG[given] in result.output
    assert "Usage" not in result.output


def test_a_group_without_a_command_still_shows_what_there_is(app: Flask) -> None:
    assert "launch" in app.test_cli_runner().invoke(args=["plan"]).output
