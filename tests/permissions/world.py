"""The people of the matrix, a task they have to do with, and two plans."""

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from sanwei_flow.accounts.actor import SYSTEM, Actor
from sanwei_flow.accounts.deputies import set_deputy
from sanwei_flow.accounts.identity import principals
from sanwei_flow.accounts.models import Role, Unit, User
from sanwei_flow.accounts.operations import actor_of
from sanwei_flow.accounts.sessions import create_token
from sanwei_flow.calendars import today
from sanwei_flow.db import db, transaction
from sanwei_flow.designs.drafting import open_draft
from sanwei_flow.designs.models import DraftCopy
from sanwei_flow.designs.operations import install_shipped, publish
from sanwei_flow.designs.queries import current
from sanwei_flow.errors import AppError, Conflict, Forbidden
from sanwei_flow.handovers.models import HandOver
from sanwei_flow.inbox import saved
from sanwei_flow.migrating.models import Migration
from sanwei_flow.notifications import channels
from sanwei_flow.notifications.models import Notification
from sanwei_flow.notifications.operations import Notice, deliver
from sanwei_flow.oversight import files as record_files
from sanwei_flow.oversight import inspecting, meetings
from sanwei_flow.oversight.inspecting import Found
from sanwei_flow.oversight.minutes import Wording
from sanwei_flow.plans import operations as plans
from sanwei_flow.plans.importing import read_source
from sanwei_flow.plans.reimporting import keep_revision
from sanwei_flow.processes import attachments, queries
from sanwei_flow.processes.actions import available_actions
from sanwei_flow.processes.jobs import run_due_jobs, run_jobs_of
from sanwei_flow.processes.models import ProcessInstance, Task, TaskCopy
from sanwei_flow.processes.operations import act_on_task, start_process
from sanwei_flow.reports import operations as bulletins
from sanwei_flow.scenarios import operations
from sanwei_flow.scenarios import queries as scenarios
from sanwei_flow.storage import Vault
from sanwei_flow.supervision import slips
from sanwei_flow.web import now
from tests import factories
from tests.factories import NOW
from tests.permissions.matrix import API, HIDDEN, LOG_IN, NO, TAKEN, YES, ActRow, Route
from tests.processes.cases import BRANCHES, LINE
from tests.processes.designs import FORMS

PLAN = """青山县“三位一体”改革实施方案

附件 青山县“三位一体”改革任务分工表
序号\t任务\t牵头单位\t配合单位\t完成时限
1\t组建农合联\t县供销合作社\t县财政局\t2030年底
2\t建设冷链\t某某单位\t县财政局\t2030年底
"""


@dataclass
class World:
    """Accounts by the column of the table, and the ids the addresses speak of."""

    users: dict[str, User]
    tokens: dict[str, str]
    unit: Unit
    ids: dict[str, int] = field(default_factory=dict)

    def actor(self, who: str) -> Actor:
        own = actor_of(db.session.get_one(User, self.users[who].id))
        return replace(own, stands_for=principals(self.users[who].id, NOW))


