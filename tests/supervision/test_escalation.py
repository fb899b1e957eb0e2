"""The whole ladder over simulated months: one row nobody finishes, holidays included."""

import datetime as dt

import pytest

from sanwei_flow.calendars.workdays import SHANGHAI
from sanwei_flow.db import db, transaction
from sanwei_flow.designs.decisions import publish_decision
from sanwei_flow.notifications.models import Notification
from sanwei_flow.plans.models import PlanRow
from sanwei_flow.processes.jobs import run_due_jobs
from sanwei_flow.processes.models import Job
from sanwei_flow.processes.queries import open_tasks
from sanwei_flow.supervision import operations, slips
from sanwei_flow.supervision.jobs import sweep
from sanwei_flow.supervision.models import Card, Slip
from sanwei_flow.supervision.outlook import look_ahead
from sanwei_flow.supervision.settings import change_table, ladders, table_source
from tests.counting import counted
from tests.factories import NOW
from tests.plans.test_requests import LEAD

DUE = dt.date(2024, 9, 30)  # the National Day holiday follows


def morning(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(8), SHANGHAI).astimezone(dt.UTC)


def live(story, first: str, last: str) -> None:
    """Let the runner do its work on every day, twice: it is restarted at noon."""
    day, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    while day <= end:
        for _ in range(2):
            run_due_jobs(morning(day))
            sweep(morning(day))
        story.at = morning(day)
        day += dt.timedelta(days=1)


def issued(kind=Card) -> list[tuple]:
    found = db.session.scalars(db.select(kind).order_by(kind.issued_at, kind.id)).all()
    db.session.rollback()
    return [(one.number, one.issued_at.astimezone(SHANGHAI).date().isoformat()) for one in found]


def told(story, who, kind) -> list[str]:
    query = db.select(Notification).where(Notification.user_id == story.people[who].user_id)
    found = db.session.scalars(
        query.where(Notification.kind == kind).order_by(Notification.id)
    ).all()
    db.session.rollback()
    return [one.title.format(**one.params) for one in found]


@pytest.fixture
def late(story):
    """Row 3 is due on 30 September; its tasks ask for nothing before, the other rows neither."""
    with transaction():
        for row in db.session.scalars(db.select(PlanRow)):
            row.due = DUE if row.no == 3 else None
            row.major = False
    with transaction():
        tasks = db.metadata.tables["task"]
        db.session.execute(tasks.update().values(due=dt.date(9999, 12, 31), remind_on=None))
        db.session.execute(db.delete(Job))  # nobody is signed for by silence
    return story


def test_reminder_yellow_red_slip_and_then_level_by_level(late):
    live(late, "2024-09-16", "2024-11-15")
    assert issued() == [
        ("黄牌〔2024〕1号", "2024-10-10"),  # three working days: 8, 9 and 10 October
        ("红牌〔2024〕1号", "2024-10-14"),  # Saturday the 12th is worked
    ]
    assert issued(Slip) == [("督办〔2024〕1号", "2024-10-18")]
    for who, due in (("clerk", "2024-10-23"), ("head", "2024-10-29")):
        *of_row, of_slip = told(late, who, "due_soon")
        assert [one.partition("还有")[2][:6] for one in of_row] == [
            "7个工作日到",
            "3个工作日到",
            "1个工作日到",
        ]
        assert of_slip.startswith("“回复督办单")
        assert due in of_slip
    assert len(told(late, "office", "overdue")) == 1
    escalated = {
        who: told(late, who, "escalation") for who in ("clerk", "head", "office", "leader")
    }
    assert [one.partition("：")[0] for one in escalated["clerk"]] == [
        "黄牌〔2024〕1号",
        "督办〔2024〕1号",
    ]
    assert [one.partition("：")[0] for one in escalated["head"]][:2] == [
        "黄牌〔2024〕1号",
        "红牌〔2024〕1号",
    ]
    assert len(escalated["office"]) == 2
    assert len(escalated["leader"]) == 1
    slip = db.session.scalars(db.select(Slip)).one()
    # 3 working days for the handler, 3 for the head; then the group leader has it.
    assert [step.name for step in slip.steps][:3] == ["承办人", "单位负责人", "组长"]
    assert open_tasks(slip.process_id)[0].role == "leader"


def test_an_extension_ends_the_ladder_and_a_second_delay_climbs_faster(late):
    live(late, "2024-10-08", "2024-10-10")
    assert [number for number, _ in issued()] == ["黄牌〔2024〕1号"]
    with transaction():
        late.row.due = dt.date(2024, 10, 25)
    live(late, "2024-10-11", "2024-10-25")
    assert len(issued()) == 1
    live(late, "2024-10-26", "2024-10-30")
    # It had a card before: red on the third working day at once.
    assert issued()[1:] == [("红牌〔2024〕1号", "2024-10-30")]


