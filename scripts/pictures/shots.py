"""Every page of the product, in the order in which the pictures are taken and listed."""

from sanwei_flow.config import ROOT
from scripts.pictures import clicks, states
from scripts.pictures.states import COLLEAGUE, DESIGNER, HEAD, LEADER, OFFICE, STAFF, TOWN
from scripts.pictures.taking import Shot

FIRST = "main a.row-link"
DESIGN = f"/designs/{states.KEY}"
STOPPED = "/repair/{stopped}"

WORK = (
    Shot("login", "登录", "", "/login", "accounts/login"),
    Shot("home-staff", "工作台：承办人", STAFF, "/home", "inbox/home"),
    Shot("home-head", "工作台：审核人", HEAD, "/home", "inbox/home"),
    Shot("home-office", "工作台：专班办公室", OFFICE, "/home", "inbox/home"),
    Shot("home-leader", "工作台：组长", LEADER, "/home", "inbox/home"),
    Shot("inbox", "待办事项", STAFF, "/?box=todo", "inbox/index"),
    Shot("inbox-empty", "待办事项：没有事项", COLLEAGUE, "/?box=done", "inbox/index"),
    Shot("to-accept", "待签收", TOWN, "/?box=to_accept", "inbox/index"),
    Shot("task", "办理任务", STAFF, "/?box=todo", "inbox/task", (FIRST,), wait=1200),
    Shot("act", "转办等办理动作", STAFF, "/?box=todo", "inbox/verb", (FIRST, "a[href*='/acts/']")),
    Shot("file", "看一个附件", STAFF, "/?box=todo", "inbox/file", (FIRST,), clicks.look_at_file),
    Shot("print", "打印所选事项", STAFF, "/?box=todo", "inbox/print", act=clicks.print_several),
    Shot("bulk-pass-on", "批量转办", STAFF, "/?box=todo", "inbox/bulk", act=clicks.pass_on_several),
    Shot("bulk", "批量办理结果", STAFF, "/?box=to_accept", "inbox/bulk", act=clicks.sign_several),
    Shot("unit", "单位页", HEAD, "/home", "inbox/unit", ("main a[href^='/units/']",)),
    Shot("filters", "常用筛选", STAFF, "/filters", "inbox/filters"),
    Shot("not-found", "没有找到", STAFF, "/plans/999", "errors/error", status=404),
    Shot("forbidden", "没有权限", STAFF, "/repair", "errors/error", status=403),
    Shot(
        "conflict",
        "已有人先办",
        TOWN,
        "/?box=to_accept",
        "errors/error",
        (FIRST,),
        clicks.come_second,
    ),
)
ACCOUNT = (
    Shot("me", "我的账号", STAFF, "/me", "accounts/me"),
    Shot("password", "修改密码", STAFF, "/me/password", "accounts/password"),
    Shot("deputies", "代理", STAFF, "/me/deputies", "accounts/deputies"),
    Shot("notifications", "通知", STAFF, "/notifications", "notifications/index"),
    Shot("channels", "通知渠道", STAFF, "/me/channels", "notifications/channels"),
    Shot("failing", "发送失败的渠道", "sysadmin", "/channels/failing", "notifications/failing"),
)
PLANS = (
    Shot("plans", "工作方案", OFFICE, "/plans", "plans/index"),
    Shot("import", "导入方案", OFFICE, "/plans/new", "plans/new"),
    Shot("review", "核对方案", OFFICE, "/plans/{draft}/review", "plans/review"),
    Shot("edit-row", "修改一项分工", OFFICE, "/plans/{draft}/rows/1/edit", "plans/edit_row"),
    Shot("launch", "启动方案", OFFICE, "/plans/{draft}/launch", "plans/launch"),
    Shot("overview", "方案总览", OFFICE, "/plans/1", "plans/show"),
    Shot("row", "一项分工", OFFICE, "/plans/1/rows/1", "plans/row"),
    Shot(
        "process",
        "流程和轨迹",
        OFFICE,
        "/plans/1/rows/1",
        "monitor/show",
        ("main a[href^='/processes/']",),
        wait=1500,
    ),
    Shot("reimport", "导入修改稿", OFFICE, "/plans/1/reimport", "plans/reimport"),
    Shot(
        "revision",
        "修改稿的差异",
        OFFICE,
        "/plans/1/reimport",
        "plans/revision",
        act=clicks.compare_plan,
    ),
    Shot("figures", "量化指标", OFFICE, "/plans/1/figures", "reports/figures", wait=1500),
)
SUPERVISION = (
    Shot("board", "督办一览", OFFICE, "/supervision/board", "supervision/board"),
    Shot("wall", "督办大屏", OFFICE, "/supervision/board?wall=1", "supervision/board"),
    Shot("ledger", "督办台账", OFFICE, "/supervision/ledger", "supervision/ledger"),
    Shot("urge", "催办", OFFICE, "/supervision/urge?light=red", "supervision/urge"),
    Shot(
        "urged",
        "催办结果",
        OFFICE,
        "/supervision/urge?light=red",
        "supervision/urged",
        act=clicks.urge,
    ),
    Shot("slips", "督办单", OFFICE, "/supervision/slips", "supervision/slips"),
    Shot("slip", "一张督办单", OFFICE, "/supervision/slips", "supervision/slip", (FIRST,)),
    Shot(
        "new-slip",
        "发督办单",
        OFFICE,
        "/plans/1/rows/26",
        "supervision/new_slip",
        ("a[href*='/slips/new']",),
    ),
    Shot("ladder", "提醒与升级", OFFICE, "/supervision/ladder", "supervision/ladder"),
    Shot("calendar", "工作日历", OFFICE, "/calendar", "supervision/calendar"),
    Shot("notice", "导入放假通知", OFFICE, "/calendar/notice", "supervision/notice"),
    Shot(
        "notice-preview",
        "放假通知：预览",
        OFFICE,
        "/calendar/notice",
        "supervision/notice_preview",
        act=clicks.preview_notice,
    ),
    Shot("meetings", "联席会商", OFFICE, "/meetings", "oversight/meetings"),
    Shot(
        "meeting",
        "会商纪要",
        OFFICE,
        "/meetings",
        "oversight/meeting",
        ("tr:nth-child(2) a.row-link",),
    ),
    Shot(
        "edit-meeting",
        "写会商纪要",
        OFFICE,
        "/meetings/new",
        "oversight/edit_meeting",
        act=clicks.read_minutes,
    ),
    Shot("inspections", "督导检查", OFFICE, "/inspections", "oversight/inspections"),
    Shot(
        "inspection",
        "一次检查",
        OFFICE,
        "/inspections",
        "oversight/inspection",
        ("tr:has(.tag-green) a.row-link",),
    ),
    Shot(
        "new-inspection", "记录检查", OFFICE, "/inspections/new?row=1", "oversight/new_inspection"
    ),
    Shot("reports", "统计报表", OFFICE, "/reports", "reports/index"),
    Shot("bulletin", "月通报", OFFICE, "/reports", "reports/bulletin", (FIRST,)),
)
DESIGNS = (
    Shot("designs", "流程设计", DESIGNER, "/designs", "designer/index"),
    Shot("new-design", "新建流程", DESIGNER, "/designs/new", "designer/new"),
    Shot(
        "imported",
        "导入别处的流程",
        DESIGNER,
        "/designs/new",
        "designer/imported",
        act=clicks.import_foreign,
    ),
    Shot("design", "一个流程", DESIGNER, DESIGN, "designer/show", wait=1500),
    Shot("designer", "流程图设计", DESIGNER, f"{DESIGN}/edit", "designer/edit", wait=2500),
    Shot("plan-design", "方案流程", DESIGNER, "/designs/plan_1/edit", "designer/edit", wait=2500),
    Shot("forms", "表单", DESIGNER, f"{DESIGN}/forms", "designer/forms"),
    Shot(
        "form", "表单设计", DESIGNER, f"{DESIGN}/forms/completion_report", "designer/form", wait=800
    ),
    Shot("decisions", "决策表", DESIGNER, "/decisions", "designer/decisions"),
    Shot("decision-shown", "一张决策表", DESIGNER, "/decisions/escalation", "designer/decision"),
    Shot(
        "decision",
        "决策表编辑",
        DESIGNER,
        "/decisions/escalation/edit",
        "designer/decision_edit",
        wait=1800,
    ),
    Shot(
        "decision-publish",
        "发布决策表",
        DESIGNER,
        "/decisions/escalation/edit",
        "designer/decision_publish",
        act=clicks.change_decision,
    ),
    Shot("dry-runs", "试运行", DESIGNER, f"{DESIGN}/dry-runs", "scenarios/index"),
    Shot("new-dry-run", "开始试运行", DESIGNER, f"{DESIGN}/dry-runs/new", "scenarios/new"),
    Shot(
        "dry-run",
        "试运行中",
        DESIGNER,
        f"{DESIGN}/dry-runs/new",
        "scenarios/run",
        act=clicks.dry_run,
        wait=1500,
    ),
    Shot("scenario", "一个情形", DESIGNER, f"{DESIGN}/dry-runs", "scenarios/show", (FIRST,)),
    Shot(
        "compare",
        "版本比较",
        DESIGNER,
        f"{DESIGN}/compare?new=draft",
        "designer/compare",
        before=states.draft_design,
        wait=2000,
    ),
    Shot(
        "versions",
        "版本",
        DESIGNER,
        f"{DESIGN}/versions",
        "designer/versions",
        before=states.publish_design,
    ),
    Shot("migrations", "迁移：预览", DESIGNER, f"{DESIGN}/migrations", "migrating/index"),
    Shot(
        "migration",
        "迁移结果",
        DESIGNER,
        f"{DESIGN}/migrations",
        "migrating/show",
        act=clicks.migrate,
    ),
)
RUNNING = (
    Shot("monitor", "流程监控", OFFICE, "/monitor", "monitor/index"),
    Shot("heat", "一个流程的监控", DESIGNER, f"{DESIGN}/monitor", "monitor/design", wait=1800),
    Shot(
        "processes",
        "停在一个环节的流程",
        DESIGNER,
        f"{DESIGN}/monitor/processes",
        "monitor/processes",
    ),
    Shot("repair", "流程修复", DESIGNER, "/repair", "monitor/repair", before=states.stop_process),
    Shot("repair-desk", "修复一个流程", DESIGNER, STOPPED, "monitor/desk"),
    Shot(
        "variable",
        "更正变量",
        DESIGNER,
        f"{STOPPED}/variables/lead_name",
        "monitor/variable",
        act=clicks.correct_variable,
    ),
    Shot("rewind", "回退", DESIGNER, STOPPED, "monitor/rewind", ("a[href*='/rewind/']",)),
    Shot("complete", "代为办理", "sysadmin", "/repair/tasks/{task}", "monitor/complete"),
    Shot(
        "handover",
        "离职移交",
        STAFF,
        "/me",
        "handovers/preview",
        ("a[href$='/handover']",),
        clicks.choose_heir,
        states.claim_tasks,
    ),
    Shot(
        "handed-over",
        "移交结果",
        STAFF,
        "/me",
        "handovers/result",
        ("a[href$='/handover']",),
        clicks.hand_over,
    ),
)
CONCLUSION = (
    Shot(
        "launching",
        "正在启动",
        OFFICE,
        "/plans/{small}/launching",
        "plans/launching",
        before=states.launch_plan,
    ),
    Shot("closing", "总结验收：启动前", OFFICE, "/plans/1/closing", "closing/show"),
    Shot(
        "closing-units",
        "总结验收：各单位自查自评",
        OFFICE,
        "/plans/{small}/closing",
        "closing/show",
        before=states.begin_closing,
    ),
    Shot(
        "closing-summary",
        "总结验收：已报请验收",
        LEADER,
        "/plans/{small}/closing",
        "closing/show",
        before=states.report_closing,
    ),
    Shot(
        "archiving",
        "总结验收：正在归档",
        OFFICE,
        "/plans/{small}/closing",
        "closing/show",
        before=states.accept_plan,
    ),
    Shot(
        "record", "归档文件里的方案", "", "{record}", "closing/record", before=states.write_archive
    ),
    Shot("archived", "总结验收：已归档", OFFICE, "/plans/{small}/closing", "closing/show"),
)
SHOTS = (*WORK, *ACCOUNT, *PLANS, *SUPERVISION, *DESIGNS, *RUNNING, *CONCLUSION)


def pages() -> set[str]:
    """The template of every page: no parts, no macros, no frames."""
    folder = ROOT / "templates"
    found = {
        path.relative_to(folder).with_suffix("").as_posix() for path in folder.glob("*/*.html")
    }
    parts = {one for one in found if "/_" in one or one.startswith("macros/")}
    return found - parts - {"designer/tabs", "supervision/wall"}


def pages_without() -> list[str]:
    """The pages that no picture shows."""
    return sorted(pages() - {shot.shows for shot in SHOTS})
