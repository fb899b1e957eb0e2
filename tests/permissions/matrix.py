"""Who may do what: the one table behind docs/permissions.md and its tests.

Every route of the application and every act on a task, against every kind of person. A cell is
`yes`, or how it is refused: `no` (403), `hidden` (404: not even that it exists is said), `taken`
(409: a colleague has claimed it), `log in` (to the log-in page, or 401).
"""

from dataclasses import dataclass, field, replace
from typing import Any

#: Kinds of people, and what the page calls them.
PEOPLE = {
    "owner": "who has the task",
    "same": "same unit, same post",
    "deputy": "deputy of who has the task",
    "head": "head of the unit",
    "other": "another unit",
    "starter": "who started it",
    "office": "office",
    "leader": "leader",
    "designer": "designer",
    "auditor": "auditor",
    "sys_admin": "system administrator",
    "nobody": "no post",
    "anonymous": "not logged in",
}
YES, NO, HIDDEN, TAKEN, LOG_IN = "yes", "no", "hidden", "taken", "log in"

#: Everybody with an account.
ALL = tuple(name for name in PEOPLE if name != "anonymous")
#: Whom the whole county's work concerns.
OVERSEERS = ("office", "leader", "designer", "auditor")
POST = ("owner", "same")
UNIT = (*POST, "head")
DOERS = (*POST, "deputy")
READERS = (*UNIT, "deputy", "starter", *OVERSEERS)
OFFICE = ("office",)
DESIGNER = ("designer",)
#: Who sets what holds for the whole county.
SETTLERS = ("office", "sys_admin")
#: Who watches over processes, and who mends them.
WATCHERS = ("office", "designer", "auditor", "sys_admin")
MENDERS = ("designer", "sys_admin")
DRAFT_READERS = ("office", "auditor")
#: Who chases: the plan's office and its leader.
ISSUERS = ("office", "leader")


def _cells(allowed: tuple[str, ...], refused: str, **cells: str) -> dict[str, str]:
    found = {name: YES if name in allowed else refused for name in PEOPLE}
    return found | ({} if "anonymous" in allowed else {"anonymous": LOG_IN}) | cells


@dataclass(frozen=True)
class Route:
    """One method of one address, asked in a way that changes nothing others depend on.

    `about` fills the places of the rule (names of `World.ids`, or the values themselves);
    `send` are arguments of the test client. An answer about the content (a missing file, a row
    in the wrong state) is a `yes`: the person was let in. `case` tells rows of one route apart.
    """

    method: str
    rule: str
    cells: dict[str, str]
    about: dict[str, str] = field(default_factory=dict)
    send: dict[str, Any] = field(default_factory=dict)
    case: str = ""


def _row(
    method: str,
    rule: str,
    allowed: tuple[str, ...],
    *,
    refused: str = NO,
    case: str = "",
    send: dict[str, Any] | None = None,
    same: str = "",
    **about: str,
) -> Route:
    cells = _cells(allowed, refused, **({"same": same} if same else {}))
    return Route(method, rule, cells, about, send or {}, case)