def make_world(app: Flask) -> World:
    """Everybody, a task of the unit's staff with a file, a notice, a draft and a running plan."""
    with transaction():
        unit = factories.make_unit("县供销合作社")
        finance = factories.make_unit("县财政局")
        centre = factories.make_unit("专班办公室")
        users = {
            "owner": factories.make_user(unit),
            "same": factories.make_user(unit),
            # Of another post, so that what they may do is what a deputy may.
            "deputy": factories.make_user(unit, (Role.sec_admin,)),
            "head": factories.make_user(unit, (Role.reviewer,)),
            "other": factories.make_user(factories.make_unit("县林业局")),
            "starter": factories.make_user(factories.make_unit("县发展改革委")),
            **{
                role: factories.make_user(centre, (Role(role),))
                for role in ("office", "leader", "designer", "auditor", "sys_admin")
            },
            "nobody": factories.make_user(),
        }
        factories.make_user(finance)
        for xml in (LINE, BRANCHES):
            publish(xml, FORMS, by=SYSTEM, at=NOW)
        install_shipped(by=SYSTEM, at=NOW)
        tokens = {n: create_token(u.username, by=SYSTEM, at=NOW) for n, u in users.items()}
    world = World(users, tokens, unit)
    with transaction():
        kept = DraftCopy(key="decision:escalation", xml="<a/>", forms={}, reason="discarded")
        kept.edited_at = kept.kept_at = NOW
        db.session.add(kept)
        db.session.flush()
        world.ids["table_copy"] = kept.id
    world.ids["unit"] = unit.id
    kept = scenarios.scenarios_of("cooperation")[0]
    with transaction():
        designer = world.actor("designer")
        tried = operations.reopen("cooperation", kept.id, 1, by=designer, at=NOW)
    world.ids |= {"scenario": kept.id, "dry_run": tried.id}
    _add_work(world, app.extensions["vault"])
    _add_plans(world)
    _add_records(world, app.extensions["vault"])
    return world


def _add_work(world: World, vault: Vault) -> None:
    task = SITUATIONS["open"](world)
    with transaction():
        mine = {"task_id": task.id, "by": world.actor("owner"), "at": NOW}
        proof = io.BytesIO(b"%PDF-1.4 proof")
        file, unsent = [attachments.store(vault, proof, "proof.pdf", **mine) for _ in range(2)]
        act_on_task(action="comment", comment="proof", files=[file.id], **mine)
        deliver([(world.users["owner"].id, Notice("asked", "x"))], at=NOW)
        copy = TaskCopy(
            task_id=task.id,
            instance_id=task.instance_id,
            user_id=world.users["owner"].id,
            by_name="x",
            at=NOW,
        )
        db.session.add(copy)
        people = [world.users[who].id for who in ("owner", "same")]
        # To be taken back: on a day when nobody acts.
        later = NOW.date() + dt.timedelta(days=30)
        days = {"from_day": later, "until_day": later}
        wanted = channels.Wanted("webhook", "https://hook.example/", "")
        channel = channels.add(wanted, by=world.actor("owner"), at=NOW)
        deputy = set_deputy(*people, **days, by=world.actor("owner"), at=NOW)
        kept = saved.save("x", "todo", {}, unit_id=world.unit.id, by=world.actor("owner"), at=NOW)
        # Tasks are acted on at one time, pages are asked for at another.
        for day in (NOW, now()):
            days = {"from_day": today(day), "until_day": today(day)}
            given = {**days, "by": world.actor("owner"), "at": day}
            set_deputy(world.users["owner"].id, world.users["deputy"].id, **given)
        person, receiver = people
        gone = HandOver(person_id=person, receiver_id=receiver, by_id=person, key="x", at=NOW)
        gone.finished_at = NOW
        db.session.add(gone)
        moved = _migration(world)
    world.ids |= {"person": person, "hand_over": gone.id, "migration": moved.id}
    notice = db.session.scalars(
        db.select(Notification.id).where(Notification.user_id == world.users["owner"].id)
    )
    world.ids |= {"task": task.id, "process": task.instance_id, "file": file.id}
    world.ids |= {"copy": copy.id, "deputy": deputy.id, "channel": channel.id}
    world.ids |= {"filter": kept.id, "unsent": unsent.id}
    world.ids["notice"] = notice.first() or 0


def _migration(world: World) -> Migration:
    """A dry run that has found nothing, of the design the task runs by; and a draft of that."""
    open_draft("line", by=world.actor("designer"), at=NOW)
    version = current("line")
    moved = Migration(design_id=version.design_id, kind="dry_run", to_version_id=version.id)
    moved.by_id, moved.by_name = world.users["designer"].id, "x"
    moved.key, moved.at, moved.finished_at = "x", NOW, NOW
    db.session.add(moved)
    db.session.flush()
    return moved


