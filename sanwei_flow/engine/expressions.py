"""Expressions are data: CEL (Common Expression Language), compiled, checked and bounded.

Nothing here reaches `eval`, `exec` or a Python attribute. CEL terminates always, but it holds the
interpreter while it runs, so size and nesting are bounded before it starts.
Days are ISO strings (`2026-03-01`) inside expressions: they compare and sort as days do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cel

from sanwei_flow.errors import N_

MAX_SOURCE = 1000  # characters
MAX_TEMPLATE = 4000
MAX_SCRIPT = 20_000
MAX_BRACKETS = 24  # nested brackets of any kind
MAX_MACROS = 4
MAX_NESTING = 2  # a macro inside a macro
MAX_LIST = 500  # elements a macro may walk over
MAX_WORK = 2_500_000  # values all macros of one expression may touch or copy, about half a second

BUILDERS = frozenset({"map", "filter"})  # they copy what they have at each element
MACROS = BUILDERS | {"all", "exists", "exists_one"}
FUNCTIONS = frozenset(
    {"workdays_after", "days_after", "months_after", "end_of_month", "days_between", "day_of"}
)
BUILTIN_FUNCTIONS = frozenset(
    [
        "size",
        "string",
        "int",
        "double",
        "uint",
        "bool",
        "bytes",
        "type",
        "duration",
        "timestamp",
        "contains",
        "startsWith",
        "endsWith",
        "matches",
        "has",
        "max",
        "min",
        "getFullYear",
        "getMonth",
        "getDate",
        "getDayOfMonth",
        "getDayOfWeek",
        "getDayOfYear",
        "getHours",
        "getMinutes",
        "getSeconds",
        "getMilliseconds",
    ]
)
AMBIENT = frozenset({"now", "today"})
LOOP = frozenset({"loopCounter", "nrOfInstances", "nrOfCompletedInstances", "nrOfActiveInstances"})
RESERVED = AMBIENT | FUNCTIONS | {"true", "false", "null", "in", "typename", "data_objects"}

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PATH = re.compile(rf"\s*{NAME.pattern}(?:\.{NAME.pattern})*\s*")
_TOKEN = re.compile(
    r"""(?P<string>[rRbB]{0,2}(?:'''.*?'''|\"\"\".*?\"\"\"|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"))
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*) | (?P<space>\s+) | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_ASSIGNMENT = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*=(?!=)(.*)")


class ExpressionError(ValueError):
    """The source cannot be used; `args[0]` is a msgid and `params` fill its places."""

    def __init__(self, message: str, /, **params: object) -> None:
        self.params = params
        super().__init__(message)


@dataclass(frozen=True)
class Shape:
    """What a look at the source tells about the work it can cause."""

    macros: tuple[tuple[bool, int], ...]  # of each: whether it builds a list, and how deep it is
    growth: int  # how much longer than its longest input any list or text can get
    bound: frozenset[str]  # names the macros bind


@dataclass(frozen=True)
class Expression:
    """A compiled expression; `names` are the variables it reads.

    `path` are the names along the way of one that only looks something up, such as
    `row.lead_unit`.
    """

    source: str
    program: Any
    names: frozenset[str]
    functions: frozenset[str]
    shape: Shape
    path: tuple[str, ...] = ()


def tokens(source: str) -> Iterator[re.Match[str]]:
    """Iterate over texts, names, spaces and single signs; `lastgroup` says which one it is."""
    return _TOKEN.finditer(source)


def _shape(source: str) -> Shape:
    """Count macros, nesting and joins, and refuse what could run too long."""
    stack: list[bool] = []  # one entry for each open bracket: does it hold a macro's arguments?
    macros: list[tuple[bool, int]] = []
    inner = outer = 0
    bound: set[str] = set()
    tokens = [m for m in _TOKEN.finditer(source) if m.lastgroup != "space"]
    for i, match in enumerate(tokens):
        text = match.group()
        if match.lastgroup != "other":
            continue
        if text in "([{":
            is_macro = (
                text == "("
                and i >= 2
                and tokens[i - 1].group() in MACROS
                and tokens[i - 2].group() == "."
            )
            stack.append(is_macro)
            if is_macro:
                macros.append((tokens[i - 1].group() in BUILDERS, sum(stack)))
                if i + 1 < len(tokens) and tokens[i + 1].lastgroup == "name":
                    bound.add(tokens[i + 1].group())
        elif text in ")]}" and stack:
            stack.pop()
        elif text == "+":
            inner, outer = (inner + 1, outer) if any(stack) else (inner, outer + 1)
        if len(stack) > MAX_BRACKETS:
            raise ExpressionError(N_("表达式的括号嵌套太深，请拆成几步"))
    if len(macros) > MAX_MACROS or any(depth > MAX_NESTING for _, depth in macros):
        raise ExpressionError(
            N_("表达式里的列表运算太多或嵌套太深（最多 {count} 个、{depth} 层），请拆成几步"),
            count=MAX_MACROS,
            depth=MAX_NESTING,
        )
    growth = min((outer + 1) * (inner + 1) ** len(macros), 10**9)
    return Shape(tuple(macros), growth, frozenset(bound))


