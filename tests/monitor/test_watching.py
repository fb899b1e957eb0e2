"""Those who watch over processes see what waits where, how late, how long it usually stays."""

import datetime as dt
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sanwei_flow import web
from sanwei_flow.accounts.models import Role
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.db import db, transaction
from sanwei_flow.designs.queries import compiled, current
from sanwei_flow.monitor import numbers
from sanwei_flow.processes import queries
from sanwei_flow.processes.models import ProcessInstance, Task
from sanwei_flow.processes.operations import start_process
from tests import factories
from tests.counting import counted
from tests.inbox.stories import County, make_county, variables
from tests.inbox.test_pages import signed_in


@pytest.fixture
def county(database: None) -> County:
    return make_county()


@pytest.fixture
def designer(app: Flask, county: County) -> FlaskClient:
    return watcher(app, Role.designer)


def watcher(app: Flask, role: str) -> FlaskClient:
    with transaction():
        user = factories.make_user(factories.make_unit(), (role,), username=f"the_{role}")
    return signed_in(app, user.username)


def placed(moment: dt.datetime, version: int, days: int | None = None) -> dict[str, numbers.Place]:
    """The elements of `task_division` by their ids."""
    found = numbers.places(
        [version],
        compiled(current("task_division")),
        on=moment.date(),
        since=None if days is None else moment - dt.timedelta(days=days),
        calendar=load_calendar(),
    )
    return {place.node: place for place in found}


def test_each_element_tells_what_waits_there_how_late_and_how_long(county: County) -> None:
    at = web.now()
    county.start_row(at, 4)
    for task in queries.open_tasks(county.start_row(at, 5).id):
        task.due = at.date() - dt.timedelta(days=3)
    db.session.commit()
    county.act("sign_for", "accept", "熊梅")
    version = current("task_division").id
    found = placed(at, version)
    assert (found["sign_for"].open, found["sign_for"].overdue) == (2, 1)
    assert (found["divide"].open, found["divide"].overdue) == (1, 0)
    assert found["sign_for"].stays == 1
    assert str(found["sign_for"].usual) == "不到 1 小时"
    assert found["sign_for"].name == "签收"

    # A week with seven days is a stay of five working days.
    signed = db.session.scalars(db.select(Task).where(Task.status == "done")).one()
    signed.opened_at = dt.datetime(2026, 11, 2, 1, tzinfo=dt.UTC)
    signed.closed_at = dt.datetime(2026, 11, 9, 1, tzinfo=dt.UTC)
    db.session.commit()
    stay = placed(at, version)["sign_for"]
    assert str(stay.usual) == "5 个工作日"
    assert stay.longest is not None
    assert stay.longest.workdays == 5
    assert placed(signed.closed_at + dt.timedelta(days=40), version, 30)["sign_for"].stays == 0


def test_called_processes_wait_at_the_element_that_called_them(county: County) -> None:
    county.up_to_cooperation()
    found = placed(web.now(), current("task_division").id)
    cooperate = next(place for place in found.values() if place.kind == "callActivity")
    assert cooperate.open == 2
    assert cooperate.oldest is not None


def test_the_page_shows_the_same_numbers_and_leads_to_the_processes(
    county: County, designer: FlaskClient
) -> None:
    county.act("sign_for", "accept", "熊梅")
    county.start_row(web.now() - dt.timedelta(days=30), 9)
    page = designer.get("/designs/task_division/monitor").text
    assert 'data-place="divide" data-open="1" data-overdue="0"' in page
    assert 'data-place="sign_for" data-open="1" data-overdue="1"' in page
    late = designer.get("/designs/task_division/monitor/processes?node=sign_for&overdue=1").text
    assert "停在“签收”的流程" in late
    assert "〔9〕" in late
    assert "〔3〕" not in late
    assert '<span class="tag tag-red">超期</span>' in late
    here = designer.get("/designs/task_division/monitor/processes?node=divide").text
    assert "〔3〕" in here
    assert "〔9〕" not in here
    recent = designer.get(
        f"/designs/task_division/monitor/processes?since={web.now().date()}&status=open"
    ).text
    assert "〔3〕" in recent
    assert "〔9〕" not in recent
    unit = county.units["县财政局"].id
    nobody = designer.get(f"/designs/task_division/monitor/processes?unit={unit}").text
    assert "没有这样的流程" in nobody