def _add_plans(world: World) -> None:
    office = world.actor("office")
    with transaction():
        plan = plans.import_plan("方案.txt", PLAN.encode(), by=office, at=NOW)
        for mention in plan.mentions:
            if mention.unit_id is None:
                plans.settle_unit(
                    plan.id, mention.id, unit_id=world.unit.id, remember=False, by=office, at=NOW
                )
        plans.launch(plan.id, by=office, at=NOW)
        draft = plans.import_plan("草稿.txt", (PLAN + "\n").encode(), by=office, at=NOW)
    run_due_jobs(NOW)
    with transaction():
        due = NOW.date() + dt.timedelta(days=7)
        (slip,) = slips.issue([plan.rows[0].id], "x", due, by=office, at=NOW)
        edited = read_source("修改稿.txt", (PLAN + "\n\n").encode(), by=office)
        revision = keep_revision(plan.id, edited, by=office, at=NOW)
        issued = bulletins.draft(plan.id, "closing", by=office, at=NOW)
        bulletins.issue(issued.id, by=office, at=NOW)
        kept = bulletins.draft(plan.id, "monthly", by=office, at=NOW)
    world.ids |= {"bulletin": issued.id, "bulletin_draft": kept.id}
    world.ids |= {"plan": plan.id, "draft": draft.id, "slip": slip.id, "revision": revision.id}
    # The first row is edited by those who may; the last one keeps its units.
    mention = draft.rows[-1].units[-1].mention_id
    world.ids |= {"mention": mention, "finding": draft.findings[0].id}
    world.ids["joined"] = plan.rows[0].units[0].mention_id


def _add_records(world: World, vault: Vault) -> None:
    """Minutes that concern the unit, others in draft, and something found there."""
    by, plan_id = {"by": world.actor("office"), "at": NOW}, world.ids["plan"]
    with transaction():
        decision = Wording("x", world.unit.name)
        given = meetings.Words("x", NOW.date(), decisions=[decision])
        meeting, minutes = (meetings.draft(plan_id, given, **by) for _ in range(2))
        meetings.issue(meeting.id, revision=1, **by)
        due = NOW.date() + dt.timedelta(days=7)
        found = Found(plan_id, None, world.unit.id, NOW.date(), "x", "rectify", "x", due)
        inspection = inspecting.inspect(found, **by)
        file = record_files.add(vault, inspection, io.BytesIO(b"%PDF-1.4 seen"), "x.pdf", **by)
    world.ids |= {"meeting": meeting.id, "minutes": minutes.id}
    world.ids |= {"inspection": inspection.id, "record_file": file.id}


# Routes


def asked(app: Flask, world: World, route: Route, who: str) -> str:
    """How this person is answered at this route: a cell of the table."""
    client = app.test_client()
    given = dict(route.send)
    if route.rule.startswith(API):
        token = world.tokens.get(who)
        given["headers"] = {"Authorization": f"Bearer {token}"} if token else {}
        if "data" not in given and route.method != "GET":
            given.setdefault("json", {})
    elif who in world.users:
        factories.log_in(client, world.users[who])
    if "plan" in given.get("json", {}):
        given["json"] = _named(world, given["json"])
    if "data" in given:
        fill = _multipart if route.rule.startswith(API) else _named
        given["data"] = fill(world, given["data"])
    answer = client.open(_address(world, route), method=route.method, buffered=True, **given)
    return _cell(answer, route)


def _address(world: World, route: Route) -> str:
    address = route.rule
    for name, value in route.about.items():
        start = address.rindex("<", 0, address.index(f"{name}>"))
        end = address.index(">", start)
        address = f"{address[:start]}{world.ids.get(value, value)}{address[end + 1 :]}"
    return address


def _named(world: World, values: dict[str, Any]) -> dict[str, Any]:
    """A page's form: what is known by name goes out as its id."""
    return {
        key: world.ids.get(value, value) if isinstance(value, str) else value
        for key, value in values.items()
    }


