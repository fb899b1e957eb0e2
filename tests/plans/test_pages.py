"""The plan pages as people meet them, without a script."""

import io
import json
import re

import pytest

from sanwei_flow.db import db, transaction
from sanwei_flow.errors import Forbidden
from sanwei_flow.plans import operations, queries
from sanwei_flow.plans.models import Plan
from tests.factories import NOW, actor, log_in, make_unit, make_user
from tests.journeys.documents import DIVIDED, UNDIVIDED


@pytest.fixture
def office(client, desk):
    return log_in(client, desk.county.office)


@pytest.fixture
def clerk(client, desk):
    return log_in(client, desk.county.clerks["县商务委"])


def upload(browser, text, name="方案.txt"):
    content = text if isinstance(text, bytes) else text.encode()
    return browser.post("/plans/new", data={"file": (io.BytesIO(content), name)})


def page(browser, address, status=200):
    answer = browser.get(address)
    assert answer.status_code == status, answer.text
    return answer.text


def test_an_empty_list_says_what_will_appear(office):
    text = page(office, "/plans")
    assert "还没有工作方案" in text
    assert "/plans/new" in text


def test_uploading_leads_to_the_review_with_document_and_rows(office):
    answer = upload(office, DIVIDED)
    assert answer.status_code == 302
    text = page(office, answer.location)
    assert 'id="L' in text
    assert 'id="row-3"' in text
    assert "单位“青山县金融监管支局”还没有确认" in text
    assert "是否包括街道" in text


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "empty.txt", "空"),
        ("今天天气很好。".encode(), "notes.txt", "没有"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 100, "photo.png", ""),
    ],
)
def test_a_bad_file_gets_a_sentence_and_leaves_nothing(office, content, name, words):
    answer = upload(office, content, name)
    assert answer.status_code in (400, 415, 422)
    assert 'role="alert"' in answer.text
    assert words in answer.text
    assert db.session.scalar(db.select(db.func.count(Plan.id))) == 0


def test_a_file_beyond_the_limit_is_told_the_limit(office):
    size = {"CONTENT_LENGTH": str(50 * 1024 * 1024)}
    kind = "multipart/form-data; boundary=x"
    answer = office.post("/plans/new", data=b"x", content_type=kind, environ_overrides=size)
    assert answer.status_code == 413
    assert "20 MB" in answer.text


def test_no_file_at_all_is_asked_for(office):
    answer = office.post("/plans/new", data={})
    assert answer.status_code == 422
    assert "请选择一个文件" in answer.text


def test_the_same_file_again_links_to_the_earlier_plan(office):
    first = upload(office, DIVIDED).location
    answer = upload(office, DIVIDED, "again.txt")
    assert answer.status_code == 409
    assert first.removesuffix("/review") in answer.text


def test_settling_and_launching_click_by_click(office, desk):
    review = upload(office, DIVIDED).location
    number = int(re.search(r"/plans/(\d+)/", review)[1])
    plan = db.session.get(Plan, number)
    mention = desk.mention(plan, "青山县金融监管支局")
    unit = desk.unit("青山金融监管支局")
    answer = office.post(
        f"/plans/{number}/units/{mention.id}", data={"choice": f"unit:{unit}", "remember": "1"}
    )
    assert answer.status_code == 303
    text = page(office, review)
    assert "可以启动" in text
    asked = page(office, f"/plans/{number}/launch")
    assert "3 项分工将交给 3 个牵头单位签收" in asked
    assert office.post(f"/plans/{number}/launch").location.endswith("/launching")
    assert "3 项分工全部启动" in page(office, f"/plans/{number}/launching")
    assert "待签收" in page(office, f"/plans/{number}")
    assert office.get(review).status_code == 302


def test_what_is_settled_can_be_changed_before_launch(office, desk):
    plan = desk.imports()
    mention = desk.mention(plan, "县财政局").id
    text = page(office, f"/plans/{plan.id}/review")
    assert f"unit={mention}#unit-{mention}" in text
    assert f'id="unit-{mention}"' not in text
    assert f'id="unit-{mention}"' in page(office, f"/plans/{plan.id}/review?unit={mention}")


