"""Anybody does anything in any order, and whatever happens, rows, engine and trail agree.

50 sequences of up to 30 steps as a rule; 500 with HYPOTHESIS_PROFILE=nightly, never the same ones.
"""

import datetime as dt
import os
from collections import Counter
from dataclasses import replace
from typing import Any, ClassVar

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from sanwei_flow import engine
from sanwei_flow.accounts.actor import Actor
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.db import db, transaction
from sanwei_flow.designs.queries import compiled_by_hash
from sanwei_flow.errors import AppError, Conflict, Forbidden
from sanwei_flow.processes import handing, operations
from sanwei_flow.processes.actions import action_of, available_actions, may_act
from sanwei_flow.processes.jobs import run_due_jobs, run_jobs_of
from sanwei_flow.processes.models import ProcessInstance, Task, TaskEvent
from sanwei_flow.processes.queries import get_task
from sanwei_flow.processes.verbs import VERBS
from sanwei_flow.supervision.operations import remind_of_tasks
from tests.processes.cases import Team, check_whole, make_team

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
#: Outcomes, returns and withdrawals are what this is about; a cancelled process is a dull one.
WEIGHTS = {"return_to": 12, "withdraw": 8, "cancel": 0.1, "claim": 1, "transfer": 1, "reject": 1}
KEYS = ("line", "all", "any", "in_order", "ratio", "branches")
PICK = st.randoms(use_true_random=True)
SORTS = (
    ("submit", "agree", "answer"),
    ("return_to",),
    ("withdraw",),
    ("add_signer", "delegate", "remove_signer", "transfer"),
)

#: So many choices are looked for before one is made, and so many people asked for a rare one:
#: to look at everything would cost most of the time.
ENOUGH, ENOUGH_ASKED = 6, 10

Choice = tuple[Task, Actor, str]


