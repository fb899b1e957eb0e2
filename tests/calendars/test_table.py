"""The calendar in our own table."""

import datetime as dt

import pytest

from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.calendars.models import CalendarDay
from sanwei_flow.calendars.operations import import_notice, seed_calendar
from sanwei_flow.calendars.queries import forget_calendar, load_calendar
from sanwei_flow.db import db, transaction
from sanwei_flow.errors import Forbidden, Invalid
from tests.factories import NOW, actor, make_unit

NEW_YEAR = dt.date(2027, 1, 1)


@pytest.fixture(autouse=True)
def read_afresh():
    forget_calendar()
    yield
    forget_calendar()


def test_seeding_twice_writes_once_and_an_empty_table_counts_the_same(database):
    shipped = load_calendar()
    with transaction():
        assert seed_calendar() > 700
    with transaction():
        assert seed_calendar() == 0

    assert load_calendar() == shipped
    row = db.session.get(CalendarDay, dt.date(2026, 2, 14))
    assert (row.working, row.label) == (True, "春节调休")
    assert load_calendar().workdays_after(dt.date(2026, 2, 13), 1) == dt.date(2026, 2, 14)


def test_the_next_notice_settles_its_year(database):
    with transaction():
        seed_calendar()
        office = actor(make_unit(), "office")
    assert load_calendar().estimated(NEW_YEAR)

    with transaction():
        days = [(NEW_YEAR, False, "元旦")]
        import_notice(2027, days, source="国办发明电〔2026〕1号", by=office, at=NOW)

    calendar = load_calendar()
    assert not calendar.estimated(NEW_YEAR)
    assert not calendar.is_workday(NEW_YEAR)
    assert calendar.label(NEW_YEAR) == "元旦"
    assert not calendar.is_workday(dt.date(2026, 10, 1))


def test_a_notice_is_about_one_year_and_not_everybodys_to_give(database):
    with transaction():
        clerk = actor(make_unit(), "staff")
    with pytest.raises(Invalid, match="2028"), transaction():
        import_notice(2028, [(NEW_YEAR, False, "元旦")], source="x", by=SYSTEM, at=NOW)
    with pytest.raises(Forbidden), transaction():
        import_notice(2027, [(NEW_YEAR, False, "元旦")], source="x", by=clerk, at=NOW)


def test_the_operator_reads_the_notice_in_from_a_table(app, database, tmp_path):
    runner = app.test_cli_runner()
    file = tmp_path / "2027.csv"
    file.write_text("2027-01-01,休,元旦\n\n2027-01-03,班,元旦调休\n", encoding="utf-8")
    given = ["calendar", "import", str(file), "--source", "国办发明电〔2026〕7号"]

    assert runner.invoke(args=given).stdout == "2027: 2\n"
    shown = runner.invoke(args=["calendar", "show", "2027"]).stdout
    assert shown == "2027-01-01,休,元旦\n2027-01-03,班,元旦调休\n"

    file.write_text("2027-02-06,休,春节\n", encoding="gb18030")
    assert runner.invoke(args=given).exit_code == 0
    assert runner.invoke(args=["calendar", "show", "2027"]).stdout == "2027-02-06,休,春节\n"

    file.write_text("2027-01-01,放假,元旦\n", encoding="utf-8")
    refused = runner.invoke(args=given)
    assert refused.exit_code == 2
    assert "第1行" in refused.stderr
    file.write_text("", encoding="utf-8")
    assert runner.invoke(args=given).exit_code == 2
