"""What is wrong with a form definition, said in sentences that name the place."""

from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from sanwei_flow.errors import N_

#: What pydantic finds, in our words; anything else is said as `ODD`.
SENTENCES = {
    "missing": N_("这里不能空着"),
    "string_pattern_mismatch": N_("只能用小写字母、数字和下划线，以字母开头，最多 40 个"),
    "extra_forbidden": N_("表单里不能有 {name} 这一项设置"),
    "literal_error": N_("不能是 {given}"),
    "int_parsing": N_("这里应填整数"),
    "int_type": N_("这里应填整数"),
    "int_from_float": N_("这里应填整数"),
}
ODD = N_("{name} 写得不对")
PATH = N_("变量名应写成 row.due 的样子")


@dataclass(frozen=True)
class Complaint:
    """One thing wrong; `place` is the path to it, such as `fields.2.columns.0.key`.

    `message` is a msgid with `params`.
    """

    place: str
    message: str
    params: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message.format(**self.params)


class Wrong(ValueError):
    """Raised by the validators of the schema; `place` is below what they look at."""

    def __init__(self, place: str, message: str, /, **params: object) -> None:
        self.place, self.message, self.params = place, message, params
        super().__init__(message.format(**params))


def complaints_of(error: ValidationError) -> list[Complaint]:
    """Everything pydantic complained of, one for each place."""
    found: dict[str, Complaint] = {}
    for one in error.errors():
        complaint = _complaint(one)
        found.setdefault(complaint.place, complaint)
    return list(found.values())


def _complaint(found: Any) -> Complaint:
    parts = [str(part) for part in found["loc"]]
    wrong = (found.get("ctx") or {}).get("error")
    if isinstance(wrong, Wrong):
        return Complaint(".".join([*parts, wrong.place]), wrong.message, dict(wrong.params))
    place = _without_unions(parts)
    name = place[-1] if place else ""
    message = SENTENCES.get(found["type"], ODD)
    if name.endswith("_from") or name == "later_than":
        message = PATH
    given = {"name": name, "given": str(found.get("input"))[:40]}
    return Complaint(".".join(place), message, given)


def _without_unions(parts: list[str]) -> list[str]:
    """The place without the names pydantic gives to the ways a value could be read."""
    kinds = ("int", "float", "str", "bool", "tuple", "list")
    while parts and (parts[-1] in kinds or "[" in parts[-1]):
        parts = parts[:-1]
    return parts
