"""What each act does in each situation: the one table behind docs/acts.md and its tests.

A cell says it for people and gives what is then seen: the task's status, and the names of the
steps of its process that wait (`name` is open, `(name)` is held), or the refusal.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sanwei_flow.accounts.actor import Actor, Principal
from sanwei_flow.db import db
from sanwei_flow.errors import AppError
from sanwei_flow.processes import queries
from sanwei_flow.processes.jobs import run_jobs_of
from sanwei_flow.processes.models import ProcessInstance, Task
from tests.handovers.stories import hand
from tests.processes.cases import Team


@dataclass
class Scene:
    """A task in some situation, and who has to do with it."""

    team: Team
    instance: ProcessInstance
    task: Task
    holder: Actor
    earlier: Task

    def do(
        self, action: str, by: Actor | None = None, comment: str = "理由", **data: object
    ) -> None:
        """The act, done to the task."""
        task, data = data.pop("task", self.task), dict(data)
        self.team.do(task, action, by or self.holder, comment, **data)
        run_jobs_of([self.instance.id], self.team.at)

    def side(self) -> Task:
        return self.team.side(self.task)

    def seen(self) -> str:
        """The task's status, then what waits."""
        db.session.rollback()
        task = queries.get_task(self.task.id)
        db.session.refresh(task)
        waiting = [
            one.name if one.status == "open" else f"({one.name})"
            for one in self.team.tasks(self.instance)
        ]
        return f"{task.status}: {' '.join(waiting) or '-'}"


# Situations


def _scene(team: Team, key: str, name: str, holder: Actor) -> Scene:
    instance = team.start(key)
    team.write(instance)
    earlier = queries.done_tasks(instance.id)[0]
    if key == "branches":
        team.do(team.task(instance, "first"), "submit", team.clerk)
        run_jobs_of([instance.id], team.at)
    return Scene(team, instance, team.task(instance, name), holder, earlier)


def single(team: Team) -> Scene:
    return _scene(team, "line", "check", team.head)


def everybody(team: Team) -> Scene:
    return _scene(team, "all", "vote", team.head)


def anybody(team: Team) -> Scene:
    return _scene(team, "any", "vote", team.head)


def in_order(team: Team) -> Scene:
    return _scene(team, "in_order", "vote", team.head)


def branch(team: Team) -> Scene:
    return _scene(team, "branches", "second", team.head)


def returned(team: Team) -> Scene:
    scene = single(team)
    scene.do("return_to", target=scene.earlier.id, resubmit="next")
    team.write(scene.instance)
    earlier = queries.done_tasks(scene.instance.id)[-1]
    return replace(scene, task=team.task(scene.instance, "check"), earlier=earlier)


def by_deputy(team: Team) -> Scene:
    """A clerk of the unit stands in for its head."""
    scene, head = single(team), team.head
    principal = Principal(head.user_id, head.name, head.grants)
    return replace(scene, holder=replace(team.colleague, stands_for=(principal,)))


def closed(team: Team) -> Scene:
    scene = single(team)
    team.do(scene.task, "agree", team.deputy)
    return scene


SITUATIONS: dict[str, tuple[str, Callable[[Team], Scene]]] = {
    "single": ("one person", single),
    "all": ("会签 (all)", everybody),
    "any": ("或签 (any)", anybody),
    "in_order": ("依次 (in order)", in_order),
    "branch": ("in a parallel branch", branch),
    "returned": ("after a return", returned),
    "deputy": ("by a deputy 代理", by_deputy),
    "closed": ("already closed", closed),
}


# Acts


def agree(scene: Scene) -> None:
    scene.do("submit" if scene.task.name == "second" else "agree")


def reject(scene: Scene) -> None:
    scene.do("reject")


def return_next(scene: Scene) -> None:
    scene.do("return_to", target=scene.earlier.id, resubmit="next")


def return_me(scene: Scene) -> None:
    scene.do("return_to", target=scene.earlier.id, resubmit="returner")


def return_me_done(scene: Scene) -> None:
    return_me(scene)
    scene.do("submit", scene.team.clerk, task=scene.side(), summary="改好")


def _before(resubmit: str) -> Callable[[Scene], None]:
    def act(scene: Scene) -> None:
        """I agree, and whoever comes next returns it to me."""
        agree(scene)
        waiting = [*scene.team.tasks(scene.instance), scene.task]
        after = next(one for one in scene.team.people if one.has(*_post(waiting[0])))
        given = {"target": scene.task.id, "resubmit": resubmit}
        scene.do("return_to", after, task=waiting[0], **given)

    return act


def _post(task: Task) -> tuple[int, str]:
    return task.unit_id, task.role


def withdraw(scene: Scene) -> None:
    if scene.task.status == "open" and queries.get_task(scene.task.id).closed_by_id is None:
        agree(scene)
    scene.do("withdraw")


def transfer(scene: Scene) -> None:
    scene.do("transfer", person=scene.team.deputy.user_id)


def delegate(scene: Scene) -> None:
    scene.do("delegate", person=scene.team.stranger.user_id)


