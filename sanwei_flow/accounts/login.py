"""Flask-Login over our own sessions: every page asks for a log-in unless it says otherwise."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, current_app, g, make_response, redirect, request, url_for
from flask_babel import gettext
from flask_login import LoginManager, UserMixin, current_user
from werkzeug.wrappers import Response

from sanwei_flow import refusals, web
from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.identity import Person, person_of_session

View = TypeVar("View", bound=Callable[..., Any])


class SignedIn(UserMixin):  # type: ignore[misc]
    """`current_user` of a request: the person, and the token of their session."""

    def __init__(self, person: Person, token: str) -> None:
        self.actor: Actor = person.actor
        self.username = person.username
        self.name = person.actor.name
        self.unit_name = person.unit_name
        self.locale = person.locale
        self.token = token

    def get_id(self) -> str:
        return self.token


def public(view: View) -> View:
    """Mark a view that needs no log-in."""
    view.public = True  # type: ignore[attr-defined]
    return view


def init_app(app: Flask) -> None:
    """Load the person of each request and keep everybody else out."""
    manager = LoginManager(app)
    manager.session_protection = None  # a revocable session row protects better than an address
    manager.user_loader(_load)
    app.before_request(_require_login)


def _load(token: str) -> SignedIn | None:
    person = person_of_session(token, web.now())
    return SignedIn(person, token) if person else None


def _require_login() -> Response | None:
    view = current_app.view_functions.get(request.endpoint or "")
    # No view means 404; the API shows tokens instead of sessions and checks them itself.
    if view is None or request.endpoint == "static" or refusals.wants_json():
        return None
    if current_user.is_authenticated:
        g.actor = current_user.actor
        return None
    if getattr(view, "public", False):
        return None
    return _to_login()


def _to_login() -> Response:
    """Send to the log-in page and back; an htmx request makes the whole page go there.

    Who was filling in a form gets it back to read and to send again.
    """
    wanted = request.full_path.rstrip("?") if request.method == "GET" else "/"
    partial = request.headers.get("HX-Request") == "true"
    if not partial and any(name != "csrf_token" for name in request.form):
        sentence = gettext("您的登录已失效，请重新登录。您填写的内容还在下面。")
        return make_response(refusals.error_page(401, "login_expired", sentence))
    if partial:
        wanted = urlsplit(request.headers.get("HX-Current-URL", "/")).path
    target = url_for("accounts.login", next=None if wanted == "/" else wanted)
    return Response(status=204, headers={"HX-Redirect": target}) if partial else redirect(target)


def safe_path(target: str | None) -> str:
    """Return `target` if it is a path on this site, else the front page."""
    if not target or not target.isprintable() or "\\" in target:
        return "/"
    parts = urlsplit(target)
    elsewhere = parts.scheme or parts.netloc or not target.startswith("/")
    return "/" if elsewhere or target.startswith("//") else target
