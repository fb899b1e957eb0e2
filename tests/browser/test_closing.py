"""A plan's conclusion in a browser: from the first form to the archive that is taken away."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from sanwei_flow import web
from sanwei_flow.closing import jobs
from sanwei_flow.closing.archive.verifying import verify
from tests.browser.conftest import Watch, check_access, check_width, shot
from tests.browser.test_requests import People, plan  # noqa: F401 - fixtures
from tests.journeys.documents import County

UNIT = "县商务委"


@pytest.fixture
def people(new_page: Callable[..., Page], app: Flask, live_server: str, watch: Watch) -> People:
    return People(new_page, app, live_server, watch)


def looked_at(people: People, page: Page, user: object, name: str) -> None:
    """This page as it stands, and the same address on a phone and in the dark."""
    seen = {"": page}
    for look in ({"width": 390}, {"theme": "dark"}):
        seen["-".join(map(str, look.values()))] = people.page(user, page.url, **look)
    for kind, one in seen.items():
        check_width(one)
        check_access(one)
        shot(one, f"closing-{name}-{kind}".rstrip("-"), full=True)


def test_from_the_first_form_to_the_archive(
    people: People,
    county: County,
    plan: int,  # noqa: F811 - the fixture above
    tmp_path: Path,
) -> None:
    address = f"/plans/{plan}/closing"
    office = people.page(county.office, f"/plans/{plan}")
    office.get_by_role("link", name="总结验收").click()
    looked_at(people, office, county.office, "preview")
    office.get_by_role("button", name="提前启动总结验收").click()
    flashed(office, "已请各单位自查自评")
    expect(office.locator("main")).to_contain_text("总结验收中")

    clerk = people.page(county.clerks[UNIT])
    clerk.get_by_role("row").filter(has_text="自查自评").get_by_role("link").first.click()
    expect(clerk.locator("main")).to_contain_text("牵头1项：未销号1项")
    clerk.get_by_label("自评等次").select_option("良好")
    clerk.get_by_label("主要做法和成效").fill("建成流通网点30个，完成过半")
    clerk.set_input_files("[name=evidence]", str(proof(tmp_path)))
    expect(clerk.get_by_role("link", name="proof.txt")).to_be_visible()
    looked_at(people, clerk, county.clerks[UNIT], "form")
    clerk.get_by_role("button", name="提交", exact=True).click()
    flashed(clerk, "已办理")
    people.do(county.heads[UNIT], "审核自评", "agree")

    office.goto(address)
    looked_at(people, office, county.office, "units")
    office.locator("#units [name=task]").first.check()
    office.get_by_role("button", name="催报所选单位").click()
    flashed(office, "已催报 1 个单位")
    office.get_by_text("不再等候未报送的单位").click()
    office.get_by_label("不再等候的理由").fill("已两次催报")
    office.get_by_role("button", name="收回未报的表").click()
    office.get_by_role("link", name="汇总并撰写总结").click()
    for reason in office.get_by_label("处理意见").all():
        reason.fill("转入下一年度计划")
    looked_at(people, office, county.office, "summary")
    office.get_by_role("button", name="报请验收").click()
    flashed(office, "已办理")

    leader = people.page(county.leader, address)
    leader.get_by_role("link", name="领导验收").click()
    looked_at(people, leader, county.leader, "acceptance")
    leader.get_by_label("意见").fill("同意通过验收")
    leader.get_by_role("button", name="通过验收").click()
    flashed(leader, "已办理")

    office.goto(address)
    expect(office.get_by_text("方案已通过验收，内容只供查阅")).to_be_visible()
    expect(office.get_by_text("归档文件即将开始生成")).to_be_visible()
    assert jobs.sweep(web.now()) == 1
    # The page asks by itself.
    with office.expect_download() as download:
        office.get_by_role("link", name="下载归档文件").click()
    path = tmp_path / "archive.zip"
    download.value.save_as(path)
    assert download.value.suggested_filename.endswith("归档.zip")
    found = verify(path)
    assert found.problems == []
    with zipfile.ZipFile(path) as archive:
        assert any(name.endswith("-proof.txt") for name in archive.namelist())
        archive.extractall(tmp_path / "archive")
    looked_at(people, office, county.office, "archived")
    office.goto(f"/plans/{plan}")
    looked_at(people, office, county.office, "overview")
    opened = people.new_page()
    opened.goto((tmp_path / "archive" / "plan" / "record.html").as_uri())
    expect(opened.get_by_text("建成流通网点30个，完成过半").first).to_be_visible()
    check_access(opened)
    shot(opened, "closing-record", full=True)
    opened.get_by_role("link", name="2", exact=True).click()
    expect(opened.get_by_role("heading", name="第2项")).to_be_visible()


def flashed(page: Page, words: str) -> None:
    expect(page.locator("[data-flash]").first).to_contain_text(words)


def proof(folder: Path) -> Path:
    path = folder / "proof.txt"
    path.write_text("网点清单", "utf-8")
    return path