def test_a_plan_without_units_is_assigned_on_the_same_page(office, desk):
    review = upload(office, UNDIVIDED).location
    number = int(re.search(r"/plans/(\d+)/", review)[1])
    assert "没有牵头单位：" in page(office, review)
    assert page(office, f"{review}?only=problems").count('class="plan-row"') == 3
    for no in (1, 2, 3):
        lead = {"lead": desk.unit("县商务委"), "only": "problems"}
        answer = office.post(f"/plans/{number}/rows/{no}/lead", data=lead)
        assert answer.location.endswith(f"only=problems#row-{no}")
    assert "没有牵头单位：" not in page(office, review)


def test_findings_are_answered_one_by_one_or_together(office, desk):
    plan = desk.imports()
    scope = desk.finding(plan, "collective_scope")
    office.post(f"/plans/{plan.id}/findings/{scope.id}", data={"choice": "不包括"})
    assert "结论：不包括" in page(office, f"/plans/{plan.id}/review")
    wrong = desk.finding(plan, "major_row")
    office.post(f"/plans/{plan.id}/findings/{wrong.id}", data={"choice": "随便"})
    assert "请在" in page(office, f"/plans/{plan.id}/review")
    office.post(f"/plans/{plan.id}/findings")
    assert "疑点全部按假定处理" not in page(office, f"/plans/{plan.id}/review")


def test_editing_a_row_keeps_the_units_order_and_says_what_is_wrong(office, desk):
    plan = desk.imports()
    address = f"/plans/{plan.id}/rows/1/edit"
    text = page(office, address)
    assert "组建农合联13个。" in text
    seen = int(re.search(r'name="version"[^>]*value="(\d+)"', text)[1])
    given = {
        "task": "组建农合联15个。",
        "lead": "县供销合作社",
        "cooperating": ["各乡镇", "县商务委", "县财政局"],
        "due": "2029-06-30",
        "version": str(seen),
    }
    answer = office.post(address, data=given)
    assert answer.status_code == 303, answer.text
    db.session.expire_all()
    view = queries.row_view(plan, 1, NOW.date())
    assert [str(name) for name in view.cooperating] == ["县财政局", "各乡镇", "县商务委"]
    assert "组建农合联13个。 → 组建农合联15个。" in page(office, f"/plans/{plan.id}/rows/1")
    late = office.post(address, data=given)
    assert "刚被他人修改过" in page(office, late.location)
    empty = office.post(address, data=given | {"task": "", "version": str(seen + 1)})
    assert empty.status_code == 422
    assert "工作任务不能为空" in empty.text
    assert "2029-06-30" in empty.text


def test_counts_link_to_the_rows_they_count(clerk, desk):
    plan = desk.launch(desk.ready())
    address = f"/plans/{plan.id}"
    assert page(clerk, address).count('class="row-link') == 3
    assert (
        page(clerk, f"{address}?status=dispatched&lead={desk.unit('县商务委')}").count(
            'class="row-link'
        )
        == 1
    )
    assert page(clerk, f"{address}?light=red").count('class="row-link') == 0
    assert page(clerk, f"{address}?q=流通网点").count('class="row-link') == 1
    assert page(clerk, f"{address}?category=创新信用服务&status=open").count('class="row-link') == 1
    assert page(clerk, f"{address}?mine=1").count('class="row-link') == 1
    town = log_in(clerk, desk.county.clerks["城关街道"])
    assert page(town, f"{address}?mine=1").count('class="row-link') == 1
    assert "没有符合条件" in page(clerk, f"{address}?lead=x&q=没有这样的词")


def test_a_row_page_tells_facts_source_and_trail(clerk, desk):
    plan = desk.launch(desk.ready())
    text = page(clerk, f"/plans/{plan.id}/rows/2")
    for words in ("建成流通网点58个。", "县商务委", "2029-12-31", "待办理", "上一项", "下一项"):
        assert words in text
    page(clerk, f"/plans/{plan.id}/rows/99", 404)


def test_units_see_a_plan_once_it_is_launched(clerk, desk):
    plan = desk.ready()
    assert plan.title not in page(clerk, "/plans")
    assert "启动前，只有本方案的专班办公室可以查看" in page(clerk, f"/plans/{plan.id}", 403)
    page(clerk, f"/plans/{plan.id}/rows/1", 403)
    desk.launch(plan)
    assert plan.title in page(clerk, "/plans")
    page(clerk, f"/plans/{plan.id}")
    page(clerk, f"/plans/{plan.id}/rows/1")


