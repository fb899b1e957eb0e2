"""The few errors the product raises on purpose. Messages are Chinese msgids with `{name}` places.

`refusals.py` turns them into pages and problem details; nothing here knows HTTP
beyond the status a class stands for.
"""

from collections.abc import Mapping, Sequence


def N_(message: str) -> str:  # noqa: N802 - the marker's usual name; Babel extracts it
    """Mark a message for translation where it is written, not where it is shown."""
    return message


class Sentences(list[object]):
    """Several things with `message` and `params` in the place of one: read one after another."""

    def __str__(self) -> str:
        return "；".join(str(sentence) for sentence in self)


class AppError(Exception):
    """Something a person can be told about: `message` is a msgid, `params` fill its places."""

    status = 400
    code = "bad_request"

    def __init__(self, message: str, /, **params: object) -> None:
        self.message = message
        self.params = params
        super().__init__(message)

    def __str__(self) -> str:
        return self.message.format(**self.params)


class Forbidden(AppError):
    """The actor may not do this to this object."""

    status = 403
    code = "forbidden"


class NotFound(AppError):
    """No such object, or none the actor may know of."""

    status = 404
    code = "not_found"


class Conflict(AppError):
    """Somebody was first; the message says who and when."""

    status = 409
    code = "conflict"


class TooLarge(AppError):
    """More than we accept."""

    status = 413
    code = "too_large"


class Unsupported(AppError):
    """Sent in a format that is not read here."""

    status = 415
    code = "unsupported_media_type"


class Unavailable(AppError):
    """Something we need does not answer; later it may."""

    status = 503
    code = "unavailable"


class Invalid(AppError):
    """The input does not fit.

    `fields` maps a field key to its messages: text already in the reader's language, or
    anything with a `message` and `params` that is still to be rendered.
    """

    status = 422
    code = "invalid"

    def __init__(
        self,
        message: str,
        /,
        fields: Mapping[str, Sequence[object]] | None = None,
        **params: object,
    ) -> None:
        self.fields = {key: list(messages) for key, messages in (fields or {}).items()}
        super().__init__(message, **params)
