"""The examples of a decision table as its page sends and draws them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from sanwei_flow.designs.examples import MOST_EXAMPLES, Tried
from sanwei_flow.engine import Decision, Table

Example = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """A variable an example gives a value for; `label` is what its column is called."""

    name: str
    label: str


def read_examples(posted: Any) -> list[Example]:
    """The examples as the page sends them; values are JSON where they read as such, else text."""
    count = str(posted.get("examples", "0"))
    number = min(int(count), MOST_EXAMPLES) if count.isdecimal() and len(count) < 5 else 0
    return [_example(posted, f"examples.{place}") for place in range(number)]


def _example(posted: Any, place: str) -> Example:
    start = f"{place}.in."
    given = {name[len(start) :]: posted[name] for name in posted if name.startswith(start)}
    example: Example = {
        "name": posted.get(f"{place}.name", "").strip(),
        "inputs": {name: value(text) for name, text in given.items() if text.strip()},
    }
    before = value(posted.get(f"{place}.before", ""))
    return example if before in (None, "") else {**example, "answer": before}


def value(text: str) -> Any:
    """`3`, `true`, `["a"]` are what they look like; anything else is text, blank is nothing."""
    text = text.strip()
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text


def text_of(given: Any) -> str:
    """A value as it is typed."""
    if given is None:
        return ""
    plain = isinstance(given, str) and value(given) == given
    return given if plain else json.dumps(given, ensure_ascii=False)


def variables(
    table: Table | None, decision: Decision | None, examples: list[Example]
) -> list[Asked]:
    """What an example of this table has to say, in the order of the columns."""
    columns = {one.expression.text: one.label for one in table.inputs} if table else {}
    if decision is not None:
        names = sorted(decision.variables)
    else:
        names = sorted({name for one in examples for name in one["inputs"]})
    order = list(columns)
    names.sort(key=lambda name: order.index(name) if name in order else len(order))
    return [Asked(name, columns.get(name, name)) for name in names]


def answer_text(answer: Any, table: Table | None) -> str:
    """An answer in words: `级别 slip，颜色 red`; nothing found is said."""
    if answer in (None, {}, []):
        return str(_("没有规则符合"))
    if isinstance(answer, list):
        return str(_("；")).join(answer_text(one, table) for one in answer)
    if not isinstance(answer, Mapping):
        return text_of(answer)
    labels = {one.name: one.label for one in table.outputs} if table else {}
    names = [name for name in labels if name in answer]
    names += [name for name in answer if name not in labels]
    parts = [f"{labels.get(name, name)} {_short(answer[name])}" for name in names]
    return str(_("，")).join(parts)


def _short(given: Any) -> str:
    if isinstance(given, list):
        return str(_("、")).join(_short(one) for one in given)
    return given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)


def row_of(tried: Tried) -> str:
    """The numbers of the rules that fit, as one text."""
    return str(_("、")).join(str(number) for number in tried.rules)
