"""Holds every answer to the OpenAPI document: status, content type and shape."""

import re

from werkzeug.test import TestResponse

from sanwei_flow.api.openapi import ENDPOINTS, Endpoint
from sanwei_flow.api.shapes import Problem

PREFIX = "/api/v1"


def endpoint_of(method: str, path: str) -> Endpoint | None:
    """The documented endpoint behind an address, if there is one."""
    place = path.removeprefix(PREFIX).partition("?")[0]
    for endpoint in ENDPOINTS:
        pattern = re.sub(r"{(action|kind)}", "[^/]+", endpoint.path)
        pattern = re.sub(r"{\w+}", "[0-9]+", pattern)
        if endpoint.method == method and re.fullmatch(pattern, place):
            return endpoint
    return None


def check(method: str, path: str, answer: TestResponse) -> None:
    """Fail unless the document announces this very kind of answer."""
    endpoint = endpoint_of(method, path)
    if answer.status_code >= 400:
        assert answer.content_type == "application/problem+json", answer.text
        told = Problem.model_validate_json(answer.text)
        assert told.status == answer.status_code
        announced = (401, 415, 422, *(endpoint.refuses if endpoint else ()))
        assert endpoint is None or told.status in announced, (method, path, answer.text)
        return
    assert endpoint is not None, f"{method} {path} is not documented"
    assert answer.status_code == endpoint.status, (method, path, answer.text)
    if endpoint.answer is not None:
        assert answer.content_type == endpoint.media
        endpoint.answer.model_validate_json(answer.text)
