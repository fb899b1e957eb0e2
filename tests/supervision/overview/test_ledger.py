"""The ledger: order, pages, columns, merged cells."""

import datetime as dt

import pytest

from sanwei_flow.db import db, transaction
from sanwei_flow.plans.changes import process_of_row
from sanwei_flow.plans.records import RowDue, RowReport
from sanwei_flow.supervision import columns, ledger
from sanwei_flow.supervision.merging import spans
from sanwei_flow.supervision.standing import Wanted
from tests.factories import NOW, log_in
from tests.supervision.overview.scene import TODAY, redate, row_of, under_way


@pytest.fixture
def plans(desk):
    found = under_way(desk, 2)
    redate(found[0], r1=-3, r2=1, r3=200)
    redate(found[1], r1=-9)
    return found


def in_pages(sort: str, limit: int = 3):
    after = None
    while True:
        page = ledger.page(Wanted(), sort, NOW, after=after, limit=limit)
        yield from (one.code for one in page.entries)
        after = page.next
        if after is None:
            return


def test_pages_follow_each_other_without_gap_or_repetition(plans):
    for sort in ledger.SORTS:
        whole = [one.code for one in ledger.page(Wanted(), sort, NOW, limit=100).entries]
        assert len(whole) == sum(len(plan.rows) for plan in plans)
        assert list(in_pages(sort)) == whole
        assert [one.code for one in ledger.everything(Wanted(), sort, NOW)] == whole


def test_the_most_urgent_come_first_if_wanted(plans):
    first, second = plans
    by_light = [one.code for one in ledger.page(Wanted(), "light", NOW).entries]
    assert by_light[:2] == [f"{first.id}-1", f"{second.id}-1"]
    by_date = ledger.page(Wanted(), "due", NOW).entries
    assert by_date[0].code == f"{second.id}-1"
    dates = [one.due for one in ledger.page(Wanted(), "-due", NOW).entries]
    assert dates == sorted(dates, reverse=True)


def test_a_line_tells_what_the_row_went_through(plans):
    row = row_of(plans[0], 2)
    process = process_of_row(row)
    with transaction():
        old = row.due - dt.timedelta(days=30)
        due = RowDue(row_id=row.id, kind="extension", old=old, new=row.due, by_name="李主任")
        due.asked_at = due.granted_at = NOW
        due.process_id = process.id
        report = RowReport(row_id=row.id, period="2024Q3", due=TODAY, progress="已建成三个")
        report.problems, report.next_steps, report.recorded_at = "缺资金", "抓紧争取", NOW
        db.session.add_all([due, report])
    entry = next(
        one for one in ledger.page(Wanted(plan=plans[0].id), "", NOW).entries if one.no == 2
    )
    assert (entry.extended, entry.first_due) == (1, old)
    assert (entry.progress, entry.problems, entry.next_steps) == (
        "已建成三个",
        "缺资金",
        "抓紧争取",
    )
    assert entry.lead
    assert entry.leader
    assert entry.dispatched == NOW
    assert entry.signed is None


def test_cells_are_merged_as_the_document_writes_them(plans):
    entries = list(ledger.everything(Wanted(plan=plans[0].id), "", NOW))
    found = spans(entries, columns.MERGED)
    for name in columns.MERGED:
        assert sum(found[place, name] for place in range(len(entries))) == len(entries)
        for place, entry in enumerate(entries):
            for covered in entries[place : place + found[place, name]]:
                assert getattr(covered, name) == getattr(entry, name)
    # A merged item never reaches over its category.
    for place in range(len(entries)):
        assert (
            found[place, "item"] <= max(found[place, "category"], 1)
            or found[place, "category"] == 0
        )
    assert any(span > 1 for span in found.values())


def test_the_page_shows_the_columns_that_were_chosen(client, desk, plans):
    log_in(client, desk.county.office)
    page = client.get("/supervision/ledger?col=task&col=urged&col=handler").text
    head = page[page.index("<thead") : page.index("</thead>")]
    assert "催办次数" in head
    assert "承办人" in head
    assert "最新进展" not in head
    assert "共" in page


def test_an_odd_place_in_the_list_is_said_to_be_odd(client, desk, plans):
    log_in(client, desk.county.office)
    for after in ("x", "a|b|c", "2024-13-77|1|1", "1|2|x"):
        for sort in ledger.SORTS:
            answer = client.get("/supervision/ledger", query_string={"after": after, "sort": sort})
            assert answer.status_code in (200, 422), (after, sort)


def test_words_with_signs_of_patterns_are_looked_for_as_they_are(plans):
    assert ledger.count(Wanted(q="%"), NOW) == 0
    some = row_of(plans[0], 1).task[2:8]
    assert ledger.count(Wanted(q=some), NOW) >= 1
