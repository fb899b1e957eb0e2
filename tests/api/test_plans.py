"""A program imports, settles, corrects: what the review page does, and nothing it forbids."""

import datetime as dt

import pytest

from sanwei_flow.calendars import today
from sanwei_flow.db import db, transaction
from sanwei_flow.plans.models import Plan, PlanRow, RowUnit
from tests.counting import counted
from tests.factories import make_unit
from tests.journeys.documents import DIVIDED
from tests.journeys.people import Person


@pytest.fixture
def plan(office: Person) -> int:
    answer = office.imports(DIVIDED)
    assert answer.status_code == 201, answer.text
    number: int = answer.get_json()["id"]
    return number


def test_a_plan_tells_everything_that_was_read(office: Person, plan: int) -> None:
    whole = office.get(f"/plans/{plan}")
    assert whole["title"] == "青山县推进“三位一体”改革工作方案"
    assert whole["doc_date"] == "2027-03-01"
    assert whole["status"] == "draft"
    assert whole["office"]["name"] == "县供销合作社"
    assert whole["counts"]["rows"] == 3
    assert [major["name"] for major in whole["majors"]] == ["组建农合联13个"]
    assert {target["value"] for target in whole["targets"] if target["row"] == 1} == {13.0}
    assert any("青山县金融监管支局" in blocker for blocker in whole["blockers"])
    assert office.get("/plans")["items"][0]["id"] == plan


def test_the_same_file_twice_names_the_earlier_plan(office: Person, plan: int) -> None:
    again = office.imports(DIVIDED, "另一个名字.txt")
    assert again.status_code == 409
    assert f"方案编号{plan}" in again.get_json()["detail"]
    assert again.get_json()["plan"] == str(plan)
    assert len(office.get("/plans")["items"]) == 1


def test_only_an_office_imports(clerk: Person) -> None:
    answer = clerk.imports(DIVIDED)
    assert answer.status_code == 403
    assert "专班办公室" in answer.get_json()["detail"]


def test_rows_are_filtered_by_state_and_light(office: Person, plan: int) -> None:
    drafts = office.get(f"/plans/{plan}/rows?status=draft")["items"]
    assert [row["no"] for row in drafts] == [1, 2, 3]
    assert office.get(f"/plans/{plan}/rows?status=written_off")["items"] == []
    assert office.get(f"/plans/{plan}/rows?light=red")["items"] == []
    assert office.ask("GET", f"/plans/{plan}/rows?light=pink").status_code == 422


def test_a_row_that_is_due_soon_is_yellow_and_says_why(office: Person, plan: int) -> None:
    day = today(dt.datetime.now(dt.UTC))
    office.patch(f"/plans/{plan}/rows/2", {"due": day.isoformat()})
    [row] = office.get(f"/plans/{plan}/rows?light=yellow")["items"]
    assert row["no"] == 2
    assert row["light_reason"]


def test_rows_come_page_by_page(office: Person, plan: int) -> None:
    page = office.get(f"/plans/{plan}/rows?limit=2")
    assert [row["no"] for row in page["items"]] == [1, 2]
    assert [row["no"] for row in office.get(page["next"])["items"]] == [3]
    assert office.get(page["next"])["next"] is None


def test_a_row_is_corrected_field_by_field(office: Person, plan: int) -> None:
    change = {"due": "2028-06-30", "lead": ["县财政局"], "cooperating": ["各乡镇"], "major": True}
    row = office.patch(f"/plans/{plan}/rows/2", change)
    assert (row["due"], row["due_inferred"]) == ("2028-06-30", False)
    assert (row["lead"], row["cooperating"], row["major"]) == (["县财政局"], ["各乡镇"], True)
    assert row["task"] == "建成流通网点58个。"


def test_a_wrong_correction_changes_nothing(office: Person, plan: int) -> None:
    before = office.get(f"/plans/{plan}/rows/2")
    wrong = {"lead": ["县不存在局"], "due": "下个月", "colour": "red"}
    answer = office.ask("PATCH", f"/plans/{plan}/rows/2", json=wrong)
    assert answer.status_code == 422
    assert answer.get_json()["errors"]["colour"] == ["没有这一项，请核对名称。"]
    del wrong["colour"]
    answer = office.ask("PATCH", f"/plans/{plan}/rows/2", json=wrong)
    assert set(answer.get_json()["errors"]) == {"lead", "due"}
    assert office.get(f"/plans/{plan}/rows/2") == before


