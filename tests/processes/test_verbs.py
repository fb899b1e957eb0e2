"""The verbs of every day, each as the story it is for."""

import datetime as dt
from dataclasses import replace

import pytest

from sanwei_flow.db import db, transaction
from sanwei_flow.errors import Conflict, Forbidden, Invalid
from sanwei_flow.notifications.queries import newest
from sanwei_flow.processes import queries, telling
from sanwei_flow.processes.access import may_see
from sanwei_flow.processes.actions import action_of, available_actions
from sanwei_flow.processes.drafts import draft_of
from sanwei_flow.processes.inbox import inbox
from sanwei_flow.processes.jobs import run_due_jobs
from sanwei_flow.processes.models import ProcessInstance, Task
from tests.processes.cases import Team


def offered(task: Task, actor) -> list[str]:
    return [action.name for action in available_actions(queries.get_task(task.id), actor)]


def told(actor) -> list[str]:
    return [note.title for note in newest(actor.user_id)]


def box(actor, name: str = "todo") -> list[int]:
    return [row.id for row in inbox(actor, name).items]


def test_a_delegated_task_comes_back_with_the_answer_filled_in(team: Team) -> None:
    instance = team.start("line")
    task = team.task(instance, "write")
    team.do(task, "delegate", team.clerk, "请核实数字", person=team.stranger.user_id)
    task = team.task(instance, "write")
    assert (task.status, task.owner_id, box(team.clerk)) == ("held", team.clerk.user_id, [])
    side = team.side(task)
    assert box(team.stranger) == [side.id]
    assert told(team.stranger) == ["{who}把“{title}”委派给您，请办理后答复"]
    with pytest.raises(Conflict, match=team.stranger.name):
        team.do(task, "submit", team.clerk, summary="不等了")
    with pytest.raises(Conflict):
        team.do(side, "delegate", team.stranger, person=team.head.user_id)
    team.do(side, "answer", team.stranger, "已核", summary="核实为三件", figure=3)
    assert box(team.clerk) == [task.id]
    draft = draft_of(task.id, team.clerk.user_id)
    assert draft is not None
    assert draft.data == {"summary": "核实为三件", "figure": 3}
    assert box(team.stranger, "done") == [side.id]
    team.do(task, "submit", team.clerk, **draft.data)
    assert team.names(instance) == ["check"]


def test_a_signer_before_me_agrees_or_sends_it_back_to_me(team: Team) -> None:
    instance = team.start("line")
    team.write(instance)
    task = team.task(instance, "check")
    two = [team.second.user_id, team.third.user_id]
    team.do(task, "add_signer", team.head, people=two, place="before")
    assert team.task(instance, "check").status == "held"
    team.do(team.side(task), "agree", team.second)
    assert team.task(instance, "check").status == "held"
    team.do(team.side(task), "agree", team.third)
    assert team.task(instance, "check").status == "open"
    team.do(task, "add_signer", team.head, people=two, place="before")
    team.do(team.side(task), "return", team.second, "理由不足")
    assert team.task(instance, "check").status == "open"
    assert queries.sides(task.id, pending=True) == []
    team.do(task, "agree", team.head)
    assert team.names(instance) == ["approve"]


def test_a_signer_beside_me_postpones_what_i_decide(team: Team) -> None:
    instance = team.start("line")
    team.write(instance)
    task = team.task(instance, "check")
    team.do(task, "add_signer", team.head, people=[team.second.user_id], place="beside")
    assert team.task(instance, "check").status == "open"
    team.do(task, "agree", team.head, "同意")
    assert (team.task(instance, "check").status, team.names(instance)) == ("held", ["check"])
    team.do(team.side(task), "return", team.second, "请再议")
    task = team.task(instance, "check")
    assert (task.status, task.memo) == ("open", None)
    team.do(task, "add_signer", team.head, people=[team.second.user_id], place="beside")
    team.do(team.side(task), "agree", team.second)
    assert team.names(instance) == ["check"]
    team.do(task, "agree", team.head)
    assert team.names(instance) == ["approve"]


