"""The OpenAPI document: one table of endpoints beside the shapes. A test holds it to the routes."""

import re
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from sanwei_flow.api import bodies, query_strings, shapes

bp = Blueprint("openapi", __name__)

DESCRIPTION = """\
Everything the pages do, for programs. Send `Authorization: Bearer <token>`; a token acts as the
person it was made for (`flask --app wsgi token create USERNAME`), with that person's rights.

Errors are RFC 9457 problem details (`application/problem+json`): `code` is stable, `detail` is a
sentence in the language of `Accept-Language` (Chinese unless English is asked for), `errors` names
each wrong field. 409 says in `who` and `when` who was first.

Lists carry `items` and `next`, the address of the next page or null.

To play a person: read `/tasks?box=to_accept` and `/tasks?box=todo`, read each task, fill the
required fields of an action by their `type` (leave out what already has a `value`), post it to
`/tasks/{id}/actions/{action}` with a fresh `Idempotency-Key`.
"""


@dataclass(frozen=True)
class Endpoint:
    """One method of one path: what it takes, what it answers, how it may refuse."""

    method: str
    path: str
    summary: str
    answer: type[BaseModel] | None
    status: int = 200
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    upload: bool = False
    refuses: tuple[int, ...] = ()
    headers: tuple[str, ...] = field(default=())
    media: str = "application/json"
    public: bool = False


#: An official document.
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

E, S, B, Q = Endpoint, shapes, bodies, query_strings

