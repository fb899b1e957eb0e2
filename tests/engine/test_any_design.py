"""Any well-formed design, played in any order, does what a few lines of model say it should."""

from __future__ import annotations

from collections import Counter
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sanwei_flow.engine import TaskOpened
from tests.engine.bpmn import (
    both,
    either,
    element,
    end,
    flow,
    multi,
    process,
    start,
    sub,
    user,
    xor,
)
from tests.engine.player import Player

# A design is a tree: ("task",), ("seq", a, b), ("par", a, b), ("or", a, b), ("pick", a, b),
# ("again", a), ("sub", a), ("each", n, a). A choice depends on the `pick` of the last act.

TASK = st.just(("task",))


def plain(inner):
    return st.one_of(
        st.tuples(st.just("seq"), inner, inner), st.tuples(st.just("par"), inner, inner)
    )


PLAIN = st.recursive(TASK, plain, max_leaves=3)


def richer(inner):
    return st.one_of(
        st.tuples(st.just("seq"), inner, inner),
        st.tuples(st.just("par"), inner, inner),
        st.tuples(st.just("or"), inner, inner),
        st.tuples(st.just("pick"), inner, inner),
        st.tuples(st.just("again"), inner),
        st.tuples(st.just("sub"), inner),
        st.tuples(st.just("each"), st.integers(0, 3), PLAIN),
    )


DESIGNS = st.recursive(TASK, richer, max_leaves=8)


class Drawing:
    """Writes a tree as BPMN; `names` maps each task of the tree to its id."""

    def __init__(self, tree) -> None:
        self.ids = count()
        self.names: dict[int, str] = {}
        parts, flows, first, last = self.block(tree, ())
        ends = [flow("s", first), flow(last, "e")]
        self.xml = process("any", start(), *parts, end(), extra=flows + ends)

    def new(self, kind: str) -> str:
        return f"{kind}{next(self.ids)}"

    def block(self, tree, path):
        """Return elements, flows, the first and the last id of a block."""
        kind = tree[0]
        name = self.new(kind)
        if kind == "task":
            self.names[path] = name
            return [user(name)], [], name, name
        if kind in ("sub", "each"):
            inside = self.block(tree[-1], (*path, 0))
            marks = [multi(cardinality=str(tree[1]))] if kind == "each" else []
            return [self.scope(name, inside, marks)], [], name, name
        blocks = [self.block(part, (*path, i)) for i, part in enumerate(tree[1:])]
        parts = [part for block in blocks for part in block[0]]
        flows = [each for block in blocks for each in block[1]]
        return getattr(self, kind)(name, parts, flows, blocks)

    def scope(self, name, inside, marks):
        parts, flows, first, last = inside
        s, e = f"{name}_s", f"{name}_e"
        extra = [*flows, flow(s, first), flow(last, e)]
        return sub(name, *marks, start(s), *parts, end(e), extra=extra)

    def seq(self, name, parts, flows, blocks):
        (_, _, first, middle), (_, _, second, last) = blocks
        return parts, [*flows, flow(middle, second)], first, last

    def split(self, name, parts, flows, blocks, fork, join, conditions):
        opened, closed = f"{name}_o", f"{name}_c"
        for block, condition in zip(blocks, conditions, strict=True):
            flows = [*flows, flow(opened, block[2], condition), flow(block[3], closed)]
        return [*parts, fork(opened), join(closed)], flows, opened, closed

    def par(self, *block):
        return self.split(*block, both, both, [None, None])

    def pick(self, *block):
        return self.split(*block, xor, xor, ["pick == 0", "pick != 0"])

    def or_(self, *block):
        return self.split(*block, either, either, ["pick != 0", "pick != 1"])

    def again(self, name, parts, flows, blocks):
        (_, _, first, last) = blocks[0]
        entry, check = f"{name}_in", f"{name}_out"
        after = f"{name}_after"
        gates = [xor(entry), xor(check, default=f"{name}_on"), element("task", after)]
        links = [
            flow(entry, first), flow(last, check), flow(check, entry, "pick == 2"),
            flow(check, after, id_=f"{name}_on"),
        ]  # fmt: skip
        return [*parts, *gates], [*flows, *links], entry, after


setattr(Drawing, "or", Drawing.or_)


class Model:
    """What should be open: runs the tree itself."""

    def __init__(self, tree, path, pick) -> None:
        self.tree, self.path, self.kind = tree, path, tree[0]
        self.done = False
        self.parts: list[Model] = []
        self.begin(pick)

    def part(self, i, pick):
        return Model(self.tree[i + 1], (*self.path, i), pick)

    def begin(self, pick) -> None:
        chosen = {
            "task": [], "seq": [0], "par": [0, 1], "pick": [0 if pick == 0 else 1],
            "or": [i for i in (0, 1) if pick != i], "again": [0], "sub": [0], "each": [],
        }[self.kind]  # fmt: skip
        self.parts = [self.part(i, pick) for i in chosen]
        if self.kind == "each":
            inner = (*self.path, 0)
            self.parts = [Model(self.tree[2], inner, pick) for _ in range(self.tree[1])]
        self.settle(pick)

    def settle(self, pick) -> None:
        if self.kind == "task" or not all(part.done for part in self.parts):
            return
        if self.kind == "seq" and len(self.parts) == 1:
            self.parts.append(self.part(1, pick))
            self.settle(pick)
        elif self.kind == "again" and pick == 2:
            self.begin(pick)
        else:
            self.done = True

    def open(self):
        if self.kind == "task":
            return [] if self.done else [self]
        return [task for part in self.parts if not part.done for task in part.open()]

    def complete(self, task, pick) -> bool:
        if self is task:
            self.done = True
            return True
        if any(part.complete(task, pick) for part in self.parts if not part.done):
            self.settle(pick)
            return True
        return False


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
@given(DESIGNS, st.data())
def test_any_design_does_what_its_model_says(tree, data):
    drawing = Drawing(tree)
    player = Player(drawing.xml, {"pick": 0})
    model = Model(tree, (), 0)
    for _ in range(25):
        expected = Counter(drawing.names[task.path] for task in model.open())
        assert Counter(player.tasks) == expected
        assert (player.status == "finished") == model.done
        if model.done:
            return
        order = data.draw(st.permutations(range(len(player.tasks))))
        task = player.of(TaskOpened)[order[0]]
        same = [each for each in model.open() if drawing.names[each.path] == task.node]
        # Copies of one task are told apart by their place in the list: both keep the order.
        twins = [each.ref for each in player.of(TaskOpened) if each.node == task.node]
        pick = data.draw(st.integers(0, 2))
        model.complete(same[twins.index(task.ref)], pick)
        player.do(task.node, twins.index(task.ref), pick=pick)
