"""The way in: a bearer token and nothing else; cookies of a browser do not count here."""

from flask import Blueprint, g, request

from sanwei_flow import web
from sanwei_flow.accounts.identity import person_of_token
from sanwei_flow.api.http import Unauthenticated
from sanwei_flow.errors import N_

bp = Blueprint("api", __name__, url_prefix="/api/v1")

#: Endpoints anybody may read.
PUBLIC = ("api.openapi.show",)


@bp.before_request
def identify() -> None:
    """Find the person behind the token. Raises Unauthenticated."""
    if request.endpoint in PUBLIC:
        return
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated(N_("请在 Authorization 头中带上令牌（Bearer）。"))
    person = person_of_token(token.strip(), web.now())
    if person is None:
        raise Unauthenticated(N_("令牌无效或已停用。"))
    g.api_person = person
    g.actor = g.api_actor = person.actor