def delegate_answered(scene: Scene) -> None:
    delegate(scene)
    scene.do("answer", scene.team.stranger, task=scene.side())


def _sign(place: str) -> Callable[[Scene], None]:
    def act(scene: Scene) -> None:
        scene.do("add_signer", people=[scene.team.stranger.user_id], place=place)

    return act


def _signed(place: str) -> Callable[[Scene], None]:
    def act(scene: Scene) -> None:
        _sign(place)(scene)
        if place != "before":
            agree(scene)
        scene.do("agree", scene.team.stranger, task=scene.side())

    return act


def after_refused(scene: Scene) -> None:
    _sign("after")(scene)
    agree(scene)
    scene.do("return", scene.team.stranger, task=scene.side())


def decided(scene: Scene) -> None:
    _sign("beside")(scene)
    agree(scene)


def remove_signer(scene: Scene) -> None:
    _sign("before")(scene)
    scene.do("remove_signer", signers=[scene.side().id])


def copy_to(scene: Scene) -> None:
    scene.do("copy_to", people=[scene.team.stranger.user_id])


def urge(scene: Scene) -> None:
    scene.do("urge", scene.team.office)


def comment(scene: Scene) -> None:
    scene.do("comment")


def save_draft(scene: Scene) -> None:
    scene.do("save_draft")


def claim(scene: Scene) -> None:
    scene.do("claim")


def release(scene: Scene) -> None:
    claim(scene)
    scene.do("release")


def cancel(scene: Scene) -> None:
    scene.do("cancel", scene.team.clerk)


def hand_over(scene: Scene) -> None:
    """Whoever has it leaves; a deputy tries to do that for them."""
    head, team = scene.team.head, scene.team
    if scene.task.status == "open":
        scene.do("claim", head)
    by = scene.holder if scene.holder.stands_for else head
    hand(team, head, team.deputy, by=by, key=str(scene.task.id))


@dataclass(frozen=True)
class Row:
    """One act: its name, how it is done, and for each situation (sentence, what is seen)."""

    name: str
    act: Callable[[Scene], None]
    cells: dict[str, tuple[str, str]]


#: What a deputy is told who does more than the work itself.
STAYS = ("refused: that stays with the person", "Forbidden")


def _row(name: str, act: Callable[[Scene], None], says: str, **seen: str | tuple[str, str]) -> Row:
    """A row whose cells say `says` except where they bring a sentence of their own."""
    seen = {"deputy": STAYS, **seen}
    cells = {key: (says, cell) if isinstance(cell, str) else cell for key, cell in seen.items()}
    return Row(name, act, cells)


GONE = ("refused, naming who decided it and when", "Conflict")
OPEN = {
    "single": "open: check",
    "all": "open: vote vote vote",
    "any": "open: vote vote vote",
    "in_order": "open: vote",
    "branch": "open: second",
    "returned": "open: check",
}
HELD = {
    "single": "held: (check)",
    "all": "held: (vote) vote vote",
    "any": "held: (vote) vote vote",
    "in_order": "held: (vote)",
    "branch": "held: (second)",
    "returned": "held: (check)",
}
BEFORE: dict[str, str | tuple[str, str]] = {
    "all": ("refused: all decide at once, nobody comes before", "Invalid"),
    "branch": ("refused: nobody is asked before the join", "Conflict"),
    "closed": GONE,
}
DECIDED: dict[str, str | tuple[str, str]] = {
    "single": "done: approve",
    "all": ("done; the others go on deciding", "done: vote vote"),
    "any": ("decides for all; the others' tasks close as not needed", "done: after"),
    "in_order": ("done; it is the next person's turn", "done: vote"),
    "branch": ("done; the join waits for the other branch", "done: -"),
    "returned": "done: approve",
    "deputy": ("done, in the person's name: “X for Y”", "done: approve"),
}
BACK = "done: write"
UNTOUCHED = {**OPEN, "closed": "done: approve"}