@lru_cache(maxsize=4096)
def compile_expression(source: str) -> Expression:
    """Compile CEL source. Raises ExpressionError with a sentence that says what is wrong."""
    if len(source) > MAX_SOURCE:
        raise ExpressionError(N_("表达式太长（最多 {limit} 个字符）"), limit=MAX_SOURCE)
    if not source.strip():
        raise ExpressionError(N_("表达式是空的"))
    shape = _shape(source)
    try:
        program = cel.compile(source)
        references = program.references()
    except ValueError as error:
        raise _misspelt(source, detail_of(error)) from None
    functions = frozenset(name for name in references["functions"] if NAME.fullmatch(name))
    unknown = functions - FUNCTIONS - BUILTIN_FUNCTIONS
    if unknown:
        raise ExpressionError(
            N_("表达式用了不存在的函数：{names}"), names="、".join(sorted(unknown))
        )
    names = frozenset(references["variables"]) - shape.bound
    path = tuple(source.strip().split(".")) if _PATH.fullmatch(source) else ()
    # What has a meaning of its own, like `today` or `true`, is no variable to look up.
    path = path if path and names - AMBIENT == {path[0]} else ()
    return Expression(source, program, names, functions, shape, path)


#: What CEL's parser says, and the sentence for people; the first group is what it is about.
MISSPELT = (
    (
        re.compile(r"token recognition error at: '(.*?)\s*'$"),
        N_(
            "表达式写法不对：第 {column} 个字处的「{token}」用不上"
            "（相等写 ==，并且写 &&，或者写 ||，文字用引号）：{source}"
        ),
    ),
    (
        re.compile(r"missing '(.*)' at "),
        N_("表达式写法不对：第 {column} 个字处缺少「{token}」：{source}"),
    ),
    (
        re.compile(r"mismatched input '(<EOF>)'"),
        N_("表达式写法不对：没有写完（第 {column} 个字处）：{source}"),
    ),
    (
        re.compile(r"(?:extraneous|mismatched) input '(.*)'$"),
        N_("表达式写法不对：第 {column} 个字处的「{token}」多余，或前面缺了符号：{source}"),
    ),
)
_PLACE = re.compile(r"(\d+):(\d+): Syntax error: (.*)")


def _misspelt(source: str, detail: str) -> ExpressionError:
    """The error for source that is no CEL: at which character, and what is the matter there."""
    place = _PLACE.match(detail)
    if place is not None:
        lines = source.splitlines(keepends=True)
        column = sum(map(len, lines[: int(place[1]) - 1])) + int(place[2])
        for pattern, message in MISSPELT:
            found = pattern.match(place[3])
            if found is not None:
                token = found[1]
                return ExpressionError(message, source=source, column=column, token=token)
    return ExpressionError(N_("表达式写法不对：{source}（{detail}）"), source=source, detail=detail)


def detail_of(error: Exception) -> str:
    """Return the one line of a CEL error that helps."""
    lines = [line for line in str(error).splitlines() if not line.startswith("|")]
    text = lines[0].split("ERROR: <input>:")[-1] if lines else type(error).__name__
    return text.split(" expecting ")[0][:160]


def strip_marks(text: str) -> str:
    """Return the expression inside `${…}`, or the text itself when it has no such marks."""
    text = text.strip()
    return text[2:-1] if text.startswith("${") and text.endswith("}") else text


# Templates: literal text with `${…}` places, or one place alone, which keeps its type.


@dataclass(frozen=True)
class Template:
    """A setting's value. One expression alone yields its value, a mixture yields text."""

    parts: tuple[str | Expression, ...]


@lru_cache(maxsize=4096)
def compile_template(text: str) -> str | Template:
    """Compile a setting: text without `${…}` is returned as it is."""
    if "${" not in text:
        return text
    if len(text) > MAX_TEMPLATE:
        raise ExpressionError(N_("表达式太长（最多 {limit} 个字符）"), limit=MAX_TEMPLATE)
    parts: list[str | Expression] = []
    position = 0
    while (start := text.find("${", position)) >= 0:
        end = _closing_brace(text, start + 2)
        if start > position:
            parts.append(text[position:start])
        parts.append(compile_expression(text[start + 2 : end]))
        position = end + 1
    if position < len(text):
        parts.append(text[position:])
    return Template(tuple(parts))


def expressions_in(value: str | Template) -> Iterator[Expression]:
    """Iterate over the expressions of a setting."""
    if isinstance(value, Template):
        yield from (part for part in value.parts if isinstance(part, Expression))


def _closing_brace(text: str, start: int) -> int:
    depth = 0
    for match in _TOKEN.finditer(text, start):
        if match.lastgroup != "other":
            continue
        if match.group() == "{":
            depth += 1
        elif match.group() == "}":
            if depth == 0:
                return match.start()
            depth -= 1
    raise ExpressionError(N_("「${{」没有对应的「}}」：{source}"), source=text)


# Scripts: lines of `name = expression`.


@lru_cache(maxsize=1024)
def compile_script(source: str) -> tuple[tuple[str, Expression], ...]:
    """Compile a script task: one assignment on each line, `#` starts a comment line."""
    if len(source) > MAX_SCRIPT:
        raise ExpressionError(N_("脚本太长（最多 {limit} 个字符）"), limit=MAX_SCRIPT)
    steps = []
    for line in source.splitlines():
        if not line.strip() or line.strip().startswith("#"):
            continue
        match = _ASSIGNMENT.fullmatch(line)
        if match is None:
            raise ExpressionError(N_("脚本每行只能写「名称 = 表达式」：{line}"), line=line.strip())
        name, expression = match.groups()
        if name in RESERVED or name in LOOP:
            raise ExpressionError(N_("脚本不能给保留的名称赋值：{name}"), name=name)
        steps.append((name, compile_expression(strip_marks(expression))))
    return tuple(steps)
