"""Nobody is disturbed at night, and the digest knows working days."""

import datetime as dt

import pytest

from sanwei_flow.calendars.workdays import SHANGHAI, Calendar
from sanwei_flow.notifications import groups, hours

PLAIN = Calendar({dt.date(2024, 8, 16): False, dt.date(2024, 8, 17): True})


def shanghai(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("at", "leaves"),
    [
        ("2024-08-05 07:59:59", "2024-08-05 08:00"),
        ("2024-08-05 08:00", "2024-08-05 08:00"),
        ("2024-08-05 19:59:59", "2024-08-05 19:59:59"),
        ("2024-08-05 20:00", "2024-08-06 08:00"),
        ("2024-08-31 23:30", "2024-09-01 08:00"),
        ("2024-09-01 00:10", "2024-09-01 08:00"),
    ],
)
def test_what_is_said_at_night_leaves_in_the_morning(at, leaves):
    assert hours.next_moment(shanghai(at)) == shanghai(leaves)
    assert hours.quiet(shanghai(at)) == (at != leaves and not at.startswith("2024-08-05 19"))


@pytest.mark.parametrize(
    ("at", "leaves"),
    [
        ("2024-08-05 08:00", "2024-08-05 08:30"),
        ("2024-08-05 08:30", "2024-08-06 08:30"),
        ("2024-08-09 17:00", "2024-08-12 08:30"),  # over the week-end
        ("2024-08-15 17:00", "2024-08-17 08:30"),  # a holiday, then a working Saturday
        ("2024-08-16 07:00", "2024-08-17 08:30"),
    ],
)
def test_the_digest_leaves_on_working_days(at, leaves):
    assert hours.next_digest(shanghai(at), PLAIN) == shanghai(leaves)


def test_every_kind_of_notice_has_a_group():
    usual = groups.usual_choices()
    assert groups.mode_of(usual, "urge") == groups.NOW
    assert groups.mode_of(usual, "overdue_digest") == groups.DAILY
    assert groups.mode_of({"other": "off"}, "something new") == groups.OFF
    assert groups.mode_of(usual, "channel_failed") == groups.OFF
