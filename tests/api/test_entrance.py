"""Only a token opens the API, and every refusal is a sentence in the caller's language."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sanwei_flow.accounts import sessions
from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.accounts.models import ApiToken
from sanwei_flow.db import db, transaction
from tests.factories import NOW, PASSWORD
from tests.journeys.documents import DIVIDED, County
from tests.journeys.people import Person


def test_without_a_token_nothing_is_told(client: FlaskClient) -> None:
    for headers in ({}, {"Authorization": "Bearer"}, {"Authorization": "Bearer not-mine"}):
        answer = client.get("/api/v1/me", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.get_json()["code"] == "unauthenticated"
    assert "令牌无效" in answer.get_json()["detail"]


def test_a_revoked_token_is_refused_at_its_next_use(office: Person) -> None:
    assert office.ask("GET", "/me").status_code == 200
    with transaction():
        key = db.session.scalars(db.select(ApiToken)).one()
        sessions.revoke_token(key.id, by=SYSTEM, at=NOW)
    assert office.ask("GET", "/me").status_code == 401


def test_a_token_needs_no_form_token_beside_it(
    app: Flask, office: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    assert office.imports(DIVIDED).status_code == 201


def test_a_browsers_session_opens_nothing_here(client: FlaskClient, county: County) -> None:
    assert county.office
    form = {"username": county.office.username, "password": PASSWORD}
    assert client.post("/login", data=form).status_code == 302
    assert client.get("/api/v1/me").status_code == 401


def test_me_tells_what_i_may_be_where(office: Person, county: County) -> None:
    assert county.office
    me = office.get("/me")
    assert me["name"] == county.office.name
    assert [(g["unit"], g["role"], g["role_label"]) for g in me["grants"]] == [
        ("县供销合作社", "office", "专班办公室")
    ]


def test_the_register_lists_units_and_collective_names(office: Person) -> None:
    entries = office.listed("/units?limit=4")
    assert [entry["name"] for entry in entries][:2] == ["县供销合作社", "县农业农村委"]
    assert entries[-1]["name"] == "各乡镇"
    assert entries[-1]["kind"] == "collective"


def test_a_wrong_question_is_refused_by_name(office: Person) -> None:
    answer = office.ask("GET", "/units?limit=many&colour=red")
    assert answer.status_code == 422
    assert answer.get_json()["errors"] == {
        "colour": ["没有这一项，请核对名称。"],
        "limit": ["这一项应为整数。"],
    }


def test_a_number_no_database_holds_is_an_unknown_address(office: Person) -> None:
    assert office.ask("GET", f"/plans/{10**30}").status_code == 404


def test_a_method_that_is_not_offered_names_those_that_are(office: Person) -> None:
    answer = office.client.delete("/api/v1/plans", headers=office.headers)
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
