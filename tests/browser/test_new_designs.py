"""Beginning designs in a real browser, and saying in words how several units decide."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from sanwei_flow.db import db
from sanwei_flow.designs.drafting import draft_of
from tests.browser.conftest import check_access, check_width, shot
from tests.browser.test_designer import designer, designers, element, ready

__all__ = ["designer", "designers"]
CAMUNDA = Path(__file__).parent.parent / "designs" / "files" / "camunda7.bpmn"


def saved(page: Page, key: str) -> str:
    """The draft as the server has it after Ctrl+S."""
    # The words of the save before still stand there: the answer tells.
    with page.expect_response(
        lambda answer: answer.request.method == "POST" and answer.url.endswith("/draft")
    ):
        page.keyboard.press("Control+s")
    expect(page.locator("[data-part=state]")).to_contain_text("已保存")
    db.session.rollback()
    draft = draft_of(key)
    assert draft is not None
    return draft.xml


def test_a_countersigning_from_the_gallery_is_changed_in_words(
    designer: Callable[..., Page],
) -> None:
    page = designer("xiaosun", path="/designs/new")
    page.get_by_label("流程名称").fill("部门会签")
    page.get_by_label("标识").fill("sign_together")
    page.get_by_label("会签").check()
    check_access(page)
    page.get_by_role("button", name="建立草稿").click()
    ready(page)
    expect(page.locator("[data-part=count]")).to_have_text("没有问题")
    panel = page.locator("[data-part=panel]")
    element(page, "sign").click()
    how = panel.get_by_label("几个人办")
    expect(how).to_have_value("all")
    expect(panel.get_by_label("名单", exact=True)).to_have_value("${cooperating}")
    shot(page, "designer-countersign")
    how.select_option(label="或签：同时办，一家办完就继续")
    assert "nrOfCompletedInstances &gt;= 1" in saved(page, "sign_together")
    how.select_option(label="比例：同时办，达到比例就继续")
    panel.get_by_label("达到百分之几").fill("75")
    panel.get_by_label("达到百分之几").press("Enter")
    assert "* 100 &gt;= nrOfInstances * 75" in saved(page, "sign_together")
    # Saving from within a list does not choose anew what it says.
    how.focus()
    page.keyboard.press("Control+s")
    panel.get_by_label("各家的结果收进").fill("signed")
    assert "* 100 &gt;= nrOfInstances * 75" in saved(page, "sign_together")
    how.select_option(label="依次：按名单先后，一家办完轮到下一家")
    assert 'isSequential="true"' in saved(page, "sign_together")
    how.select_option(label="一个单位办")
    # Without a list there is no `part` to take the unit from.
    expect(page.locator("[data-part=problems]")).to_contain_text("不存在的变量「part」")
    page.get_by_role("button", name="撤销").click()
    expect(how).to_have_value("turns")
    check_access(page)


def test_a_timer_on_a_border_is_set_in_working_days(designer: Callable[..., Page]) -> None:
    page = ready(designer("xiaosun"))
    panel = page.locator("[data-part=panel]")
    element(page, "silent").click()
    expect(panel.get_by_label("工作日数")).to_have_value("3")
    panel.get_by_label("什么时候").select_option(label="过一段时间后")
    panel.get_by_label("单位").select_option(label="小时")
    panel.get_by_label("时长").fill("36")
    panel.get_by_label("时长").press("Enter")
    assert ">PT36H</bpmn:timeDuration>" in saved(page, "task_division")
    panel.get_by_label("什么时候").select_option(label="每隔一段时间")
    panel.get_by_label("所附的任务").select_option(label="照常继续（不中断）")
    xml = saved(page, "task_division")
    assert ">R/P1W</bpmn:timeCycle>" in xml
    assert 'cancelActivity="false"' in xml
    panel.get_by_label("什么时候").select_option(label="任务期限")
    assert ">${row.due}</bpmn:timeDate>" in saved(page, "task_division")


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_a_file_of_another_system_is_listed_and_drawn(
    designer: Callable[..., Page], width: int, theme: str
) -> None:
    page = designer("xiaosun", path="/designs", width=width, theme=theme)
    page.get_by_role("link", name="新建流程").click()
    shot(page, f"new-design-{width}", full=True)
    check_width(page)
    check_access(page)
    page.get_by_label("流程名称").fill("请假")
    page.get_by_label("标识").fill("leave")
    page.get_by_label("或者导入文件").set_input_files(CAMUNDA)
    page.get_by_role("button", name="建立草稿").click()
    expect(page.get_by_role("heading", name="没有带过来的")).to_be_visible()
    shot(page, f"imported-{width}", full=True)
    check_width(page)
    check_access(page)
    page.get_by_role("link", name="打开流程图").click()
    ready(page)
    expect(page.locator(".djs-shape", has_text="申请").first).to_be_visible()
    expect(page.locator("[data-part=problems]")).to_contain_text("没有选操作")
    shot(page, f"imported-drawn-{width}")