class Acts(RuleBasedStateMachine):
    """One process of some design; its people press buttons they are and are not offered."""

    app: Flask
    made: Team | None = None
    did: ClassVar[Counter[str]] = Counter()

    @initialize(key=st.sampled_from(KEYS))
    def begin(self, key: str) -> None:
        self.context = self.app.app_context()
        self.context.push()
        if Acts.made is None:
            with transaction():
                Acts.made = make_team()
        self.team = replace(Acts.made)
        self.roots = [self.team.start(key).id]
        self.root = self.roots[0]

    def teardown(self) -> None:
        if not hasattr(self, "root"):
            return
        db.session.rollback()
        for root in self.roots:
            self.root = root
            for instance_id in self.instances():
                assert_replays(instance_id)
        db.session.remove()
        self.context.pop()

    # What happens

    @rule(dice=PICK)
    def somebody_does_what_they_are_offered(self, dice: Any) -> None:
        choices = self.choices(dice)
        if choices:
            self.one_of(choices, dice)
        else:
            self.root = self.team.start(dice.choice(KEYS)).id
            self.roots.append(self.root)

    @rule(dice=PICK, names=st.sampled_from(SORTS))
    def somebody_goes_on_sends_back_or_asks_another(
        self, dice: Any, names: tuple[str, ...]
    ) -> None:
        choices = self.choices(dice, names) or self.choices(dice)
        if choices:
            self.one_of(choices, dice)

    def choices(self, dice: Any, names: tuple[str, ...] = ()) -> list[Choice]:
        """What some people are offered for some tasks, less what moves nothing.

        Empty only if nobody is offered anything at all; for `names` only some are asked.
        """
        pairs = [(task, person) for task in self.tasks() for person in self.team.people]
        dice.shuffle(pairs)
        found: list[Choice] = []
        for task, person in pairs[:ENOUGH_ASKED] if names else pairs:
            offered = self.offered(task, person)
            found += [(task, person, name) for name in offered if not names or name in names]
            if len(found) >= ENOUGH:
                break
        return found

    def one_of(self, choices: list[Choice], dice: Any) -> None:
        weights = [WEIGHTS.get(name, 2 if name in VERBS else 6) for *_, name in choices]
        ((task, person, name),) = dice.choices(choices, weights)
        action = action_of(get_task(task.id), person, name)
        assert action is not None, f"{name} is in the list, but cannot be done"
        given = {field["key"]: self.value(field, task, dice) for field in action.fields}
        comment = given.pop("comment", "意见") or "意见"
        given = {key: value for key, value in given.items() if value not in (None, [])}
        try:
            self.team.do(task, name, person, comment, **given)
            self.did[name] += 1
        except AppError as error:
            # Offered for this task, but not with these people or at this time.
            if name not in REFUSABLE:
                raise AssertionError(f"{name} was offered, then refused") from error
        run_jobs_of([task.instance_id], self.team.at)

    @rule(dice=PICK, name=st.sampled_from(("agree", "submit", "transfer", "return_to", "withdraw")))
    def somebody_tries_what_they_may_not(self, dice: Any, name: str) -> None:
        task, person = dice.choice(self.tasks(closed=True)), dice.choice(self.team.people)
        if name in self.offered(task, person, everything=True):
            return
        before = self.versions()
        with pytest.raises(AppError):
            self.team.do(task, name, person, "强行", summary="强行")
        db.session.rollback()
        assert self.versions() == before

    @rule(dice=PICK)
    def somebody_leaves(self, dice: Any) -> None:
        held = [task for task in self.tasks() if task.owner_id and task.closed_at is None]
        pairs = [
            (person, other)
            for person in self.team.people
            for other in self.team.people
            if person != other and person.units() & other.units()
            if any(task.owner_id == person.user_id for task in held)
        ]
        if not pairs:
            return
        person, receiver = dice.choice(pairs)
        ids = person.user_id, receiver.user_id
        for task in (task for task in held if task.owner_id == person.user_id):
            try:
                with transaction():
                    handing.hand_task(task.id, *ids, comment="离职", by=person, at=self.team.at)
                self.did["hand_over"] += 1
            except Conflict:
                assert get_task(task.id).owner_id == person.user_id

    @rule(days=st.integers(1, 3))
    def time_passes(self, days: int) -> None:
        self.team.at += dt.timedelta(days=days, minutes=1)
        run_due_jobs(self.team.at)
        with transaction():
            looked_at, _late = remind_of_tasks(at=self.team.at, limit=100)
        self.did["reminder"] += looked_at

    # What always holds

    @invariant()
    def rows_engine_and_trail_agree(self) -> None:
        if not hasattr(self, "root"):
            return
        db.session.rollback()
        for instance_id in self.instances():
            check_whole(instance_id, self.team.at)

    @invariant()
    @precondition(lambda self: hasattr(self, "root"))
    def nobody_outside_may_decide(self) -> None:
        for task in self.tasks():
            found = get_task(task.id)
            for person in self.team.people:
                holds = person.has(task.unit_id, task.role)
                mine = task.owner_id in (None, person.user_id)
                decides = may_act(found, person)
                assert decides == (holds and mine and task.status == "open")
            outsider = next(p for p in self.team.people if not p.has(task.unit_id, task.role))
            with pytest.raises(Forbidden), transaction():
                operations.act_on_task(task.id, "submit", {}, by=outsider, at=self.team.at)

    # Helpers

    def instances(self) -> list[int]:
        """The process with everything it called."""
        own = (ProcessInstance.id == self.root) | (ProcessInstance.root_id == self.root)
        return list(db.session.scalars(db.select(ProcessInstance.id).where(own)))

    def versions(self) -> list[int]:
        own = ProcessInstance.id.in_(self.instances())
        query = db.select(ProcessInstance.version).where(own).order_by(ProcessInstance.id)
        return list(db.session.scalars(query))

    def tasks(self, *, closed: bool = False) -> list[Task]:
        own = Task.instance_id.in_(self.instances())
        query = db.select(Task).where(own).order_by(Task.id)
        if not closed:
            recent = db.select(Task.id).where(own, Task.status == "done")
            recent = recent.order_by(Task.closed_at.desc())
            last = list(db.session.scalars(recent.limit(2)))
            query = query.where(Task.status.in_(("open", "held")) | Task.id.in_(last))
        return list(db.session.scalars(query.execution_options(populate_existing=True)))

    def offered(self, task: Task, person: Actor, *, everything: bool = False) -> list[str]:
        found = available_actions(get_task(task.id), person, asked=False)
        dull = () if everything else ("comment", "copy_to", "urge", "save_draft")
        return [action.name for action in found if action.name not in dull]

    def value(self, field: dict[str, Any], task: Task, dice: Any) -> Any:
        people = [one.user_id for one in self.team.people]
        match field["key"], field["type"]:
            case _, "person":
                given = [choice[0] for choice in field.get("choices") or []]
                return dice.choice(given or people)
            case _, "people":
                return dice.sample(people, dice.randint(1, 2))
            case _, "many":
                return [dice.choice(field["choices"])[0]] if field["choices"] else []
            case _, "choice":
                return dice.choice(field["choices"])[0]
            case _, "number":
                return dice.randint(0, 9)
            case _:
                return "内容"


