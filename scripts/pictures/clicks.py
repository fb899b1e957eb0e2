"""Clicks that lead to pages without an address: the middle of an act, and what became of it.

Each begins on the page its shot names and ends on the page to be looked at.
"""

from playwright.sync_api import FilePayload, Page, expect

from sanwei_flow.config import ROOT
from sanwei_flow.demo.plan import DOCUMENT

NOTICE = """关于2027年部分节假日安排的通知
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。10月9日（周六）上班。
"""
MINUTES = """会议听取了冷链建设情况汇报。
一、由县供销合作社牵头，县财政局配合，2035年9月30日前完成冷链选址。
二、由县农业农村委负责，2035年12月底前落实贴息资金。"""
PAPER = """<body style="font: 20px/2 'Noto Sans CJK SC'; margin: 3rem; width: 34rem">
<h2 style="text-align: center">冷链仓库验收单</h2>
<p>验收地点：巫峡镇　　面积：1200平方米</p><p>验收意见：设备齐全，资料完整，同意验收。</p>
<p style="text-align: right">2026年11月20日</p></body>"""
FOREIGN = ROOT / "tests" / "designs" / "files" / "camunda7.bpmn"


def sign_several(page: Page) -> None:
    """All that waits to be signed for is signed for at once."""
    _tick(page)
    page.locator("#bulk").get_by_role("button", name="签收").click()
    expect(page.get_by_text("已办理：签收。").first).to_be_visible()


def pass_on_several(page: Page) -> None:
    """Two tasks are to be passed on: to whom?"""
    _tick(page, 2)
    page.locator("#bulk").get_by_role("button", name="转办").click()
    expect(page.locator("#bulk-person")).to_be_visible()


def print_several(page: Page) -> None:
    """Two tasks, on a sheet each."""
    _tick(page, 2)
    page.locator("#bulk").get_by_role("button", name="打印").click()
    expect(page.get_by_text("共 2 件")).to_be_visible()


def look_at_file(page: Page) -> None:
    """A scanned paper is given with a task and looked at."""
    sheet = page.context.new_page()
    sheet.set_viewport_size({"width": 700, "height": 480})
    sheet.set_content(PAPER)
    scan: FilePayload = {
        "name": "验收单.png",
        "mimeType": "image/png",
        "buffer": sheet.screenshot(),
    }
    sheet.close()
    page.set_input_files("#attachments", [scan])
    link = page.locator(".upload").get_by_role("link", name="验收单.png")
    page.goto(link.get_attribute("href") or "")


def come_second(page: Page) -> None:
    """Somebody signs what a colleague has just signed for."""
    page.fill("#comment", "已与县供销合作社对接，本周内报送分工。")
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_role("button", name="签收", exact=True).click()
    other.locator("[data-flash]").wait_for()
    other.close()
    page.get_by_role("button", name="签收", exact=True).click()
    expect(page.get_by_role("heading", name="内容已有变化")).to_be_visible()


def compare_plan(page: Page) -> None:
    """An edited document is compared with the running plan."""
    text = DOCUMENT.read_text("utf-8").replace("农合联达到13个", "农合联达到15个")
    edited: FilePayload = {"name": "修改稿.txt", "mimeType": "text/plain", "buffer": text.encode()}
    page.set_input_files("#file", [edited])
    page.get_by_role("button", name="上传并比对").click()
    expect(page.get_by_role("button", name="应用修改")).to_be_visible()


def preview_notice(page: Page) -> None:
    """What a notice on holidays would change."""
    page.locator("#text").fill(NOTICE)
    page.get_by_role("button", name="预览").click()
    expect(page.get_by_role("button", name="确认导入")).to_be_visible()


def urge(page: Page) -> None:
    """Everybody who is late is urged."""
    page.get_by_role("button", name="确认催办").click()
    expect(page.get_by_text("已催办").first).to_be_visible()


def read_minutes(page: Page) -> None:
    """Decisions are read out of the words of a meeting."""
    page.get_by_label("会议名称").fill("冷链物流建设联席会商")
    page.get_by_label("主持人").fill("郭国平")
    page.get_by_label("参加单位").fill("县供销合作社、县农业农村委、县财政局")
    page.get_by_label("纪要正文").fill(MINUTES)
    page.get_by_role("button", name="从正文读出议定事项").click()
    expect(page.get_by_text("从正文读出 2 条议定事项")).to_be_visible()


def import_foreign(page: Page) -> None:
    """A file drawn for another system becomes a draft."""
    page.get_by_label("流程名称").fill("请假")
    page.get_by_label("标识").fill("leave")
    page.get_by_label("或者导入文件").set_input_files(FOREIGN)
    page.get_by_role("button", name="建立草稿").click()
    expect(page.get_by_role("heading", name="导入结果")).to_be_visible()


def change_decision(page: Page) -> None:
    """A rule is changed, and what publishing would change is looked at."""
    page.get_by_role("button", name="增加一例").click()
    page.locator("[name='examples.0.name']").fill("逾期十二天")
    page.locator("[name='examples.0.in.days_past']").fill("12")
    cell = "#decision-editor [data-element-id=rule_1_days_past] [contenteditable]"
    page.locator(cell).click()
    page.keyboard.press("Control+a")
    page.keyboard.type(">= 15")
    expect(page.get_by_text("没有发现问题。")).to_be_visible()
    page.get_by_role("button", name="保存并准备发布").click()
    expect(page.get_by_text("规则的变化")).to_be_visible()


def dry_run(page: Page) -> None:
    """A row is played up to the units that help, and days go by."""
    page.locator("#day-row").fill("2026-03-02")
    page.get_by_role("button", name="开始试运行").first.click()
    page.get_by_role("button", name="签收", exact=True).click()
    page.get_by_role("button", name="提交", exact=True).click()
    page.get_by_role("button", name="同意", exact=True).click()
    page.get_by_label("跳过工作日").fill("3")
    page.get_by_role("button", name="跳过", exact=True).click()
    page.wait_for_selector("[data-ready]")


def migrate(page: Page) -> None:
    """Running processes move to the newest version."""
    page.get_by_label("迁移说明").fill("统一按新版办理")
    page.get_by_role("button", name="迁移到第 2 版").click()
    page.locator("dialog").get_by_role("button", name="确定").click()
    expect(page.get_by_text("迁移完成").first).to_be_visible(timeout=60_000)


def correct_variable(page: Page) -> None:
    """What correcting a variable would change."""
    page.get_by_label("新的值").fill("县供销合作社联合社")
    page.get_by_role("button", name="预览").click()
    expect(page.get_by_role("heading", name="将这样更正")).to_be_visible()


def choose_heir(page: Page) -> None:
    """Somebody's work would go to a colleague."""
    page.select_option("#to", label="陈小梅")
    page.get_by_role("button", name="查看移交内容").click()
    expect(page.get_by_text("可移交").first).to_be_visible()


def hand_over(page: Page) -> None:
    """Somebody's work goes to a colleague."""
    choose_heir(page)
    page.locator("#comment").fill("调任县商务委")
    page.locator("form button", has_text="给陈小梅").click()
    page.locator("dialog").get_by_role("button", name="确定").click()
    expect(page.get_by_text("已移交").first).to_be_visible()


def _tick(page: Page, most: int = 100) -> None:
    for box in page.locator("input[name=task]").all()[:most]:
        box.check()