@pytest.mark.parametrize(
    "ended",
    [{"written_off_at": NOW}, {"terminated_at": NOW}, {"suspended_at": NOW}, {"due_past": True}],
)
def test_nothing_is_issued_for_what_ended_stands_still_or_was_past_on_import(late, ended):
    with transaction():
        row = late.row
        for name, value in ended.items():
            setattr(row, name, value)
    live(late, "2024-10-14", "2024-10-20")
    assert issued() == issued(Slip) == []


def test_a_major_row_climbs_faster_and_an_open_slip_is_not_doubled(late):
    with transaction():
        late.row.major = True
    with transaction():
        office = late.people["office"]
        slips.issue([late.row.id], "请加快", dt.date(2024, 12, 31), by=office, at=NOW)
    live(late, "2024-10-01", "2024-10-15")
    assert issued() == [("黄牌〔2024〕1号", "2024-10-08"), ("红牌〔2024〕1号", "2024-10-10")]
    assert len(issued(Slip)) == 1


def test_a_late_task_brings_a_card_to_its_unit(late):
    unit = late.desk.county.units[LEAD].id
    process = late.view.process_id
    with transaction():
        tasks = db.metadata.tables["task"]
        own = tasks.c.instance_id == process
        db.session.execute(
            tasks.update().where(own).values(due=dt.date(2024, 8, 8), remind_on=dt.date(2024, 8, 9))
        )
    live(late, "2024-08-06", "2024-08-14")
    card = db.session.scalars(db.select(Card)).one()
    assert (card.unit_id, card.task_id, card.colour) == (unit, open_tasks(process)[0].id, "yellow")
    assert "应于2024-08-08办结，已逾期3个工作日" in card.reason.format(**card.params)


def test_the_table_is_data(late):
    office = late.people["office"]
    rule = ("一天就发督办单", [">= 1", "-", "-", "-"], ['"slip"', '"red"', '["leader"]', '"slip"'])
    with transaction():
        change_table([rule], by=office, at=NOW)
    live(late, "2024-10-01", "2024-10-08")
    assert issued() == []
    assert issued(Slip) == [("督办〔2024〕1号", "2024-10-08")]
    assert b"rule_1" in table_source()


def reminders() -> set[tuple[int, str]]:
    kinds = Notification.kind.in_(("due_soon", "overdue", "overdue_digest"))
    query = db.select(Notification.user_id, Notification.dedupe_key).where(kinds)
    found = {(user_id, key) for user_id, key in db.session.execute(query)}
    db.session.rollback()
    return found


@pytest.mark.parametrize("day", ["2024-09-25", "2024-09-30", "2024-10-09", "2024-10-11"])
def test_looking_ahead_says_what_the_sweep_then_does(late, day):
    live(late, day, day)
    today = dt.date.fromisoformat(day)
    ahead, said = look_ahead(ladders(), at=morning(today)), reminders()
    papers = len(issued()) + len(issued(Slip))
    sweep(morning(today + dt.timedelta(days=1)))
    assert len(reminders() - said) == ahead.reminders
    assert len(issued()) + len(issued(Slip)) == papers + len(ahead.late)
    assert {len(told) for _, told in ahead.by_person} <= {1}


def test_one_faulty_row_stops_no_other(late):
    with transaction():
        for row in db.session.scalars(db.select(PlanRow)):
            row.due = DUE
    with transaction():
        publish_decision(
            table_source().replace(b"&gt;= 10", b"&gt;= 1"), by=late.people["office"], at=NOW
        )
        first = db.session.scalars(db.select(PlanRow).order_by(PlanRow.no)).first()
        first.units = [one for one in first.units if one.side != "lead"]
    rows = db.session.scalar(db.select(db.func.count()).select_from(PlanRow))
    live(late, "2024-10-08", "2024-10-08")
    assert len(issued(Slip)) == rows - 1


def test_reckoning_costs_the_same_however_many_rows_are_late(late):
    with counted() as few:
        operations.remind_of_rows(at=morning(dt.date(2024, 10, 9)))
    db.session.rollback()
    with transaction():
        for row in db.session.scalars(db.select(PlanRow)):
            row.due = DUE
    with counted() as many:
        late_now = operations.remind_of_rows(at=morning(dt.date(2024, 10, 10)))
    db.session.rollback()
    assert len(late_now) > 1
    assert len(many) <= len(few)