#: What may be refused although it is offered: it depends on whom or what is chosen.
REFUSABLE = frozenset(
    ("delegate", "add_signer", "return_to", "transfer", "urge", "copy_to", "withdraw")
)


def assert_replays(instance_id: int) -> None:
    """Every step the trail tells leads from the state before it to the state before the next."""
    query = db.select(TaskEvent).where(TaskEvent.instance_id == instance_id)
    events = list(db.session.scalars(query.order_by(TaskEvent.id)))
    instance = db.session.get_one(ProcessInstance, instance_id, populate_existing=True)
    if not instance.is_open:
        return
    design = compiled_by_hash(instance.design_version.hash)
    by_id = {event.id: event for event in events}
    now: bytes | None = None
    for event in events:
        if event.state_before is not None:
            assert now in (None, event.state_before), (event.kind, event.action)
            moved = engine_event(event, design, event.state_before)
            calendar = load_calendar()
            now = engine.act(design, event.state_before, moved, event.at, functions=calendar).state
        elif event.kind == "withdraw":
            now = by_id[event.data["event"]].state_before or now
    assert now in (None, instance.state)


def engine_event(event: TaskEvent, design: engine.Design, state: bytes) -> engine.Event:
    if event.kind == "timer":
        return engine.Fire(event.data["ref"])
    if event.kind == "child_end":
        return engine.ChildFinished(event.data["ref"], event.data["result"])
    task = db.session.get_one(Task, event.task_id)
    told = {"comment": event.comment}
    if event.kind == "return_to":
        turn, told = event.data.get("turn"), {"outcome": "return", **told}
        return engine.Return(task.ref, event.data["node"], told, turn)
    if task.side == "redo":
        return engine.Amend(task.ref, task.node, event.data, (task.memo or {}).get("turn"))
    if task.side is not None or event.kind == "remove_signer":
        main = db.session.get_one(Task, task.side_of_id or task.id)
        memo = main.memo or {}
        given = memo["data"] | {"outcome": memo["action"], "comment": memo["comment"]}
        return engine.Complete(main.ref, given)
    return engine.Complete(task.ref, {**event.data, "outcome": event.action, **told})


def test_anybody_does_anything_in_any_order(app: Flask, database: None) -> None:
    Acts.app, Acts.made, Acts.did = app, None, Counter()
    run_state_machine_as_test(
        Acts,
        settings=settings(
            max_examples=500 if NIGHTLY else 50,
            stateful_step_count=30,
            deadline=None,
            derandomize=not NIGHTLY,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
    # A machine that is refused everything would prove nothing.
    wanted = {"submit", "agree", "return_to", "withdraw", "delegate", "add_signer", "reminder"}
    assert wanted <= {name for name, count in Acts.did.items() if count}
    if print_counts := os.environ.get("SHOW_ACTS"):
        print(print_counts, Acts.did)