ENDPOINTS = (
    E("GET", "/me", "Who I am and what I may be in which unit", S.Me),
    E("GET", "/units", "The register's units and collective names", S.UnitPage,
      query=Q.NumberedQuery),
    E("GET", "/designs", "The published process designs", S.DesignPage, query=Q.PageQuery),
    E("POST", "/designs", "Publish a design with its forms as the newest version", S.Design, 201,
      body=B.PublishDesign, refuses=(403, 413, 422)),
    E("POST", "/designs/{key}/migrations", "Move running processes to another version, or find "
      "out which could be", S.Migration, 202, body=B.Migrate, refuses=(403, 404, 422),
      headers=("Idempotency-Key",)),
    E("GET", "/designs/{key}/migrations/{migration_id}", "How far a migration is, and what stays "
      "why", S.Migration, refuses=(403, 404)),
    E("POST", "/designs/{key}/migrations/{migration_id}/undo", "Bring back those in which nobody "
      "has acted since", S.Migration, 202, body=B.UndoMigration, refuses=(403, 404, 409, 422),
      headers=("Idempotency-Key",)),
    E("GET", "/designs/{key}/scenarios", "The scenarios of a design, each with its result with the "
      "newest version", S.ScenarioPage, refuses=(403, 404)),
    E("POST", "/designs/{key}/scenarios", "Write a scenario: what the newest version does is "
      "expected from then on", S.Scenario, 201, body=B.NewScenario, refuses=(403, 404, 422)),
    E("GET", "/designs/{key}/scenarios/{id}", "A scenario: its start, its steps, what it expects",
      S.Scenario, refuses=(403, 404)),
    E("POST", "/designs/{key}/scenarios/{id}/replay", "Play a scenario with the newest version",
      S.ScenarioResult, body=B.Nothing, refuses=(403, 404, 422)),
    E("GET", "/plans", "The plans, newest first", S.PlanPage, query=Q.NumberedQuery),
    E("POST", "/plans", "Import a plan from its document (`file`)", S.Plan, 201, upload=True,
      refuses=(403, 409, 413, 422)),
    E("GET", "/plans/{id}", "A plan with everything read from it", S.Plan, refuses=(403, 404)),
    E("GET", "/plans/{id}/rows", "The rows of its division table", S.RowPage, query=Q.RowQuery,
      refuses=(403, 404)),
    E("GET", "/plans/{id}/rows/{no}", "One row: what may be asked for it, its dates, its reports",
      S.RowDetail, refuses=(403, 404)),
    E("POST", "/plans/{id}/rows/{no}/requests/{kind}", "Ask for an extension, another lead unit, "
      "suspension, resumption or termination of a row", S.RowRequest, 201, body=B.Ask,
      refuses=(403, 404, 409, 422)),
    E("POST", "/plans/{id}/cycle", "Set how often the plan's rows report progress", S.Cycle,
      body=B.CycleChange, refuses=(403, 404, 409, 422)),
    E("GET", "/plans/{id}/closing", "Where self-assessment, acceptance and archive stand",
      S.Closing, refuses=(403, 404)),
    E("POST", "/plans/{id}/closing", "Ask every unit for its self-assessment; once", S.Closing,
      202, body=B.CloseAsk, refuses=(403, 404, 409, 422)),
    E("POST", "/plans/{id}/closing/go-on", "No longer wait for units that have not answered",
      S.Closing, 202, body=B.GoOn, refuses=(403, 404, 409, 422)),
    E("GET", "/plans/{id}/archive", "The archive of an accepted plan (zip with a manifest)", None,
      media="application/zip", refuses=(403, 404, 409, 503)),
    E("GET", "/plans/{id}/rows/{no}/archive", "The archive of one of its rows", None,
      media="application/zip", refuses=(403, 404, 409, 503)),
    E("PATCH", "/plans/{id}/rows/{no}", "Correct a row before the launch", S.RowDetail,
      body=B.RowChange, refuses=(403, 404, 409, 422)),
    E("POST", "/plans/{id}/units/{mention}", "Settle what a unit's name means", S.Mention,
      body=B.UnitAnswer, refuses=(403, 404, 409, 422)),
    E("POST", "/plans/{id}/findings/{finding}", "Settle a finding", S.Finding,
      body=B.FindingAnswer, refuses=(403, 404, 409, 422)),
    E("POST", "/plans/{id}/findings/accept", "Settle every open finding as it was assumed",
      S.Accepted, body=B.Nothing, refuses=(403, 404, 409, 422)),
    E("POST", "/plans/{id}/revisions", "Upload an edited document (`file`): what it says "
      "differently", S.Revision, 201, upload=True, refuses=(403, 404, 409, 413, 422)),
    E("GET", "/plans/{id}/revisions/{revision}", "An edited document, or what became of it",
      S.Revision, refuses=(403, 404)),
    E("POST", "/plans/{id}/revisions/{revision}/apply", "Change only what changed; repeat it "
      "until `applied_at` is set", S.Revision, body=B.RevisionApply, refuses=(403, 404, 422)),
    E("POST", "/plans/{id}/rows/{no}/lead", "Name the lead of a row that joined without one",
      S.Joined, body=B.LeadAnswer, refuses=(403, 404, 409, 422)),
    E("POST", "/plans/{id}/launch", "Launch the plan; repeat it to see how far it is", S.Launch,
      202, refuses=(403, 404, 409, 422)),
    E("GET", "/meetings", "The meetings I may see, newest first", S.MeetingPage,
      query=Q.MeetingQuery),
    E("POST", "/meetings", "Write the minutes of a meeting, as a draft", S.Meeting, 201,
      body=B.NewMeeting, refuses=(403, 404, 409, 422)),
    E("GET", "/meetings/{id}", "Minutes, with where each decision stands", S.Meeting,
      refuses=(404,)),
    E("PUT", "/meetings/{id}", "Change a draft", S.Meeting, body=B.Minutes,
      refuses=(403, 404, 409, 422)),
    E("POST", "/meetings/{id}/issue", "Number the minutes and give each decision to its unit; "
      "again changes nothing", S.Meeting, body=B.Issue, refuses=(403, 404, 409, 422)),
    E("GET", "/inspections", "What inspections found, newest first", S.InspectionPage,
      query=Q.InspectionQuery),
    E("POST", "/inspections", "Record what an inspection found", S.Inspection, 201,
      body=B.NewInspection, refuses=(403, 404, 409, 422)),
    E("GET", "/inspections/{id}", "A finding with its re-checks", S.Inspection, refuses=(404,)),
    E("POST", "/inspections/{id}/rechecks", "Record a re-check", S.Inspection, 201, body=B.Looked,
      refuses=(403, 404, 409, 422)),
    E("GET", "/slips", "The slips I may see, newest first", S.SlipPage, query=Q.SlipQuery),
    E("POST", "/slips", "Issue a slip to the lead unit of each row: all or none", S.IssuedSlips,
      201, body=B.NewSlips, headers=("Idempotency-Key",), refuses=(403, 404, 409, 422)),
    E("GET", "/slips/{id}", "A slip", S.Slip, refuses=(404,)),
    E("GET", "/slips/{id}/document", "The slip as an official document", None, media=DOCX,
      refuses=(404,)),
    E("GET", "/cards", "The cards I may see, newest first", S.CardPage, query=Q.CardQuery),
    E("POST", "/plans/{id}/rows/{no}/cards", "Issue a card to the unit that leads a row", S.Card,
      201, body=B.NewCard, refuses=(403, 404, 409, 422)),
    E("GET", "/bulletins", "Issued bulletins and closing reports, and my own drafts",
      S.BulletinPage, query=Q.BulletinQuery),
    E("POST", "/bulletins", "Begin a bulletin or closing report, or go on with its draft",
      S.Bulletin, body=B.NewBulletin, refuses=(403, 404, 409, 422)),
    E("GET", "/bulletins/{id}", "A bulletin with its words and numbers", S.Bulletin,
      refuses=(404,)),
    E("PUT", "/bulletins/{id}", "Change a draft", S.Bulletin, body=B.BulletinWords,
      refuses=(403, 404, 409, 422)),
    E("DELETE", "/bulletins/{id}", "Throw a draft away", None, 204, refuses=(403, 404, 409)),
    E("POST", "/bulletins/{id}/issue", "Number a draft and keep its file for good", S.Bulletin,
      body=B.Nothing, refuses=(403, 404, 409, 422)),
    E("GET", "/bulletins/{id}/document", "The official document", None, media=DOCX,
      refuses=(404, 409)),
    E("GET", "/tasks", "My tasks", S.TaskPage, query=Q.TaskQuery),
    E("GET", "/tasks/{id}", "A task, its data, and what I may do with it", S.Task,
      refuses=(403, 404)),
    E("POST", "/tasks/{id}/actions/{action}", "Act on a task", S.ActAnswer, body=B.Act,
      headers=("Idempotency-Key",), refuses=(403, 404, 409, 422)),
    E("GET", "/processes/{id}", "A process: where it stands, its tasks, its trail", S.Process,
      refuses=(403, 404)),
    E("GET", "/incidents", "The processes that cannot go on, for who mends them", S.IncidentPage,
      query=Q.IncidentQuery, refuses=(403,)),
    E("POST", "/incidents/{id}/retry", "Try again what failed", S.Incident, body=B.Retry,
      refuses=(403, 404, 409, 422)),
    E("POST", "/attachments", "Give a file to a task (`file`, `task`) that an act of mine is to "
      "carry", S.Attachment, 201, upload=True, refuses=(403, 404, 413, 422, 503)),
    E("GET", "/attachments/{id}", "The file itself", None, media="application/octet-stream",
      refuses=(404, 503)),
    E("DELETE", "/attachments/{id}", "Take back a file that no act has carried", None, 204,
      refuses=(404, 409)),
    E("GET", "/openapi.json", "This document", None, public=True),
)  # fmt: skip

