"""The document says what the routes do: no more, no less."""

import json
import re

from flask import Flask
from flask.testing import FlaskClient

from sanwei_flow.api.openapi import ENDPOINTS, document

PREFIX = "/api/v1"


def test_every_route_is_documented_and_every_documented_one_exists(app: Flask) -> None:
    routes = {
        (method, re.sub(r"<[^>]+>", "{}", rule.rule.removeprefix(PREFIX)))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(PREFIX)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    documented = {(e.method, re.sub(r"{\w+}", "{}", e.path)) for e in ENDPOINTS}
    assert documented == routes


def test_anybody_may_read_the_document(client: FlaskClient) -> None:
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.get_json()["openapi"] == "3.1.0"


def test_every_reference_in_the_document_leads_somewhere() -> None:
    whole = document()
    text = json.dumps(whole)
    for name in re.findall(r'"#/components/schemas/(\w+)"', text):
        assert name in whole["components"]["schemas"], name


def test_operations_have_names_of_their_own() -> None:
    operations = [o for path in document()["paths"].values() for o in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)
    assert all(operation["summary"] for operation in operations)
