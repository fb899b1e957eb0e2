"""Forms of user tasks, for everybody above: check, describe, show, draw.

`validate` is the truth for the page and the API alike. `describe` tells a program what to
fill in, `build_form` draws that and reads it back. `background` is what the form shows
before it asks, `display` what was filled in. A step of a design may read or hide some of a
form's fields: `Schema.at` and `settled` give the form as that step has it.
"""

from sanwei_flow.designs.answers import (
    background,
    default,
    describe,
    display,
    file_keys,
    settled,
    validate,
)
from sanwei_flow.designs.browser import DesignForm, build_form, read_form
from sanwei_flow.designs.schema import Schema, parse
from sanwei_flow.designs.values import Choices

__all__ = [
    "Choices",
    "DesignForm",
    "Schema",
    "background",
    "build_form",
    "default",
    "describe",
    "display",
    "file_keys",
    "parse",
    "read_form",
    "settled",
    "validate",
]
