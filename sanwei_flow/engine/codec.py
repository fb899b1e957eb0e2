"""State as bytes: what is open, and the variables. Never the design, never history.

Only what can still matter is written, so the size does not depend on what has already happened.
The format is ours and refuses any version but its own; loading it runs no code of the state.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from SpiffWorkflow.util.task import TaskState

from sanwei_flow.engine.build import Program
from sanwei_flow.engine.model import Design, EngineError
from sanwei_flow.engine.specs import BoundarySplit, EventGateway
from sanwei_flow.engine.workflow import CelEngine, FastSubWorkflow, FastTask, FastWorkflow
from sanwei_flow.errors import N_

VERSION = 1
MAX_STATE = 8 * 1024 * 1024

#: What a state holds: version, process, status, moment, last id, variables, root, tasks, parts.
CONTENT: dict[str, type] = {"v": int, "k": str, "s": str, "t": str, "n": int, "d": dict}
CONTENT |= {"r": int, "w": list, "p": list}

# A stored task: [id, spec name, state, parent id (0: the start), internal data or 0]


def dump(workflow: FastWorkflow, design: Design, status: str, at: datetime) -> bytes:
    """Return the state of an instance after a step."""
    subs = []
    if status == "running":
        prune(workflow)
        for sub in workflow.subprocesses.values():
            prune(sub)
            subs.append([sub.owner.id, sub.task_tree.id, _tasks(sub)])
    content = {
        "v": VERSION,
        "k": design.key,
        "s": status,
        "t": at.isoformat(),
        "n": workflow.last_id,
        "d": workflow.variables,
        "r": workflow.task_tree.id,
        "w": _tasks(workflow) if status == "running" else [],
        "p": subs,
    }
    state = orjson.dumps(content)
    if len(state) > MAX_STATE:
        raise EngineError(N_("流程数据超过 {limit} MB"), limit=MAX_STATE // 1024 // 1024)
    return state


def read(state: bytes, design: Design) -> dict[str, Any]:
    """Decode a state. Raises EngineError if it is not one of this version and this process."""
    try:
        content = orjson.loads(state) if len(state) <= MAX_STATE else None
    except orjson.JSONDecodeError:
        content = None
    if not isinstance(content, dict) or content.get("v") != VERSION or not _is_whole(content):
        raise EngineError(N_("流程状态的格式不对，或是别的版本保存的"))
    if content["k"] != design.key:
        raise EngineError(
            N_("流程状态属于「{key}」，不属于「{other}」"), key=content["k"], other=design.key
        )
    return content


def _is_whole(content: dict[str, Any]) -> bool:
    if not all(isinstance(content.get(name), kind) for name, kind in CONTENT.items()):
        return False
    try:
        return datetime.fromisoformat(content["t"]).tzinfo is not None
    except ValueError:
        return False


def load(content: dict[str, Any], program: Program, engine: CelEngine) -> FastWorkflow:
    """Bring an instance back to life. Raises EngineError for a state from elsewhere."""
    try:
        return _load(content, program, engine)
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        raise EngineError(
            N_("流程状态和流程图对不上：{detail}"), detail=f"{type(error).__name__}: {error}"[:200]
        ) from None


def _load(content: dict[str, Any], program: Program, engine: CelEngine) -> FastWorkflow:
    workflow = FastWorkflow(program, engine, content["n"])
    workflow.variables = content["d"]
    _restore(workflow, content["r"], content["w"])
    for owner_id, root, tasks in content["p"]:
        owner = workflow.find(owner_id)
        if owner is None or owner.task_spec.node not in program.subspecs:
            raise EngineError(N_("流程状态和流程图对不上：缺少「{node}」"), node=str(owner_id))
        sub = FastSubWorkflow(program.subspecs[owner.task_spec.node], owner)
        workflow.subprocesses[owner_id] = sub
        _restore(sub, root, tasks)
    workflow.task_count = sum(len(part.tasks) for part in workflow.workflows())
    return workflow


def _restore(workflow: Any, root_id: int, tasks: list[Any]) -> None:
    specs = workflow.spec.task_specs
    root = FastTask(workflow, workflow.spec.start, None, TaskState.COMPLETED, root_id)
    workflow.task_tree = root
    for task_id, name, state, parent_id, internal in tasks:
        spec = specs.get(name)
        if spec is None:
            raise EngineError(N_("流程状态和流程图对不上：缺少「{node}」"), node=name)
        parent = workflow.tasks[parent_id] if parent_id else root
        task = FastTask(workflow, spec, parent, state, task_id)
        task.triggered = parent.task_spec.kind in ("multi", "loop", "boundaryEvent")
        if internal:
            task.internal_data = internal


def _tasks(workflow: Any) -> list[Any]:
    root = workflow.task_tree
    return [
        [
            task.id,
            task.task_spec.name,
            task._state,
            0 if task._parent == root.id else task._parent,
            task.internal_data or 0,
        ]
        for task in workflow.tasks.values()
        if task is not root
    ]


def prune(workflow: Any) -> None:
    """Forget everything finished, but for what holds rivals or an activity's events together.

    An open task whose finished parent means nothing to it hangs on the start from now on.
    """
    root = workflow.task_tree
    keep = {root.id: root}
    for task in workflow.tasks.values():
        if task.finished:
            continue
        keep[task.id] = task
        parent = task.parent
        if not parent.finished or parent is root:
            continue
        if isinstance(parent.task_spec, BoundarySplit | EventGateway):
            keep[parent.id] = parent
            parent._parent = root.id
        else:
            task._parent = root.id
    workflow.tasks = dict(sorted(keep.items()))
    for task in workflow.tasks.values():
        task._children = []
    for task in workflow.tasks.values():
        if task is not root:
            workflow.tasks[task._parent]._children.append(task.id)
