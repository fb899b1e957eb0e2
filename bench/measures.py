"""One round of each measurement; every function returns seconds per unit of work."""

import itertools
import time
from typing import Any

from sqlalchemy import text

from bench.scene import INBOX_UNITS, NOW, Scene, later, row_facts
from sanwei_flow.accounts.actor import SYSTEM, Actor
from sanwei_flow.db import db, transaction
from sanwei_flow.processes import inbox as boxes
from sanwei_flow.processes import operations, queries
from sanwei_flow.processes.actions import available_actions
from sanwei_flow.processes.jobs import run_due_jobs
from tests.counting import counted

_numbers = itertools.count(1)
ANSWERS: dict[str, tuple[str, dict[str, Any], str]] = {
    "part_report": ("submit", {"summary": "已完成全部工作"}, ""),
    "unit_review": ("return", {}, "请补充数字"),
}


def acts(scene: Scene, count: int) -> float:
    """Complete `count` tasks of as many instances: each reads its state from the database."""
    with scene.app.app_context():
        nodes = _nodes(scene, count)
        begun = time.perf_counter()
        for task_id, node in nodes:
            action, data, comment = ANSWERS[node]
            with transaction():
                result = operations.act_on_task(
                    task_id,
                    action,
                    data,
                    comment=comment,
                    by=scene.worker,
                    at=NOW,
                    idempotency_key=f"bench-{next(_numbers)}",
                )
            scene.tasks.append(result.opened[0])
        spent = time.perf_counter() - begun
        db.session.remove()
    return spent / count


def _nodes(scene: Scene, count: int) -> list[tuple[int, str]]:
    """Take tasks from the front of the queue, with their nodes; the next ones go to its end."""
    ids, scene.tasks[:count] = scene.tasks[:count], []
    rows = db.session.execute(text("select id, node from task where id = any(:ids)"), {"ids": ids})
    nodes = {row.id: row.node for row in rows}
    db.session.remove()
    return [(task_id, nodes[task_id]) for task_id in ids]


def statements(scene: Scene, count: int) -> float:
    """SQL statements per act; BEGIN and COMMIT, which our driver sends itself, count as two."""
    with scene.app.app_context(), counted() as sent:
        acts(scene, count)
    # The one statement that looked the tasks up is not theirs.
    return (len(sent) - 1) / count + 2


def inbox(scene: Scene, count: int) -> float:
    """Open the to-do box: a page of 20 and the counts on the tabs."""
    reader = scene.reader
    with scene.app.app_context():
        begun = time.perf_counter()
        for _ in range(count):
            page = boxes.inbox(reader, "todo", limit=20)
            boxes.counts(reader)
            db.session.rollback()
        spent = time.perf_counter() - begun
        if len(page.items) != 20:
            raise RuntimeError("the inbox should fill a page")
        db.session.remove()
    return spent / count


def sweep(scene: Scene, count: int) -> float:
    """A sweep that finds `count` timers due among all that wait, and fires them."""
    with scene.app.app_context():
        with transaction():
            db.session.execute(
                text(
                    "update job set due_at = :at where id in (select job.id from job join task"
                    " using (instance_id) where kind = 'timer' and not unit_id = any(:others)"
                    " and job.due_at > :at order by job.id limit :count)"
                ),
                {"at": later(1), "count": count, "others": scene.units[-INBOX_UNITS:]},
            )
        begun = time.perf_counter()
        fired = run_due_jobs(later(1))
        spent = time.perf_counter() - begun
        if fired != count:
            raise RuntimeError(f"{fired} timers fired instead of {count}")
        db.session.remove()
    return spent / count


def cooperation(scene: Scene, units: int) -> tuple[float, float]:
    """One row with `units` cooperating units: what the first's and the last's part take.

    A part is four acts and everything they set going: sign for, report, the unit's head, the
    lead's confirmation; the child's end moves the row's own process.
    """
    lead, others = scene.units[0], scene.units[1 : units + 1]
    variables = {
        "plan": {"id": 1, "title": "三位一体改革任务推进方案", "office_unit": lead},
        "row": row_facts(lead),
        "cooperating": [{"unit": unit, "name": f"第{unit}单位"} for unit in others],
    }
    with scene.app.app_context():
        with transaction():
            row = operations.start_process("task_division", variables, by=SYSTEM, at=NOW)
        while not queries.children(row.id):
            _play(row.id, scene.worker)
        parts = [child.id for child in queries.children(row.id)]
        if len(parts) != units:
            raise RuntimeError(f"{len(parts)} parts instead of {units}")
        taken = [_part(part, scene.worker) for part in parts]
        db.session.remove()
    return taken[0], taken[-1]


def _part(instance_id: int, worker: Actor) -> float:
    spent = 0.0
    while tasks := queries.open_tasks(instance_id):
        action, data = _answer(tasks[0], worker)
        db.session.remove()
        begun = time.perf_counter()
        with transaction():
            operations.act_on_task(tasks[0].id, action, data, by=worker, at=NOW)
        spent += time.perf_counter() - begun
    return spent


def _play(instance_id: int, worker: Actor) -> None:
    for task in queries.open_tasks(instance_id):
        action, data = _answer(task, worker)
        with transaction():
            operations.act_on_task(task.id, action, data, by=worker, at=NOW)


def _answer(task: Any, worker: Actor) -> tuple[str, dict[str, Any]]:
    """The primary outcome, with text wherever text is required."""
    action = available_actions(queries.get_task(task.id), worker)[0]
    required = (each for each in action.fields if each["required"] and not each["value"])
    return action.name, {each["key"]: "已完成" for each in required}
