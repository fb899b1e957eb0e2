import datetime as dt
import itertools
from types import SimpleNamespace

import pytest

from sanwei_flow.plans.models import Plan
from sanwei_flow.plans.phases import make_phases, timeline

DAY = dt.timedelta(days=1)


def document(issued=None, years=(), phases=()):
    return SimpleNamespace(
        doc_date=issued,
        phases=phases,
        rows=[],
        targets=[SimpleNamespace(year=year) for year in years],
    )


@pytest.mark.parametrize(
    ("issued", "years"),
    [
        (dt.date(2024, 8, 1), (2024, 2027)),
        (dt.date(2024, 8, 1), (2024,)),
        (dt.date(2024, 12, 30), (2024,)),
        (dt.date(2024, 12, 31), (2024,)),
        (dt.date(2024, 3, 1), ()),
        (None, ()),
    ],
)
def test_default_phases_follow_each_other_in_order(issued, years):
    phases = make_phases(document(issued, years), dt.date(2024, 9, 1))
    assert len(phases) == 3
    assert [phase.position for phase in phases] == [0, 1, 2]
    for phase in phases:
        assert phase.start <= phase.end
    for before, after in itertools.pairwise(phases):
        assert before.end <= after.start <= before.end + DAY
    assert sum(phase.implementing for phase in phases) == 1


def test_the_milestone_years_stand_in_the_carrying_phase():
    phases = make_phases(document(dt.date(2024, 8, 1), (2027, 2024)), dt.date(2024, 9, 1))
    assert [phase.milestones for phase in phases if phase.implementing] == [[2024, 2027]]
    assert phases[1].start == dt.date(2024, 10, 1)
    assert phases[2].start == dt.date(2027, 10, 1)


def read(name, start, end):
    return SimpleNamespace(name=name, start=start, end=end, line=1)


def test_without_a_telling_name_the_longest_phase_carries_the_rows():
    stated = (
        read("第一阶段", dt.date(2024, 1, 1), dt.date(2024, 2, 1)),
        read("第二阶段", dt.date(2024, 2, 2), dt.date(2024, 11, 1)),
        read("第三阶段", None, None),
    )
    phases = make_phases(document(phases=stated), dt.date(2024, 1, 1))
    assert [phase.name for phase in phases if phase.implementing] == ["第二阶段"]


def test_the_time_line_is_in_proportion_and_shows_today():
    plan = Plan(
        phases=make_phases(document(dt.date(2024, 8, 1), (2024, 2027)), dt.date(2024, 9, 1))
    )
    drawn = timeline(plan, dt.date(2025, 6, 1))
    assert [span.state for span in drawn.spans] == ["past", "present", "future"]
    assert sum(span.width for span in drawn.spans) == pytest.approx(100, abs=0.1)
    assert [mark.day.year for mark in drawn.milestones] == [2024, 2027]
    assert 0 < drawn.today.left < 100
    assert timeline(plan, dt.date(2030, 1, 1)).today is None
    assert timeline(Plan(phases=[]), dt.date(2030, 1, 1)) is None
