"""The page of a plan's conclusion, as the people of the plan see it."""

import re

import pytest

from sanwei_flow.closing import jobs
from sanwei_flow.db import db
from tests.counting import counted
from tests.factories import log_in


def page(client, address, status=200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return " ".join(answer.text.split())


@pytest.fixture
def address(ending):
    return f"/plans/{ending.plan_id}/closing"


def as_office(client, ending):
    return log_in(client, ending.desk.county.office)


def test_the_office_sees_who_would_be_asked_and_starts_it(client, ending, address):
    office = as_office(client, ending)
    assert f'href="{address}"' in page(office, f"/plans/{ending.plan_id}")
    shown = page(office, address)
    assert "总结阶段从" in shown  # it has not come to that yet
    assert "项分工没有办结（第1、2、3项）" in shown
    assert "提前启动总结验收" in shown
    clerk = ending.desk.county.clerks["县商务委"]
    assert clerk.name in shown
    assert office.post(address, data={"due": "2999-01-04"}).status_code == 302
    shown = page(office, address)
    assert "已请各单位自查自评" in shown
    assert "各单位自查自评" in shown
    assert "2999-01-04" in shown
    assert "总结验收中" in page(office, f"/plans/{ending.plan_id}")
    assert office.post(address, data={"due": "2999-01-05"}).status_code == 302
    assert "2999-01-04" in page(office, address)


def test_a_day_that_is_not_ahead_is_refused_with_a_sentence(client, ending, address):
    office = as_office(client, ending)
    answer = office.post(address, data={"due": "2020-01-04"})
    assert answer.status_code == 422
    assert "报送时限应在今天之后" in answer.text


def test_others_see_that_it_has_not_begun_and_cannot_begin_it(client, ending, address):
    clerk = log_in(client, ending.desk.county.clerks["县商务委"])
    shown = page(clerk, address)
    assert "还没有开始总结验收" in shown
    assert '<form method="post"' not in shown.split("<main")[1]
    assert clerk.post(address, data={"due": "2999-01-04"}).status_code == 403


def test_urging_and_not_waiting(client, ending, address):
    ending.start()
    first, *_rest = ending.forms()
    ending.answer(first, work="建成示范社100家")
    office = as_office(client, ending)
    shown = page(office, address)
    assert "<b>1<small>/" in shown
    assert "建成示范社100家" in shown
    assert "良好" in shown
    tasks = re.findall(r'name="task" value="(\d+)"', shown)
    assert len(tasks) == len(ending.forms())
    office.post(f"{address}/urge", data={"task": tasks, "idempotency_key": "k"})
    assert f"已催报 {len(tasks)} 个单位" in page(office, address)
    assert "没有勾选" in office.post(f"{address}/urge", follow_redirects=True).text
    empty = office.post(f"{address}/go-on", data={"reason": ""})
    assert empty.status_code == 422
    assert "请写明不再等候的理由" in empty.text
    office.post(f"{address}/go-on", data={"reason": "已两次催报"})
    shown = page(office, address)
    assert "未报送" in shown
    assert "专班办公室决定不再等候未报送的单位" in shown
    assert "已两次催报" in shown
    assert "汇总并撰写总结" in shown

    neighbour = log_in(client, ending.desk.county.clerks["城关街道"])
    assert "建成示范社100家" not in page(neighbour, address)


def test_from_summary_to_archive(client, ending, address):
    ending.start()
    ending.answer_all()
    ending.accept()
    office = as_office(client, ending)
    shown = page(office, address)
    assert "方案已通过验收，内容只供查阅" in shown
    assert "同意通过验收" in shown
    assert "用地未批" in shown
    assert "归档文件即将开始生成" in shown
    assert client.get(f"/plans/{ending.plan_id}/archive.zip").status_code == 409
    jobs.sweep(ending.at)
    assert ending.archive.digest in page(office, address)
    assert "下载归档文件" in page(office, f"/plans/{ending.plan_id}/archive")
    answer = office.get(f"/plans/{ending.plan_id}/archive.zip")
    assert answer.data[:2] == b"PK"
    assert int(answer.headers["Content-Length"]) == ending.archive.size == len(answer.data)
    row = page(office, f"/plans/{ending.plan_id}/rows/1")
    assert "内容只供查阅" in row
    one = office.get(f"/plans/{ending.plan_id}/rows/1/archive.zip")
    assert one.data[:2] == b"PK"
    one.close()
    overview = page(office, f"/plans/{ending.plan_id}")
    assert "已归档" in overview
    assert "导入修改稿" not in overview

    clerk = log_in(client, ending.desk.county.clerks["县商务委"])
    shown = page(clerk, address)
    assert "由本方案的专班办公室和审计员取用" in shown
    assert clerk.get(f"/plans/{ending.plan_id}/archive.zip").status_code == 403
    assert "下载本项归档文件" not in page(clerk, f"/plans/{ending.plan_id}/rows/1")


def test_the_list_of_units_costs_the_same_however_many_have_answered(client, ending, address):
    ending.start()
    office = as_office(client, ending)
    page(office, address)
    db.session.rollback()
    with counted() as before:
        page(office, address)
    for unit in list(ending.forms())[:4]:
        ending.answer(unit)
    db.session.rollback()
    with counted() as after:
        page(office, address)
    assert len(after) <= len(before)
