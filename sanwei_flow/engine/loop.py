"""The step loop: everything automatic, until only the world can go on."""

from __future__ import annotations

import time

from sanwei_flow.engine import events, specs
from sanwei_flow.engine.model import EngineError
from sanwei_flow.engine.workflow import FastTask, FastWorkflow
from sanwei_flow.errors import N_

MAX_RUNS = 2000
MAX_SECONDS = 5.0


def settle(workflow: FastWorkflow) -> None:
    """Run everything automatic until only the world can go on."""
    runs = 0
    deadline = time.monotonic() + MAX_SECONDS
    while True:
        while workflow.thrown:
            thrower, trigger = workflow.thrown.popleft()
            if workflow.alive(thrower):  # what another event has ended cannot throw any more
                events.carry_out(thrower, trigger)
        if workflow.ready:
            task = workflow.ready.popleft()
            if workflow.alive(task) and not task.finished:
                _run(task)
                runs += 1
        elif not (_settle_joins(workflow) or _settle_subprocesses(workflow)):
            return
        if runs > MAX_RUNS or time.monotonic() > deadline:
            raise EngineError(
                N_("流程一步里自动执行了太多任务（最多 {limit} 个、{seconds} 秒），可能有死循环"),
                limit=MAX_RUNS,
                seconds=int(MAX_SECONDS),
            )


def _run(task: FastTask) -> None:
    try:
        task.run()
    except EngineError as error:
        error.node = error.node or task.task_spec.node
        raise


def _settle_joins(workflow: FastWorkflow) -> bool:
    """Let one inclusive gateway go on that no further token can reach."""
    for part in list(workflow.workflows()):
        for task in list(part.tasks.values()):
            spec = task.task_spec
            waits = isinstance(spec, specs.InclusiveGateway) and not task.finished
            if waits and spec.settle(task):
                return True
    return False


def _settle_subprocesses(workflow: FastWorkflow) -> bool:
    """Complete the sub-processes in which nothing is open any more."""
    ended = [sub for sub in workflow.subprocesses.values() if not sub.open_tasks()]
    for sub in ended:
        if workflow.subprocesses.get(sub.owner.id) is sub:
            workflow.drop_subprocess(sub.owner.id)
            sub.owner.complete()
    return bool(ended)