WORDS = {
    400: "The request cannot be read",
    401: "No token, or a revoked one",
    403: "Not yours to see or to do",
    404: "No such thing",
    409: "Somebody was first, or the plan has moved on; `who` and `when` name them",
    413: "Too large",
    415: "Sent in another format than this endpoint reads",
    422: "The content does not fit; `errors` names each field",
    503: "Something behind it does not answer; try again",
}


@bp.get("/openapi.json")
def show() -> Response:
    """Answer with the document; it needs no token."""
    return jsonify(document())


def document() -> dict[str, Any]:
    """Return the OpenAPI 3.1 document as plain values."""
    answers = {e.answer for e in ENDPOINTS if e.answer} | {shapes.Problem}
    bodies = {e.body for e in ENDPOINTS if e.body}
    models = [(m, "serialization") for m in answers] + [(m, "validation") for m in bodies]
    models.sort(key=lambda pair: pair[0].__name__)
    _, schemas = models_json_schema(models, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in ENDPOINTS:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {"title": "sanwei_flow", "version": "1", "description": DESCRIPTION},
        "servers": [{"url": "/api/v1"}],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "schemas": schemas["$defs"],
        },
    }


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    words = re.findall(r"[a-z]+", endpoint.path)
    operation: dict[str, Any] = {
        "operationId": "_".join([endpoint.method.lower(), *words]),
        "summary": endpoint.summary,
        "parameters": _parameters(endpoint),
        "responses": _responses(endpoint),
    }
    if endpoint.body:
        content = {"application/json": {"schema": _reference(endpoint.body)}}
        operation["requestBody"] = {"content": content}
    if endpoint.upload:
        operation["requestBody"] = {"content": _upload(endpoint), "required": True}
    if endpoint.public:
        operation["security"] = []
    return operation


def _parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    found = []
    for name in re.findall(r"{(\w+)}", endpoint.path):
        kind = "string" if name in ("action", "key", "kind") else "integer"
        found.append({"name": name, "in": "path", "required": True, "schema": {"type": kind}})
    if endpoint.query:
        schema = endpoint.query.model_json_schema()
        for name, shape in schema["properties"].items():
            found.append({"name": name, "in": "query", "required": False, "schema": shape})
    for name in endpoint.headers:
        schema = {"type": "string", "maxLength": 100}
        found.append({"name": name, "in": "header", "required": False, "schema": schema})
    return found


def _responses(endpoint: Endpoint) -> dict[str, Any]:
    schema = _reference(endpoint.answer) if endpoint.answer else {}
    good: dict[str, Any] = {"description": endpoint.summary}
    if endpoint.status != 204:
        good["content"] = {endpoint.media: {"schema": schema}}
    found: dict[str, Any] = {str(endpoint.status): good}
    reasons = endpoint.refuses + (() if endpoint.public else (401,))
    reasons += (415,) if endpoint.body or endpoint.upload else ()
    reasons += (422,) if endpoint.query and 422 not in reasons else ()
    content = {"application/problem+json": {"schema": _reference(shapes.Problem)}}
    for status in sorted(reasons):
        found[str(status)] = {"description": WORDS[status], "content": content}
    return found


def _upload(endpoint: Endpoint) -> dict[str, Any]:
    properties: dict[str, Any] = {"file": {"type": "string", "format": "binary"}}
    required = ["file"]
    if endpoint.path == "/attachments":
        properties["task"] = {"type": "integer"}
        required.append("task")
    schema = {"type": "object", "properties": properties, "required": required}
    return {"multipart/form-data": {"schema": schema}}


def _reference(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}
