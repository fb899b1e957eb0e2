"""Somebody leaves: what was in their name goes to a colleague at once, and nothing is stranded."""

import io

import pytest
from flask import Flask

from sanwei_flow import web
from sanwei_flow.accounts import deputies
from sanwei_flow.accounts.actor import SYSTEM, Actor
from sanwei_flow.accounts.models import Role, User
from sanwei_flow.accounts.operations import actor_of, grant
from sanwei_flow.audit.queries import entries
from sanwei_flow.calendars import today
from sanwei_flow.db import db, transaction
from sanwei_flow.errors import Forbidden, Invalid
from sanwei_flow.handovers import operations, queries
from sanwei_flow.handovers.models import HandOver
from sanwei_flow.notifications.models import Notification
from sanwei_flow.processes import attachments, drafts
from sanwei_flow.processes.models import ProcessInstance, Task, TaskEvent
from tests import factories
from tests.counting import counted
from tests.handovers.stories import hand
from tests.processes.cases import Team, check_whole, make_team


@pytest.fixture
def team(database: None) -> Team:
    with transaction():
        return make_team()


def staying(done: HandOver) -> dict[str, str]:
    return {one.title: one.stays for one in queries.items_of(done.id) if one.stays}


def fresh(task: Task) -> Task:
    return db.session.get_one(Task, task.id, populate_existing=True)


def told(who: Actor) -> list[str]:
    query = db.select(Notification).where(Notification.user_id == who.user_id)
    return [web.sentence(one.title, one.params) for one in db.session.scalars(query)]


def everything_of_the_clerk(team: Team) -> dict[str, Task]:
    """A claimed task, one held for an answer, one the clerk was asked for, a draft, a process."""
    claimed, held, asked, free = (team.start("line", team.office) for _ in range(4))
    tasks = {"claimed": team.task(claimed, "write"), "held": team.task(held, "write")}
    team.do(tasks["claimed"], "claim", team.clerk)
    team.do(tasks["claimed"], "save_draft", team.clerk, summary="写了一半")
    team.do(tasks["held"], "delegate", team.clerk, person=team.stranger.user_id)
    team.write(asked)
    check = team.task(asked, "check")
    team.do(check, "add_signer", team.head, people=[team.clerk.user_id], place="before")
    tasks["asked"] = team.side(check)
    tasks["free"] = team.task(free, "write")
    team.do(tasks["free"], "save_draft", team.clerk, summary="还没认领")
    tasks["mine"] = team.task(team.start("line"), "write")
    return tasks


def test_the_files_of_a_draft_go_with_it(app: Flask, team: Team) -> None:
    task = team.task(team.start("line", team.office), "write")
    given = {"task_id": task.id, "by": team.clerk, "at": team.at}
    with transaction():
        proof = io.BytesIO(b"%PDF-1.7")
        file = attachments.store(app.extensions["vault"], proof, "佐证.pdf", **given)
    team.do(task, "save_draft", team.clerk, attachments=[file.id])
    assert attachments.readable([file], team.colleague) == {}
    hand(team, team.clerk, team.colleague)
    db.session.refresh(file)
    assert attachments.readable([file], team.colleague) == {file.id: file}


def test_everything_goes_to_the_colleague_and_nothing_is_left(team: Team) -> None:
    tasks, who, to = everything_of_the_clerk(team), team.clerk, team.colleague
    done = hand(team, who, to)
    for name in ("claimed", "held", "asked"):
        assert fresh(tasks[name]).owner_id == to.user_id, name
    kept = drafts.draft_of(tasks["claimed"].id, to.user_id)
    assert kept is not None
    assert kept.data["summary"] == "写了一半"
    assert drafts.draft_of(tasks["free"].id, to.user_id) is not None
    started = db.session.get_one(ProcessInstance, tasks["mine"].instance_id)
    assert started.started_by_id == to.user_id
    assert staying(done) == {}
    assert (
        queries.open_items(who.user_id, queries.reach(who.user_id, who), team.at, None).items == []
    )
    for task in tasks.values():
        check_whole(task.instance_id, team.at)
    # The receiver goes on: the answer to the leaver's question comes to them.
    team.do(team.side(tasks["held"]), "answer", team.stranger, summary="核实了")
    team.do(tasks["held"], "submit", to, summary="办结")
    team.do(tasks["asked"], "agree", to)
    team.do(tasks["mine"], "cancel", to, "不办了")


