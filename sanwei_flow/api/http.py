"""What every endpoint shares: who asks, what they send, how we answer."""

import json
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from flask import Response, g, request
from flask_babel import gettext
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.api.shapes import Shape
from sanwei_flow.errors import N_, AppError, Invalid, Unsupported
from sanwei_flow.web import LARGEST_KEY, UNSEEN, locale_code

#: Deeper JSON is nobody's form.
MAX_DEPTH = 50
#: Characters of an Idempotency-Key.
MAX_KEY = 100

SENTENCES = {
    "missing": N_("该项必填。"),
    "extra_forbidden": N_("没有这一项，请核对名称。"),
    "date_from_datetime_parsing": N_("日期应写成 2027-12-31 的样子。"),
    "date_parsing": N_("日期应写成 2027-12-31 的样子。"),
    "date_type": N_("日期应写成 2027-12-31 的样子。"),
    "int_parsing": N_("这一项应为整数。"),
    "int_type": N_("这一项应为整数。"),
    "bool_type": N_("这一项应为 true 或 false。"),
    "string_type": N_("这一项应为文字。"),
    "list_type": N_("这一项应为列表。"),
    "dict_type": N_("这一项应为 JSON 对象。"),
    "literal_error": N_("没有这个选项。"),
    "string_too_long": N_("这一项太长。"),
    "too_long": N_("这一项太长。"),
}


class Unauthenticated(AppError):
    """No token, or one that was revoked or never given."""

    status = 401
    code = "unauthenticated"


#: The number of something: as large as a key may be.
Number = Annotated[int, Field(ge=0, le=LARGEST_KEY)]


class Body(BaseModel):
    """What a program sends; members we do not know are refused, never ignored."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Query(BaseModel):
    """The part of an address after the question mark; `lang` is read elsewhere."""

    model_config = ConfigDict(extra="forbid")


B = TypeVar("B", bound=BaseModel)
T = TypeVar("T")


def actor() -> Actor:
    """Return who asks; the token was checked before the view was called."""
    found: Actor = g.api_actor
    return found


def read_body(shape: type[B]) -> B:
    """Read and check the JSON body; none at all counts as `{}`.

    Raises Invalid by field, Unsupported.
    """
    raw = request.get_data(cache=True)
    if raw.strip() and not request.is_json:
        raise Unsupported(N_("请求体应为 JSON，Content-Type 写 application/json。"))
    try:
        value = json.loads(raw, parse_constant=_no_number) if raw.strip() else {}
    except (ValueError, RecursionError):
        raise Invalid(N_("请求体不是有效的 JSON。")) from None
    if not isinstance(value, dict) or not _sound(value):
        raise Invalid(N_("请求体应为 JSON 对象，层次不太深，也不含无法保存的字符。"))
    return _checked(shape, value)


def read_query(shape: type[B]) -> B:
    """Read and check what follows the question mark. Raises Invalid by name."""
    given: Mapping[str, str] = {key: text for key, text in request.args.items() if key != "lang"}
    return _checked(shape, given)


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _checked(shape: type[B], value: Mapping[str, Any]) -> B:
    try:
        # JSON has no dates: strict models read them from text only in JSON mode.
        return shape.model_validate_json(json.dumps(value))
    except ValidationError as error:
        fields: dict[str, list[str]] = {}
        for wrong in error.errors(include_url=False, include_context=False, include_input=False):
            name = ".".join(str(part) for part in wrong["loc"]) or "body"
            fields.setdefault(name, []).append(_sentence(wrong["type"], wrong["msg"]))
        raise Invalid(N_("有 {count} 处需要改正。"), fields=fields, count=len(fields)) from None


def _sentence(kind: str, message: str) -> str:
    if kind in SENTENCES:
        return gettext(SENTENCES[kind])
    return gettext("这一项不合要求：%(detail)s", detail=message)


def _sound(value: object, level: int = 1) -> bool:
    """Whether databases and sheets can hold it: bounded depth, no unseen sign, no half a sign."""
    if isinstance(value, str):
        halved = any("\ud800" <= sign <= "\udfff" for sign in value)
        return not halved and value.translate(UNSEEN) == value
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if not isinstance(value, list):
        return True
    return level < MAX_DEPTH and all(_sound(member, level + 1) for member in value)


def idempotency_key() -> str | None:
    """The key under which this request is done once. Raises Invalid for one that is too long."""
    key = request.headers.get("Idempotency-Key", "").strip() or None
    if key and len(key) > MAX_KEY:
        raise Invalid(N_("Idempotency-Key 最多 {limit} 个字符。"), limit=MAX_KEY)
    return key


def reply(shape: Shape, status: int = 200, **headers: str) -> Response:
    """Answer with a shape as JSON, saying in which language its words are."""
    text = shape.model_dump_json(exclude_none=False)
    answer = Response(text, status, content_type="application/json", headers=headers)
    answer.headers["Content-Language"] = locale_code()
    answer.headers.add("Vary", "Accept-Language")
    return answer


def next_page(after: object | None) -> str | None:
    """Return the address of the page after the item `after`, None when this was the last."""
    if after is None:
        return None
    kept = {key: text for key, text in request.args.items() if key != "after"}
    return f"{request.path}?{urlencode({**kept, 'after': str(after)})}"


def paged(
    found: Sequence[T], limit: int, key: Callable[[T], object] = attrgetter("id")
) -> tuple[Sequence[T], str | None]:
    """Cut what was found to a page and return it with the address of the next one, if any.

    `found` holds one more than the page where there is a next one; `key` is what the address
    says of the last item shown.
    """
    shown = found[:limit]
    return shown, next_page(key(shown[-1]) if len(found) > limit else None)


def uploaded(name: str) -> Any:
    """Return the uploaded file of a multipart form.

    Raises Invalid if there is none, Unsupported.
    """
    if request.mimetype != "multipart/form-data":
        raise Unsupported(N_("请以 multipart/form-data 上传文件。"))
    given = request.files.get(name)
    if given is None or not given.filename:
        sentence = gettext("请以 multipart/form-data 上传，文件放在 %(name)s 一项。", name=name)
        raise Invalid(N_("请求里没有文件。"), fields={name: [sentence]})
    return given
