"""The frame every page stands in."""

import io
from contextlib import nullcontext, suppress

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from sanwei_flow import web
from sanwei_flow.db import after_commit, db, transaction
from sanwei_flow.errors import Forbidden, Invalid, NotFound, Sentences
from tests.factories import log_in, make_unit, make_user


def test_an_unknown_page_is_a_friendly_one(client: FlaskClient) -> None:
    answer = client.get("/no-such-page")
    assert answer.status_code == 404
    assert "没有找到" in answer.text
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


def test_an_unknown_api_path_is_a_problem_in_the_callers_language(client: FlaskClient) -> None:
    answer = client.get("/api/v1/no-such-thing")
    assert answer.content_type == "application/problem+json"
    assert answer.get_json(force=True)["status"] == 404


def test_a_problem_says_in_words_what_kind_it_is(client: FlaskClient) -> None:
    answer = client.post("/login-is-not-here", headers={"Accept-Language": "en"})
    assert answer.status_code == 404
    body = client.get("/api/v1/no-such-thing").get_json(force=True)
    assert body["title"] == "没有找到"
    assert body["code"] == "not_found"
    assert body["type"] == "urn:sanwei:not_found"
    assert body["trace"]


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("number", [2**31, 2**63, 10**20])
@pytest.mark.parametrize(
    "address",
    ["/tasks/{}", "/plans/{}", "/plans/1/rows/{}", "/processes/{}", "/attachments/{}"],
)
def test_a_number_larger_than_any_key_is_not_found(
    client: FlaskClient, address: str, number: int
) -> None:
    with transaction():
        person = make_user(make_unit("巫峡镇"))
    log_in(client, person)
    assert client.get(address.format(number)).status_code == 404


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("address", ["/plans?after={}", "/notifications?before={}"])
def test_a_place_in_a_list_that_cannot_be_is_ignored(client: FlaskClient, address: str) -> None:
    with transaction():
        person = make_user(make_unit("巫峡镇"))
    log_in(client, person)
    assert client.get(address.format(10**20)).status_code == 200


@pytest.mark.usefixtures("database")
def test_a_character_no_database_keeps_harms_nothing(client: FlaskClient) -> None:
    assert client.post("/login", data={"username": "a\0b", "password": "\0"}).status_code < 500
    with transaction():
        person = make_user(make_unit("巫峡镇"))
    log_in(client, person)
    for address in (
        "/?q=%00",
        "/?q=%1B%0B",
        "/?box=done&q=a%00",
        "/tasks/%00",
        "/api/v1/tasks?after=%00",
    ):
        assert client.get(address).status_code < 500


def test_an_upload_refused_for_its_length_is_heard_out(client: FlaskClient) -> None:
    sent = io.BytesIO(b"a" * (client.application.config["MAX_CONTENT_LENGTH"] + 1))
    answer = client.post("/login", input_stream=sent, content_length=len(sent.getvalue()))
    assert answer.status_code == 413
    assert sent.read() == b""


@pytest.mark.usefixtures("database")
class TestTransaction:
    def test_what_waits_for_the_commit_runs_after_it(self) -> None:
        happened: list[str] = []
        with transaction():
            after_commit(lambda: happened.append("told"))
            assert happened == []
        assert happened == ["told"]

    def test_a_refused_act_tells_nobody(self) -> None:
        happened: list[str] = []
        with pytest.raises(Invalid), transaction():
            after_commit(lambda: happened.append("told"))
            raise Invalid("填写有误")
        assert happened == []

    def test_transactions_do_not_nest(self) -> None:
        with transaction(), pytest.raises(RuntimeError), transaction():
            pass


def test_a_sentence_made_of_sentences_is_rendered_as_a_whole(app: Flask) -> None:
    error = Invalid(
        "方案还不能启动：{reasons}",
        fields={"plan": [NotFound("没有{name}", name="县财政局"), "已是文字"]},
        reasons=Sentences([NotFound("没有{name}", name="县财政局"), Forbidden("不行")]),
    )
    assert str(error) == "方案还不能启动：没有县财政局；不行"
    with app.test_request_context():
        assert web.message_of(error) == str(error)
        assert web.told(error.fields["plan"][0]) == "没有县财政局"


def test_reading_keeps_what_the_database_has_prepared(app: Flask, database: None) -> None:
    """A ROLLBACK would make the driver forget every prepared statement of the connection."""
    if db.engine.dialect.name != "postgresql":
        return
    # Other tests leave several connections behind; this one is about a single one.
    db.engine.dispose()
    for _ in range(8):
        db.session.execute(text("SELECT 1 AS one")).all()
        db.session.rollback()
    prepared = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%AS one'")
    assert db.session.scalar(prepared) == 1


def test_what_failed_halfway_is_never_taken_for_kept(app: Flask, database: None) -> None:
    """PostgreSQL answers COMMIT without an error although it rolls back; SQLite goes on."""
    keep = (
        "INSERT INTO calendar_day (day, working, label, source) VALUES ('2031-05-02', true, '', '')"
    )
    lost = db.engine.dialect.name == "postgresql"
    with pytest.raises(DBAPIError) if lost else nullcontext(), transaction():
        db.session.execute(text(keep))
        with suppress(DBAPIError):
            db.session.execute(text("SELECT no_such_column FROM calendar_day"))
    kept = db.session.scalar(text("SELECT count(*) FROM calendar_day WHERE day = '2031-05-02'"))
    assert kept == (0 if lost else 1)


def test_what_was_written_outside_a_transaction_is_rolled_back(app: Flask, database: None) -> None:
    new = (
        "INSERT INTO calendar_day (day, working, label, source) VALUES ('2031-05-01', true, '', '')"
    )
    db.session.execute(text(new))
    db.session.rollback()
    assert db.session.scalar(text("SELECT count(*) FROM calendar_day")) == 0
