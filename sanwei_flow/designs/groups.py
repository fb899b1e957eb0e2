"""The questions of a form as a page draws them: those of every outcome first."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext

from sanwei_flow.designs.browser import DesignForm
from sanwei_flow.designs.schema import Field


@dataclass(frozen=True)
class Question:
    """A field to draw: the bound WTForms field, its definition, files it holds already."""

    bound: Any
    spec: Field
    files: list[Any] = field(default_factory=list)


@dataclass(frozen=True)
class Group:
    """Questions that only some outcomes ask; `actions` is empty for those of all."""

    actions: tuple[str, ...]
    title: str
    questions: list[Question]

    @property
    def id(self) -> str:
        return "-".join(("for", *self.actions))

    @property
    def wrong(self) -> bool:
        return any(question.bound.errors for question in self.questions)


def grouped(
    form: DesignForm, labels: Mapping[str, str], files: Mapping[str, list[Any]] | None = None
) -> list[Group]:
    """The questions of a form made for all outcomes; `labels` are what its outcomes are called.

    What only outcomes ask that this task does not have is left out.
    """
    found: dict[tuple[str, ...], list[Question]] = {(): []}
    for spec in form.schema.asked(None):
        question = Question(form[spec.key], spec, (files or {}).get(spec.key, []))
        found.setdefault(tuple(spec.actions or ()), []).append(question)
    return [
        Group(
            actions,
            gettext(
                "“%(what)s”时填写",
                what=gettext("、").join(labels.get(one, one) for one in actions),
            ),
            questions,
        )
        for actions, questions in found.items()
        if not (actions and labels) or not labels.keys().isdisjoint(actions)
    ]