def test_the_trail_and_the_record_say_who_handed_what_to_whom(team: Team) -> None:
    task = everything_of_the_clerk(team)["claimed"]
    done = hand(team, team.clerk, team.colleague, by=team.head)
    event = db.session.scalars(
        db.select(TaskEvent).where(TaskEvent.task_id == task.id, TaskEvent.kind == "hand_over")
    ).one()
    assert (event.by_id, event.on_behalf_of_id) == (team.head.user_id, team.clerk.user_id)
    assert event.data["people"] == [team.colleague.user_id]
    assert (event.comment, event.data["from"]) == ("调离", team.clerk.user_id)
    record = entries(f"user:{team.clerk.user_id}")[-1]
    assert record.kind == "handed_over"
    assert record.by_id == team.head.user_id
    assert record.data["to"] == team.colleague.user_id
    assert record.data["moved"] == {"task": 2, "asked": 1, "draft": 1, "started": 1}
    assert record.data["hand_over"] == done.id


def test_the_receiver_is_told_once_and_so_is_the_person_a_head_did_it_for(team: Team) -> None:
    everything_of_the_clerk(team)
    db.session.execute(db.delete(Notification))
    db.session.commit()
    hand(team, team.clerk, team.colleague, by=team.head)
    hand(team, team.clerk, team.colleague, by=team.head)
    clerk, head = team.clerk.name, team.head.name
    assert told(team.colleague) == [f"{head}把{clerk}的 5 项工作移交给您"]
    assert told(team.clerk) == [f"{head}把您的 5 项工作移交给{team.colleague.name}"]
    assert told(team.head) == []


def test_asked_twice_it_is_done_once(team: Team) -> None:
    everything_of_the_clerk(team)
    first = hand(team, team.clerk, team.colleague)
    assert hand(team, team.clerk, team.colleague).id == first.id
    assert len(queries.items_of(first.id)) == 5
    with pytest.raises(Invalid, match="没有需要移交"):
        hand(team, team.clerk, team.colleague, key="another")


def test_what_was_interrupted_goes_on_where_it_stopped(team: Team) -> None:
    everything_of_the_clerk(team)
    given = {"by": team.clerk, "at": team.at}
    with transaction():
        who, to = team.clerk.user_id, team.colleague.user_id
        begun = operations.begin(who, to, comment="", key="once", **given)
    first, *rest = operations.waiting(begun, **given)
    with transaction():
        operations.move(begun, first, **given)
    assert [item.id for item in operations.waiting(begun, **given)] == [item.id for item in rest]
    with transaction():
        operations.move(begun, first, **given)
    done = hand(team, team.clerk, team.colleague)
    assert len(queries.items_of(done.id)) == 5


def test_what_the_receiver_may_not_do_is_named_and_stays(team: Team) -> None:
    """The receiver is a head and no clerk: only what was asked in person goes over."""
    tasks = everything_of_the_clerk(team)
    reach = queries.reach(team.clerk.user_id, team.clerk)
    found = queries.open_items(team.clerk.user_id, reach, team.at, team.deputy.user_id)
    assert [item.kind for item in found.going] == ["asked", "started"]
    assert {str(item.stays) for item in found.items if item.stays} == {"接收人没有办理它的岗位。"}
    done = hand(team, team.clerk, team.deputy)
    assert fresh(tasks["claimed"]).owner_id == team.clerk.user_id
    assert len(queries.items_of(done.id)) == 5
    side = fresh(tasks["asked"])
    assert (side.owner_id, side.role) == (team.deputy.user_id, "reviewer")
    team.do(side, "agree", team.deputy)


def test_nobody_becomes_their_own_signer(team: Team) -> None:
    task = team.task(team.start("line", team.office), "write")
    two = [team.colleague.user_id]
    team.do(task, "add_signer", team.clerk, people=two, place="beside")
    with pytest.raises(Invalid, match="换一位接收人"):
        hand(team, team.clerk, team.colleague)
    team.do(team.side(task), "agree", team.colleague)
    hand(team, team.clerk, team.colleague)
    assert fresh(task).owner_id == team.colleague.user_id


def test_only_the_person_and_their_head_may(team: Team) -> None:
    everything_of_the_clerk(team)
    for other in (team.colleague, team.second, team.office, team.stranger):
        with pytest.raises(Forbidden):
            hand(team, team.clerk, team.colleague, by=other)
    for receiver in (team.second, team.stranger, team.clerk):
        with pytest.raises(Invalid):
            hand(team, team.clerk, receiver)