ANYBODY = tuple(PEOPLE)
FILE = "/attachments/<int:attachment_id>"
API = "/api/v1"
PLAN, TASK = "/plans/<int:plan_id>", "/tasks/<int:task_id>"
API_PLAN, API_TASK = f"{API}/plans/<number:plan_id>", f"{API}/tasks/<number:task_id>"
DESIGN = "/designs/<key>"
TABLE = "/decisions/<key>"
FORMS, FORM = f"{DESIGN}/forms", f"{DESIGN}/forms/<form>"
PROCESS = "/processes/<int:process_id>"
API_MIGRATIONS = f"{API}/designs/<key>/migrations"
API_MIGRATION = f"{API_MIGRATIONS}/<number:migration_id>"
RESTORE = f"{DESIGN}/versions/<int:number>/restore"
REPAIR = "/repair/<int:process_id>"
MIGRATION = f"{DESIGN}/migrations/<int:migration_id>"
RUN, SCENARIO = f"{DESIGN}/dry-runs/<int:run_id>", f"{DESIGN}/scenarios/<int:scenario_id>"
API_SCENARIO = f"{API}{DESIGN}/scenarios/<number:scenario_id>"
REPORT = "/reports/<int:bulletin_id>"
MEETING, INSPECTION = "/meetings/<int:meeting_id>", "/inspections/<int:inspection_id>"
#: The unit a meeting or an inspection concerns, and who watches over all units.
CONCERNED = (*UNIT, "deputy", *ISSUERS, "auditor")
SOMETHING: dict[str, Any] = {"data": {"note": "x"}}
PAST: dict[str, Any] = {"data": {"due": "2020-01-01"}}
PAST_DAY: dict[str, Any] = {"json": {"due": "2020-01-01"}}
DAYS: dict[str, Any] = {"data": {"days": "1"}}
A_SCENARIO: dict[str, Any] = {"json": {"name": "x", "given": {}, "steps": []}}
NEW_FILE: dict[str, Any] = {"data": {"task": "task", "file": "file"}}
API_MEETING = f"{API}/meetings/<number:meeting_id>"
API_INSPECTION = f"{API}/inspections/<number:inspection_id>"
API_SLIP = f"{API}/slips/<number:slip_id>"
API_BULLETIN = f"{API}/bulletins/<number:bulletin_id>"
NEW_SLIPS = {"json": {"plan": "plan", "rows": [1], "reason": "x", "due": "2999-01-04"}}
#: JSON of programs; the plan goes out as its number.
NEW_MEETING = {"json": {"plan": "plan", "title": "x", "held_on": "2024-08-05"}}
SAVED = {"json": {"title": "x", "held_on": "2024-08-05", "revision": 1}}
ISSUED = {"json": {"revision": 1}}
SEEN = {"held_on": "2024-08-05", "inspectors": "x"}
NEW_FINDING = {"json": {"plan": "plan", "unit": "unit", "kind": "good", "finding": "x", **SEEN}}
LOOKED = {"json": {"mended": True, "seen": 9, **SEEN}}


def _inspecting(rule: str, name: str, about: str = "inspection") -> Route:
    """Writing to a record: who sees it but does not write is refused, others are told nothing."""
    known = {who: NO for who in CONCERNED if who != "office"}
    return Route("POST", rule, _cells(OFFICE, HIDDEN, **known), {name: about})


def _record_files(rule: str, about: str) -> Route:
    return _inspecting(rule, "record_id", about)


