"""How the product says no: errors become problem details for programs, pages for people.

The one place where an error meets HTTP; nothing here knows a feature.
"""

import json
import logging
import secrets
from typing import Any

from flask import Flask, Response, g, make_response, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from sanwei_flow.db import db
from sanwei_flow.errors import N_, AppError, Conflict, Invalid
from sanwei_flow.web import fields_of, locale_code, message_of

log = logging.getLogger(__name__)

#: What kind of problem it is, in a word; the detail says what exactly (RFC 9457 `title`).
STATUS_TITLES = {
    400: N_("请求有误"),
    401: N_("未登录"),
    403: N_("无权办理"),
    404: N_("没有找到"),
    405: N_("不支持的操作"),
    409: N_("已有变化"),
    413: N_("内容太大"),
    415: N_("格式不对"),
    422: N_("填写有误"),
    429: N_("过于频繁"),
    500: N_("系统出错"),
    503: N_("系统繁忙"),
}

STATUS_SENTENCES = {
    400: N_("请求有误，请返回后重试。"),
    401: N_("请先登录。"),
    403: N_("您没有权限查看或办理此内容。"),
    404: N_("没有找到您要的内容，它可能已被移走。"),
    405: N_("此操作不能这样打开，请从页面上的按钮进入。"),
    413: N_("上传的内容太大，请压缩或拆分后再试。"),
    415: N_("内容的格式不对。"),
    429: N_("操作过于频繁，请稍后再试。"),
    500: N_("系统出了点问题，已记录。请稍后再试，或把下面的编号告诉管理员。"),
    503: N_("系统正忙，请稍后再试。"),
}

#: How much of a refused upload is read, so that the sender gets to hear why.
HEARD_OUT = 256 * 1024 * 1024


def init_app(app: Flask) -> None:
    """Answer every error in the caller's form and language, with a trace id."""
    app.after_request(_hear_out)
    app.register_error_handler(AppError, _app_error)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(DataError, _unkeepable)
    app.register_error_handler(OperationalError, _database_error)
    app.register_error_handler(Exception, _unexpected_error)


def wants_json() -> bool:
    """Tell whether the caller is a program (the API) rather than a person's browser."""
    return request.path.startswith("/api/")


def problem(
    status: int, code: str, detail: str, fields: dict[str, list[str]] | None = None, **extra: Any
) -> Response:
    """Answer with RFC 9457 problem details: `code` for programs, the rest for people."""
    title = gettext(STATUS_TITLES.get(status, STATUS_TITLES[400]))
    body: dict[str, Any] = {"type": f"urn:sanwei:{code}", "title": title, "status": status}
    body |= {"detail": detail, "code": code, "trace": trace_id()}
    # Extension members never overwrite what the standard defines.
    body |= {key: value for key, value in extra.items() if key not in body}
    if fields:
        body["errors"] = fields
    text = json.dumps(body, ensure_ascii=False, default=str)
    answer = Response(text, status, content_type="application/problem+json")
    answer.headers["Content-Language"] = locale_code()
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="sanwei_flow"'
    if status == 503:
        answer.headers["Retry-After"] = "2"
    return answer


def trace_id() -> str:
    """Return the id under which this request is logged."""
    if "trace" not in g:
        g.trace = secrets.token_hex(6)
    return str(g.trace)


def error_page(status: int, code: str, detail: str, **context: Any) -> tuple[str, int] | Response:
    """Answer in the caller's form: problem details for programs, a page for people."""
    if wants_json():
        return problem(status, code, detail, **context)
    page = render_template(
        "errors/error.html", status=status, code=code, detail=detail, trace=trace_id(), **context
    )
    return page, status


def _app_error(error: AppError) -> tuple[str, int] | Response:
    context: dict[str, Any] = {}
    if isinstance(error, Invalid):
        context["fields"] = fields_of(error)
    if isinstance(error, Conflict):
        taken = {"status", "code", "detail"}
        context |= {key: str(value) for key, value in error.params.items() if key not in taken}
    return error_page(error.status, error.code, message_of(error), **context)


def _stale(_error: StaleDataError) -> tuple[str, int] | Response:
    return _app_error(Conflict(N_("刚才已有人改动了此内容，请刷新后再办。")))


def _http_error(error: HTTPException) -> tuple[str, int] | Response:
    status = error.code or 500
    if status < 400 and error.response is not None:
        return error.response  # type: ignore[return-value]
    code = "too_large" if status == 413 else (error.name or "error").lower()
    sentence = STATUS_SENTENCES.get(status, STATUS_SENTENCES[400])
    if isinstance(error, CSRFError):
        code = "expired_form"
        sentence = N_("这张表单已过期。您填写的内容还在下面，请核对后重新提交。")
    answer = error_page(status, code.replace(" ", "_"), gettext(sentence))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        answer = make_response(answer)
        answer.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return answer


def _unkeepable(_error: DataError) -> tuple[str, int] | Response:
    db.session.rollback()
    return _app_error(Invalid(N_("内容里有无法保存的字符或过大的数字，请改正后重试。")))


def _database_error(error: OperationalError) -> tuple[str, int] | Response:
    log.exception("database refused, trace %s", trace_id(), exc_info=error)
    return error_page(503, "busy", gettext(STATUS_SENTENCES[503]))


def _unexpected_error(error: Exception) -> tuple[str, int] | Response:
    log.exception("unexpected error, trace %s", trace_id(), exc_info=error)
    return error_page(500, "internal", gettext(STATUS_SENTENCES[500]))


def _hear_out(response: Response) -> Response:
    """Read what an upload refused for its length still sends, else its sender never hears why."""
    limit, left = request.max_content_length, request.content_length or 0
    if response.status_code == 413 and limit is not None and left > limit:
        stream, left = request.environ["wsgi.input"], min(left, HEARD_OUT)
        while left > 0 and (part := stream.read(min(left, 1 << 16))):
            left -= len(part)
    return response