def test_another_plans_office_does_not_see_the_draft(desk):
    plan = desk.imports()
    with transaction():
        other = actor(make_unit("县商务局"), "office")
        auditor = actor(make_unit("县大数据中心"), "auditor")
    seen = {
        by: [card.plan.id for card in queries.plan_cards(NOW.date(), by=by)]
        for by in (desk.office, auditor, other)
    }
    assert seen == {desk.office: [plan.id], auditor: [plan.id], other: []}
    with pytest.raises(Forbidden):
        operations.readable_plan(plan.id, other)


def test_units_change_nothing(clerk, desk):
    plan = desk.imports()
    name = desk.mention(plan, "青山县金融监管支局").id
    assert "导入方案" not in page(clerk, "/plans")
    for address in (
        "/plans/new",
        *(f"/plans/{plan.id}/{p}" for p in ("review", "launch", "rows/1/edit")),
    ):
        page(clerk, address, 403)
    for address in (
        "/plans/new",
        f"/plans/{plan.id}/launch",
        f"/plans/{plan.id}/findings",
        f"/plans/{plan.id}/discard",
        f"/plans/{plan.id}/units/{name}",
        f"/plans/{plan.id}/rows/1/lead",
    ):
        assert clerk.post(address, data={"choice": "drop", "lead": "1"}).status_code == 403
    assert desk.mention(plan, "青山县金融监管支局").status == "doubtful"


def test_nobody_reads_plans_without_logging_in(client, desk):
    desk.imports()
    for address in ("/plans", "/plans/1", "/plans/1/review", "/plans/1/rows/1"):
        assert "/login" in client.get(address).location


def test_an_office_of_another_unit_may_not_touch_the_plan(client, desk):
    plan = desk.imports()
    with transaction():
        other = make_user(desk.county.units["县商务委"], ("office",))
    page(log_in(client, other), f"/plans/{plan.id}/review", 403)


def test_a_missing_plan_is_a_friendly_404(office):
    for address in ("/plans/9", "/plans/9/review", "/plans/9/launching", "/plans/9/rows/1"):
        page(office, address, 404)


def test_a_script_gets_the_page_at_once_and_what_there_is_to_say(office, desk):
    plan = desk.imports()
    scope = desk.finding(plan, "collective_scope")
    address = f"/plans/{plan.id}/findings/{scope.id}"
    headers = {"HX-Request": "true"}
    answer = office.post(address, data={"choice": "不包括"}, headers=headers)
    assert answer.status_code == 200
    assert "结论：不包括" in answer.text
    refused = office.post(address, data={"choice": "也许"}, headers=headers)
    assert json.loads(refused.headers["HX-Trigger"])["toast"]["kind"] == "red"


def test_a_missing_lead_found_by_the_reader_is_answered_by_giving_one(office, desk):
    plan = desk.imports(UNDIVIDED)
    assert desk.finding(plan, "row_without_lead").settled_at is None
    for no in (1, 2, 3):
        desk.correct(plan, no, lead=["县商务委"])
    assert desk.finding(plan, "row_without_lead").choice == "县商务委"


def test_launching_too_early_or_again_is_led_to_the_right_page(office, desk):
    plan = desk.imports()
    address = f"/plans/{plan.id}/launch"
    assert "还不能启动" in page(office, address)
    early = office.post(address)
    assert early.location == f"/plans/{plan.id}/review"
    assert "青山县金融监管支局" in page(office, early.location)
    desk.settle(plan, "青山县金融监管支局", drop=True)
    desk.launch(plan)
    assert office.get(address).location == f"/plans/{plan.id}/launching"
    assert office.post(address).location == f"/plans/{plan.id}/launching"


def test_the_progress_refreshes_only_its_own_part(office, desk):
    plan = desk.launch(desk.ready())
    part = office.get(f"/plans/{plan.id}/launching", headers={"HX-Request": "true"}).text
    assert part.lstrip().startswith('<div id="progress"')
    assert "<html" not in part


def test_a_wrong_file_is_taken_back_by_one_button(office, desk):
    plan = desk.imports()
    answer = office.post(f"/plans/{plan.id}/discard")
    assert answer.location == "/plans"
    assert "导入已撤销" in page(office, "/plans")
    page(office, f"/plans/{plan.id}", 404)
    db.session.expunge_all()  # the next plan may get the same number
    running = desk.launch(desk.ready())
    assert office.post(f"/plans/{running.id}/discard").location == f"/plans/{running.id}"
    assert "已经启动" in page(office, f"/plans/{running.id}")