def _multipart(world: World, names: dict[str, str]) -> dict[str, Any]:
    return {
        key: (io.BytesIO(b"no plan at all"), "a.txt") if key == "file" else world.ids[value]
        for key, value in names.items()
    }


def _cell(answer: TestResponse, route: Route) -> str:
    status, target = answer.status_code, answer.headers.get("Location", "")
    leaving = route.rule in ("/logout", "/me/logout-everywhere")
    if status == 401 or (
        status == 302 and target.startswith("/login") and not _left(leaving, answer)
    ):
        return LOG_IN
    # Let in, but LibreOffice is not on this machine.
    if status == 503 and route.rule.endswith(".pdf"):
        return YES
    return {403: NO, 404: HIDDEN}.get(status, YES if status < 500 else str(status))


def _left(leaving: bool, answer: TestResponse) -> bool:
    """Whether the log-in page is where one goes after logging out."""
    return leaving and "next=" not in answer.headers["Location"] and _logged_out(answer)


def _logged_out(answer: TestResponse) -> bool:
    return "session=" in (answer.headers.get("Set-Cookie") or "")


# Acts


def _started(world: World, key: str) -> ProcessInstance:
    with transaction():
        given = {"unit": world.unit.id}
        return start_process(key, given, title="重点工作", by=world.actor("starter"), at=NOW)


def _find(instance: ProcessInstance, name: str) -> Task:
    query = db.select(Task).where(Task.instance_id == instance.id, Task.name == name)
    return db.session.scalars(query.order_by(Task.id.desc())).first()  # type: ignore[return-value]


def _do(world: World, task: Task, action: str, **data: Any) -> None:
    with transaction():
        act_on_task(task.id, action, data, by=world.actor("owner"), at=NOW)
    run_jobs_of([task.instance_id], NOW)


def is_open(world: World) -> Task:
    """A task of the unit's staff with an earlier step; nobody has claimed it."""
    instance = _started(world, "branches")
    _do(world, _find(instance, "write"), "submit", summary="已办结")
    return _find(instance, "first")


def is_claimed(world: World) -> Task:
    task = is_open(world)
    _do(world, task, "claim")
    return task


def is_signed(world: World) -> Task:
    """The owner has asked somebody to sign beside them."""
    task = is_claimed(world)
    _do(world, task, "add_signer", people=[world.users["other"].id], place="beside")
    return task


def is_done(world: World) -> Task:
    """The owner has done it, and nobody has acted since."""
    instance = _started(world, "line")
    task = _find(instance, "write")
    _do(world, task, "submit", summary="已办结")
    return task


SITUATIONS: dict[str, Callable[[World], Task]] = {
    "open": is_open,
    "claimed": is_claimed,
    "signed": is_signed,
    "done": is_done,
}


def acted(world: World, row: ActRow, task: Task, who: str) -> str:
    """How the act ends for this person: a cell of the table; offered must be what is allowed."""
    db.session.rollback()
    by, found = world.actor(who), queries.get_task(task.id)
    db.session.refresh(found)
    offered = row.name in {action.name for action in available_actions(found, by, asked=False)}
    try:
        with transaction():
            given = _given(world, row.name, found)
            act_on_task(task.id, row.name, given, comment="理由", by=by, at=NOW)
        cell = YES
    except Forbidden:
        cell = NO
    except Conflict:
        cell = TAKEN
    except AppError as error:
        cell = repr(error)
    return cell if offered == (cell == YES) else f"{cell}, but offered: {offered}"


def _given(world: World, name: str, task: Task) -> dict[str, Any]:
    if name == "return_to":
        return {"target": queries.done_tasks(task.instance_id)[0].id, "resubmit": "next"}
    if name == "remove_signer":
        return {"signers": [one.id for one in queries.sides(task.id, pending=True)]}
    people = {"transfer": "same", "delegate": "other", "add_signer": "other", "copy_to": "other"}
    if name not in people:
        return {}
    person = world.users[people[name]].id
    return {"person": person, "people": [person], "place": "beside"}
