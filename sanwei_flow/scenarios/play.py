"""Plays a run: a pure function of designs, start and steps. Nothing is written, nobody is told.

The same engine, the same forms, the same due dates and reminders as in life. Every bound ends in
an error with a sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sanwei_flow import engine
from sanwei_flow.accounts.models import ROLE_NAMES
from sanwei_flow.calendars.workdays import Phrase
from sanwei_flow.designs import forms, outcomes
from sanwei_flow.designs.schema import Column
from sanwei_flow.errors import N_, AppError, Invalid
from sanwei_flow.processes.opinions import outcome_names
from sanwei_flow.scenarios.clock import Clock, Misfit
from sanwei_flow.scenarios.steps import Act, Given, Skip, Status, Step
from sanwei_flow.scenarios.values import (
    Material,
    Open,
    Part,
    Played,
    Shot,
    Trouble,
)


def play(material: Material, given: Given, steps: Sequence[Step]) -> Played:
    """Play a run from its start through `steps`, as far as they can be taken.

    Never raises for a design that fails or a step that does not fit: `trouble` says it.
    """
    player = Player(material, given)
    shots: list[Shot] = []
    before: dict[str, dict[str, Any]] = {}
    for number, step in enumerate([None, *steps]):
        before = {one.path: one.variables for one in player.instances.values()}
        try:
            if step is None:
                player.begin()
            else:
                player.take(step)
        except AppError as error:
            trouble = player.trouble(error, number)
            if trouble.fault or not shots:
                shots.append(player.shot(step, failed=True))
            return Played(tuple(shots), player.parts(trouble), trouble, before)
        shots.append(player.shot(step))
    return Played(tuple(shots), player.parts(None), None, before)


def attempt(material: Material, given: Given, done: Sequence[Step], step: Step) -> None:
    """See whether `step` can be taken after those done.

    Raises Misfit or Refused if not; a step at which the design itself fails can be taken.
    """
    player = Player(material, given)
    try:
        player.begin()
        for one in done:
            player.take(one)
    except AppError as error:
        raise Misfit(N_("试运行已经停在前面一步，请先退回去。")) from error
    try:
        player.take(step)
    except (Misfit, Refused):
        raise
    except AppError:
        # The page tells of it, as it would of an incident.
        return


class Refused(Invalid):
    """An answer that the form does not take; `fields` say where."""


class Player(Clock):
    """Takes the steps of one run."""

    # The steps

    def begin(self) -> None:
        """Start the process. Raises AppError where it cannot."""
        self.start(self.material.root, self.given.variables)
        self.run_queue()

    def take(self, step: Step) -> None:
        """Take one step. Raises Misfit or Refused where it does not fit, else what failed."""
        self.happened = []
        if isinstance(step, Skip):
            self.skip(step)
        else:
            self._act(step)

    def _act(self, step: Act) -> None:
        task = self.find(step)
        root = self.instances[task.path]
        if step.outcome not in outcome_names(task.outcomes):
            raise Misfit(
                N_("“{name}”现在不能以“{outcome}”办理"),
                name=Phrase(task.name),
                outcome=outcomes.label(step.outcome),
            )
        cleaned = self._cleaned(task, step)
        opinion = cleaned.pop("comment")
        self.say(
            "act",
            N_("{unit}（{role}）办理“{name}”：{outcome}"),
            {
                "unit": self.unit(task.unit),
                "role": Phrase(ROLE_NAMES.get(task.role, task.role)),
                "name": Phrase(task.name),
                "outcome": _label(task, step.outcome),
            },
            data=cleaned | ({"comment": opinion} if opinion else {}),
        )
        given = {**cleaned, "outcome": step.outcome, "comment": opinion}
        self.let(root, engine.Complete(task.ref, given))
        self.run_queue()

    def find(self, step: Act) -> Open:
        """The open task a step means. Raises Misfit if there is none."""
        same = [
            one
            for one in self.open.values()
            if (one.process, one.node, one.unit) == (step.process, step.node, step.unit)
        ]
        if len(same) <= step.nth:
            raise Misfit(
                N_("应由{unit}办理“{name}”，现在没有这项待办"),
                unit=self.unit(step.unit),
                name=Phrase(self._name(step.process, step.node)),
            )
        return same[step.nth]

    def _name(self, process: str, node: str) -> str:
        try:
            found = self.material.design(process).nodes.get(node)
        except AppError:
            found = None
        return (found.name if found is not None else "") or node

    def _cleaned(self, task: Open, step: Act) -> dict[str, Any]:
        """The answers as the form takes them. Raises Invalid by field."""
        schema = self.material.form_for(task)
        answers = dict(step.answers)
        for key in forms.file_keys(schema, step.outcome):
            # Nothing is uploaded in a run; what must be there is taken to be.
            answers[key] = [1] if schema.field(key).required else []
        try:
            return forms.validate(
                schema,
                step.outcome,
                answers,
                dict(task.data),
                comment=step.comment,
                choices=self.choices,
            )
        except Invalid as error:
            raise Refused(error.message, fields=error.fields, **error.params) from None

    def choices(self, field: Column, _defaults: dict[str, Any]) -> list[tuple[int, str]] | None:
        """Units are those of the run; whoever is named as a person is not looked up."""
        if field.type in ("unit", "units"):
            return list(self.given.units.items())
        return None

    # Looking at it

    def shot(self, step: Step | None, *, failed: bool = False) -> Shot:
        """How things stand now."""
        root = next(iter(self.instances.values()), None)
        status: Status = "incident"
        if root is not None and not failed:
            status = root.status  # type: ignore[assignment]
        seen: dict[tuple[str, str, int], int] = {}
        listed = []
        for task in self.open.values():
            same = (task.process, task.node, task.unit)
            listed.append(replace(task, nth=seen.get(same, 0)))
            seen[same] = seen.get(same, 0) + 1
        return Shot(step, self.name(step), self.at, tuple(listed), tuple(self.happened), status)

    def name(self, step: Step | None) -> str:
        """What the task of a step is called; its node's id where the design has no such node."""
        return self._name(step.process, step.node) if isinstance(step, Act) else ""

    def trouble(self, error: AppError, number: int) -> Trouble:
        """What went wrong in step `number`, with the element where it is known."""
        instance = self.at_work
        if isinstance(error, Misfit | Refused):
            return Trouble(number, _said(error), fault=False)
        node = getattr(error, "node", None) or ""
        process = instance.process if instance else self.material.root
        return Trouble(number, _said(error), True, process, node)

    def parts(self, trouble: Trouble | None) -> tuple[Part, ...]:
        """Every instance as it stands now."""
        active: dict[str, set[str]] = {}
        for task in self.open.values():
            active.setdefault(task.path, set()).add(task.node)
        found = []
        for one in self.instances.values():
            ended = one.status != "running"
            timers = () if ended else tuple(one.timers.values())
            waiting = [] if ended else [timer.node for timer in timers if timer.kind == "catch"]
            nodes = active.get(one.path, set()) | {*one.calls.values(), *waiting}
            status = one.status
            if trouble is not None and trouble.fault and one is self.at_work:
                status = "incident"
            found.append(
                Part(
                    path=one.path,
                    process=one.process,
                    title=one.title,
                    design=one.design,
                    status=status,
                    stage=one.stage,
                    passed=tuple(one.passed),
                    active=frozenset() if ended else frozenset(nodes),
                    variables=one.variables,
                    parent=one.parent,
                    timers=tuple((timer.node, timer.due_at) for timer in timers),
                )
            )
        return tuple(found)


def _said(error: AppError) -> Phrase:
    """The error's sentence; for a form that takes an answer no more, its fields by name too."""
    if isinstance(error, Invalid) and error.fields:
        # The sentences of a form are rendered already.
        fields = "；".join(
            f"{name}：{' '.join(map(str, texts))}" for name, texts in error.fields.items()
        )
        return Phrase(N_("表单不接受这份答复：{detail}"), {"detail": fields})
    return Phrase(error.message, dict(error.params))


def _label(task: Open, outcome: str) -> str:
    named = {one.name: one.label for one in outcomes.parse(task.outcomes)}
    return named.get(outcome, outcome)
