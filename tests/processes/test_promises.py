"""What holds whatever happens: one winner, nothing lost, nothing twice."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from flask import Flask

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.db import db, transaction
from sanwei_flow.designs.queries import compiled_by_hash
from sanwei_flow.engine import TaskOpened, waiting
from sanwei_flow.errors import Conflict
from sanwei_flow.processes import chain, operations
from sanwei_flow.processes.jobs import run_due_jobs
from sanwei_flow.processes.models import ProcessInstance, Task, TaskEvent
from tests.processes.conftest import NOW, Office, only

RACES = 200
KILLS = 100
DONE = {"summary": "已办结三件"}


def test_of_two_people_acting_at_once_one_wins_and_the_other_is_told_who(
    app: Flask, office: Office
) -> None:
    tasks = [only(office.start("approval")).id for _ in range(RACES)]
    db.session.remove()
    barrier = threading.Barrier(2)
    outcomes: dict[str, list[str]] = {}

    def hurry(person: Actor) -> None:
        told = outcomes[person.name] = []
        with app.app_context():
            for task_id in tasks:
                barrier.wait(30)
                try:
                    with transaction():
                        operations.act_on_task(task_id, "submit", DONE, by=person, at=NOW)
                    told.append("won")
                except Conflict as conflict:
                    told.append(str(conflict))

    people = (office.clerk, office.colleague)
    threads = [threading.Thread(target=hurry, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    for mine, theirs in zip(outcomes[people[0].name], outcomes[people[1].name], strict=True):
        assert (mine == "won") != (theirs == "won")
        winner, message = (people[0], theirs) if mine == "won" else (people[1], mine)
        assert message.startswith(f"{winner.name}已于")
    assert (
        db.session.scalar(db.select(db.func.count(Task.id)).where(Task.status == "done")) == RACES
    )


def test_killed_in_the_middle_of_an_act_nothing_is_lost_and_nothing_done_twice(
    office: Office, database_url: str, tmp_path: Path
) -> None:
    for _ in range(5):
        office.start("approval")
    db.session.remove()
    clerk = str(office.clerk.user_id), str(office.unit_id)
    command = [sys.executable, "-m", "tests.processes.worker", database_url, str(tmp_path), *clerk]
    worker = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert worker.stdin
    assert worker.stdout
    dice, an_act = random.Random(7), float(worker.stdout.readline())
    for _ in range(KILLS):
        worker.stdin.write("\n")
        worker.stdin.flush()
        child = int(worker.stdout.readline())
        time.sleep(dice.uniform(0, min(0.02 + 10 * an_act, 0.6)))
        os.kill(child, signal.SIGKILL)
        assert worker.stdout.readline() == "gone\n"
    worker.stdin.close()
    worker.wait(30)
    worker.stdout.close()
    assert_whole((tmp_path / "journal").read_text().splitlines())


def assert_whole(journal: list[str]) -> None:
    answered = [int(line.split()[1]) for line in journal if line.startswith("done")]
    begun = [line for line in journal if line.startswith("begin")]
    assert len(answered) > KILLS / 10
    assert len(begun) - len(answered) > KILLS / 2  # interrupted, and taken up again
    done = set(db.session.scalars(db.select(Task.id).where(Task.status == "done")))
    assert set(answered) <= done
    acts = db.session.scalars(db.select(TaskEvent.task_id).where(TaskEvent.kind == "act")).all()
    assert sorted(acts) == sorted(done)
    for instance in db.session.scalars(db.select(ProcessInstance)).all():
        events = TaskEvent.instance_id == instance.id
        assert instance.version == db.session.scalar(
            db.select(db.func.count(TaskEvent.id)).where(events)
        )
        assert chain.first_broken(instance.id) is None
        design = compiled_by_hash(instance.design_version.hash)
        effects = waiting(design, instance.state, NOW, functions=load_calendar())
        (expected,) = (effect.ref for effect in effects if isinstance(effect, TaskOpened))
        assert only(instance).ref == expected


def test_runners_side_by_side_fire_every_timer_once(app: Flask, office: Office) -> None:
    instances = [office.start("deadline").id for _ in range(40)]
    db.session.remove()
    later = NOW.replace(day=NOW.day + 5)
    counts: list[int] = []

    def sweep() -> None:
        with app.app_context():
            counts.append(run_due_jobs(later))

    threads = [threading.Thread(target=sweep) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(counts) == len(instances)
    fired = db.select(TaskEvent.instance_id).where(TaskEvent.kind == "timer")
    assert sorted(db.session.scalars(fired)) == sorted(instances)