def test_what_is_decided_takes_effect_once_the_signers_after_have_agreed(team: Team) -> None:
    instance = team.start("line")
    team.write(instance)
    task = team.task(instance, "check")
    two = [team.second.user_id, team.third.user_id]
    team.do(task, "add_signer", team.head, people=two, place="after")
    assert box(team.second) == []
    team.do(task, "agree", team.head, "同意，请会签")
    assert team.names(instance) == ["check"]
    assert len(box(team.second)) == len(box(team.third)) == 1
    team.do(team.side(task), "return", team.second, "与政策不符")
    task = team.task(instance, "check")
    assert (task.status, box(team.third), box(team.second)) == ("open", [], [])
    assert draft_of(task.id, team.head.user_id).data["comment"] == "同意，请会签"
    team.do(task, "agree", team.head)
    for person in (team.second, team.third):
        team.do(
            next(s for s in queries.sides(task.id, pending=True) if s.owner_id == person.user_id),
            "agree",
            person,
        )
    assert team.names(instance) == ["approve"]
    done = queries.get_task(task.id)
    assert (done.outcome, done.closed_by_id) == ("agree", team.head.user_id)


def test_a_signer_who_is_not_needed_any_more_is_told_so(team: Team) -> None:
    instance = team.start("line")
    team.write(instance)
    task = team.task(instance, "check")
    two = [team.second.user_id, team.third.user_id]
    team.do(task, "add_signer", team.head, people=two, place="before")
    with pytest.raises(Forbidden):
        team.do(task, "remove_signer", team.clerk, signers=[team.side(task).id])
    with pytest.raises(Conflict):
        team.do(task, "remove_signer", team.deputy, signers=[team.side(task).id])
    with pytest.raises(Invalid):
        team.do(task, "remove_signer", team.head, signers=[task.id])
    team.do(task, "remove_signer", team.head, signers=[one.id for one in queries.sides(task.id)])
    assert team.task(instance, "check").status == "open"
    assert told(team.second)[0] == "{who}不再需要您会签“{title}”"
    assert box(team.second) == []


def test_removing_the_last_signer_lets_the_decision_take_effect(team: Team) -> None:
    instance = team.start("line")
    team.write(instance)
    task = team.task(instance, "check")
    team.do(task, "add_signer", team.head, people=[team.second.user_id], place="after")
    team.do(task, "agree", team.head)
    team.do(task, "remove_signer", team.head, signers=[team.side(task).id])
    assert team.names(instance) == ["approve"]


def test_a_task_is_handed_to_a_colleague_by_its_holder_or_the_head(team: Team) -> None:
    instance = team.start("line")
    task = team.task(instance, "write")
    with pytest.raises(Invalid):
        team.do(task, "transfer", team.clerk, person=team.stranger.user_id)
    with pytest.raises(Invalid):
        team.do(task, "transfer", team.clerk, person=team.head.user_id)
    team.do(task, "transfer", team.clerk, person=team.colleague.user_id)
    assert (box(team.clerk), box(team.colleague)) == ([], [task.id])
    with pytest.raises(Conflict):
        team.do(task, "submit", team.clerk, summary="我来")
    with pytest.raises(Conflict):
        team.do(task, "transfer", team.clerk, person=team.clerk.user_id)
    team.do(task, "transfer", team.head, "休假", person=team.clerk.user_id)
    assert told(team.colleague)[0] == "{who}转办了“{title}”"
    team.write(instance)
    with pytest.raises(Forbidden):
        team.do(team.task(instance, "check"), "transfer", team.second, person=team.head.user_id)


def test_a_head_who_is_a_clerk_as_well_takes_a_colleagues_task_over(team: Team) -> None:
    task = team.task(team.start("line"), "write")
    team.do(task, "claim", team.colleague)
    both = replace(team.clerk, grants=team.clerk.grants | team.head.grants)
    assert both.user_id in {choice[0] for choice in _takers(task, both)}
    team.do(task, "transfer", both, "休假", person=both.user_id)
    assert box(team.clerk) == [task.id]
    assert both.user_id not in {choice[0] for choice in _takers(task, both)}
    with pytest.raises(Invalid):
        team.do(task, "transfer", both, person=both.user_id)


def _takers(task: Task, actor) -> list[list]:
    offered_now = action_of(queries.get_task(task.id), actor, "transfer")
    return offered_now.fields[0]["choices"]


