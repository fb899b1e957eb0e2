"""Several times the same activity: for each item of a list, or while a condition holds."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.util.task import TaskState

from sanwei_flow.engine.expressions import Expression
from sanwei_flow.engine.model import EngineError
from sanwei_flow.engine.specs import Condition, Element, Spec
from sanwei_flow.engine.workflow import FastTask, visible, write
from sanwei_flow.errors import N_


class MultiInstance(Element):
    """An activity for each item of a list, all at once or one after another."""

    def __init__(self, wf_spec: Spec, name: str, *, kind: str, node: str | None) -> None:
        super().__init__(wf_spec, name, kind=kind, node=node)
        self.sequential = False
        self.collection: Expression | None = None
        self.cardinality: Expression | None = None
        self.condition: Expression | None = None
        self.item = "item"
        self.result: str | None = None
        self.output_item: str | None = None
        self.inner: Any = None
        self.limit = 500

    def _update_hook(self, my_task: FastTask) -> bool:
        items = self._items(my_task)
        my_task.internal_data = {"total": len(items), "done": 0, "results": {}}
        if not items:
            self._publish(my_task)
            return True
        my_task._set_state(TaskState.STARTED)
        if self.sequential:
            my_task.internal_data["items"] = items
            items = items[:1]
        for index, item in enumerate(items):
            self._create(my_task, index, item)
        return False

    def _items(self, my_task: FastTask) -> list[Any]:
        engine = my_task.workflow.script_engine
        if self.collection is not None:
            items = engine.evaluate(my_task, self.collection)
            if not isinstance(items, list):
                raise EngineError(N_("多实例「{node}」的集合不是列表"), node=self.node)
        else:
            count = engine.evaluate(my_task, self.cardinality)
            if not isinstance(count, int) or isinstance(count, bool) or count < 0:
                raise EngineError(N_("多实例「{node}」的次数不是自然数"), node=self.node)
            items = list(range(min(count, self.limit + 1)))
        if len(items) > self.limit:
            raise EngineError(
                N_("多实例「{node}」超过 {limit} 项"), node=self.node, limit=self.limit
            )
        return items

    def _create(self, my_task: FastTask, index: int, item: Any) -> None:
        child = my_task._add_child(self.inner, TaskState.FUTURE)
        child.triggered = True
        total = my_task.internal_data["total"]
        child.internal_data = {
            "in": {self.item: item, "loopCounter": index, "nrOfInstances": total},
            "index": index,
        }
        self.inner._update(child)

    def merge(self, _workflow: Any, child: FastTask) -> None:
        """Take in a finished copy; called by its completion."""
        my_task = child.parent
        data = my_task.internal_data
        data["done"] += 1
        out = child.internal_data.get("out", {})
        if self.result is not None:
            value = out.get(self.output_item) if self.output_item else out
            data["results"][str(child.internal_data["index"])] = value
        elif out and self.inner.kind != "callActivity":
            write(my_task, out)
        if data["done"] == data["total"] or self._satisfied(my_task, child):
            for other in my_task.children:
                if other.triggered:
                    other.cancel()
            self._publish(my_task)
            my_task._ready()
        elif self.sequential:
            self._create(my_task, data["done"], data["items"][data["done"]])

    def turns_before(self, child: FastTask) -> range:
        """The turns that came before this one; none where all decide at once."""
        return range(child.internal_data["index"] if self.sequential else 0)

    def take_up(self, child: FastTask, turn: int, extra: dict[str, Any]) -> None:
        """Withdraw the copy whose turn it is and begin an earlier one anew, as it was answered."""
        my_task = child.parent
        data = my_task.internal_data
        said = data["results"].get(str(turn))
        data["results"] = {k: v for k, v in data["results"].items() if int(k) < turn}
        data["done"] = turn
        child.cancel()
        self._create(my_task, turn, data["items"][turn])
        write(my_task.children[-1], {**self._variables(said), **extra})

    def answered_anew(self, child: FastTask, turn: int, extra: dict[str, Any]) -> None:
        """Take in what an earlier copy answers now; whose turn it is stays as it is."""
        my_task = child.parent
        if self.result is None:
            write(my_task, extra)
            return
        results = my_task.internal_data["results"]
        said = {**self._variables(results.get(str(turn))), **extra}
        results[str(turn)] = said.get(self.output_item) if self.output_item else said

    def _variables(self, said: Any) -> dict[str, Any]:
        """The answers of a copy as the variables they were."""
        if said is None:
            return {}
        return {self.output_item: said} if self.output_item else dict(said)

    def _results(self, my_task: FastTask) -> dict[str, Any]:
        """Return the results so far under their name, in the order of the items."""
        results = my_task.internal_data["results"]
        return {self.result: [results[k] for k in sorted(results, key=int)]} if self.result else {}

    def _publish(self, my_task: FastTask) -> None:
        write(my_task, self._results(my_task))

    def _satisfied(self, my_task: FastTask, child: FastTask) -> bool:
        if self.condition is None:
            return False
        done, total = my_task.internal_data["done"], my_task.internal_data["total"]
        counts = {"nrOfCompletedInstances": done, "nrOfActiveInstances": total - done}
        engine = my_task.workflow.script_engine
        value = engine.environment.evaluate(
            self.condition, {**visible(child), **self._results(my_task), **counts}
        )
        if not isinstance(value, bool):
            raise EngineError(
                N_("条件「{source}」的结果不是真或假"),
                node=self.node,
                source=self.condition.source,
            )
        return value


class Loop(Element):
    """An activity again and again while a condition holds, at most `maximum` times."""

    def __init__(self, wf_spec: Spec, name: str, *, kind: str, node: str | None) -> None:
        super().__init__(wf_spec, name, kind=kind, node=node)
        self.maximum: int | None = None
        self.condition: Expression | None = None
        self.test_before = False
        self.inner: Any = None

    def _update_hook(self, my_task: FastTask) -> bool:
        my_task.internal_data = {"done": 0}
        if self.test_before and not self._again(my_task):
            return True
        my_task._set_state(TaskState.STARTED)
        self._create(my_task)
        return False

    def _create(self, my_task: FastTask) -> None:
        child = my_task._add_child(self.inner, TaskState.FUTURE)
        child.triggered = True
        self.inner._update(child)

    def _again(self, my_task: FastTask) -> bool:
        if self.maximum is not None and my_task.internal_data["done"] >= self.maximum:
            return False
        if self.condition is None:
            return True
        return Condition(self.condition)._matches(my_task)

    def merge(self, _workflow: Any, child: FastTask) -> None:
        """Count a finished round; called by its completion."""
        my_task = child.parent
        my_task.internal_data["done"] += 1
        if self._again(my_task):
            self._create(my_task)
        else:
            my_task._ready()