ROUTES = [
    # My own account and boxes: whatever one sees there is one's own.
    _row("GET", "/login", ANYBODY),
    _row("POST", "/login", ANYBODY),
    _row("POST", "/locale", ANYBODY),
    _row("POST", "/logout", ALL),
    _row("GET", "/me", ALL),
    _row("GET", "/me/password", ALL),
    _row("POST", "/me/password", ALL),
    _row("POST", "/me/logout-everywhere", ALL),
    _row("GET", "/me/deputies", ALL),
    _row("POST", "/me/deputies", ALL),
    _row("POST", "/me/deputies/<int:deputy_id>/revoke", ("owner", "head"), deputy_id="deputy"),
    _row("GET", "/me/channels", ALL),
    _row("POST", "/me/channels", ALL),
    _row(
        "POST",
        "/me/channels/<int:channel_id>",
        ("owner",),
        refused=HIDDEN,
        channel_id="channel",
    ),
    _row(
        "POST",
        "/me/channels/<int:channel_id>/test",
        ("owner",),
        refused=HIDDEN,
        channel_id="channel",
    ),
    _row(
        "POST",
        "/me/channels/<int:channel_id>/remove",
        ("owner",),
        refused=HIDDEN,
        channel_id="channel",
    ),
    # Whose channels fail is the administrator's to see.
    _row("GET", "/channels/failing", ("sys_admin",)),
    _row("GET", "/people/<int:person_id>/handover", ("owner", "head"), person_id="person"),
    _row("POST", "/people/<int:person_id>/handover", ("owner", "head"), person_id="person"),
    _row(
        "GET",
        "/handovers/<int:hand_over_id>",
        UNIT,
        refused=HIDDEN,
        hand_over_id="hand_over",
    ),
    _row(
        "POST",
        "/handovers/<int:hand_over_id>",
        ("owner", "head"),
        refused=HIDDEN,
        same=NO,
        hand_over_id="hand_over",
    ),
    _row("GET", "/", ALL),
    _row("GET", "/home", ALL),
    _row(
        "GET",
        "/units/<int:unit_id>",
        (*DOERS, "head", "office", "leader", "auditor"),
        unit_id="unit",
    ),
    _row("GET", "/notifications", ALL),
    _row("POST", "/notifications/read-all", ALL),
    _row(
        "GET",
        "/notifications/<int:notification_id>",
        ("owner",),
        refused=HIDDEN,
        notification_id="notice",
    ),
    _row("POST", "/copies/<int:copy_id>/read", ("owner",), refused=HIDDEN, copy_id="copy"),
    _row("GET", "/filters", ALL),
    _row("POST", "/filters", ALL, send=SOMETHING),
    Route(
        "POST",
        "/filters/<int:filter_id>",
        _cells(("owner", "head"), HIDDEN, same=NO, deputy=NO),
        {"filter_id": "filter"},
        {"data": {"name": "x"}},
        "shared with the unit",
    ),
    _row(
        "POST",
        "/filters/<int:filter_id>/first",
        (*UNIT, "deputy"),
        refused=HIDDEN,
        filter_id="filter",
    ),
    # Of several tasks each is asked for by itself, as its own act.
    _row("POST", "/bulk", ALL),
    _row("GET", "/tasks/print", ALL, send={"query_string": {"task": 1}}),
    # Tasks and processes
    _row("GET", TASK, READERS, task_id="task"),
    _row("POST", TASK, DOERS, send={"data": {"action": "nonsense"}}, task_id="task"),
    _row("GET", f"{TASK}/acts/<name>", UNIT, case="transfer", task_id="task", name="transfer"),
    _row(
        "POST",
        f"{TASK}/acts/<name>",
        UNIT,
        case="transfer",
        send=SOMETHING,
        task_id="task",
        name="transfer",
    ),
    _row("POST", f"{TASK}/attachments", READERS, task_id="task"),
    *(
        _row("GET", f"{FILE}{rest}", READERS, refused=HIDDEN, attachment_id="file")
        for rest in ("", "/preview", "/content")
    ),
    _row("GET", FILE, ("owner",), refused=HIDDEN, case="not sent yet", attachment_id="unsent"),
    _row("POST", f"{FILE}/discard", READERS, refused=HIDDEN, attachment_id="file"),
    # A system administrator looks into a process to mend it; tasks and files are not theirs.
    _row("GET", PROCESS, (*READERS, "sys_admin"), process_id="process"),
    _row("GET", f"{PROCESS}/diagram.bpmn", (*READERS, "sys_admin"), process_id="process"),
    _row("GET", "/monitor", WATCHERS),
    _row("GET", f"{DESIGN}/monitor", WATCHERS, key="cooperation"),
    _row("GET", f"{DESIGN}/monitor/diagram.bpmn", WATCHERS, key="cooperation"),
    _row("GET", f"{DESIGN}/monitor/processes", WATCHERS, key="cooperation"),
    # Of what the desk does to the content of a process each is asked for by itself.
    _row("GET", "/repair", MENDERS),
    _row("POST", "/repair/retry", MENDERS),
    _row("GET", REPAIR, MENDERS, process_id="process"),
    _row("POST", REPAIR, MENDERS, process_id="process"),
    *(
        _row(method, f"{REPAIR}/variables/<name>", MENDERS, process_id="process", name="unit")
        for method in ("GET", "POST")
    ),
    *(
        _row(method, f"{REPAIR}/rewind/<int:event_id>", MENDERS, process_id="process", event_id="1")
        for method in ("GET", "POST")
    ),
    *(
        _row(method, "/repair/tasks/<int:task_id>", MENDERS, task_id="task")
        for method in ("GET", "POST")
    ),
    _row("GET", f"{API}/incidents", MENDERS),
    _row("POST", f"{API}/incidents/<number:process_id>/retry", MENDERS, process_id="process"),
    # The calendar
    _row("GET", "/calendar", ALL),
    _row("GET", "/calendar/notice", SETTLERS),
    _row("POST", "/calendar/notice", SETTLERS),
    _row("POST", "/calendar/notice/apply", SETTLERS),
    # Plans
    _row("GET", "/plans", ALL),
    _row("GET", "/plans/new", OFFICE),
    _row("POST", "/plans/new", OFFICE),
    _row("GET", PLAN, ALL, plan_id="plan"),
    _row("GET", PLAN, DRAFT_READERS, case="a draft", plan_id="draft"),
    _row("GET", f"{PLAN}/rows/<int:no>", ALL, plan_id="plan", no="1"),
    _row("GET", f"{PLAN}/rows/<int:no>", DRAFT_READERS, case="a draft", plan_id="draft", no="1"),
    _row("GET", f"{PLAN}/figures", ALL, plan_id="plan"),
    _row("GET", f"{PLAN}/figures", DRAFT_READERS, case="a draft", plan_id="draft"),
    _row("GET", f"{PLAN}/review", OFFICE, plan_id="draft"),
    _row("POST", f"{PLAN}/units/<int:mention_id>", OFFICE, plan_id="draft", mention_id="mention"),
    _row("POST", f"{PLAN}/findings", OFFICE, plan_id="draft"),
    _row(
        "POST", f"{PLAN}/findings/<int:finding_id>", OFFICE, plan_id="draft", finding_id="finding"
    ),
    _row("GET", f"{PLAN}/rows/<int:no>/edit", OFFICE, plan_id="draft", no="1"),
    _row("POST", f"{PLAN}/rows/<int:no>/edit", OFFICE, plan_id="draft", no="1"),
    _row("POST", f"{PLAN}/rows/<int:no>/lead", OFFICE, plan_id="draft", no="1"),
    _row("POST", f"{PLAN}/discard", OFFICE, plan_id="plan"),
    _row("GET", f"{PLAN}/launch", OFFICE, plan_id="draft"),
    _row("POST", f"{PLAN}/launch", OFFICE, plan_id="plan"),
    _row("POST", f"{PLAN}/design", OFFICE, plan_id="draft"),
    _row("GET", f"{PLAN}/launching", OFFICE, plan_id="plan"),
    _row("POST", f"{PLAN}/cycle", OFFICE, plan_id="plan"),
    _row("GET", f"{PLAN}/reimport", OFFICE, plan_id="plan"),
    _row("POST", f"{PLAN}/reimport", OFFICE, plan_id="plan"),
    _row(
        "GET",
        f"{PLAN}/revisions/<int:revision_id>",
        OFFICE,
        plan_id="plan",
        revision_id="revision",
    ),
    _row(
        "POST",
        f"{PLAN}/revisions/<int:revision_id>/apply",
        OFFICE,
        plan_id="plan",
        revision_id="revision",
    ),
    _row(
        "POST",
        f"{PLAN}/revisions/<int:revision_id>/units/<int:mention_id>",
        OFFICE,
        plan_id="plan",
        revision_id="revision",
        mention_id="joined",
    ),
    _row(
        "POST",
        f"{PLAN}/revisions/<int:revision_id>/rows/<int:no>/lead",
        OFFICE,
        plan_id="plan",
        revision_id="revision",
        no="1",
    ),
    _row(
        "POST",
        f"{PLAN}/rows/<int:no>/requests/<kind>",
        POST,
        case="extension",
        plan_id="plan",
        no="1",
        kind="extension",
    ),
    _row(
        "POST",
        f"{PLAN}/rows/<int:no>/requests/<kind>",
        (*POST, "office"),
        case="resumption",
        plan_id="plan",
        no="1",
        kind="resumption",
    ),
    # Its conclusion: begun by the office, taken away by the office and the auditor.
    _row("GET", f"{PLAN}/closing", ALL, plan_id="plan"),
    _row("GET", f"{PLAN}/closing", DRAFT_READERS, case="a draft", plan_id="draft"),
    _row("POST", f"{PLAN}/closing", OFFICE, send=PAST, plan_id="plan"),
    _row("POST", f"{PLAN}/closing/urge", OFFICE, plan_id="plan"),
    _row("POST", f"{PLAN}/closing/go-on", OFFICE, plan_id="plan"),
    _row("GET", f"{PLAN}/archive", ALL, plan_id="plan"),
    _row("POST", f"{PLAN}/archive", DRAFT_READERS, plan_id="plan"),
    _row("GET", f"{PLAN}/archive.zip", DRAFT_READERS, plan_id="plan"),
    _row("GET", f"{PLAN}/rows/<int:no>/archive.zip", DRAFT_READERS, plan_id="plan", no="1"),
    # Supervision
    _row("GET", "/supervision/slips", ALL),
    _row("GET", "/supervision/slips/new", ISSUERS),
    _row("POST", "/supervision/slips/new", ISSUERS),
    _row(
        "GET",
        "/supervision/slips/<int:slip_id>",
        (*UNIT, "deputy", *ISSUERS, "auditor"),
        refused=HIDDEN,
        slip_id="slip",
    ),
    _row(
        "GET",
        "/supervision/slips/<int:slip_id>.docx",
        (*UNIT, "deputy", *ISSUERS, "auditor"),
        refused=HIDDEN,
        slip_id="slip",
    ),
    _row("POST", f"{PLAN}/rows/<int:no>/cards", ISSUERS, plan_id="plan", no="1"),
    # Meetings and inspections: the office writes, whom they concern reads.
    _row("GET", "/meetings", ALL),
    _row("GET", "/meetings/new", OFFICE),
    _row("POST", "/meetings/new", OFFICE),
    *(
        _row("GET", f"{MEETING}{rest}", CONCERNED, refused=HIDDEN, meeting_id="meeting")
        for rest in ("", ".docx")
    ),
    *(
        _row(
            "GET", f"{MEETING}{rest}", OFFICE, refused=HIDDEN, case="a draft", meeting_id="minutes"
        )
        for rest in ("", ".docx")
    ),
    *(
        _row(method, f"{MEETING}/{rest}", OFFICE, meeting_id="meeting")
        for method, rest in (
            ("GET", "edit"),
            ("POST", "edit"),
            ("POST", "issue"),
            ("POST", "discard"),
        )
    ),
    _record_files("/meetings/<int:record_id>/files", "meeting"),
    _row("GET", "/inspections", ALL),
    _row("GET", "/inspections/new", OFFICE),
    _row("POST", "/inspections/new", OFFICE),
    _row("GET", INSPECTION, CONCERNED, refused=HIDDEN, inspection_id="inspection"),
    _inspecting(f"{INSPECTION}/rechecks", "inspection_id"),
    _record_files("/inspections/<int:record_id>/files", "inspection"),
    _row("GET", "/records/files/<int:file_id>", CONCERNED, refused=HIDDEN, file_id="record_file"),
    # Supervision shows what the plans show; of several tasks urged each is asked for by itself.
    _row("GET", "/supervision/board", ALL),
    _row("GET", "/supervision/ledger", ALL),
    _row("GET", "/supervision/ledger.xlsx", ALL),
    _row("POST", "/supervision/ledger/views", ALL),
    _row("GET", "/supervision/urge", ALL),
    _row("POST", "/supervision/urge", ALL),
    _row("GET", "/supervision/ladder", SETTLERS),
    _row("POST", "/supervision/ladder", SETTLERS, send={"data": {"act": "preview"}}),
    _row("POST", "/supervision/ladder/lights", SETTLERS),
    _row("POST", "/supervision/ladder/levels", SETTLERS),
    _row("POST", "/supervision/ladder/table", SETTLERS),
    # Reports: what was issued is for everybody, drafts are the office's.
    _row("GET", "/reports", ALL),
    _row("POST", "/reports", OFFICE, send={"data": {"plan": "plan", "kind": "monthly"}}),
    _row("GET", REPORT, ALL, bulletin_id="bulletin"),
    _row("GET", REPORT, OFFICE, refused=HIDDEN, case="a draft", bulletin_id="bulletin_draft"),
    _row("GET", f"{REPORT}.docx", ALL, bulletin_id="bulletin"),
    _row(
        "GET",
        f"{REPORT}.docx",
        OFFICE,
        refused=HIDDEN,
        case="a draft",
        bulletin_id="bulletin_draft",
    ),
    _row("GET", f"{REPORT}.pdf", OFFICE, refused=HIDDEN, bulletin_id="bulletin_draft"),
    *(
        _row("POST", f"{REPORT}{rest}", OFFICE, bulletin_id="bulletin")
        for rest in ("", "/issue", "/discard")
    ),
    # Programs
    _row("GET", f"{API}/openapi.json", ANYBODY),
    _row("GET", f"{API}/me", ALL),
    _row("GET", f"{API}/units", ALL),
    _row("GET", f"{API}/designs", ALL),
    _row("GET", f"{API}/meetings", ALL),
    _row("POST", f"{API}/meetings", OFFICE, send=NEW_MEETING),
    _row("GET", API_MEETING, CONCERNED, refused=HIDDEN, meeting_id="meeting"),
    _row("PUT", API_MEETING, OFFICE, send=SAVED, meeting_id="meeting"),
    _row("POST", f"{API_MEETING}/issue", OFFICE, send=ISSUED, meeting_id="meeting"),
    _row("GET", f"{API}/inspections", ALL),
    _row("POST", f"{API}/inspections", OFFICE, send=NEW_FINDING),
    _row("GET", API_INSPECTION, CONCERNED, refused=HIDDEN, inspection_id="inspection"),
    replace(_inspecting(f"{API_INSPECTION}/rechecks", "inspection_id"), send=LOOKED),
    # Row 1 has an open slip already: whoever may issue is told so.
    _row("GET", f"{API}/slips", ALL),
    _row("POST", f"{API}/slips", ISSUERS, send=NEW_SLIPS),
    *(
        _row("GET", f"{API_SLIP}{rest}", CONCERNED, refused=HIDDEN, slip_id="slip")
        for rest in ("", "/document")
    ),
    _row("GET", f"{API}/cards", ALL),
    _row(
        *("POST", f"{API_PLAN}/rows/<number:no>/cards", ISSUERS),
        send={"json": {"colour": "red", "reason": ""}},
        plan_id="plan",
        no="1",
    ),
    _row("GET", f"{API}/bulletins", ALL),
    _row("POST", f"{API}/bulletins", OFFICE, send={"json": {"plan": "plan", "kind": "monthly"}}),
    *(
        _row("GET", f"{API_BULLETIN}{rest}", ALL, bulletin_id="bulletin")
        for rest in ("", "/document")
    ),
    *(
        _row(
            *("GET", f"{API_BULLETIN}{rest}", OFFICE),
            refused=HIDDEN,
            case="a draft",
            bulletin_id="bulletin_draft",
        )
        for rest in ("", "/document")
    ),
    _row(
        *("PUT", API_BULLETIN, OFFICE),
        send={"json": {"title": "x", "text": "x"}},
        bulletin_id="bulletin",
    ),
    _row("DELETE", API_BULLETIN, OFFICE, bulletin_id="bulletin"),
    _row("POST", f"{API_BULLETIN}/issue", OFFICE, bulletin_id="bulletin"),
    _row("GET", f"{API}/tasks", ALL),
    _row("GET", API_TASK, READERS, task_id="task"),
    _row("POST", f"{API_TASK}/actions/<action>", DOERS, task_id="task", action="nonsense"),
    _row("POST", f"{API}/attachments", READERS, send=NEW_FILE),
    _row(
        "GET",
        f"{API}/attachments/<number:attachment_id>",
        READERS,
        refused=HIDDEN,
        attachment_id="file",
    ),
    _row(
        "DELETE",
        f"{API}/attachments/<number:attachment_id>",
        READERS,
        refused=HIDDEN,
        attachment_id="file",
    ),
    _row("GET", f"{API}/processes/<number:process_id>", READERS, process_id="process"),
    _row("GET", f"{API}/plans", ALL),
    _row("POST", f"{API}/plans", OFFICE, send={"data": {"file": "file"}}),
    _row("GET", API_PLAN, ALL, plan_id="plan"),
    _row("GET", API_PLAN, DRAFT_READERS, case="a draft", plan_id="draft"),
    _row("GET", f"{API_PLAN}/rows", ALL, plan_id="plan"),
    _row("GET", f"{API_PLAN}/rows", DRAFT_READERS, case="a draft", plan_id="draft"),
    _row("GET", f"{API_PLAN}/rows/<number:no>", ALL, plan_id="plan", no="1"),
    _row(
        "GET",
        f"{API_PLAN}/rows/<number:no>",
        DRAFT_READERS,
        case="a draft",
        plan_id="draft",
        no="1",
    ),
    _row("GET", f"{API_PLAN}/closing", ALL, plan_id="plan"),
    _row("POST", f"{API_PLAN}/closing", OFFICE, send=PAST_DAY, plan_id="plan"),
    _row(
        "POST",
        f"{API_PLAN}/closing/go-on",
        OFFICE,
        send={"json": {"reason": "x"}},
        plan_id="plan",
    ),
    _row("GET", f"{API_PLAN}/archive", DRAFT_READERS, plan_id="plan"),
    _row("GET", f"{API_PLAN}/rows/<number:no>/archive", DRAFT_READERS, plan_id="plan", no="1"),
    _row("PATCH", f"{API_PLAN}/rows/<number:no>", OFFICE, plan_id="draft", no="1"),
    _row("POST", f"{API_PLAN}/launch", OFFICE, plan_id="plan"),
    _row("POST", f"{API_PLAN}/revisions", OFFICE, send={"data": {"file": "file"}}, plan_id="plan"),
    *(
        _row(
            method,
            f"{API_PLAN}/revisions/<number:revision_id>{rest}",
            OFFICE,
            plan_id="plan",
            revision_id="revision",
        )
        for method, rest in (("GET", ""), ("POST", "/apply"))
    ),
    _row(
        "POST",
        f"{API_PLAN}/rows/<number:no>/lead",
        OFFICE,
        send={"json": {"unit": 1}},
        plan_id="plan",
        no="1",
    ),
    _row(
        "POST",
        f"{API_PLAN}/units/<number:mention_id>",
        OFFICE,
        plan_id="draft",
        mention_id="mention",
    ),
    _row("POST", f"{API_PLAN}/findings/accept", OFFICE, plan_id="draft"),
    _row(
        "POST",
        f"{API_PLAN}/findings/<number:finding_id>",
        OFFICE,
        send={"json": {"choice": ""}},
        plan_id="draft",
        finding_id="finding",
    ),
    _row(
        "POST",
        f"{API_PLAN}/cycle",
        OFFICE,
        send={"json": {"cycle": "monthly", "day": 28}},
        plan_id="plan",
    ),
    _row(
        "POST",
        f"{API_PLAN}/rows/<number:no>/requests/<kind>",
        POST,
        case="extension",
        plan_id="plan",
        no="1",
        kind="extension",
    ),
    _row(
        "POST",
        f"{API_PLAN}/rows/<number:no>/requests/<kind>",
        (*POST, "office"),
        case="resumption",
        plan_id="plan",
        no="1",
        kind="resumption",
    ),
    _row("POST", f"{API}/designs", DESIGNER, send={"json": {"xml": "x"}}),
    _row("POST", API_MIGRATIONS, DESIGNER, key="line", send={"json": {"to": 1}}),
    _row("GET", API_MIGRATION, DESIGNER, key="line", migration_id="migration"),
    _row("POST", f"{API_MIGRATION}/undo", DESIGNER, key="line", migration_id="migration"),
    # Designs belong to the whole county: to its designers, and nobody else.
    _row("GET", "/designs", DESIGNER),
    _row("GET", DESIGN, DESIGNER, key="cooperation"),
    _row("GET", "/decisions", DESIGNER),
    _row("POST", "/decisions", DESIGNER, send={"data": {"key": "Odd"}}),
    _row("GET", TABLE, DESIGNER, key="escalation"),
    _row("GET", f"{TABLE}/edit", DESIGNER, key="escalation"),
    _row("POST", f"{TABLE}/edit", DESIGNER, key="escalation", send={"data": {"act": "try"}}),
    _row(
        "GET",
        f"{TABLE}/publish",
        DESIGNER,
        key="escalation",
        send={"query_string": {"version": "1"}},
    ),
    # What is in force already is not published once more.
    _row("POST", f"{TABLE}/publish", DESIGNER, key="escalation", send={"data": {"version": "1"}}),
    _row("POST", f"{TABLE}/discard", DESIGNER, key="escalation"),
    _row(
        "GET",
        f"{TABLE}/versions/<int:number>/table.dmn",
        DESIGNER,
        key="escalation",
        number="1",
    ),
    _row(
        "GET",
        f"{TABLE}/copies/<int:copy_id>/table.dmn",
        DESIGNER,
        key="escalation",
        copy_id="table_copy",
    ),
    _row("GET", FORMS, DESIGNER, key="cooperation"),
    _row("POST", FORMS, DESIGNER, key="cooperation", send={"data": {"key": "Odd"}}),
    _row("GET", FORM, DESIGNER, key="cooperation", form="part_report"),
    _row(
        "POST",
        FORM,
        DESIGNER,
        key="cooperation",
        form="part_report",
        send={"data": {"act": "add:text"}},
    ),
    # A step uses it, so it stays.
    _row("POST", f"{FORM}/delete", DESIGNER, key="cooperation", form="part_report"),
    _row("GET", f"{DESIGN}/draft/diagram.bpmn", DESIGNER, key="cooperation"),
    _row("GET", f"{DESIGN}/versions", DESIGNER, key="cooperation"),
    _row("POST", f"{DESIGN}/versions", DESIGNER, refused=NO, key="line"),
    _row("POST", RESTORE, DESIGNER, key="line", number="1", send={"data": {"note": "x"}}),
    _row("POST", f"{DESIGN}/draft/rebase", DESIGNER, key="line"),
    _row("GET", f"{DESIGN}/compare", DESIGNER, key="cooperation"),
    _row("POST", f"{DESIGN}/draft/discard", DESIGNER, key="cooperation"),
    Route(
        "POST",
        f"{DESIGN}/copies/<int:copy_id>/restore",
        _cells((), NO, designer=HIDDEN),
        {"key": "cooperation", "copy_id": "999999"},
        case="no such copy",
    ),
    _row("GET", f"{DESIGN}/migrations", DESIGNER, key="line"),
    _row("POST", f"{DESIGN}/migrations", DESIGNER, key="line", send={"data": {"to": "1"}}),
    _row("GET", MIGRATION, DESIGNER, key="line", migration_id="migration"),
    _row("POST", MIGRATION, DESIGNER, key="line", migration_id="migration"),
    _row("POST", f"{MIGRATION}/undo", DESIGNER, key="line", migration_id="migration"),
    _row("GET", "/designs/new", DESIGNER),
    _row(
        "POST",
        "/designs/new",
        DESIGNER,
        send={"data": {"from": "template:countersign", "key": "another", "name": "另一个"}},
    ),
    _row("GET", f"{DESIGN}/edit", DESIGNER, key="cooperation"),
    _row("GET", f"{DESIGN}/draft", DESIGNER, key="cooperation"),
    _row(
        "POST",
        f"{DESIGN}/draft",
        DESIGNER,
        send={"json": {"xml": "<a/>"}},
        key="cooperation",
    ),
    _row(
        "POST",
        f"{DESIGN}/problems",
        DESIGNER,
        send={"json": {"xml": "<a/>"}},
        key="cooperation",
    ),
    _row("GET", f"{DESIGN}/names.json", DESIGNER, key="cooperation"),
    _row(
        "GET",
        f"{DESIGN}/versions/<int:number>/diagram.bpmn",
        DESIGNER,
        key="cooperation",
        number="1",
    ),
    # Trying designs touches nothing that runs; it is for those who draw them.
    _row("GET", f"{DESIGN}/dry-runs", DESIGNER, key="cooperation"),
    _row("GET", f"{DESIGN}/dry-runs/new", DESIGNER, key="cooperation"),
    _row("POST", f"{DESIGN}/dry-runs", DESIGNER, key="cooperation"),
    _row("GET", RUN, DESIGNER, key="cooperation", run_id="dry_run"),
    _row("POST", RUN, DESIGNER, key="cooperation", run_id="dry_run"),
    _row("GET", f"{RUN}/diagram.bpmn", DESIGNER, key="cooperation", run_id="dry_run"),
    _row("POST", f"{RUN}/skip", DESIGNER, key="cooperation", run_id="dry_run", send=DAYS),
    _row("POST", f"{RUN}/move", DESIGNER, key="cooperation", run_id="dry_run"),
    _row("POST", f"{RUN}/save", DESIGNER, key="cooperation", run_id="dry_run"),
    _row("GET", SCENARIO, DESIGNER, key="cooperation", scenario_id="scenario"),
    _row("POST", f"{SCENARIO}/replay", DESIGNER, key="cooperation", scenario_id="scenario"),
    _row("POST", f"{SCENARIO}/accept", DESIGNER, key="cooperation", scenario_id="scenario"),
    _row("POST", f"{SCENARIO}/open", DESIGNER, key="cooperation", scenario_id="scenario"),
    _row("GET", f"{API}{DESIGN}/scenarios", DESIGNER, key="cooperation"),
    _row("POST", f"{API}{DESIGN}/scenarios", DESIGNER, key="cooperation", send=A_SCENARIO),
    _row("GET", API_SCENARIO, DESIGNER, key="cooperation", scenario_id="scenario"),
    _row("POST", f"{API_SCENARIO}/replay", DESIGNER, key="cooperation", scenario_id="scenario"),
    _row("POST", f"{SCENARIO}/remove", DESIGNER, key="cooperation", scenario_id="scenario"),
    _row("POST", f"{RUN}/discard", DESIGNER, key="cooperation", run_id="dry_run"),
]