def test_back_to_any_earlier_step_and_up_again(team: Team) -> None:
    instance = team.start("line")
    first = team.task(instance, "write")
    team.write(instance)
    second = team.task(instance, "check")
    team.do(second, "agree", team.head)
    task = team.task(instance, "approve")
    (action,) = [a for a in available_actions(task, team.deputy) if a.name == "return_to"]
    assert action.fields[0]["choices"] == [
        [second.id, f"check（{team.head.name}）"],
        [first.id, f"write（{team.clerk.name}）"],
    ]
    with pytest.raises(Invalid):
        team.do(task, "return_to", team.deputy, "", target=first.id)
    with pytest.raises(Invalid):
        team.do(task, "return_to", team.deputy, "重写", target=task.id)
    team.do(task, "return_to", team.deputy, "重写", target=str(first.id), resubmit="next")
    again = team.task(instance, "write")
    assert again.data["comment"] == "重写"
    assert told(team.clerk)[0] == "{who}退回了“{title}”，请重新办理"
    db.session.refresh(instance)
    assert instance.stage == "writing"
    assert "return_to" not in offered(again, team.clerk)
    team.write(instance)
    check = team.task(instance, "check")
    team.do(check, "return_to", team.head, "再改", target=again.id)
    team.write(instance)
    assert team.names(instance) == ["check"]


def test_resubmitted_straight_to_whoever_returned_it(team: Team) -> None:
    instance = team.start("line")
    team.write(instance, figure=3)
    first = queries.done_tasks(instance.id)[0]
    team.do(team.task(instance, "check"), "agree", team.head)
    task = team.task(instance, "approve")
    for figure in (4, 5):
        team.do(task, "return_to", team.deputy, "改数", target=first.id, resubmit="returner")
        side = team.side(task)
        assert (side.name, side.form, team.names(instance)) == ("write", "report", ["approve"])
        assert [action.name for action in available_actions(side, team.colleague)][:2] == [
            "submit",
            "save_draft",
        ]
        team.do(side, "submit", team.colleague, summary="改过", figure=figure)
        task = team.task(instance, "approve")
        assert (task.status, task.owner_id) == ("open", team.deputy.user_id)
        assert task.data["figure"] == figure
    team.do(task, "agree", team.deputy)
    db.session.refresh(instance)
    assert instance.status == "finished"


def test_not_agreeing_ends_the_process_where_the_design_lists_it(team: Team) -> None:
    instance = team.start("line")
    team.write(instance)
    task = team.task(instance, "check")
    assert "reject" in offered(task, team.head)
    team.do(task, "reject", team.head, "不符合要求")
    db.session.refresh(instance)
    assert instance.status == "finished"


def test_i_take_back_what_i_sent_while_nobody_has_acted(team: Team) -> None:
    instance = team.start("line")
    task = team.task(instance, "write")
    team.write(instance)
    review = team.task(instance, "check")
    with pytest.raises(Forbidden):
        team.do(task, "withdraw", team.colleague)
    assert "withdraw" in offered(task, team.clerk)
    assert "withdraw" not in offered(task, team.head)
    team.do(review, "comment", team.office, "请抓紧")
    team.do(task, "withdraw", team.clerk, "还要改")
    assert team.names(instance) == ["write"]
    assert (team.task(instance, "write").id, box(team.head)) == (task.id, [])
    db.session.refresh(instance)
    assert instance.stage == "writing"
    team.write(instance)
    review = team.task(instance, "check")
    team.do(review, "claim", team.head)
    with pytest.raises(Conflict, match=f"{team.head.name}已于 2024-08-05 09:00 接着办理"):
        team.do(task, "withdraw", team.clerk)
    assert "withdraw" not in offered(task, team.clerk)


def test_what_i_sent_is_taken_back_with_the_parts_it_started(team: Team) -> None:
    instance = team.start("branches")
    task = team.task(instance, "write")
    team.write(instance)
    (child,) = queries.children(instance.id)
    assert team.names(child) == ["write"]
    team.do(task, "withdraw", team.clerk)
    db.session.refresh(child)
    assert (child.status, team.names(instance)) == ("cancelled", ["write"])
    team.write(instance)
    _, child = queries.children(instance.id)
    team.write(child)
    with pytest.raises(Conflict, match=team.clerk.name):
        team.do(task, "withdraw", team.clerk)


def test_a_timer_lives_again_as_it_was(team: Team) -> None:
    instance = team.start("branches")
    team.write(instance)
    team.do(team.task(instance, "first"), "submit", team.clerk)
    second = team.task(instance, "second")
    team.do(second, "submit", team.head)
    assert [job.kind for job in jobs(instance)] == []
    team.do(second, "withdraw", team.head)
    assert [job.kind for job in jobs(instance)] == ["timer"]
    team.at += dt.timedelta(days=3)
    run_due_jobs(team.at)
    assert team.names(instance) == ["second", "chase"]
    with pytest.raises(Forbidden):
        team.do(second, "withdraw", team.head)


def jobs(instance: ProcessInstance):
    from sanwei_flow.processes.models import Job

    return list(db.session.scalars(db.select(Job).where(Job.instance_id == instance.id)))


