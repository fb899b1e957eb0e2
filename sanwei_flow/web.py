"""What every page shares: the clock, the actor, the language, security headers, error pages.

Knows no feature. `accounts` puts the actor on `g` for each request; everything else here
is the frame around a page.
"""

import datetime as dt
import json
import logging
import re
import secrets
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from flask import (
    Flask,
    Response,
    g,
    has_request_context,
    make_response,
    render_template,
    request,
    url_for,
)
from flask_babel import Babel, gettext
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import IntegerConverter, Map

from .db import db
from .errors import N_, AppError, Conflict, Invalid, Sentences

log = logging.getLogger(__name__)
csrf = CSRFProtect()
babel = Babel()

SHANGHAI = ZoneInfo("Asia/Shanghai")
#: Row numbers in the values of a stored sentence, as Chinese lists them.
ROW_NUMBERS = re.compile(r"\d+(、\d+)+")

LOCALES = {"zh_CN": "中文", "en": "English"}

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        # bpmn-js positions its overlays with inline styles.
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "object-src 'none'",
        "frame-ancestors 'self'",
        "base-uri 'self'",
        "form-action 'self'",
    )
)

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


#: The largest number a key column holds.
LARGEST_KEY = 2**31 - 1
#: How much of a refused upload is read, so that the sender gets to hear why.
HEARD_OUT = 256 * 1024 * 1024


class _Number(IntegerConverter):
    """`<int:…>` in an address: a number no key can be is no address of ours."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=LARGEST_KEY)


def key(text: str) -> int:
    """Read a key from a query argument. Raises ValueError for what can be none."""
    number = int(text)
    if not 0 <= number <= LARGEST_KEY:
        raise ValueError(text)
    return number


def now() -> dt.datetime:
    """Return the present moment in UTC; entry points read the clock here and pass it on."""
    return dt.datetime.now(dt.UTC)


def current_actor() -> Any:
    """Return the `accounts.Actor` of this request; log-in or the API's token put them on `g`."""
    return g.actor


def init_app(app: Flask) -> None:
    """Attach CSRF protection, languages, headers, filters and error pages."""
    app.url_map.converters["int"] = _Number
    csrf.init_app(app)
    babel.init_app(
        app,
        default_locale="zh_CN",
        default_timezone="Asia/Shanghai",
        default_translation_directories=str(Path(app.root_path) / "translations"),
        locale_selector=_locale,
    )
    app.after_request(_security_headers)
    app.after_request(_hear_out)
    app.register_error_handler(AppError, _app_error)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(DataError, _unkeepable)
    app.register_error_handler(OperationalError, _database_error)
    app.register_error_handler(Exception, _unexpected_error)
    app.jinja_env.filters.update(moment=moment, day=day)
    app.jinja_env.globals.update(asset=Assets(app), locales=LOCALES, locale_code=locale_code)
    app.jinja_env.add_extension("jinja2.ext.do")


@cache
def _parsed(code: str) -> Locale:
    return Locale.parse(code)


def _locale() -> Locale:
    """The language for Babel; given the mere code it would search its data at every request."""
    return _parsed(choose_locale())


def choose_locale() -> str:
    """Pick the language: `?lang=`, the person's choice (cookie), the browser's, else Chinese."""
    if not has_request_context():
        return "zh_CN"
    for wish in (request.args.get("lang"), request.cookies.get("locale")):
        if wish in LOCALES:
            return wish
    best = request.accept_languages.best_match(["zh-CN", "zh", "en"], "zh")
    return "en" if best == "en" else "zh_CN"


def locale_code() -> str:
    """Return the page's language for `<html lang>`."""
    return "en" if choose_locale() == "en" else "zh-CN"


def message_of(error: AppError) -> str:
    """Render an error's sentence in the request's language."""
    return told(error)


def told(thing: Any) -> str:
    """Render whatever has a msgid `message` and `params` in the request's language.

    Places filled with such things again, or with several of them, are rendered as well;
    anything else stands for itself.
    """
    if isinstance(thing, Sentences):
        return gettext("；").join(told(each) for each in thing)
    if not hasattr(thing, "message"):
        return str(thing)
    return sentence(thing.message, thing.params)


def sentence(message: str | None, params: Mapping[str, object] | None = None) -> str:
    """Render a stored msgid with its values in the request's language; nothing stays nothing."""
    if not message:
        return ""
    text = gettext(message)
    return text.format(**{key: _place(value) for key, value in params.items()}) if params else text


def _place(value: object) -> object:
    if isinstance(value, str) and ROW_NUMBERS.fullmatch(value):
        return value.replace("、", gettext("、"))
    return told(value) if isinstance(value, Sentences) or hasattr(value, "message") else value


def fields_of(error: AppError) -> dict[str, list[str]]:
    """Say what is wrong with each field, in the request's language."""
    fields = error.fields if isinstance(error, Invalid) else {}
    return {key: [told(each) for each in messages] for key, messages in fields.items()}


def moment(value: dt.datetime | None) -> str:
    """Show a UTC time in Shanghai: `11-21 17:30`, with the year when it is another one."""
    if value is None:
        return ""
    local = value.astimezone(SHANGHAI)
    same_year = local.year == now().astimezone(SHANGHAI).year
    return local.strftime("%m-%d %H:%M" if same_year else "%Y-%m-%d %H:%M")


def day(value: dt.date | None) -> str:
    """Show a date as 2026-11-21."""
    return value.isoformat() if value else ""


class Assets:
    """Maps `app.js` to its hashed file name; the manifest is written by the front-end build."""

    def __init__(self, app: Flask) -> None:
        self.path = Path(app.static_folder or "") / "dist" / "manifest.json"
        self.names: dict[str, str] = {}

    def __call__(self, name: str) -> str:
        if not self.names and self.path.exists():
            self.names = json.loads(self.path.read_text())
        return url_for("static", filename=f"dist/{self.names.get(name, name)}")


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


def _security_headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if not request.path.startswith("/static/"):
        headers.setdefault("Cache-Control", "no-store")
        headers.add("Vary", "HX-Request")
    return response