def test_a_row_somebody_else_changed_is_not_overwritten(office: Person, plan: int) -> None:
    seen = office.get(f"/plans/{plan}/rows/2")["version"]
    office.patch(f"/plans/{plan}/rows/2", {"major": True, "version": seen})
    answer = office.ask("PATCH", f"/plans/{plan}/rows/2", json={"major": False, "version": seen})
    assert answer.status_code == 409
    assert office.get(f"/plans/{plan}/rows/2")["major"]


def test_a_draft_is_the_offices_alone(office: Person, clerk: Person, plan: int) -> None:
    assert [one["id"] for one in office.get("/plans")["items"]] == [plan]
    assert clerk.get("/plans")["items"] == []
    for path in (f"/plans/{plan}", f"/plans/{plan}/rows", f"/plans/{plan}/rows/1"):
        refused = clerk.ask("GET", path)
        assert refused.status_code == 403
        assert "启动前" in refused.get_json()["detail"]


def test_a_clerk_may_not_change_a_plan(clerk: Person, plan: int) -> None:
    assert clerk.ask("PATCH", f"/plans/{plan}/rows/2", json={"major": True}).status_code == 403
    assert clerk.ask("POST", f"/plans/{plan}/launch").status_code == 403


def test_a_name_is_settled_by_the_registers_name_or_dropped(office: Person, plan: int) -> None:
    [name] = [n for n in office.get(f"/plans/{plan}")["units"] if n["status"] == "doubtful"]
    path = f"/plans/{plan}/units/{name['id']}"
    assert office.ask("POST", path, json={}).status_code == 422
    assert office.ask("POST", path, json={"unit": "县不存在局"}).status_code == 422
    dropped = office.post(path, {"drop": True})
    assert dropped["status"] == "dropped"
    settled = office.post(path, {"unit": "青山金融监管支局", "remember": False})
    assert settled["unit"]["name"] == "青山金融监管支局"
    assert office.get(f"/plans/{plan}")["blockers"] == []


def test_a_finding_is_settled_in_words_of_its_own(office: Person, plan: int) -> None:
    findings = office.get(f"/plans/{plan}")["findings"]
    scope = next(f for f in findings if f["code"] == "collective_scope")
    assert "街道" in scope["message"]
    path = f"/plans/{plan}/findings/{scope['id']}"
    assert office.ask("POST", path, json={"choice": "也许"}).status_code == 422
    assert office.post(path, {"choice": scope["alternatives"][0]})["settled"]
    assert (
        office.ask("POST", f"/plans/{plan}/findings/999999", json={"choice": "是"}).status_code
        == 404
    )


def test_what_was_assumed_is_accepted_at_once_but_names_stay_open(
    office: Person, plan: int
) -> None:
    before = office.get(f"/plans/{plan}")
    assumed = [f for f in before["findings"] if f["assumed"] and not f["settled"]]
    assert office.post(f"/plans/{plan}/findings/accept") == {"settled": len(assumed)}
    after = office.get(f"/plans/{plan}")
    left = [finding for finding in after["findings"] if not finding["settled"]]
    assert {finding["code"] for finding in left} == {"unit_ambiguous"}
    assert after["blockers"] == before["blockers"]


def test_the_language_of_sentences_is_said(office: Person, plan: int) -> None:
    answer = office.ask("GET", f"/plans/{plan}", headers={"Accept-Language": "en"})
    assert answer.headers["Content-Language"] == "en"
    missing = office.ask("GET", "/plans/999", headers={"Accept-Language": "en"})
    assert missing.headers["Content-Language"] == "en"
    assert office.ask("GET", "/plans/999").headers["Content-Language"] == "zh-CN"


def test_more_rows_and_plans_take_no_more_statements(office: Person, plan: int) -> None:
    addresses = ("/plans", f"/plans/{plan}", f"/plans/{plan}/rows")
    few = {address: statements(office, address) for address in addresses}
    grow(plan)
    for address in addresses:
        assert statements(office, address) == few[address], address


def statements(office: Person, address: str) -> int:
    with counted() as sent:
        office.get(address)
    return len(sent)


def grow(plan: int) -> None:
    """Thirty more rows, each with a unit of its own, and three more plans."""
    with transaction():
        held = db.session.get_one(Plan, plan)
        mention = held.mentions[0]
        for no in range(4, 34):
            make_unit()
            row = PlanRow(plan_id=plan, no=no, task="再做一件事")
            row.units.append(RowUnit(side="lead", position=0, mention=mention))
            db.session.add(row)
        for number in range(3):
            db.session.add(
                Plan(
                    title="另一个方案",
                    source_name="x.txt",
                    source_hash=str(number),
                    source_lines=[],
                    imported_at=held.imported_at,
                )
            )