def test_an_answer_is_taken_back_before_it_is_used(team: Team) -> None:
    instance = team.start("line")
    task = team.task(instance, "write")
    team.do(task, "delegate", team.clerk, person=team.second.user_id)
    side = team.side(task)
    team.do(side, "answer", team.second, summary="草稿")
    team.do(side, "withdraw", team.second)
    assert team.task(instance, "write").status == "held"
    team.do(side, "answer", team.second, summary="定稿")
    team.write(instance)
    with pytest.raises(Conflict):
        team.do(side, "withdraw", team.second)


def test_a_decision_that_waits_for_signers_is_taken_back(team: Team) -> None:
    instance = team.start("line")
    team.write(instance)
    task = team.task(instance, "check")
    team.do(task, "add_signer", team.head, people=[team.second.user_id], place="after")
    team.do(task, "agree", team.head)
    team.do(task, "withdraw", team.head)
    assert (team.task(instance, "check").status, box(team.second)) == ("open", [])
    team.do(task, "agree", team.head)
    side = team.side(task)
    team.do(side, "agree", team.second)
    assert team.names(instance) == ["approve"]
    team.do(side, "withdraw", team.second)
    task = team.task(instance, "check")
    assert (task.status, task.memo["action"], box(team.second)) == ("held", "agree", [side.id])
    team.do(side, "agree", team.second)
    assert team.names(instance) == ["approve"]


def test_i_cancel_what_i_started(team: Team) -> None:
    instance = team.start("branches")
    team.write(instance)
    task = team.task(instance, "first")
    with pytest.raises(Forbidden):
        team.do(task, "cancel", team.colleague, "不办了")
    with pytest.raises(Invalid):
        team.do(task, "cancel", team.clerk)
    assert "cancel" in offered(task, team.clerk)
    team.do(task, "cancel", team.clerk, "方案已变")
    db.session.refresh(instance)
    assert (instance.status, team.names(instance)) == ("cancelled", [])
    assert [child.status for child in queries.children(instance.id)] == ["cancelled"]


def test_copies_are_read_by_whom_they_were_sent_to(team: Team) -> None:
    instance = team.start("line")
    task = team.task(instance, "write")
    assert not may_see(instance, team.stranger)
    with pytest.raises(Forbidden):
        team.do(task, "copy_to", team.stranger, people=[team.second.user_id])
    team.do(task, "copy_to", team.clerk, "供参考", people=[team.stranger.user_id])
    with pytest.raises(Invalid):
        team.do(task, "copy_to", team.clerk, people=[team.stranger.user_id])
    assert may_see(instance, team.stranger)
    (copy,) = telling.copies(team.stranger, read=False)
    assert (copy.comment, copy.by_name) == ("供参考", team.clerk.name)
    with transaction():
        telling.mark_read(copy.id, by=team.stranger, at=team.at)
    assert telling.copies(team.stranger, read=False) == []
    assert [one.id for one in telling.copies(team.stranger, read=True)] == [copy.id]
    assert "submit" not in offered(task, team.stranger)


def test_urging_tells_the_holders_and_then_pauses(team: Team) -> None:
    instance = team.start("line")
    team.write(instance)
    task = team.task(instance, "check")
    with pytest.raises(Forbidden):
        team.do(task, "urge", team.stranger)
    assert "urge" in offered(task, team.clerk)
    assert "urge" not in offered(task, team.head)
    team.do(task, "urge", team.clerk, "今天要用")
    assert told(team.head) == told(team.deputy) == ["{who}催办“{title}”，请尽快办理"]
    event = queries.trail(instance.id)[-1][0]
    assert event.data["names"] == [team.head.name, team.deputy.name]
    team.at += dt.timedelta(hours=1)
    with pytest.raises(Conflict, match="4 小时内不再催办"):
        team.do(task, "urge", team.office)
    team.at += dt.timedelta(hours=3)
    team.do(task, "add_signer", team.head, people=[team.second.user_id], place="before")
    team.do(task, "urge", team.office)
    assert told(team.second)[0] == "{who}催办“{title}”，请尽快办理"
    assert len(told(team.head)) == 1


def test_a_comment_tells_whom_it_names(team: Team) -> None:
    instance = team.start("line")
    task = team.task(instance, "write")
    with pytest.raises(Invalid):
        team.do(task, "comment", team.clerk)
    text = f"@{team.colleague.name}，请看；抄@没有这人，@{team.stranger.name}"
    team.do(task, "comment", team.head, text, mentions=[team.office.user_id])
    for person in (team.colleague, team.office):
        assert told(person) == ["{who}在“{title}”中提到了您"]
    assert told(team.stranger) == []
    with pytest.raises(Forbidden):
        team.do(task, "comment", team.stranger, "路过")


