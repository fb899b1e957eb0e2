"""Take the pictures of docs/screenshots from a running demo county.

    SANWEI_INSTANCE=/tmp/pictures make run
    .venv/bin/python scripts/screenshots.py http://127.0.0.1:8000

Every page as a desk, a telephone, a dark room and a printer show it, and a page that lists them.
Names given after the address take only those.
"""

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

OUT = Path(__file__).resolve().parents[1] / "docs" / "screenshots"
PASSWORD = "sanwei2024"
LONGEST = 1500
QUALITY = 45


@dataclass(frozen=True)
class Look:
    """How a page is looked at; `name` ends the file's name."""

    name: str
    title: str
    width: int
    height: int
    scheme: str = "light"
    media: str = "screen"


LOOKS = (
    Look("desk", "Desktop", 1280, 800),
    Look("phone", "Phone", 390, 844),
    Look("dark", "Dark", 1280, 800, scheme="dark"),
    Look("print", "Print", 1000, 1000, media="print"),
)


@dataclass(frozen=True)
class Shot:
    """A page: who opens it, where, and which links lead on from there (CSS selectors)."""

    name: str
    title: str
    who: str
    path: str
    then: tuple[str, ...] = ()
    #: Milliseconds until drawings and charts stand still.
    wait: int = 300


STAFF, HEAD, TOWN = "gongxiao.staff", "gongxiao.head", "wuxia.staff"
OFFICE, LEADER, DESIGNER = "zhuanban.office", "zhuanban.leader", "designer"
FIRST = "main a.row-link"
DESIGN = "/designs/task_division"

SHOTS = (
    Shot("login", "登录", "", "/login"),
    Shot("home-staff", "工作台：承办人", STAFF, "/home"),
    Shot("home-head", "工作台：审核人", HEAD, "/home"),
    Shot("home-office", "工作台：专班办公室", OFFICE, "/home"),
    Shot("home-leader", "工作台：组长", LEADER, "/home"),
    Shot("inbox", "待办事项", STAFF, "/?box=todo"),
    Shot("to-accept", "待签收", TOWN, "/?box=to_accept"),
    Shot("task", "办理任务", STAFF, "/?box=todo", (FIRST,), 1200),
    Shot("unit", "单位页", HEAD, "/home", ("main a[href^='/units/']",)),
    Shot("plans", "工作方案", OFFICE, "/plans"),
    Shot("import", "导入方案", OFFICE, "/plans/new"),
    # Needs a plan that is not launched: import any document as the second.
    Shot("review", "核对方案", OFFICE, "/plans/2/review"),
    Shot("launch", "启动方案", OFFICE, "/plans/2/launch"),
    Shot("overview", "方案总览", OFFICE, "/plans/1"),
    Shot("row", "一项分工", OFFICE, "/plans/1/rows/1"),
    Shot("process", "流程和轨迹", OFFICE, "/plans/1/rows/1", ("a[href^='/processes/']",), 1500),
    Shot("board", "督办一览", OFFICE, "/supervision/board"),
    Shot("wall", "督办大屏", OFFICE, "/supervision/board?wall=1"),
    Shot("ledger", "督办台账", OFFICE, "/supervision/ledger"),
    Shot("slips", "督办单", OFFICE, "/supervision/slips"),
    Shot("slip", "一张督办单", OFFICE, "/supervision/slips", (FIRST,)),
    Shot("ladder", "提醒与升级", OFFICE, "/supervision/ladder"),
    Shot("reports", "统计报表", OFFICE, "/reports"),
    Shot("figures", "量化指标", OFFICE, "/plans/1/figures", wait=1500),
    Shot("calendar", "工作日历", OFFICE, "/calendar"),
    Shot("notice", "导入放假通知", OFFICE, "/calendar/notice"),
    Shot("new-slip", "发督办单", OFFICE, "/plans/1/rows/26", ("a[href*='/slips/new']",)),
    Shot("password", "修改密码", STAFF, "/me/password"),
    Shot("act", "转办等办理动作", STAFF, "/?box=todo", (FIRST, "a[href*='/acts/']")),
    Shot("failing", "发送失败的渠道", "sysadmin", "/channels/failing"),
    Shot("notifications", "通知", STAFF, "/notifications"),
    Shot("channels", "通知渠道", STAFF, "/me/channels"),
    Shot("me", "我的账号", STAFF, "/me"),
    Shot("deputies", "代理", STAFF, "/me/deputies"),
    Shot("filters", "常用筛选", STAFF, "/filters"),
    Shot("bulletin", "月通报", OFFICE, "/reports", (FIRST,)),
    Shot("meetings", "联席会商", OFFICE, "/meetings"),
    Shot("inspections", "督导检查", OFFICE, "/inspections"),
    Shot("closing", "总结验收", OFFICE, "/plans/1/closing"),
    Shot("handover", "离职移交", HEAD, "/me", ("a[href$='/handover']",)),
    Shot("monitor", "流程监控", OFFICE, "/monitor"),
    Shot("designs", "流程设计", DESIGNER, "/designs"),
    Shot("new-design", "新建流程", DESIGNER, "/designs/new"),
    Shot("design", "一个流程", DESIGNER, f"{DESIGN}", wait=1500),
    Shot("designer", "流程图设计", DESIGNER, f"{DESIGN}/edit", wait=2500),
    Shot("plan-design", "方案流程", DESIGNER, "/designs/plan_1/edit", wait=2500),
    Shot("forms", "表单", DESIGNER, f"{DESIGN}/forms"),
    Shot("form", "表单设计", DESIGNER, f"{DESIGN}/forms/completion_report", wait=800),
    Shot("versions", "版本", DESIGNER, f"{DESIGN}/versions"),
    Shot("dry-runs", "试运行", DESIGNER, f"{DESIGN}/dry-runs"),
    Shot("new-dry-run", "开始试运行", DESIGNER, f"{DESIGN}/dry-runs/new"),
    Shot("migrations", "迁移", DESIGNER, f"{DESIGN}/migrations"),
    Shot("heat", "一个流程的监控", DESIGNER, f"{DESIGN}/monitor", wait=1800),
    Shot("repair", "故障处理", DESIGNER, "/repair"),
    Shot("decisions", "决策表", DESIGNER, "/decisions"),
    Shot("decision", "决策表编辑", DESIGNER, "/decisions/escalation/edit", wait=1800),
)


