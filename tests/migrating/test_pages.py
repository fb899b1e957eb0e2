"""A designer moves rows through the pages, the operator from the command line."""

import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sanwei_flow.accounts.models import User
from sanwei_flow.db import db, transaction
from sanwei_flow.migrating import operations
from tests.counting import counted
from tests.factories import log_in
from tests.migrating.stories import KEY, Division, renamed, with_legal_review

PAGE = f"/designs/{KEY}/migrations"


@pytest.fixture
def pages(division: Division, client: FlaskClient) -> FlaskClient:
    return log_in(client, db.session.get_one(User, division.designer.user_id))


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_from_the_preview_over_a_correction_to_the_result_and_back(
    division: Division, pages: FlaskClient
) -> None:
    rows = division.start(3)
    division.until(rows[0], "unit_review")
    division.publish(renamed("unit_review", "head_review"))
    words = plain(pages.get(PAGE).text)
    assert "共 3 件" in words
    assert "正在办理的「单位审核」在新版里没有对应的环节" in words
    words = plain(pages.get(f"{PAGE}?to=2&from=1&map-unit_review=head_review").text)
    assert "没有对应的环节 1" not in words
    answer = pages.post(PAGE, data={"to": "2", "from": "1", "act": "dry_run", "token": "d"})
    words = plain(pages.get(answer.location).text)
    assert "试迁移完成：2 件可以迁移，1 件会留在原版本。" in words
    given = {"to": "2", "from": "1", "map-unit_review": "head_review", "act": "move", "token": "m"}
    answer = pages.post(PAGE, data={**given, "note": "统一办理"})
    assert pages.post(PAGE, data=given).location == answer.location
    words = plain(pages.get(answer.location).text)
    assert "迁移完成：3 件已迁移，0 件留在原版本。" in words
    assert "unit_review → head_review" in words
    trail = plain(pages.get(f"/processes/{rows[0]}").text)
    assert "换到另一版流程" in trail
    assert "统一办理" in trail
    assert division.task(rows[0]).node == "head_review"
    answer = pages.post(f"{answer.location}/undo", data={"token": "u"})
    assert "撤销完成：3 件已恢复原版本" in plain(pages.get(answer.location).text)
    assert division.task(rows[0]).node == "unit_review"


def test_the_progress_refreshes_itself_and_goes_on_when_asked(
    division: Division, pages: FlaskClient
) -> None:
    division.start(2)
    division.publish(with_legal_review())
    with transaction():
        begun = operations.begin(KEY, 2, token="p", by=division.designer, at=division.at)
    page = pages.get(f"{PAGE}/{begun.id}").text
    assert 'hx-trigger="every 2s"' in page
    assert "已完成 0/2 件" in page
    part = pages.get(f"{PAGE}/{begun.id}", headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert "已完成 0/2 件" in part
    answer = pages.post(f"{PAGE}/{begun.id}")
    assert "迁移完成：2 件已迁移" in pages.get(answer.location).text
    done = pages.get(f"{PAGE}/{begun.id}", headers={"HX-Request": "true"}).text
    assert "<html" not in done
    assert "every 2s" not in done


def test_a_wrong_correction_is_refused_beside_the_table(
    division: Division, pages: FlaskClient
) -> None:
    division.start()
    division.publish(with_legal_review())
    answer = pages.post(PAGE, data={"to": "2", "from": "1", "map-sign_for": "write_off"})
    assert answer.status_code == 422
    assert "请选择新版里同一类的环节。" in answer.text
    assert pages.get(f"{PAGE}?to=x&from=y").status_code == 200
    assert pages.get(f"{PAGE}/999").status_code == 404


def test_nothing_to_move_is_said(division: Division, pages: FlaskClient) -> None:
    assert "没有需要迁移的流程" in pages.get(PAGE).text
    assert "没有需要迁移的流程" in pages.get("/designs/cooperation/migrations").text


def test_the_result_takes_as_many_statements_for_many_as_for_few(
    division: Division, pages: FlaskClient
) -> None:
    counts = []
    for number, count in ((1, 2), (2, 20)):
        division.start(count)
        division.publish(with_legal_review().replace("合法性审核", f"合法性审核{number}"))
        done = division.migrate(number + 1, token=f"n{number}")
        pages.get(f"{PAGE}/{done.id}")
        with counted() as sent:
            assert pages.get(f"{PAGE}/{done.id}").status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_the_operator_moves_them_with_one_command(division: Division, app: Flask) -> None:
    rows = division.start(2)
    division.until(rows[0], "unit_review")
    division.publish(renamed("unit_review", "head_review"))
    run = app.test_cli_runner().invoke
    tried = run(args=["design", "migrate", KEY, "--to", "2", "--dry-run", "--json"])
    found = json.loads(tried.output)
    assert (tried.exit_code, found["counts"]) == (1, {"able": 1, "stays": 1})
    assert found["items"][0]["reason"] == "正在办理的「单位审核」在新版里没有对应的环节"
    done = run(args=["design", "migrate", KEY, "--to", "2", "--map", "unit_review=head_review"])
    assert done.exit_code == 0
    assert done.output.splitlines()[-1] == "2 moved"
    assert division.task(rows[0]).node == "head_review"
    again = run(args=["design", "migrate", KEY, "--to", "2"])
    assert (again.exit_code, "没有可以迁移的在办流程" in again.stderr) == (2, True)
    assert run(args=["design", "migrate", KEY, "--to", "2", "--map", "x"]).exit_code == 2
