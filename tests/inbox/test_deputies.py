"""Somebody is away: whoever stands in sees the boxes, acts, and the trail says for whom."""

import datetime as dt

import pytest
from flask import Flask

from sanwei_flow import web
from sanwei_flow.accounts import deputies, identity, sessions
from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import Deputy, User
from sanwei_flow.accounts.operations import actor_of
from sanwei_flow.api.work import process_shape
from sanwei_flow.audit.queries import entries
from sanwei_flow.calendars import today
from sanwei_flow.db import db, transaction
from sanwei_flow.errors import Conflict, Forbidden, Invalid
from sanwei_flow.notifications.models import Notification
from sanwei_flow.processes import operations
from sanwei_flow.processes.inbox import counts, inbox
from sanwei_flow.processes.models import TaskEvent
from tests.counting import counted
from tests.factories import make_user
from tests.inbox.stories import County, make_county
from tests.inbox.test_pages import signed_in

DAY = dt.timedelta(days=1)


@pytest.fixture
def county(database: None) -> County:
    county = make_county()
    with transaction():
        # 何静 works in the same unit, but neither as a clerk nor as its head.
        helper = make_user(
            county.units["县供销合作社"], ["designer"], username="hejing", name="何静"
        )
    county.people["何静"] = actor_of(helper)
    return county


def appoint(county: County, who: str = "熊梅", by: str | None = None, **more: object) -> Deputy:
    day = today(web.now())
    given = {"from_day": day, "until_day": day, "at": web.now(), **more}
    with transaction():
        person, deputy = county.people[who].user_id, county.people["何静"].user_id
        return deputies.set_deputy(person, deputy, by=county.people[by or who], **given)


def on_duty(who: Actor, at: dt.datetime | None = None) -> Actor:
    """The actor of a request at this time."""
    at = at or web.now()
    return Actor(who.user_id, who.name, who.grants, identity.principals(who.user_id, at))


def accept(county: County, by: Actor, task_id: int) -> None:
    with transaction():
        operations.act_on_task(task_id, "accept", {}, by=by, at=web.now())


def test_a_deputy_sees_the_box_acts_and_the_trail_names_both(app: Flask, county: County) -> None:
    task = county.task("sign_for")
    browser = signed_in(app, "hejing")
    assert 'value="accept"' not in browser.get(f"/tasks/{task.id}").text
    assert "健全完善" not in browser.get("/?box=to_accept").text
    page = signed_in(app, "xiongmei").get("/me/deputies").text
    assert "没有设置代理" in page
    assert "何静" in page
    day = today(web.now()).isoformat()
    form = {"deputy": county.people["何静"].user_id, "from_day": day, "until_day": day}
    mine = signed_in(app, "xiongmei")
    done = mine.post("/me/deputies", data=form | {"reach": "all"}, follow_redirects=True)
    assert "代理已设置。" in done.text
    box = browser.get("/?box=to_accept").text
    assert "健全完善" in box
    assert "代熊梅" in box
    page = browser.get(f"/tasks/{task.id}").text
    assert "您正在代熊梅办理" in page
    assert "acts/transfer" not in page
    given = {"action": "accept", "idempotency_key": "once"}
    assert browser.post(f"/tasks/{task.id}", data=given).status_code == 302
    db.session.commit()
    event = db.session.scalars(db.select(TaskEvent).where(TaskEvent.task_id == task.id)).one()
    assert (event.by_id, event.on_behalf_of_id) == (
        county.people["何静"].user_id,
        county.people["熊梅"].user_id,
    )
    told = next(one for one in process_shape(county.row, today(web.now())).trail if one.task)
    assert (told.by, told.on_behalf_of) == ("何静", "熊梅")
    assert "何静 代 熊梅" in browser.get(f"/tasks/{county.task('divide').id}").text
    assert "健全完善" in browser.get("/?box=done").text


def test_the_right_begins_and_ends_with_its_days(county: County) -> None:
    now, helper = web.now(), county.people["何静"]
    appoint(county, from_day=today(now) + DAY, until_day=today(now) + 2 * DAY)
    for days, right in ((0, False), (1, True), (2, True), (3, False)):
        actor = on_duty(helper, now + days * DAY)
        assert bool(inbox(actor, "to_accept").items) is right
        assert counts(actor)["to_accept"] == int(right)
    with pytest.raises(Forbidden):
        accept(county, on_duty(helper), county.task("sign_for").id)


def test_revoking_ends_it_at_the_next_request(app: Flask, county: County) -> None:
    deputy = appoint(county)
    assert on_duty(county.people["何静"]).stands_for
    with pytest.raises(Forbidden), transaction():
        deputies.revoke_deputy(deputy.id, by=county.people["何静"], at=web.now())
    assert signed_in(app, "xiongmei").post(f"/me/deputies/{deputy.id}/revoke").status_code == 302
    db.session.commit()
    assert not on_duty(county.people["何静"]).stands_for
    with transaction():
        deputies.revoke_deputy(deputy.id, by=county.people["熊梅"], at=web.now())
    kinds = [one.kind for one in entries(f"user:{deputy.user_id}")]
    assert kinds[-2:] == ["deputy_set", "deputy_revoked"]


def told(county: County, who: str) -> list[str]:
    query = db.select(Notification).where(Notification.user_id == county.people[who].user_id)
    query = query.where(Notification.kind == "deputy").order_by(Notification.id)
    return [web.sentence(one.title, one.params) for one in db.session.scalars(query)]