def main() -> None:
    base, *names = sys.argv[1:]
    OUT.mkdir(parents=True, exist_ok=True)
    wanted = [shot for shot in SHOTS if not names or shot.name in names]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("SANWEI_CHROMIUM") or shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu"],
        )
        for who in dict.fromkeys(shot.who for shot in wanted):
            _of_one(chromium, base, who, [shot for shot in wanted if shot.who == who])
        chromium.close()
    _gallery()


def _of_one(chromium: Browser, base: str, who: str, shots: list[Shot]) -> None:
    """Everything one person opens, with one log-in."""
    context = chromium.new_context(base_url=base, locale="zh-CN")
    page = context.new_page()
    if who:
        page.goto("/login")
        page.fill("input[name=username]", who)
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(lambda url: "/login" not in url)
    for shot in shots:
        try:
            _take(page, shot)
        except (
            PlaywrightError,
            RuntimeError,
        ) as error:  # the rest of the pictures is still worth having
            print(f"{shot.name}: {str(error).splitlines()[0]}", file=sys.stderr)
    context.close()


def _take(page: Page, shot: Shot) -> None:
    address = shot.path
    page.set_viewport_size({"width": 1280, "height": 800})
    for link in shot.then:
        page.goto(address)
        address = page.locator(link).first.get_attribute("href") or ""
    for look in LOOKS:
        page.emulate_media(media=look.media, color_scheme=look.scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": look.width, "height": look.height})
        answer = page.goto(address)
        if answer is None or not answer.ok:
            raise RuntimeError(f"{address}: {answer and answer.status}")
        page.wait_for_timeout(shot.wait)
        height = min(page.evaluate("document.documentElement.scrollHeight"), LONGEST)
        page.screenshot(
            path=OUT / f"{shot.name}-{look.name}.jpg",
            type="jpeg",
            quality=QUALITY,
            full_page=True,
            clip={"x": 0, "y": 0, "width": look.width, "height": max(height, look.height)},
        )
    print(shot.name, flush=True)


def _gallery() -> None:
    """The page that lists what is there."""
    head = " | ".join(["Page", *(look.title for look in LOOKS)])
    lines = [
        "# Screenshots",
        "",
        "The demo county as `make run` brings it up. Taken by `scripts/screenshots.py`.",
    ]
    lines += ["", f"| {head} |", "|" + " --- |" * (len(LOOKS) + 1)]
    for shot in SHOTS:
        if not (OUT / f"{shot.name}-desk.jpg").exists():
            continue
        cells = [f'<img src="{shot.name}-{look.name}.jpg" width="180">' for look in LOOKS]
        lines.append(f"| {shot.title} | " + " | ".join(cells) + " |")
    (OUT / "README.md").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