def test_the_table_can_be_sorted_without_a_script(county: County, designer: FlaskClient) -> None:
    county.act("sign_for", "accept", "熊梅")
    page = designer.get("/designs/task_division/monitor?sort=open").text
    assert page.index('data-place="divide"') < page.index('data-place="sign_for"')
    assert 'aria-sort="descending"' in page
    drawn = designer.get("/designs/task_division/monitor").text
    assert drawn.index('data-place="sign_for"') < drawn.index('data-place="divide"')


def test_the_overview_puts_trouble_first(county: County, designer: FlaskClient) -> None:
    with transaction():
        row = db.session.get_one(ProcessInstance, county.row.id)
        row.status, row.incident = "incident", {"message": "服务没有应答", "params": {}}
    page = designer.get("/monitor").text
    lines = page[page.index("<tbody>") :]
    assert lines.index("task_division") < lines.index("cooperation")
    assert "/designs/task_division/monitor/processes?status=incident" in lines


def test_pages_are_read_on_from_the_last_process(county: County, designer: FlaskClient) -> None:
    with transaction():
        row = db.session.get_one(ProcessInstance, county.row.id)
        for no in range(60):
            db.session.add(copy_of(row, f"件 {no}"))
    first = designer.get("/designs/task_division/monitor/processes").text
    assert first.count("row-link") == 50
    assert "件 59" in first
    address = first[first.rindex('rel="next" href="') + 17 :].split('"')[0].replace("&amp;", "&")
    second = designer.get(address).text
    assert second.count("row-link") == 11
    assert "件 59" not in second


def copy_of(row: ProcessInstance, title: str) -> ProcessInstance:
    names = ("version_id", "state", "status", "stage", "started_at", "chain_head")
    return ProcessInstance(title=title, **{name: getattr(row, name) for name in names})


@pytest.mark.parametrize(
    "address",
    ["/monitor", "/designs/task_division/monitor", "/designs/task_division/monitor/processes"],
)
def test_as_many_statements_for_many_processes_as_for_one(
    county: County, designer: FlaskClient, address: str
) -> None:
    def sent() -> int:
        with counted() as statements:
            assert designer.get(address).status_code == 200
        return len(statements)

    sent()
    few = sent()
    for no in range(10, 16):
        county.start_row(web.now(), no)
    assert sent() == few


def test_a_process_tells_what_is_above_and_below_it_and_what_it_waits_for(
    app: Flask, county: County, designer: FlaskClient
) -> None:
    county.up_to_cooperation()
    page = designer.get(f"/processes/{county.row.id}").text
    assert "上下级流程" in page
    assert "流程变量" in page
    assert "<code>cooperating</code>" in page
    child = queries.children(county.row.id)[0]
    below = designer.get(f"/processes/{child.id}").text
    assert f'href="/processes/{county.row.id}"' in below
    office = signed_in(app, "zhaomin").get(f"/processes/{county.row.id}").text
    assert "上下级流程" in office
    assert "流程变量" not in office
    clerk = signed_in(app, "xiongmei").get(f"/processes/{county.row.id}").text
    assert "上下级流程" not in clerk


def test_secrets_are_never_shown(county: County, designer: FlaskClient) -> None:
    secrets: dict[str, Any] = {"api_token": "s3cret-1", "list": [{"Password": "s3cret-2"}]}
    secrets |= {"密码": "s3cret-3", "plain": "in the open"}
    given = {**variables(county.units, major=False), **secrets}
    with transaction():
        row = start_process("task_division", given, by=county.people["赵敏"], at=web.now())
    page = designer.get(f"/processes/{row.id}").text
    assert "in the open" in page
    assert "s3cret" not in page
    assert page.count("••••••") >= 3


def test_a_state_that_cannot_be_read_is_said_not_thrown(
    county: County, designer: FlaskClient
) -> None:
    for state in (b"no state at all", b'{"v": 1}', b"[" * 100_000, b'{"v": 1, "k": 7}'):
        with transaction():
            row = db.session.get_one(ProcessInstance, county.row.id)
            row.state = state
        page = designer.get(f"/processes/{county.row.id}")
        assert page.status_code == 200
        assert "流程状态读不出来" in page.text


@pytest.mark.parametrize("role", [Role.sys_admin, Role.auditor])
def test_others_who_watch(app: Flask, county: County, role: str) -> None:
    client = watcher(app, role)
    assert client.get("/monitor").status_code == 200
    shown = client.get(f"/processes/{county.row.id}")
    assert shown.status_code == 200
    assert ("流程变量" in shown.text) == (role == Role.sys_admin)
