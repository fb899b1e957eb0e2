"""The pages of meetings, as the office writes them and others read them."""

import datetime as dt
import io
import re

import pytest
from docx import Document

from sanwei_flow.accounts.operations import actor_of
from sanwei_flow.db import db, transaction
from sanwei_flow.oversight import meetings
from sanwei_flow.oversight.meetings import Words
from sanwei_flow.oversight.models import Meeting
from sanwei_flow.processes.models import Task
from tests.factories import log_in, make_user
from tests.plans.test_requests import LEAD, NO, OTHER

MINUTES = f"""会议听取了汇报。
一、由{LEAD}牵头，{OTHER}配合，2031年9月30日前完成选址。
二、由{OTHER}负责，2031年12月底前落实资金。"""


@pytest.fixture
def office(client, story):
    return log_in(client, story.desk.county.office)


def page(client, address, status=200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.text
    return answer.text


def form(story, *decisions, **changes) -> dict:
    told = {
        "plan": story.plan.id,
        "title": "冷链建设会商",
        "held_on": "2024-08-05",
        "place": "县政府",
        "chair": "王县长",
        "attending": "县供销合作社",
        "agenda": "冷链",
        "minutes": MINUTES,
        "act": "save",
    }
    for number, one in enumerate(decisions):
        for name, value in one.items():
            told[f"decisions-{number}-{name}"] = value
    return told | changes


SITE = {
    "text": "完成选址",
    "lead": LEAD,
    "helpers": OTHER,
    "due": "2031-09-30",
    "row_nos": str(NO),
}


def newest() -> Meeting:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(db.select(Meeting).order_by(Meeting.id.desc())).first()


def test_minutes_are_written_looked_at_issued_and_followed(story, office):
    assert "没有会商纪要" in page(office, "/meetings")
    assert story.plan.title in page(office, "/meetings/new")
    answer = office.post("/meetings/new", data=form(story, SITE))
    meeting = newest()
    assert answer.location == f"/meetings/{meeting.id}"
    draft = page(office, answer.location)
    assert "会商纪要草稿" in draft
    assert story.people["clerk"].name in draft  # whom it goes to
    assert "第3项" in draft
    assert "草稿" in page(office, "/meetings?state=draft")

    issued = office.post(f"/meetings/{meeting.id}/issue", data={"revision": 1})
    assert issued.status_code == 302
    number = newest().number
    shown = page(office, f"/meetings/{meeting.id}")
    assert f"已印发：{number}" in shown
    assert "待签收" in shown
    assert number in page(office, f"/plans/{story.plan.id}/rows/{NO}")
    assert number in page(office, f"/units/{story.desk.unit(LEAD)}")
    assert "1/1 条在办" in page(office, "/meetings?state=open")
    assert "没有会商纪要" in page(office, "/meetings?state=late")
    # Pressing twice changes nothing.
    office.post(f"/meetings/{meeting.id}/issue", data={"revision": 1})
    assert newest().number == number
    page(office, f"/meetings/{meeting.id}/edit", 409)

    clerk = log_in(office.application.test_client(), story.desk.county.clerks[LEAD])
    mine = page(clerk, f"/meetings/{meeting.id}")
    task = re.search(r'href="(/tasks/\d+)"', mine)[1]
    assert "印发并交办" not in mine
    assert f'<a href="/meetings/{meeting.id}">{number}</a>' in page(clerk, task)
    stranger = log_in(office.application.test_client(), story.desk.county.clerks["东河镇"])
    page(stranger, f"/meetings/{meeting.id}", 404)
    assert number not in page(stranger, "/meetings")
    assert number not in page(stranger, f"/plans/{story.plan.id}/rows/{NO}")


def test_decisions_are_read_from_the_text_and_nothing_is_kept_before_it_is_saved(story, office):
    shown = office.post("/meetings/new", data=form(story, SITE, act="read"))
    assert shown.status_code == 200
    assert "读出 2 条议定事项" in shown.text
    assert 'name="decisions-2-lead"' in shown.text
    assert f'value="{OTHER}"' in shown.text
    assert 'value="2031-12-31"' in shown.text
    assert "完成选址" in shown.text  # what was typed by hand is still there
    assert newest() is None
    again = office.post("/meetings/new", data=form(story, act="read", minutes="没有议定事项"))
    assert "没有读出新的议定事项" in again.text


def test_what_is_missing_is_said_and_what_was_typed_stays(story, office):
    answer = office.post("/meetings/new", data=form(story, SITE, title="", held_on=""))
    assert answer.status_code == 422
    assert "请填写会议名称" in answer.text
    assert "请填写会议日期" in answer.text
    assert "完成选址" in answer.text
    answer = office.post("/meetings/new", data=form(story, SITE, held_on="2999-01-01"))
    assert (answer.status_code, "不能晚于今天" in answer.text) == (422, True)
    assert "完成选址" in answer.text
    assert newest() is None

    office.post("/meetings/new", data=form(story, SITE | {"lead": "县农业农村局"}, place="a\x00b"))
    meeting = newest()
    assert meeting.place == "ab"
    draft = page(office, f"/meetings/{meeting.id}")
    assert "是不是“县农业农村委”" in draft
    assert "还有 1 条议定事项要改正" in draft
    refused = office.post(f"/meetings/{meeting.id}/issue", data={"revision": 1})
    assert (refused.status_code, "第1条议定事项还不能交办" in refused.text) == (422, True)
    assert 'value="县农业农村局"' in page(office, f"/meetings/{meeting.id}/edit")
    assert db.session.scalar(db.select(db.func.count()).select_from(Task)) > 0
    gone = office.post(f"/meetings/{meeting.id}/discard")
    assert gone.location == "/meetings"
    assert newest() is None


def test_of_two_who_edit_the_second_is_told_and_loses_nothing(story, office):
    office.post("/meetings/new", data=form(story, SITE))
    meeting = newest()
    with transaction():
        colleague = make_user(story.desk.county.units["县供销合作社"], ["office"], name="钱科长")
    with transaction():
        other = Words("改了名的会", dt.date(2024, 8, 5))
        by = actor_of(colleague)
        meetings.save(meeting.id, other, revision=1, by=by, at=story.at)
    mine = form(story, SITE, title="我的名称", revision=1)
    refused = office.post(f"/meetings/{meeting.id}/edit", data=mine)
    assert refused.status_code == 409
    assert "钱科长已于" in refused.text
    assert 'value="我的名称"' in refused.text
    assert "完成选址" in refused.text
    revision = re.search(r'name="revision"[^>]*value="(\d+)"', refused.text)[1]
    saved = office.post(f"/meetings/{meeting.id}/edit", data=mine | {"revision": revision})
    assert saved.status_code == 302
    assert newest().title == "我的名称"
    stale = office.post(f"/meetings/{meeting.id}/issue", data={"revision": 2})
    assert (stale.status_code, newest().issued_at) == (409, None)


def test_minutes_are_printed_as_an_official_document(story, office):
    office.post("/meetings/new", data=form(story, SITE))
    meeting = newest()
    assert "（草稿）" in text_of(office.get(f"/meetings/{meeting.id}.docx"))
    office.post(f"/meetings/{meeting.id}/issue", data={"revision": 1})
    answer = office.get(f"/meetings/{meeting.id}.docx", headers={"Accept-Language": "en"})
    paper = text_of(answer)
    assert paper[:2] == [newest().number, "冷链建设会商"]
    assert "时间：2024年8月5日" in paper
    assert "主持：王县长" in paper
    last = f"1．完成选址（责任单位：{LEAD}；配合单位：{OTHER}；办结时限：2031年9月30日）"
    assert last in paper
    assert paper[-2] == "县供销合作社"


def text_of(answer) -> list[str]:
    assert answer.status_code == 200
    return [one.text for one in Document(io.BytesIO(answer.data)).paragraphs]


def test_files_stay_with_the_minutes_and_go_to_whoever_may_read_them(story, office):
    office.post("/meetings/new", data=form(story, SITE))
    meeting = newest()
    proof = (io.BytesIO(b"%PDF-1.4 signed"), "签字稿.pdf")
    wrong = (io.BytesIO(b"MZ\x90"), "x.exe")
    address = f"/meetings/{meeting.id}/files"
    answer = office.post(address, data={"file": [proof, wrong]}, follow_redirects=True)
    assert "已添加 1 个附件" in answer.text
    assert "不能上传" in answer.text
    file = re.search(r'href="(/records/files/\d+)"', answer.text)[1]
    fetched = office.get(file)
    assert fetched.data == b"%PDF-1.4 signed"
    assert fetched.headers["Content-Disposition"].startswith("attachment")
    clerk = log_in(office.application.test_client(), story.desk.county.clerks[LEAD])
    page(clerk, file, 404)
    office.post(f"/meetings/{meeting.id}/issue", data={"revision": 1})
    page(clerk, file)
    assert clerk.post(address, data={"file": (io.BytesIO(b"x"), "x.txt")}).status_code == 403
