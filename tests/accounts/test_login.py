"""Logging in and out, and what keeps strangers away."""

import datetime as dt

import pytest

from sanwei_flow import web
from sanwei_flow.accounts import identity, sessions
from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.accounts.login import safe_path
from sanwei_flow.accounts.models import ApiToken, LoginSession, User
from sanwei_flow.audit.queries import entries
from sanwei_flow.db import db, transaction
from sanwei_flow.errors import NotFound
from tests.factories import NOW, PASSWORD, log_in, make_unit, make_user


@pytest.fixture
def clerk(database) -> User:
    with transaction():
        return make_user(make_unit("县商务委"), username="shangwu.staff", name="王明")


def post_login(client, username="shangwu.staff", password=PASSWORD, **more):
    return client.post("/login", data={"username": username, "password": password, **more})


def test_a_clerk_logs_in_and_lands_where_they_wanted(client, clerk):
    sent = client.get("/me?x=1")
    assert sent.status_code == 302
    assert sent.location == "/login?next=/me?x%3D1"
    client.get(sent.location)

    answer = post_login(client, next="/me?x=1")

    assert answer.location == "/me?x=1"
    page = client.get("/me").text
    assert "王明" in page
    assert "县商务委" in page
    assert [entry.kind for entry in entries(f"user:{clerk.id}")][-1] == "logged_in"


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(client, clerk):
    wrong = post_login(client, password="not this one")
    unknown = post_login(client, username="nobody")

    assert wrong.status_code == unknown.status_code == 401
    assert "用户名或密码不正确" in wrong.text
    assert "用户名或密码不正确" in unknown.text


def test_an_empty_form_says_what_is_missing(client, clerk):
    page = client.post("/login", data={"username": "", "password": ""}).text
    assert "请填写用户名" in page
    assert "请填写密码" in page


def test_five_failures_lock_the_account_for_half_an_hour(client, clerk, monkeypatch):
    start = dt.datetime(2024, 8, 5, 1, 0, tzinfo=dt.UTC)
    monkeypatch.setattr(web, "now", lambda: start)
    for _ in range(5):
        post_login(client, password="not this one")

    locked = post_login(client)
    assert locked.status_code == 401
    assert "账号已锁定" in locked.text
    assert "09:30" in locked.text
    assert "账号已锁定" not in post_login(client, password="still wrong").text

    monkeypatch.setattr(web, "now", lambda: start + dt.timedelta(minutes=31))
    assert post_login(client).status_code == 302


def test_logging_out_ends_the_session_on_the_server(app, client, clerk):
    log_in(client, clerk)
    stolen = app.test_client()
    with client.session_transaction() as mine, stolen.session_transaction() as theirs:
        theirs["_user_id"] = mine["_user_id"]
    assert stolen.get("/me").status_code == 200

    client.post("/logout")

    assert client.get("/me").status_code == 302
    assert stolen.get("/me").status_code == 302


def test_logging_out_everywhere_ends_every_device(app, client, clerk):
    phone = log_in(app.test_client(), clerk)
    log_in(client, clerk).post("/me/logout-everywhere")
    assert phone.get("/me").status_code == 302


def test_a_session_ends_after_a_week(client, clerk):
    log_in(client, clerk)
    with transaction():
        old = web.now() - dt.timedelta(days=8)
        db.session.execute(db.update(LoginSession).values(created_at=old))
    assert client.get("/me").status_code == 302


def test_a_person_who_left_is_out_at_the_next_request(client, clerk):
    log_in(client, clerk)
    with transaction():
        clerk.active = False
    assert client.get("/me").status_code == 302
    assert post_login(client).status_code == 401


def test_changing_the_password_keeps_this_device_and_ends_the_others(app, client, clerk):
    phone = log_in(app.test_client(), clerk)
    log_in(client, clerk)

    def change(present, new, again):
        form = {"present": present, "new": new, "again": again}
        return client.post("/me/password", data=form)

    assert "当前密码不正确" in change("wrong", "brand new secret", "brand new secret").text
    assert "不一致" in change(PASSWORD, "brand new secret", "something else").text
    assert change(PASSWORD, "short", "short").status_code == 422
    assert change(PASSWORD, "brand new secret", "brand new secret").location == "/me"

    assert client.get("/me").status_code == 200
    assert phone.get("/me").status_code == 302
    assert post_login(app.test_client(), password="brand new secret").status_code == 302


@pytest.mark.parametrize(
    ("target", "result"),
    [
        ("/tasks/1?x=2", "/tasks/1?x=2"),
        ("", "/"),
        (None, "/"),
        ("//evil.example", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("tasks/1", "/"),
        ("/a\nb", "/"),
    ],
)
def test_the_way_back_stays_on_this_site(target, result):
    assert safe_path(target) == result


def test_an_expired_partial_page_sends_the_whole_page_to_the_log_in(client):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://localhost/plans?x=1"}
    answer = client.get("/me", headers=headers)
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == "/login?next=/plans"


def test_the_language_is_remembered(client):
    answer = client.post("/locale", data={"locale": "en", "next": "/login"})
    assert answer.location == "/login"
    assert client.get_cookie("locale").value == "en"
    client.get("/login?lang=zh_CN")
    assert client.get_cookie("locale").value == "zh_CN"
    client.post("/locale", data={"locale": "xx"})
    assert client.get_cookie("locale").value == "zh_CN"


def test_a_token_acts_for_its_person_until_it_is_revoked(clerk):
    with transaction():
        token = sessions.create_token("shangwu.staff", by=SYSTEM, at=NOW)
    actor = identity.person_of_token(token, NOW).actor
    assert (actor.user_id, actor.name) == (clerk.id, "王明")
    assert actor.has_role("staff")
    assert identity.person_of_token("something else", NOW) is None

    with pytest.raises(NotFound), transaction():
        sessions.create_token("nobody", by=SYSTEM, at=NOW)
    with transaction():
        key = db.session.scalars(db.select(ApiToken)).one()
        sessions.revoke_token(key.id, by=actor, at=NOW)
    assert identity.person_of_token(token, NOW) is None
    with pytest.raises(NotFound), transaction():
        sessions.revoke_token(key.id + 1, by=actor, at=NOW)
