"""A plan's figures: what was reported when, against time, and what the document says twice."""

import datetime as dt
from decimal import Decimal

import pytest

from sanwei_flow.db import db, transaction
from sanwei_flow.plans.figures import Figure
from sanwei_flow.plans.models import Finding, Target
from sanwei_flow.plans.records import TargetValue
from sanwei_flow.reports import figures
from sanwei_flow.reports.chart import BOTTOM, LEFT, RIGHT, chart
from tests.counting import counted
from tests.factories import NOW, log_in
from tests.journeys.documents import DIVIDED

TODAY = NOW.date()


@pytest.fixture
def plan(story):
    return story.plan


def target_of(plan, value) -> Target:
    query = db.select(Target).where(
        Target.plan_id == plan.id, Target.value == value, Target.row_id.is_not(None)
    )
    return db.session.scalars(query).one()


def report(target: Target, *values: int) -> None:
    """One report a month, the first on the plan's first month."""
    with transaction():
        for months, value in enumerate(values):
            at = NOW + dt.timedelta(days=30 * months)
            db.session.add(
                TargetValue(target_id=target.id, value=value, at=at, period=f"2024-{8 + months}")
            )
        kept = db.session.get_one(Target, target.id)
        kept.reported, kept.reported_at = Decimal(values[-1]), at


def page(client, plan, query="") -> str:
    answer = client.get(f"/plans/{plan.id}/figures{query}")
    assert answer.status_code == 200
    return " ".join(answer.text.split())


def test_every_value_reported_is_on_the_page_with_its_curve(client, story, plan):
    target = target_of(plan, 100)
    report(target, 20, 45)
    shown = page(log_in(client, story.desk.county.clerks["东河镇"]), plan)
    curve = shown[shown.index(f'id="{target.key}"') :]
    curve = curve[: curve.index("</article>")]
    assert f"{target.indicator}：上报2次，最近45，目标100" in curve
    assert curve.count('<circle class="dot"') == 2
    assert "2024-8" in curve
    assert "20%" in curve
    assert "45%" in curve
    assert "今天" in curve


def test_a_curve_holds_each_value_until_the_next(plan):
    target = target_of(plan, 100)
    report(target, 20, 45)
    line = next(one for one in figures.lines(plan, TODAY) if one.key == target.key)
    day = TODAY + dt.timedelta(days=60)
    drawn = chart(line, day)
    (x1, y1), (x2, y2) = drawn.dots
    assert drawn.path == f"M{x1},{y1} H{x2} V{y2} H{drawn.today}"
    assert LEFT <= x1 < x2 < drawn.today < RIGHT
    assert drawn.goal < y2 < y1 < BOTTOM
    assert drawn.even[1] == RIGHT
    unreported = next(one for one in figures.lines(plan, TODAY) if not one.points)
    assert chart(unreported, day) is None


def test_totals_lead_to_the_figures_they_count(client, story, plan):
    target = target_of(plan, 100)
    report(target, 100)
    office = log_in(client, story.desk.county.office)
    every = figures.lines(plan, TODAY)
    line = next(one for one in every if one.key == target.key)
    totals = figures.by_category(every)
    assert sum(sum(one.values()) for one in totals.values()) == len(every)
    assert totals[line.category]["done"] == 1
    whole = page(office, plan)
    assert "state=done" in whole
    done = page(office, plan, "?state=done")
    table = done[done.index('id="figures"') : done.index("逐次上报")]
    assert target.indicator in table
    assert "共 1 个" in table
    nothing = page(office, plan, f"?q={target.indicator}&state=none&lead=没有的单位")
    assert "没有符合条件的指标" in nothing
    assert "共 0 个" in nothing


def test_filters_that_are_none_of_ours_count_as_none(client, story, plan):
    shown = page(log_in(client, story.desk.county.office), plan, "?state=x&year=abc&disputed=7")
    assert f"共 {len(figures.lines(plan, TODAY))} 个" in shown


def test_places_that_disagree_stand_together_with_their_words(client, desk):
    plan = desk.launch(desk.ready(DIVIDED.replace("示范社100家。（", "示范社120家。（")))
    disputes = figures.disputes(plan, figures.lines(plan, TODAY))
    kept = db.session.scalars(
        db.select(Finding).where(Finding.plan_id == plan.id, Finding.code.in_(figures.DISAGREEING))
    ).all()
    assert sum(len(one.findings) for one in disputes) == len(kept) > 0
    words = {number: text for number, _kind, text in plan.source_lines}
    shown = page(log_in(client, desk.county.office), plan, "?disputed=1")
    assert "农民合作社示范社" in shown
    assert "同一指标，几处说法" in shown
    for one in disputes:
        assert len(one.places) > 1
        for place in one.places:
            assert place.words.strip("…") in " ".join(words[place.line].split())
            assert f"第{place.line}行" in shown


def test_a_figure_to_stay_below_is_never_behind_time(plan):
    ceiling = Target(value=Decimal(10), op="<=", unit="%")

    def state(value):
        return Figure(ceiling, 1, 2029, Decimal(value), 90).state

    assert [state(one) for one in (1, 10, 11)] == ["on", "on", "behind"]
    assert Figure(ceiling, 1, 2029, Decimal(1), 90).reached is None
    ceiling.op = "<"
    assert state(10) == "behind"
    assert Figure(ceiling, 1, 2029, None, 90).state == "none"


def test_the_statements_do_not_grow_with_the_figures(client, story, plan):
    office = log_in(client, story.desk.county.office)
    target = target_of(plan, 100)
    report(target, 10)
    page(office, plan)

    def sent() -> int:
        with counted() as statements:
            page(office, plan)
        return len(statements)

    before = sent()
    with transaction():
        for number in range(60):
            more = Target(plan_id=plan.id, key=f"x{number}", indicator=f"指标{number}", value=9)
            more.unit, more.row_id, more.year = "个", target.row_id, 2029
            db.session.add(more)
            db.session.flush()
            report_at = NOW + dt.timedelta(days=number)
            db.session.add(TargetValue(target_id=more.id, value=3, at=report_at))
            more.reported = Decimal(3)
    assert "指标59" in page(office, plan)
    assert sent() == before


def test_the_page_speaks_english(client, story, plan):
    report(target_of(plan, 100), 10)
    shown = page(log_in(client, story.desk.county.office), plan, "?lang=en")
    for words in ("Totals by category", "Not reported", "Each report"):
        assert words in shown
