"""Moving a running instance to another version of its design.

A state of the one becomes a state of the other, or a sentence says why it must not.

A state names the elements tokens stand at, so moving is renaming; what makes it safe are the
checks. Nothing begins or ends by moving, and timers go on with the moments they had.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from sanwei_flow.engine import codec, effects, lookahead, specs
from sanwei_flow.engine.build import program_of
from sanwei_flow.engine.events import Catch
from sanwei_flow.engine.faults import CannotMove
from sanwei_flow.engine.model import Design, Effect, Functions, TimerSet
from sanwei_flow.engine.repeated import Loop, MultiInstance
from sanwei_flow.engine.run import engine_at
from sanwei_flow.errors import N_

EVENTS = " [events]"
Fields = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Moved:
    """The state under the new design, and what the instance asks of the world: was and is.

    Both lists are in the same order and name the same refs.
    """

    state: bytes
    before: tuple[Effect, ...]
    after: tuple[Effect, ...]


def automatic(old: Design, new: Design) -> dict[str, str]:
    """What stays what it is without anybody saying so: same id, same kind."""
    return {
        node.id: node.id
        for node in old.nodes.values()
        if node.id in new.nodes and new.nodes[node.id].kind == node.kind
    }


def migrate(
    old: Design,
    new: Design,
    state: bytes,
    mapping: Mapping[str, str],
    at: datetime,
    *,
    functions: Functions,
    fields: Fields | None = None,
    fields_before: Fields | None = None,
) -> Moved:
    """Return the instance as one of the new design; `state` itself stays good.

    `mapping` leads from node ids of the old design to those of the new one (`automatic` and what a
    person corrected). `fields` are the names each form of the new version fills in, `fields_before`
    those of the old one. Raises CannotMove with the reason where it would not go on as people
    expect, EngineError where the new design cannot say what it waits for.
    """
    content = codec.read(state, old)
    if content["s"] != "running":
        raise CannotMove(N_("流程已经结束"))
    mover = _Mover(old, new, mapping)
    renamed = orjson.dumps(mover.move(content))
    engine = engine_at(at, functions)
    was = codec.load(content, mover.old_program, engine)
    # Loading, saving and loading again: what cannot be read back is found out here, not later.
    first = codec.load(codec.read(renamed, new), mover.new_program, engine)
    saved = codec.dump(first, new, "running", datetime.fromisoformat(content["t"]))
    now = codec.load(codec.read(saved, new), mover.new_program, engine)
    lookahead.check(was, now, mapping)
    lookahead.check_names((old, was, fields_before or {}), (new, now, fields or {}))
    before = [effects.opened(task) for task in effects.open_work(was).values()]
    after = [effects.opened(task) for task in effects.open_work(now).values()]
    _check_same_work(before, after, mapping)
    return Moved(saved, tuple(before), tuple(after))


def _check_same_work(before: list[Any], after: list[Any], mapping: Mapping[str, str]) -> None:
    """Both ask for the same things under the same refs; timers at the same moments."""
    asked = [_asked(effect, mapping.get(effect.node, "")) for effect in before]
    if asked != [_asked(effect, effect.node) for effect in after]:
        raise CannotMove(N_("迁移后等待的事项和迁移前不一致"))


def _asked(effect: Any, node: str) -> tuple[Any, ...]:
    due = effect.due_at if isinstance(effect, TimerSet) else None
    return type(effect), effect.ref, node, due


class _Mover:
    """Renames the tokens of one instance, scope by scope."""

    def __init__(self, old: Design, new: Design, mapping: Mapping[str, str]) -> None:
        self.old, self.new, self.mapping = old, new, mapping
        self.old_program, self.new_program = program_of(old), program_of(new)

    def move(self, content: dict[str, Any]) -> dict[str, Any]:
        """The decoded state under the new design."""
        owners = {task[0]: task for _, tasks in self._scopes(content) for task in tasks}
        # Outermost first: what is wrong with a sub-process is said before what is wrong in it.
        whole = self._tasks(content["w"], self.old_program.spec, self.new_program.spec)
        subs = []
        for owner_id, root, tasks in content["p"]:
            node = owners[owner_id][1].partition(" ")[0]
            old = self.old_program.subspecs[node]
            new = self.new_program.subspecs.get(self.mapping.get(node, ""))
            subs.append([owner_id, root, self._tasks(tasks, old, new)])
        return {**content, "k": self.new.key, "w": whole, "p": subs}

    @staticmethod
    def _scopes(content: dict[str, Any]) -> list[tuple[int, list[Any]]]:
        return [(0, content["w"]), *((owner, tasks) for owner, _root, tasks in content["p"])]

    def _tasks(self, tasks: list[Any], old: Any, new: Any) -> list[Any]:
        return [
            [task_id, self._place(name, old, new), state, parent, self._kept(name, data, old, new)]
            for task_id, name, state, parent, data in tasks
        ]

    def _place(self, name: str, old: Any, new: Any) -> str:
        """The element of the new design a token stands at, if it is one like the old one."""
        element = old.task_specs[name]
        node = name.partition(" ")[0]
        target = self._target(node)
        found = f"{target}{name[len(node) :]}"
        if new is None or target not in _drawn(new):
            raise self._no(N_("正在办理的「{name}」在新版里换到了别的阶段（子流程）"), node)
        if found not in new.task_specs or type(new.task_specs[found]) is not type(element):
            raise self._no(self._differs(element), node)
        self._check_alike(element, new.task_specs[found], node)
        self._check_events(node, target, old, new)
        return found

    def _target(self, node: str) -> str:
        target = self.mapping.get(node)
        if target is None or target not in self.new.nodes:
            raise self._no(N_("正在办理的「{name}」在新版里没有对应的环节"), node)
        if self.old.nodes[node].kind != self.new.nodes[target].kind:
            raise self._no(N_("正在办理的「{name}」在新版里变成了另一类环节"), node)
        return target

    @staticmethod
    def _differs(element: Any) -> str:
        if isinstance(element, specs.BoundarySplit):
            return N_("正在办理的「{name}」在新版里没有了附着的事件")
        return N_("正在办理的「{name}」在新版里改变了多人办理或循环的方式")

    def _check_alike(self, old: Any, new: Any, node: str) -> None:
        """What a token keeps in mind must mean the same in the new design."""
        if isinstance(old, MultiInstance) and _repeats(old) != _repeats(new):
            raise self._no(N_("正在办理的「{name}」在新版里改变了多人办理或循环的方式"), node)
        if isinstance(old, Loop) and old.inner.kind != new.inner.kind:
            raise self._no(N_("正在办理的「{name}」在新版里改变了多人办理或循环的方式"), node)
        if isinstance(old, Catch) and _waits_for(old) != _waits_for(new):
            raise self._no(N_("正在等待的「{name}」在新版里等的不是同一件事"), node)
        if isinstance(old, specs.EventGateway) and not self._outputs(old) >= set(new._outputs):
            raise self._no(N_("正在等待的「{name}」在新版里等的不是同一件事"), node)

    def _check_events(self, node: str, target: str, old: Any, new: Any) -> None:
        """An activity under way cannot be given an event: nobody would have set it."""
        split = new.task_specs.get(f"{target}{EVENTS}")
        if split is None:
            return
        mine = old.task_specs.get(f"{node}{EVENTS}")
        if mine is None or not self._outputs(mine) >= set(split._outputs):
            raise self._no(N_("新版给正在办理的「{name}」附加了新的事件"), node)

    def _outputs(self, element: Any) -> set[str]:
        return {self._renamed(name) for name in element._outputs}

    def _kept(self, name: str, data: Any, old: Any, new: Any) -> Any:
        """What a token keeps in mind; where it came from is renamed too."""
        element = old.task_specs[name]
        if not data or not isinstance(element, specs.Join) or "from" not in data:
            return data
        target = new.task_specs[self._renamed(name)]
        if {self._renamed(each) for each in element._inputs} != set(target._inputs):
            raise self._no(
                N_("有一路已经到了汇合处「{name}」，新版改变了在那里汇合的路径"), node=name
            )
        return {**data, "from": self._renamed(data["from"])}

    def _renamed(self, name: str) -> str:
        node = name.partition(" ")[0]
        return f"{self.mapping.get(node, '')}{name[len(node) :]}"

    def _no(self, message: str, node: str) -> CannotMove:
        drawn = self.old.nodes.get(node)
        name = (drawn.name if drawn else "") or node
        return CannotMove(message, node=node, name=name)


def _drawn(spec: Any) -> set[str]:
    return {name.partition(" ")[0] for name in spec.task_specs}


def _repeats(element: MultiInstance) -> tuple[Any, ...]:
    return (
        element.sequential,
        element.item,
        element.result,
        element.output_item,
        element.inner.kind,
    )


def _waits_for(element: Catch) -> tuple[Any, ...]:
    trigger = element.trigger
    return trigger.kind, trigger.name, trigger.form, element.kind, element.interrupting
