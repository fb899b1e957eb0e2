"""The variables of a process for those who mend it; secrets are never shown.

A variable is secret if its name looks so, or if a form of the design marks its field so.
"""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sanwei_flow import engine
from sanwei_flow.designs.models import DesignVersion
from sanwei_flow.designs.queries import compiled, form
from sanwei_flow.errors import N_, AppError
from sanwei_flow.processes.models import ProcessInstance

SECRET = re.compile(
    r"passw|pwd|secret|token|api_?key|credential|private_?key|密码|口令|密钥|令牌", re.IGNORECASE
)
#: What stands in a secret's place.
MASK = "••••••"
#: Longer values are cut where they are shown, in characters.
MOST_SHOWN = 4000

#: The kinds a value can have, and what they are called.
KINDS = {
    "text": N_("文字"),
    "number": N_("数字"),
    "bool": N_("是或否"),
    "list": N_("列表"),
    "object": N_("对象"),
    "none": N_("空"),
}


@dataclass(frozen=True)
class Variable:
    """One variable as shown; `known` is False for one the design reads and nobody has set."""

    name: str
    kind: str
    text: str
    secret: bool = False
    cut: bool = False
    known: bool = True


def kind_of(value: Any) -> str:
    """Which of `KINDS` a JSON value is."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "text"
    return "list" if isinstance(value, list) else "object"


def secret_keys(version: DesignVersion) -> frozenset[str]:
    """The keys of the fields that the version's forms mark as secret."""
    found = set()
    for key in version.forms:
        for field in form(version, key).fields:
            found |= {each.key for each in (field, *field.columns) if each.secret}
    return frozenset(found)


def is_secret(name: str, marked: Collection[str]) -> bool:
    """Whether what is called so is to be masked."""
    return name in marked or SECRET.search(name) is not None


def masked(value: Any, marked: Collection[str], name: str = "") -> Any:
    """The value without its secrets, however deep they lie."""
    if name and is_secret(name, marked) and value is not None:
        return MASK
    if isinstance(value, dict):
        return {key: masked(each, marked, str(key)) for key, each in value.items()}
    if isinstance(value, list):
        return [masked(each, marked) for each in value]
    return value


def shown(name: str, value: Any, marked: Collection[str]) -> Variable:
    """A variable for a page."""
    safe = masked(value, marked, name)
    text = safe if isinstance(safe, str) else json.dumps(safe, ensure_ascii=False, indent=1)
    secret = is_secret(name, marked)
    return Variable(name, kind_of(value), text[:MOST_SHOWN], secret, len(text) > MOST_SHOWN)


def variables_of(instance: ProcessInstance) -> tuple[list[Variable], AppError | None]:
    """The variables of a process by name, those its design reads unset included.

    A state that cannot be read gives none, and the reason.
    """
    design = compiled(instance.design_version)
    try:
        values = engine.variables(design, instance.state)
    except AppError as error:
        return [], error
    marked = secret_keys(instance.design_version)
    found = [shown(name, value, marked) for name, value in values.items()]
    missing = design.variables - values.keys()
    found += [Variable(name, "none", "", known=False) for name in missing]
    return sorted(found, key=lambda one: one.name), None
