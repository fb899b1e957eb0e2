"""The form schema: what `workflows/forms/*.json` may say. Published forms never change."""

import re
from typing import Annotated, Any, Literal, Self, cast

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, model_validator

from sanwei_flow.errors import N_, Invalid

Type = Literal[
    "text",
    "textarea",
    "number",
    "date",
    "choice",
    "many",
    "bool",
    "file",
    "unit",
    "units",
    "person",
    "table",
]
# `typename` and `data_objects` would break the engine's stored state; the others are ours.
RESERVED = frozenset({"typename", "data_objects", "outcome", "comment", "action", "csrf_token"})
RESERVED |= {"idempotency_key", "now", "today", "item", "plan", "row", "process"}
RESERVED |= {"validate", "data", "errors", "meta", "attachments"}
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Path = Annotated[str, StringConstraints(pattern=r"^[a-z][A-Za-z0-9_]*(\.[A-Za-z0-9_]+)*$")]
Scalar = str | int | float | bool


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Condition(_Strict):
    """Show a field only if another one fits; `in` takes a list, `empty` and `filled` nothing."""

    field: Key
    op: Literal["eq", "ne", "in", "gt", "lt", "empty", "filled"] = "eq"
    value: Scalar | list[Scalar] | None = None

    def holds(self, data: dict[str, Any]) -> bool:
        """Whether the condition is true of what was entered; unlike types are just unequal."""
        actual, value = data.get(self.field), cast("Any", self.value)
        empty = actual is None or actual in ("", [])
        if self.op in ("empty", "filled"):
            return empty == (self.op == "empty")
        if self.op in ("eq", "ne"):
            return bool((actual == value) == (self.op == "eq"))
        if self.op == "in":
            return isinstance(value, list) and actual in value
        try:
            return bool(actual > value if self.op == "gt" else actual < value)
        except TypeError:
            return False


class Column(_Strict):
    """One question of a form, or one column of a table.

    `default_from` is the path of a variable that fills it in beforehand. `readonly` shows
    without asking; `label_of` names the sibling whose chosen label it repeats (the name
    beside a unit). `unique` columns bar two equal rows; `hidden` ones travel unseen.
    `max` of a file field is the number of files it takes.
    """

    key: Key
    label: str
    label_en: str = ""
    type: Type
    required: bool = False
    readonly: bool = False
    label_of: Key | None = None
    unique: bool = False
    hidden: bool = False
    unit: str = ""
    help: str = ""
    help_en: str = ""
    min: int | float | str | None = None
    max: int | float | str | None = None
    max_length: int | None = None
    choices: list[tuple[str | int, str]] | None = None
    choices_from: Path | None = None
    default_from: Path | None = None

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.key in RESERVED:
            raise ValueError(f"the key {self.key} is reserved")
        if self.type in ("choice", "many") and not (self.choices or self.choices_from):
            raise ValueError(f"{self.key} has nothing to choose from")
        if self.label_of and not self.readonly:
            raise ValueError(f"{self.key} repeats a label and cannot be asked for")
        if self.hidden and not self.readonly:
            raise ValueError(f"{self.key} cannot be asked for unseen")
        return self


class Field(Column):
    """A question of a form. Tables have `columns`; `fixed` ones keep the rows they start with.

    `row_key` is the column that tells rows apart: a row left without it is dropped.
    `remember` fills in what the same field held earlier in this process. `later_than` is the
    path of a variable that holds a date; the answer must be a later one.
    """

    columns: list[Column] = []
    fixed: bool = False
    row_key: Key | None = None
    remember: bool = True
    later_than: Path | None = None
    actions: list[str] | None = None
    show_if: Condition | None = None

    @model_validator(mode="after")
    def _table(self) -> Self:
        if (self.type == "table") != bool(self.columns):
            raise ValueError(f"{self.key}: columns belong to tables, and tables need them")
        keys = [column.key for column in self.columns]
        if len(set(keys)) != len(keys):
            raise ValueError(f"{self.key}: two columns with one key")
        if self.row_key and self.row_key not in keys:
            raise ValueError(f"{self.key}: no column {self.row_key}")
        for column in self.columns:
            if column.type in ("table", "file"):
                raise ValueError(f"{self.key}.{column.key}: no {column.type} inside a table")
            if column.readonly and not (self.fixed or column.label_of):
                raise ValueError(f"{self.key}.{column.key}: only fixed tables can be read only")
            if column.label_of and column.label_of not in keys:
                raise ValueError(f"{self.key}.{column.key}: no column {column.label_of}")
        return self

    def serves(self, action: str | None) -> bool:
        """Whether the field belongs to this action (`None`: any)."""
        return action is None or self.actions is None or action in self.actions


class Schema(_Strict):
    """A form: its key (the file's name), a title and its fields in order."""

    key: Key
    title: str
    title_en: str = ""
    fields: list[Field] = []

    @model_validator(mode="after")
    def _keys(self) -> Self:
        keys = [field.key for field in self.fields]
        if len(set(keys)) != len(keys):
            raise ValueError("two fields with one key")
        for place, field in enumerate(self.fields):
            if field.show_if and field.show_if.field not in keys[:place]:
                raise ValueError(f"{field.key} depends on {field.show_if.field}, not above it")
            if field.label_of:
                raise ValueError(f"{field.key}: only columns repeat the label of another")
        return self

    def field(self, key: str) -> Field:
        """The field of this key, which must exist."""
        return next(field for field in self.fields if field.key == key)

    def of(self, action: str | None) -> list[Field]:
        """The fields of one action (`None`: of all), in order."""
        return [field for field in self.fields if field.serves(action)]

    def asked(self, action: str | None) -> list[Field]:
        """Those of them that are to be filled in."""
        return [field for field in self.of(action) if not field.readonly]


def parse(key: str, source: object) -> Schema:
    """Check one form definition.

    Raises Invalid naming the form and the first thing wrong in it.
    """
    try:
        schema = Schema.model_validate(source)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        detail = re.sub(r"^Value error, ", "", first["msg"])
        raise Invalid(
            N_("表单 {key} 的定义有误（{place}）：{detail}"), key=key, place=place, detail=detail
        ) from None
    if schema.key != key:
        raise Invalid(N_("表单 {key} 的文件名与其标识 {own} 不一致"), key=key, own=schema.key)
    return schema