def test_a_head_hands_over_only_what_is_of_their_unit(team: Team) -> None:
    tasks = everything_of_the_clerk(team)
    with transaction():
        elsewhere = db.session.get_one(User, team.clerk.user_id)
        unit = db.session.get_one(User, team.second.user_id).roles[0].unit
        grant(elsewhere, unit, Role.staff, by=SYSTEM, at=team.at)
        both = actor_of(elsewhere)
    far = team.task(team.start("line", team.office), "write")
    with transaction():
        db.session.execute(
            db.update(Task)
            .where(Task.id == far.id)
            .values(unit_id=unit.id, owner_id=both.user_id, claimed_at=team.at)
        )
    reach = queries.reach(both.user_id, team.head)
    found = queries.open_items(both.user_id, reach, team.at, team.colleague.user_id)
    assert found.elsewhere == 1
    hand(team, both, team.colleague, by=team.head)
    assert fresh(tasks["claimed"]).owner_id == team.colleague.user_id
    assert fresh(far).owner_id == both.user_id
    assert told(team.colleague)[-1].endswith("4 项工作移交给您")


def test_the_name_of_somebody_gone_for_good_is_cleared_by_the_head(team: Team) -> None:
    tasks = everything_of_the_clerk(team)
    with transaction():
        gone = db.session.get_one(User, team.clerk.user_id)
        gone.active = False
        for held in list(gone.roles):
            db.session.delete(held)
    assert team.clerk.user_id in {one.id for one in queries.subjects(team.head)}
    hand(team, team.clerk, team.colleague, by=team.head)
    for name in ("claimed", "held", "asked"):
        assert fresh(tasks[name]).owner_id == team.colleague.user_id, name


def test_where_no_head_is_whoever_holds_the_same_post_clears_the_name_of_who_left(
    team: Team,
) -> None:
    """The office has no head: a colleague who is there already, or comes after, takes over."""
    task = team.task(team.start("line"), "write")
    with transaction():
        unit = db.session.get_one(User, team.office.user_id).roles[0].unit
        heir = factories.actor(unit, "office")
        mine = {"unit_id": unit.id, "role": "office", "owner_id": team.office.user_id}
        db.session.execute(db.update(Task).where(Task.id == task.id).values(**mine))
    with pytest.raises(Forbidden):
        hand(team, team.office, heir, by=heir)
    assert [one.id for one in queries.subjects(heir)] == [heir.user_id]
    with transaction():
        for held in list(db.session.get_one(User, team.office.user_id).roles):
            db.session.delete(held)
    assert [one.id for one in queries.subjects(heir)] == [heir.user_id, team.office.user_id]
    page = queries.reach(team.office.user_id, heir)
    assert [one.id for one in queries.receivers(team.office.user_id, page)] == [heir.user_id]
    hand(team, team.office, heir, by=heir)
    assert fresh(task).owner_id == heir.user_id
    with pytest.raises(Forbidden):
        hand(team, team.office, heir, by=team.stranger, key="other")


def test_a_suspended_process_is_handed_over_as_well(team: Team) -> None:
    from sanwei_flow.processes.suspending import suspend

    task = everything_of_the_clerk(team)["claimed"]
    with transaction():
        suspend(task.instance_id, reason="等批复", by=team.office, at=team.at)
    hand(team, team.clerk, team.colleague)
    assert fresh(task).owner_id == team.colleague.user_id


def test_whom_the_leaver_stood_in_for_gets_the_receiver_and_their_own_deputy_ends(
    team: Team,
) -> None:
    day = today(team.at)
    days = {"from_day": day, "until_day": day, "at": team.at}
    with transaction():
        deputies.set_deputy(team.head.user_id, team.clerk.user_id, by=team.head, **days)
        deputies.set_deputy(team.clerk.user_id, team.deputy.user_id, by=team.clerk, **days)
    db.session.execute(db.delete(Notification))
    db.session.commit()
    hand(team, team.clerk, team.colleague)
    standing = deputies.stood_for(team.colleague.user_id, day)
    assert [one.user_id for one in standing] == [team.head.user_id]
    assert deputies.stood_for(team.clerk.user_id, day) == []
    assert deputies.deputies_of([team.clerk.user_id], day) == []
    clerk, colleague = team.clerk.name, team.colleague.name
    assert told(team.head) == [f"{colleague}接替{clerk}担任您的代理人，{day} 至 {day}"]
    assert told(team.deputy) == [f"您不再代理{clerk}（由{clerk}撤销）"]
    assert f"您接替{clerk}代理{team.head.name}，{day} 至 {day}" in told(team.colleague)