def test_everybody_has_a_draft_of_their_own(team: Team) -> None:
    task = team.task(team.start("line"), "write")
    team.do(task, "save_draft", team.clerk, summary="我的")
    team.at += dt.timedelta(minutes=5)
    team.do(task, "save_draft", team.colleague, summary="另一份")
    mine, theirs = (draft_of(task.id, one.user_id) for one in (team.clerk, team.colleague))
    assert (mine.data["summary"], theirs.data["summary"]) == ("我的", "另一份")
    assert theirs.at - mine.at == dt.timedelta(minutes=5)
    assert [row.draft_at for row in inbox(team.clerk, "todo").items] == [mine.at]


def test_a_verb_repeated_with_its_key_is_done_once(team: Team) -> None:
    task = team.task(team.start("line"), "write")
    first = team.do(task, "transfer", team.clerk, person=team.colleague.user_id, key="k")
    second = team.do(task, "transfer", team.clerk, person=team.colleague.user_id, key="k")
    assert (first.replayed, second.replayed) == (False, True)
    assert len(told(team.colleague)) == 1


@pytest.mark.parametrize(
    ("key", "mode", "first"),
    [("all", "all", 1), ("in_order", "sequential", 1), ("ratio", "ratio", 1)],
)
def test_a_joint_decision_says_who_is_still_to_answer(
    team: Team, key: str, mode: str, first: int
) -> None:
    instance = team.start(key)
    team.write(instance)
    task = team.task(instance, "vote")
    assert (queries.joint(task).mode, queries.joint(task).done) == (mode, 0)
    team.do(task, "agree", team.head)
    state = queries.joint(team.task(instance, "vote"))
    assert (state.total, state.done) == (3, first)
    waiting = [one.unit_id for one in state.waiting]
    assert waiting == (team.others[:1] if mode == "sequential" else team.others)
    team.do(team.task(instance, "vote"), "agree", team.second)
    assert team.names(instance) == (["after"] if key == "ratio" else ["vote"])


def test_where_one_is_enough_the_others_are_not_needed(team: Team) -> None:
    instance = team.start("any")
    team.write(instance)
    _mine, second, third = team.tasks(instance, "vote")
    team.do(second, "agree", team.second)
    assert team.names(instance) == ["after"]
    assert (box(team.second, "done"), box(team.third, "done")) == ([second.id], [])
    with pytest.raises(Conflict, match=f"{team.second.name}已.*您不用再办"):
        team.do(third, "agree", team.third)


def test_returning_from_a_joint_decision_takes_the_others_back(team: Team) -> None:
    instance = team.start("all")
    team.write(instance)
    write = queries.done_tasks(instance.id)[0]
    team.do(team.task(instance, "vote"), "agree", team.head)
    task = team.task(instance, "vote")
    team.do(task, "return_to", team.second, "请补数", target=write.id)
    assert team.names(instance) == ["write"]
    assert box(team.third) == []
    team.write(instance)
    assert team.names(instance) == ["vote"] * 3
    team.do(
        team.task(instance, "vote"),
        "add_signer",
        team.head,
        people=[team.stranger.user_id],
        place="beside",
    )
    again = queries.done_tasks(instance.id)[-1]
    task = team.task(instance, "vote", 2)
    team.do(task, "return_to", team.third, "改", target=again.id, resubmit="returner")
    assert team.names(instance) == ["vote"] * 3
    team.do(team.side(task), "submit", team.clerk, summary="改好")
    assert [one.data["summary"] for one in team.tasks(instance, "vote")] == ["改好"] * 3


def test_inside_a_branch_only_this_branch_goes_back(team: Team) -> None:
    instance = team.start("branches")
    team.write(instance)
    write = queries.done_tasks(instance.id)[0]
    first = team.task(instance, "first")
    team.do(first, "submit", team.clerk)
    task = team.task(instance, "second")
    assert [job.kind for job in jobs(instance)] == ["timer"]
    team.do(task, "return_to", team.head, "重来", target=first.id, resubmit="next")
    assert (team.names(instance), jobs(instance)) == (["first"], [])
    (child,) = queries.children(instance.id)
    assert child.status == "running"
    team.do(team.task(instance, "first"), "return_to", team.clerk, "全部重来", target=write.id)
    db.session.refresh(child)
    assert (team.names(instance), child.status) == (["write"], "cancelled")
