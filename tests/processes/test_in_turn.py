"""依次: people who decide one after another send it back to those before them."""

import pytest

from sanwei_flow.db import db
from sanwei_flow.errors import Invalid
from sanwei_flow.processes import queries
from sanwei_flow.processes.actions import action_of
from sanwei_flow.processes.models import ProcessInstance, Task, TaskEvent
from tests.processes.cases import Team


@pytest.fixture
def round_(team: Team) -> ProcessInstance:
    """The first two of three have agreed; it is the third one's turn."""
    instance = team.start("in_order")
    team.write(instance)
    vote(team, instance, "head")
    vote(team, instance, "second")
    return instance


def vote(team: Team, instance: ProcessInstance, who: str, action: str = "agree") -> None:
    team.do(team.task(instance, "vote"), action, getattr(team, who), f"{who}的意见")


def back(team: Team, instance: ProcessInstance, who: str, to: str, resubmit: str) -> None:
    """Return it to the last answer of `to` that stands."""
    task, actor = team.task(instance, "vote"), getattr(team, who)
    target = targets(team, task, who)[getattr(team, to).name]
    team.do(task, "return_to", actor, "请再核一核", target=target, resubmit=resubmit)


def targets(team: Team, task: Task, who: str) -> dict[str, int]:
    """The earlier steps offered, by the name of who did them."""
    offered = action_of(queries.get_task(task.id), getattr(team, who), "return_to")
    assert offered is not None
    choices = offered.fields[0]["choices"]
    return {label.split("（")[1].rstrip("）"): number for number, label in choices}


def whose_turn(team: Team, instance: ProcessInstance) -> list[int]:
    return [task.unit_id for task in team.tasks(instance, "vote")]


def progress(team: Team, instance: ProcessInstance) -> tuple[int, int, list[int | None]]:
    db.session.rollback()
    joint = queries.joint(queries.get_task(team.task(instance, "vote").id))
    assert joint is not None
    return joint.done, joint.total, [one.closed_by_id for one in joint.answers]


def test_every_signer_before_me_is_offered_the_nearest_first(
    team: Team, round_: ProcessInstance
) -> None:
    offered = targets(team, team.task(round_, "vote"), "third")
    assert list(offered) == [team.second.name, team.head.name, team.clerk.name]


def test_from_there_it_goes_on_one_after_another(team: Team, round_: ProcessInstance) -> None:
    back(team, round_, "third", "head", "next")
    assert whose_turn(team, round_) == [team.unit_id]
    assert progress(team, round_) == (0, 3, [])
    vote(team, round_, "head")
    assert whose_turn(team, round_) == [team.others[0]]
    assert progress(team, round_) == (1, 3, [team.head.user_id])
    vote(team, round_, "second", "reject")
    vote(team, round_, "third")
    assert team.names(round_) == ["after"]
    events = db.session.scalars(
        db.select(TaskEvent).where(TaskEvent.instance_id == round_.id).order_by(TaskEvent.id)
    )
    kinds = [event.action for event in events if event.kind in ("act", "return_to")]
    assert kinds[1:] == ["agree", "agree", "return_to", "agree", "reject", "agree"]


def test_the_nearest_one_is_asked_and_nobody_else(team: Team, round_: ProcessInstance) -> None:
    back(team, round_, "third", "second", "next")
    assert progress(team, round_) == (1, 3, [team.head.user_id])
    seen = team.task(round_, "vote").data
    assert (seen["outcome"], seen["comment"]) == ("return", "请再核一核")
    vote(team, round_, "second")
    assert whose_turn(team, round_) == [team.others[1]]
    assert progress(team, round_)[0] == 2


def test_straight_back_to_me_the_others_answers_stand(team: Team, round_: ProcessInstance) -> None:
    back(team, round_, "third", "head", "returner")
    mine = team.task(round_, "vote")
    assert (mine.status, mine.unit_id) == ("held", team.others[1])
    side = team.side(mine)
    assert (side.unit_id, side.side) == (team.unit_id, "redo")
    team.do(side, "agree", team.head, "核过了")
    assert team.task(round_, "vote").status == "open"
    assert progress(team, round_) == (2, 3, [team.head.user_id, team.second.user_id])
    vote(team, round_, "third")
    assert team.names(round_) == ["after"]


def test_twice_in_a_row_and_by_whom_it_was_returned_to(team: Team, round_: ProcessInstance) -> None:
    back(team, round_, "third", "second", "next")
    offered = targets(team, team.task(round_, "vote"), "second")
    assert list(offered) == [team.head.name, team.clerk.name]
    back(team, round_, "second", "head", "next")
    assert list(targets(team, team.task(round_, "vote"), "head")) == [team.clerk.name]
    for who in ("head", "second"):
        vote(team, round_, who)
    back(team, round_, "third", "head", "next")
    for who in ("head", "second", "third"):
        vote(team, round_, who)
    assert team.names(round_) == ["after"]
    after = team.task(round_, "after")
    assert len(targets(team, after, "clerk")) == 4


def test_after_an_added_signer(team: Team, round_: ProcessInstance) -> None:
    task = team.task(round_, "vote")
    team.do(task, "add_signer", team.third, people=[team.stranger.user_id], place="before")
    team.do(team.side(task), "agree", team.stranger)
    back(team, round_, "third", "second", "next")
    assert whose_turn(team, round_) == [team.others[0]]
    vote(team, round_, "second")
    assert team.task(round_, "vote").sides == 0


def test_who_sent_it_back_thinks_better_of_it(team: Team, round_: ProcessInstance) -> None:
    task = team.task(round_, "vote")
    back(team, round_, "third", "head", "next")
    team.do(task, "withdraw", team.third)
    assert whose_turn(team, round_) == [team.others[1]]
    assert progress(team, round_)[0] == 2
    vote(team, round_, "third")
    assert team.names(round_) == ["after"]


def test_to_the_step_before_everybody_decides_anew(team: Team, round_: ProcessInstance) -> None:
    back(team, round_, "third", "clerk", "next")
    assert team.names(round_) == ["write"]
    team.write(round_)
    assert progress(team, round_) == (0, 3, [])


def test_where_all_decide_at_once_nobody_comes_before(team: Team) -> None:
    instance = team.start("all")
    team.write(instance)
    task = team.task(instance, "vote")
    team.do(task, "agree", team.head)
    other = team.task(instance, "vote")
    assert list(targets(team, other, "second")) == [team.clerk.name]
    with pytest.raises(Invalid):
        team.do(other, "return_to", team.second, "不行", target=task.id, resubmit="next")