def test_their_own_deputy_stays_while_something_stays(team: Team) -> None:
    everything_of_the_clerk(team)
    day = today(team.at)
    days = {"from_day": day, "until_day": day, "at": team.at}
    with transaction():
        deputies.set_deputy(team.clerk.user_id, team.head.user_id, by=team.clerk, **days)
    done = hand(team, team.clerk, team.deputy)
    assert staying(done)[team.head.name] == "还有事项没有移交，代理暂时保留。"
    assert len(deputies.deputies_of([team.clerk.user_id], day)) == 1


def test_a_long_list_takes_no_more_statements_than_a_short_one(team: Team) -> None:
    def sent() -> int:
        with counted() as statements:
            reach = queries.reach(team.clerk.user_id, team.clerk)
            queries.open_items(team.clerk.user_id, reach, team.at, team.colleague.user_id)
        return sum(one.startswith("SELECT") for one in statements)

    everything_of_the_clerk(team)
    few = sent()
    for _ in range(5):
        team.do(team.task(team.start("line"), "write"), "claim", team.clerk)
    assert sent() == few
    assert few <= 12


# Pages


def browser(app: Flask, who: Actor):
    return factories.log_in(app.test_client(), db.session.get_one(User, who.user_id))


def test_the_pages_show_what_goes_do_it_and_show_what_became_of_it(app: Flask, team: Team) -> None:
    everything_of_the_clerk(team)
    mine, address = browser(app, team.clerk), f"/people/{team.clerk.user_id}/handover"
    page = mine.get(address).text
    assert "请先选择接收人" in page
    page = mine.get(f"{address}?to={team.colleague.user_id}").text
    assert "可移交 5 项，留下 0 项" in page
    assert "有草稿" in page
    assert "等待他人答复" in page
    form = {"to": team.colleague.user_id, "key": "k1", "comment": "调离"}
    done = mine.post(address, data=form, follow_redirects=True)
    assert "已移交 5 项，留下 0 项。" in done.text
    again = mine.post(address, data=form)
    assert again.headers["Location"] == done.request.path
    assert "没有需要移交的事项" in mine.get(address).text
    bell = browser(app, team.colleague).get("/notifications").text
    assert f"{team.clerk.name}把 5 项工作移交给您" in bell
    assert browser(app, team.colleague).get(done.request.path).status_code == 200
    assert browser(app, team.stranger).get(done.request.path).status_code == 404


def test_a_refusal_is_a_sentence_on_the_page(app: Flask, team: Team) -> None:
    mine, address = browser(app, team.clerk), f"/people/{team.clerk.user_id}/handover"
    nothing = mine.post(address, data={"to": team.colleague.user_id, "key": "k"})
    assert nothing.status_code == 422
    assert "没有需要移交的事项。" in nothing.text
    everything_of_the_clerk(team)
    nobody = mine.post(address, data={"to": "", "key": "k"})
    assert nobody.status_code == 422
    assert "请选择同一单位的在职人员。" in nobody.text
    head = browser(app, team.head)
    assert head.get(f"{address}?of={team.colleague.user_id}").status_code == 302
    assert head.get(address).status_code == 200
    assert browser(app, team.colleague).get(address).status_code == 403


def test_who_has_no_post_has_nothing_and_nobody(app: Flask, team: Team) -> None:
    with transaction():
        alone = actor_of(factories.make_user())
    page = browser(app, alone).get(f"/people/{alone.user_id}/handover").text
    assert "同一单位没有其他在职人员可以接收。" in page
    assert "没有需要移交的事项" in page


def test_an_interrupted_one_offers_to_go_on(app: Flask, team: Team) -> None:
    everything_of_the_clerk(team)
    with transaction():
        who, to = team.clerk.user_id, team.colleague.user_id
        given = {"comment": "", "key": "k2", "by": team.clerk, "at": team.at}
        begun = operations.begin(who, to, **given)
    mine, address = browser(app, team.clerk), f"/handovers/{begun.id}"
    assert "继续移交" in mine.get(address).text
    assert "继续移交" not in browser(app, team.colleague).get(address).text
    assert "已移交 5 项" in mine.post(address, follow_redirects=True).text
