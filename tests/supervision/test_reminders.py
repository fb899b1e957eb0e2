"""Who is reminded, of what, and only once."""

import datetime as dt

import pytest

from sanwei_flow.accounts.models import Unit
from sanwei_flow.calendars.workdays import SHANGHAI
from sanwei_flow.db import db, transaction
from sanwei_flow.designs.models import DesignVersion, ProcessDesign
from sanwei_flow.errors import Forbidden, Invalid
from sanwei_flow.notifications.models import Notification
from sanwei_flow.plans.models import Plan, PlanRow, RowUnit, UnitMention
from sanwei_flow.processes.models import ProcessInstance, Task
from sanwei_flow.supervision.jobs import sweep
from sanwei_flow.supervision.ladder import Step
from sanwei_flow.supervision.settings import change_settings
from tests.factories import NOW, actor, make_unit, make_user

DUE = dt.date(2024, 9, 30)
FIRST_LOOK = dt.date(2024, 8, 31)


def morning(day: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{day} 08:00").replace(tzinfo=SHANGHAI).astimezone(dt.UTC)


def told(user) -> list[str]:
    query = db.select(Notification).where(Notification.user_id == user.id)
    found = db.session.scalars(query.order_by(Notification.id))
    sentences = [one.title.format(**one.params) for one in found]
    db.session.rollback()
    return sentences


def make_instance(key: str = "plan:1/row:3") -> ProcessInstance:
    design = ProcessDesign(key=f"task_division{key}", name="任务分工")
    version = DesignVersion(
        design=design, number=1, xml="", hash=key, forms={}, published_at=NOW, note=""
    )
    instance = ProcessInstance(
        design_version=version,
        state=b"",
        title="第3项 农民合作社示范社",
        business_key=key,
        started_at=NOW,
        chain_head="",
    )
    db.session.add_all([design, version, instance])
    db.session.flush()
    return instance


def make_task(unit: Unit, role: str = "staff", due: dt.date = DUE, **given) -> Task:
    instance = given.pop("instance", None) or make_instance(given.pop("key", "plan:1/row:3"))
    task = Task(
        instance_id=instance.id,
        ref="t1",
        node="work",
        name="办理",
        title=instance.title,
        unit_id=unit.id,
        role=role,
        opened_at=given.pop("opened_at", NOW),
        due=due,
        remind_on=given.pop("remind_on", FIRST_LOOK),
        **given,
    )
    db.session.add(task)
    db.session.flush()
    return task


@pytest.fixture
def unit(database) -> Unit:
    with transaction():
        return make_unit("县农业农村委")


@pytest.fixture
def clerk(unit):
    with transaction():
        return make_user(unit, ["staff"])


def test_a_clerk_hears_of_a_deadline_three_times_and_daily_when_it_is_missed(unit, clerk):
    with transaction():
        head = make_user(unit, ["reviewer"])
        make_task(unit)
    day = dt.date(2024, 8, 6)
    while day <= dt.date(2024, 10, 9):
        for _ in range(2):  # a restarted runner sweeps again
            sweep(morning(day.isoformat()))
        day += dt.timedelta(1)

    assert told(clerk) == [
        "“办理：第3项 农民合作社示范社”还有7个工作日到期（2024-09-30）",
        "“办理：第3项 农民合作社示范社”还有3个工作日到期（2024-09-30）",
        "“办理：第3项 农民合作社示范社”还有1个工作日到期（2024-09-30）",
        "“办理：第3项 农民合作社示范社”已于2024-09-30到期，尚未办结",
        "您有1件事项已逾期，最早的应于2024-09-30办结",
    ]
    assert told(head) == []


def test_what_is_newly_overdue_is_named_and_the_rest_counted_without_it(unit, clerk):
    with transaction():
        make_task(unit)
        make_task(unit, key="plan:1/row:4", due=dt.date(2024, 10, 9))
        make_task(unit, key="plan:1/row:5", due=dt.date(2024, 10, 11))
    overdue = "“办理：第3项 农民合作社示范社”已于{}到期，尚未办结"
    expected = [
        ("2024-10-08", {overdue.format("2024-09-30")}),
        (
            "2024-10-10",
            {
                overdue.format("2024-10-09"),
                "此外还有1件事项早已逾期，最早的应于2024-09-30办结",
            },
        ),
        ("2024-10-11", {"您有2件事项已逾期，最早的应于2024-09-30办结"}),
        (  # a Saturday that is worked
            "2024-10-12",
            {
                overdue.format("2024-10-11"),
                "此外还有2件事项早已逾期，最早的应于2024-09-30办结",
            },
        ),
    ]
    heard = 0
    for day, sentences in expected:
        sweep(morning(day))
        new = [one for one in told(clerk)[heard:] if "尚未办结" in one or "最早" in one]
        heard = len(told(clerk))
        assert sorted(new) == sorted(sentences)


def test_a_runner_that_was_away_says_what_counts_now(unit, clerk):
    with transaction():
        make_task(unit)
    sweep(morning("2024-09-30"))
    assert told(clerk) == ["“办理：第3项 农民合作社示范社”今天到期"]


def test_only_the_owner_is_reminded_of_what_they_took_on(unit, clerk):
    with transaction():
        other = make_user(unit, ["staff"])
        make_task(unit, owner_id=clerk.id)
    sweep(morning("2024-09-20"))
    assert len(told(clerk)) == 1
    assert told(other) == []


def test_work_returned_keeps_its_reminders_and_repeats_none(unit, clerk):
    with transaction():
        instance = make_instance()
        first = make_task(unit, instance=instance)
    sweep(morning("2024-09-26"))
    with transaction():
        first.status = "done"
        make_task(unit, instance=instance, opened_at=morning("2024-09-26"))
    sweep(morning("2024-09-26"))
    assert len(told(clerk)) == 1

    sweep(morning("2024-09-29"))
    assert len(told(clerk)) == 2


def test_nothing_is_said_of_what_is_closed_or_was_past_on_arrival(unit, clerk):
    with transaction():
        make_task(unit, status="done")
        make_task(unit, status="cancelled", key="plan:1/row:4")
        late = make_task(unit, due=dt.date(2024, 8, 1), key="plan:1/row:5")
    sweep(morning("2024-10-08"))
    sweep(morning("2024-10-09"))
    assert told(clerk) == []
    db.session.refresh(late)
    assert late.remind_on is None


def test_an_estimated_year_says_so(unit, clerk):
    with transaction():
        make_task(unit, due=dt.date(2027, 3, 1))
    sweep(morning("2027-02-26"))
    body = db.session.scalars(db.select(Notification)).one()
    assert "放假安排尚未公布" in body.body.format(**body.params)


def test_the_settings_decide_how_early_and_who_is_told(unit, clerk):
    with transaction():
        office, head = actor(unit, "office"), make_user(unit, ["reviewer"])
        make_task(unit)
        design = make_task(unit, key="plan:2/row:1").instance.design_version.design.key
    steps = [Step("before", 10, ("handler", "head")), Step("long", 60, ("handler",))]
    with transaction():
        change_settings("task", steps, by=office, at=morning("2024-09-12"))
        own = [Step("before", 2, ("head",))]
        change_settings(f"design:{design}", own, by=office, at=morning("2024-09-12"))
    for day in ("2024-09-14", "2024-09-20", "2024-09-27", "2024-10-08"):
        sweep(morning(day))
    sentence = "“办理：第3项 农民合作社示范社”还有{}个工作日到期（2024-09-30）"
    assert told(clerk) == [sentence.format(10)]
    assert told(head)[:2] == [sentence.format(10), sentence.format(2)]

    for scope, wrong in (
        ("task", [Step("before", 0, ("handler",))]),
        ("task", [Step("before", 3, ())]),
        ("task", [Step("before", 3, ("handler",))] * 2),
        ("nowhere", own),
        ("plan:999", own),
    ):
        with pytest.raises(Invalid), transaction():
            change_settings(scope, wrong, by=office, at=NOW)
    with pytest.raises(Forbidden), transaction():
        change_settings("task", steps, by=actor(unit, "staff"), at=NOW)


def test_a_step_set_later_does_not_speak_for_days_gone_by(unit, clerk):
    with transaction():
        office = actor(unit, "office")
        make_task(unit)
    sweep(morning("2024-09-20"))
    with transaction():
        steps = [Step("before", days, ("handler",)) for days in (6, 3)]
        change_settings("task", steps, by=office, at=morning("2024-09-24"))
    for day in range(25, 31):
        sweep(morning(f"2024-09-{day}"))
    assert [one.partition("还有")[2][:2] for one in told(clerk)] == ["7个", "3个"]


@pytest.fixture
def row(unit) -> PlanRow:
    with transaction():
        force = make_unit("专班")
        plan = Plan(
            title="方案",
            source_name="a.txt",
            source_hash="a",
            source_lines=[],
            imported_at=NOW,
            launched_at=NOW,
            office_unit_id=force.id,
        )
        name = UnitMention(plan=plan, name=unit.name, unit_id=unit.id, status="settled")
        row = PlanRow(plan=plan, no=3, task="示范社达到100家", due=DUE)
        row.units = [RowUnit(side="lead", position=0, mention=name)]
        db.session.add_all([plan, row])
        return row


def test_a_rows_deadline_reaches_clerk_and_head_and_when_missed_the_office(unit, clerk, row):
    with transaction():
        head = make_user(unit, ["reviewer"])
        office = make_user(db.session.get(Unit, row.plan.office_unit_id), ["office"])
    for day in ("2024-08-06", "2024-09-26", "2024-09-26", "2024-10-08", "2024-10-09"):
        sweep(morning(day))

    expected = [
        "“3．示范社达到100家”还有3个工作日到期（2024-09-30）",
        "“3．示范社达到100家”已于2024-09-30到期，尚未办结",
    ]
    assert told(clerk) == told(head) == expected
    assert told(office) == expected[1:]


def test_a_row_and_its_task_with_one_deadline_remind_once(unit, clerk, row):
    with transaction():
        make_task(unit, key=row.business_key)
    sweep(morning("2024-09-26"))
    assert len(told(clerk)) == 1


@pytest.mark.parametrize(
    "closed", [{"written_off_at": NOW}, {"due_past": True}, {"due": None}, {"due": NOW.date()}]
)
def test_rows_done_or_past_on_import_are_left_alone(unit, clerk, row, closed):
    with transaction():
        for name, value in closed.items():
            setattr(row, name, value)
        row.plan.launched_at = NOW + dt.timedelta(days=1)
    sweep(morning("2024-10-08"))
    assert told(clerk) == []


def test_a_sweep_looks_only_at_what_has_come(unit, clerk):
    with transaction():
        for number in range(5):
            make_task(unit, key=f"plan:1/row:{number}", remind_on=dt.date(2024, 12, 1))
        make_task(unit, key="plan:2/row:1")
    assert sweep(morning("2024-09-20")) == 1
    assert sweep(morning("2024-09-20")) == 0
