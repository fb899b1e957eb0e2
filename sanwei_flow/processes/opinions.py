"""The form a task opens with."""

from typing import Any

from sanwei_flow.designs import forms
from sanwei_flow.designs.queries import form_by_hash
from sanwei_flow.designs.schema import Schema

#: A task without a form asks for nothing but an opinion.
NO_FORM = Schema(key="none", title="")


def form_of(version_hash: str, key: str | None, step: str, data: dict[str, Any]) -> Schema:
    """The form of a task as its step (node) has it; an empty one where the design names none.

    `data` are the variables the task shows; they decide conditions on what is only read here.
    """
    if not key:
        return NO_FORM
    return forms.settled(form_by_hash(version_hash, key, step), data)


def outcome_names(setting: str) -> set[str]:
    """The names alone of an `outcomes` setting; labels would have to be translated."""
    return {part.partition("=")[0].strip() for part in setting.split(",")}
