"""A clerk in a process of their own, to be killed in the middle of an act.

For every line on stdin it forks a child that acts without end: first once more what the
child before it had begun, under the same key, then whatever is open. The child writes
`begin ID ACTION` before and `done ID` after each act to the journal; the parent answers with
the child's number as soon as the child has begun. The first line tells how long an act takes
here, in seconds.
"""

import os
import sys
import time
from pathlib import Path
from typing import Any

from sanwei_flow import create_app
from sanwei_flow.accounts.actor import Actor
from sanwei_flow.config import load_config
from sanwei_flow.db import db, transaction
from sanwei_flow.processes import operations
from sanwei_flow.processes.models import Task, is_open
from tests.factories import NOW

ANSWERS = {"report": ("submit", {"summary": "好"}), "review": ("return", {"comment": "重写"})}


def main(url: str, folder: str, user_id: int, unit_id: int) -> None:
    app = create_app(load_config(database_url=url, secret_key="t", instance_path=Path(folder)))
    clerk = Actor(user_id, "工人", frozenset({(unit_id, "staff"), (unit_id, "reviewer")}))
    journal = os.open(f"{folder}/journal", os.O_CREAT | os.O_APPEND | os.O_RDWR)
    with app.app_context():
        # Children inherit warm caches, so that they are killed acting and not preparing.
        for task in db.session.execute(open_tasks().limit(3)).all():
            begun = time.monotonic()
            act(clerk, journal, task.id, ANSWERS[task.node][0])
        print(time.monotonic() - begun, flush=True)
        db.session.remove()
        db.engine.dispose()
    for _ in sys.stdin:
        ready, tell = os.pipe()
        child = os.fork()
        if child == 0:
            with app.app_context():
                work(clerk, journal, Path(folder) / "journal", tell)
        os.read(ready, 1)
        os.close(ready)
        os.close(tell)
        print(child, flush=True)
        os.waitpid(child, 0)
        print("gone", flush=True)


def work(clerk: Actor, journal: int, log: Path, tell: int) -> None:
    begun = log.read_text().splitlines()
    if begun and begun[-1].startswith("begin"):
        _, task_id, action = begun[-1].split()
        act(clerk, journal, int(task_id), action, tell)
    while True:
        for task in db.session.execute(open_tasks()).all():
            act(clerk, journal, task.id, ANSWERS[task.node][0], tell)


def open_tasks() -> Any:
    return db.select(Task.id, Task.node).where(is_open).order_by(Task.id)


def act(clerk: Actor, journal: int, task_id: int, action: str, tell: int | None = None) -> None:
    os.write(journal, f"begin {task_id} {action}\n".encode())
    if tell is not None:
        os.write(tell, b"x")
    data = next(data for name, data in ANSWERS.values() if name == action)
    with transaction():
        operations.act_on_task(
            task_id, action, data, by=clerk, at=NOW, idempotency_key=f"act-{task_id}"
        )
    os.write(journal, f"done {task_id}\n".encode())


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
