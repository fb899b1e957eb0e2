"""What every page shares: the clock, the actor, the language, security headers.

Knows no feature. `accounts` puts the actor on `g` for each request; everything else here
is the frame around a page.
"""

import datetime as dt
import json
import logging
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from flask import (
    Flask,
    Request,
    Response,
    g,
    has_request_context,
    request,
    url_for,
)
from flask_babel import Babel, gettext
from flask_wtf.csrf import CSRFProtect
from werkzeug.datastructures import ImmutableMultiDict, iter_multi_items
from werkzeug.routing import IntegerConverter, Map

from .errors import AppError, Invalid, Sentences

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

#: Signs nobody sees and neither XML nor a database keeps; the line breaks of Word become ours.
UNSEEN = {**dict.fromkeys((*range(9), *range(14, 32), 127)), 11: "\n", 12: "\n"}

#: The largest number a key column holds.
LARGEST_KEY = 2**31 - 1


class _Number(IntegerConverter):
    """`<int:…>` in an address: a number no key can be is no address of ours."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=LARGEST_KEY)


class _Values(ImmutableMultiDict[str, Any]):
    """What an address or a form says, without the signs that nobody sees."""

    def __init__(self, given: Mapping[str, Any] | Iterable[tuple[str, Any]] = ()) -> None:
        super().__init__(
            (name, one.translate(UNSEEN) if isinstance(one, str) else one)
            for name, one in iter_multi_items(given)
        )


class _Request(Request):
    parameter_storage_class = _Values


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
    """Attach CSRF protection, languages, headers and filters."""
    app.request_class = _Request
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


#: Places of stored sentences that hold a msgid of ours (or what an office typed instead).
SPOKEN = frozenset({"level"})


def sentence(message: str | None, params: Mapping[str, object] | None = None) -> str:
    """Render a stored msgid with its values in the request's language; nothing stays nothing."""
    if not message:
        return ""
    text = gettext(message)
    return text.format(**{key: _place(key, one) for key, one in params.items()}) if params else text


def _place(key: str, value: object) -> object:
    if key in SPOKEN and isinstance(value, str) and value:
        return gettext(value)
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