TABLE = [
    _row("agree 同意", agree, "done; the process goes on", **DECIDED, closed=GONE),
    _row(
        "not agree 不同意",
        reject,
        "done; the process takes the path drawn for it, here its end",
        single="done: -",
        all=("counted as an answer; the others go on deciding", "done: vote vote"),
        any=("decides for all", "done: after"),
        in_order=("counted as an answer; it is the next person's turn", "done: vote"),
        branch=("refused: the design does not list it", "Invalid"),
        returned="done: -",
        deputy="done: -",
        closed=GONE,
    ),
    _row(
        "return 退回, then step by step",
        return_next,
        "the earlier step opens again, with the reason; from there everything is done anew",
        single=BACK,
        all=("the earlier step opens again; the others' tasks are withdrawn", BACK),
        any=("the earlier step opens again; the others' tasks are withdrawn", BACK),
        in_order=("the earlier step opens again; everybody decides anew, from the first", BACK),
        branch=("before the split: the other branch is withdrawn with all it has called", BACK),
        returned=BACK,
        deputy=BACK,
        closed=GONE,
    ),
    _row(
        "return 退回, then straight back to me",
        return_me,
        "the earlier step is asked beside the process; my task is held",
        **HELD,
        deputy=("the earlier step is asked; the person's task is held", "held: (check)"),
        closed=GONE,
    ),
    _row(
        "resubmit after that return",
        return_me_done,
        "my task opens again with the new answers",
        single="open: check",
        all=("my task opens again; the others see the new answers too", "open: vote vote vote"),
        any=("my task opens again; the others see the new answers too", "open: vote vote vote"),
        in_order="open: vote",
        branch="open: second",
        returned="open: check",
        deputy="open: check",
        closed=GONE,
    ),
    _row(
        "returned 退回 by who comes after me, then step by step",
        _before("next"),
        "my step opens again with what I had answered",
        single="done: check",
        any=("everybody decides anew", "done: vote vote vote"),
        in_order=("my turn again; then on from me, one after another", "done: vote"),
        returned="done: check",
        deputy="done: check",
        **BEFORE,
    ),
    _row(
        "…, then straight back to them",
        _before("returner"),
        "I am asked beside the process; their task is held",
        single="done: (approve)",
        any=("refused: a decision of several is only taken anew as a whole", "Invalid"),
        in_order=("I am asked beside the round; whose turn it is waits", "done: (vote)"),
        returned="done: (approve)",
        deputy="done: (approve)",
        **BEFORE,
    ),
    _row(
        "withdraw 撤回",
        withdraw,
        "my act is undone: the task opens again, what it opened is withdrawn",
        **(OPEN | {"any": ("my act is undone; the others' tasks open again", OPEN["any"])}),
        deputy="open: check",
        closed=("refused: it was another person's act", "Forbidden"),
    ),
    _row(
        "transfer 转办",
        transfer,
        "a colleague of the same post has it now; nothing else moves",
        **OPEN,
        closed=GONE,
    ),
    _row("delegate 委派", delegate, "my task is held until the answer comes", **HELD, closed=GONE),
    _row(
        "answer to a delegation",
        delegate_answered,
        "my task opens again with the answer filled in",
        **OPEN,
        closed=GONE,
    ),
    _row("add signer before 前加签", _sign("before"), "my task is held", **HELD, closed=GONE),
    _row(
        "… who agrees",
        _signed("before"),
        "my task opens again for my decision",
        **OPEN,
        closed=GONE,
    ),
    _row("add signer beside 并加签", _sign("beside"), "both tasks are open", **OPEN, closed=GONE),
    _row(
        "… and I decide first",
        decided,
        "my decision is kept and takes effect once they agree",
        **HELD,
        closed=GONE,
    ),
    _row(
        "… who agrees then",
        _signed("beside"),
        "my decision takes effect",
        **DECIDED | {"deputy": STAYS},
        closed=GONE,
    ),
    _row(
        "add signer after 后加签",
        _sign("after"),
        "their turn comes after my decision",
        **OPEN,
        closed=GONE,
    ),
    _row(
        "… who agrees to my decision",
        _signed("after"),
        "my decision takes effect",
        **DECIDED | {"deputy": STAYS},
        closed=GONE,
    ),
    _row(
        "… who returns my decision",
        after_refused,
        "my task opens again, my answers kept as a draft; they sign the next decision too",
        **OPEN,
        closed=GONE,
    ),
    _row(
        "remove signer 减签",
        remove_signer,
        "their task closes; with nobody left to wait for, mine opens again",
        **OPEN,
        closed=GONE,
    ),
    _row(
        "copy to 抄送",
        copy_to,
        "they find it under “to read”; nothing moves",
        **OPEN,
        closed=("they find it under “to read”", "done: approve"),
    ),
    _row(
        "urge 催办",
        urge,
        "whoever holds it is told, at most once in 4 hours",
        **OPEN,
        deputy="open: check",
        closed=("refused: nobody has it to do", "Conflict"),
    ),
    _row(
        "comment 留言",
        comment,
        "stands in the trail; who is named after @ is told",
        **UNTOUCHED,
        deputy="open: check",
    ),
    _row(
        "save draft 保存草稿",
        save_draft,
        "kept for me, with its time",
        **OPEN,
        deputy="open: check",
        closed=GONE,
    ),
    _row(
        "claim 认领", claim, "mine; colleagues cannot act until I release it", **OPEN, closed=GONE
    ),
    _row("release 退回认领", release, "anybody of the post may take it", **OPEN, closed=GONE),
    _row(
        "cancel 撤销",
        cancel,
        "the process ends, with all it has called (who started it, root processes only)",
        **dict.fromkeys([*OPEN, "deputy"], "cancelled: -"),
        closed=("the process ends; what was decided stays decided", "done: -"),
    ),
    _row(
        "hand over 离职移交",
        hand_over,
        "a colleague of the same post has it now, with my draft; nothing else moves",
        **OPEN,
        closed=("refused: nothing of mine is open", "Invalid"),
    ),
]


def outcome(row: Row, situation: str, team: Team) -> str:
    """What is seen after the act, or the name of its refusal."""
    scene = SITUATIONS[situation][1](team)
    try:
        row.act(scene)
    except AppError as error:
        db.session.rollback()
        return type(error).__name__
    return scene.seen()