@dataclass(frozen=True)
class ActRow:
    """One act on a task of a unit's staff, in the situation (of `world.SITUATIONS`) it needs."""

    name: str
    label: str
    situation: str
    cells: dict[str, str]


def _act(name: str, label: str, *allowed: str, situation: str = "claimed") -> ActRow:
    """A colleague may not do, on a claimed task, what only its owner may."""
    taken = situation in ("claimed", "signed") and "owner" in allowed and "same" not in allowed
    cells = _cells(allowed, NO, **({"same": TAKEN} if taken else {}))
    return ActRow(name, label, situation, cells)


ACTS = [
    _act("submit", "an outcome of the design", "owner", "deputy"),
    _act("return_to", "return 退回", "owner", "deputy"),
    _act("withdraw", "withdraw 撤回", "owner", situation="done"),
    _act("transfer", "transfer 转办", "owner", "head"),
    _act("delegate", "delegate 委派", "owner"),
    _act("add_signer", "add signer 加签", "owner"),
    _act("remove_signer", "remove signer 减签", "owner", situation="signed"),
    _act("copy_to", "copy to 抄送", *POST),
    _act("urge", "urge 催办", "head", "starter", "office"),
    _act("comment", "comment 留言", *READERS),
    _act("save_draft", "save draft 保存草稿", "owner", "deputy"),
    _act("claim", "claim 认领", *POST, situation="open"),
    _act("release", "release 退回认领", "owner"),
    _act("cancel", "cancel 撤销", "starter"),
]