def test_who_is_concerned_is_told_when_it_begins_and_when_it_ends(
    app: Flask, county: County
) -> None:
    day = today(web.now()).isoformat()
    form = {"deputy": county.people["何静"].user_id, "from_day": day, "until_day": day}
    person = county.people["熊梅"].user_id
    head = signed_in(app, "chenjian")
    for _twice in range(2):
        head.post(f"/me/deputies?of={person}", data=form | {"reach": "all"})
    assert told(county, "何静") == [f"您被设为熊梅的代理人，{day} 至 {day}"]
    assert told(county, "熊梅") == [f"陈建把何静设为您的代理人，{day} 至 {day}"]
    row = db.session.scalars(db.select(Deputy)).one()
    mine = signed_in(app, "xiongmei")
    for _twice in range(2):
        mine.post(f"/me/deputies/{row.id}/revoke")
    db.session.commit()
    assert told(county, "何静")[1:] == ["您不再代理熊梅（由熊梅撤销）"]
    assert len(told(county, "熊梅")) == 1
    assert told(county, "陈建") == []


def test_only_the_chosen_designs_count(county: County) -> None:
    task = county.task("sign_for")
    appoint(county, designs=["cooperation"])
    helper = on_duty(county.people["何静"])
    assert inbox(helper, "to_accept").items == []
    with pytest.raises(Forbidden):
        accept(county, helper, task.id)
    appoint(
        county,
        designs=["task_division"],
        from_day=today(web.now()) - DAY,
        until_day=today(web.now()),
        who="陈建",
    )
    assert len(on_duty(county.people["何静"]).stands_for) == 2
    county.act("sign_for", "accept", "熊梅")
    county.act("divide", "submit", "熊梅")
    review = county.task("division_review")
    helper = on_duty(county.people["何静"])
    assert [row.id for row in inbox(helper, "todo").items] == [review.id]
    with transaction():
        operations.act_on_task(review.id, "agree", {}, by=helper, at=web.now())


def test_what_the_person_took_on_is_the_deputys_too_and_only_once_in_the_box(
    county: County,
) -> None:
    task = county.task("sign_for")
    county.act("sign_for", "claim", "熊梅")
    appoint(county)
    helper = on_duty(county.people["何静"])
    assert [row.id for row in inbox(helper, "to_accept").items] == [task.id]
    for verb in ("release", "transfer", "delegate"):
        with pytest.raises(Forbidden), transaction():
            person = {"person": county.people["陈建"].user_id}
            operations.act_on_task(task.id, verb, person, by=helper, at=web.now())
    accept(county, helper, task.id)


def test_the_head_may_set_a_deputy_for_the_units_people_and_nobody_else_may(
    app: Flask, county: County
) -> None:
    with pytest.raises(Forbidden):
        appoint(county, by="李伟")
    with pytest.raises(Forbidden):
        appoint(county, by="何静")
    person = county.people["熊梅"].user_id
    assert signed_in(app, "liwei").get(f"/me/deputies?of={person}").status_code == 403
    assert "为谁设置" in signed_in(app, "chenjian").get(f"/me/deputies?of={person}").text
    appoint(county, by="陈建")
    with pytest.raises(Conflict):
        appoint(county, by="陈建")


def test_a_head_sets_nobody_who_also_works_elsewhere(county: County) -> None:
    with transaction():
        both = db.session.get_one(User, county.people["熊梅"].user_id)
        deputies_unit = county.units["县财政局"].id
        db.session.execute(
            db.insert(type(both.roles[0])).values(
                user_id=both.id, unit_id=deputies_unit, role="leader"
            )
        )
    with pytest.raises(Forbidden):
        appoint(county, by="陈建")


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [(0, -1, "不能早于"), (-3, -1, "已过"), (0, 400, "最长一年")],
)
def test_days_that_cannot_be_are_refused_in_words(
    app: Flask, county: County, first: int, last: int, sentence: str
) -> None:
    day = today(web.now())
    form = {"deputy": county.people["何静"].user_id, "reach": "all"}
    form |= {"from_day": (day + first * DAY).isoformat()}
    form |= {"until_day": (day + last * DAY).isoformat()}
    refused = signed_in(app, "xiongmei").post("/me/deputies", data=form)
    assert refused.status_code == 422
    assert sentence in refused.text
    assert (day + last * DAY).isoformat() in refused.text


def test_a_stranger_is_no_deputy(county: County) -> None:
    day, stranger = today(web.now()), county.people["李伟"].user_id
    with pytest.raises(Invalid, match="同一单位"), transaction():
        deputies.set_deputy(
            county.people["熊梅"].user_id,
            stranger,
            from_day=day,
            until_day=day,
            by=county.people["熊梅"],
            at=web.now(),
        )


def test_only_who_is_a_deputy_costs_a_further_statement(county: County) -> None:
    appoint(county)
    at = web.now()
    with transaction():
        users = [db.session.get_one(User, county.people[who].user_id) for who in ("何静", "李伟")]
        tokens = [sessions.open_session(user, at=at) for user in users]
    for token, statements in zip(tokens, (2, 1), strict=True):
        with counted() as sent:
            person = identity.person_of_session(token, at)
        assert len([one for one in sent if one.startswith("SELECT")]) == statements
        assert person is not None
        assert len(person.actor.stands_for) == statements - 1
