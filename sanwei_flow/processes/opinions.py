"""The form a task opens with."""

from sanwei_flow.designs.queries import form_by_hash
from sanwei_flow.designs.schema import Schema

#: A task without a form asks for nothing but an opinion.
NO_FORM = Schema(key="none", title="")


def form_of(version_hash: str, key: str | None) -> Schema:
    """The form of a task; an empty one where the design names none."""
    return form_by_hash(version_hash, key) if key else NO_FORM


def outcome_names(setting: str) -> set[str]:
    """The names alone of an `outcomes` setting; labels would have to be translated."""
    return {part.partition("=")[0].strip() for part in setting.split(",")}
