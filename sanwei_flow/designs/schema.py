"""The form schema: what `workflows/forms/*.json` may say. Published forms never change."""

import datetime as dt
from typing import Annotated, Any, Literal, Self, cast

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, model_validator

from sanwei_flow.designs.complaints import Complaint, Wrong, complaints_of
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
Operator = Literal["eq", "ne", "in", "gt", "lt", "empty", "filled"]
#: What a step of the design may do with a field; without a word it is filled in there.
Access = Literal["read", "write", "hidden"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Condition(_Strict):
    """Show a field only if another one fits; `in` takes a list, `empty` and `filled` nothing.

    Where the other holds several answers, `eq` and `in` ask whether one of them fits.
    """

    field: Key
    op: Operator = "eq"
    value: Scalar | list[Scalar] | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        lone = self.op in ("empty", "filled")
        if not lone and (self.value is None or self.value in ("", [])):
            raise Wrong("value", N_("请填写要比较的值"))
        if not lone and isinstance(self.value, list) != (self.op == "in"):
            raise Wrong("value", N_("只有“是其中之一”可以列出几个值"))
        return self

    def holds(self, data: dict[str, Any]) -> bool:
        """Whether the condition is true of what was entered; unlike types are just unequal."""
        actual, value = data.get(self.field), cast("Any", self.value)
        empty = actual is None or actual in ("", [])
        if self.op in ("empty", "filled"):
            return empty == (self.op == "empty")
        given = actual if isinstance(actual, list) else [actual]
        if self.op in ("eq", "ne"):
            return (value in given) == (self.op == "eq")
        if self.op == "in":
            return isinstance(value, list) and any(one in value for one in given)
        try:
            return bool(actual > value if self.op == "gt" else actual < value)
        except TypeError:
            return False


class Column(_Strict):
    """One question of a form, or one column of a table.

    `default_from` is the path of a variable that fills it in beforehand. `readonly` shows
    without asking; `label_of` names the sibling whose chosen label it repeats (the name
    beside a unit). `unique` columns bar two equal rows; `hidden` ones travel unseen.
    `secret` ones are masked where operators look into a process.
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
    secret: bool = False
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
            raise Wrong("key", N_("标识 {key} 由系统使用，请换一个"), key=self.key)
        if not self.label.strip() and not self.hidden:
            raise Wrong("label", N_("请填写名称"))
        if self.type in ("choice", "many") and not (self.choices or self.choices_from):
            raise Wrong("choices", N_("请列出选项"))
        if self.label_of and not self.readonly:
            raise Wrong("label_of", N_("重复另一列名称的列只能设为只读"))
        if self.hidden and not self.readonly:
            raise Wrong("hidden", N_("不显示的项只能设为只读"))
        return self

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        values = [value for value, _label in self.choices or ()]
        if len(set(map(str, values))) != len(values):
            raise Wrong("choices", N_("有两个选项的值相同"))
        if self.max_length is not None and self.max_length < 1:
            raise Wrong("max_length", N_("字数上限至少是 1"))
        for place in ("min", "max"):
            _check_bound(place, self.type, getattr(self, place))
        low, high = cast("Any", self.min), cast("Any", self.max)
        if self.type in ("number", "date") and low is not None and high is not None and low > high:
            raise Wrong("max", N_("上限不能小于下限"))
        return self


def _check_bound(place: str, kind: str, bound: float | str | None) -> None:
    """A limit has to be of the kind of the answers it limits."""
    if bound is None:
        return
    if kind == "date":
        try:
            dt.date.fromisoformat(str(bound))
        except ValueError:
            raise Wrong(place, N_("日期应写成 2027-12-31 的样子")) from None
    elif isinstance(bound, str):
        raise Wrong(place, N_("这里应填数字"))


class Field(Column):
    """A question of a form. Tables have `columns`; `fixed` ones keep the rows they start with.

    `row_key` is the column that tells rows apart: a row left without it is dropped.
    `remember` fills in what the same field held earlier in this process. `later_than` is the
    path of a variable that holds a date; the answer must be a later one. `access` says by the
    id of a step (user task) whether the field is only read or hidden there.
    """

    columns: list[Column] = []
    fixed: bool = False
    row_key: Key | None = None
    remember: bool = True
    later_than: Path | None = None
    actions: list[str] | None = None
    show_if: Condition | None = None
    access: dict[str, Access] = {}

    @model_validator(mode="after")
    def _table(self) -> Self:
        if (self.type == "table") != bool(self.columns):
            raise Wrong("columns", N_("表格要有列，别的类型不能有列"))
        keys = [column.key for column in self.columns]
        for place, key in enumerate(keys):
            if key in keys[:place]:
                raise Wrong(f"columns.{place}.key", N_("有两列的标识都是 {key}"), key=key)
        if self.row_key and self.row_key not in keys:
            raise Wrong("row_key", N_("表格里没有 {key} 这一列"), key=self.row_key)
        for place, column in enumerate(self.columns):
            self._check_column(f"columns.{place}", column, keys)
        return self

    def _check_column(self, place: str, column: Column, keys: list[str]) -> None:
        if column.type in ("table", "file"):
            raise Wrong(f"{place}.type", N_("表格的列不能是表格或附件"))
        if column.readonly and not (self.fixed or column.label_of):
            raise Wrong(f"{place}.readonly", N_("只有行数固定的表格才有只读的列"))
        if column.label_of and column.label_of not in keys:
            message = N_("表格里没有 {key} 这一列")
            raise Wrong(f"{place}.label_of", message, key=column.label_of)

    def at(self, step: str) -> "Field":
        """The field as a step of the design has it."""
        how = self.access.get(step, "write")
        if how == "write":
            return self
        return self.model_copy(update={"readonly": True, "hidden": how == "hidden"})

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
        if not self.title.strip() and self.fields:
            raise Wrong("title", N_("请填写表单名称"))
        keys = [field.key for field in self.fields]
        for place, field in enumerate(self.fields):
            here = f"fields.{place}"
            if field.key in keys[:place]:
                raise Wrong(f"{here}.key", N_("有两项的标识都是 {key}"), key=field.key)
            if field.show_if and field.show_if.field not in keys[:place]:
                message = N_("显示条件里的 {key} 应排在这一项前面")
                raise Wrong(f"{here}.show_if.field", message, key=field.show_if.field)
            if field.label_of:
                raise Wrong(f"{here}.label_of", N_("只有表格的列可以重复另一列的名称"))
        return self

    def at(self, step: str | None) -> "Schema":
        """The form as one step (the id of its user task) has it; None: as it was drawn up."""
        if step is None or not any(field.access for field in self.fields):
            return self
        return self.model_copy(update={"fields": [field.at(step) for field in self.fields]})

    def field(self, key: str) -> Field:
        """The field of this key, which must exist."""
        return next(field for field in self.fields if field.key == key)

    def of(self, action: str | None) -> list[Field]:
        """The fields of one action (`None`: of all), in order."""
        return [field for field in self.fields if field.serves(action)]

    def asked(self, action: str | None) -> list[Field]:
        """Those of them that are to be filled in."""
        return [field for field in self.of(action) if not field.readonly]


def complaints(source: object) -> list[Complaint]:
    """Everything wrong with a form definition, each with its place in it."""
    try:
        Schema.model_validate(source)
    except ValidationError as error:
        return complaints_of(error)
    return []


def parse(key: str, source: object) -> Schema:
    """Check one form definition.

    Raises Invalid naming the form and the first thing wrong in it; `fields` has everything by
    place, such as `fields.2.choices`.
    """
    try:
        schema = Schema.model_validate(source)
    except ValidationError as error:
        found = complaints_of(error)
        message = N_("表单 {key} 的定义有误（{place}）：{detail}")
        fields: dict[str, list[object]] = {}
        for one in found:
            fields.setdefault(one.place, []).append(one)
        first = found[0]
        raise Invalid(message, fields, key=key, place=first.place, detail=first) from None
    if schema.key != key:
        raise Invalid(N_("表单 {key} 的文件名与其标识 {own} 不一致"), key=key, own=schema.key)
    return schema
