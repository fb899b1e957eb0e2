"""What a county has only now and then, brought about in the copy the pictures are taken of.

Everything comes to be through the ordinary operations. A state holds from the picture that asks
for it on; the order of the shots is the order of events.
"""

import datetime as dt
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask

from sanwei_flow import web
from sanwei_flow.accounts import operations as accounts
from sanwei_flow.accounts import queries
from sanwei_flow.accounts.actor import SYSTEM, Actor
from sanwei_flow.accounts.models import Role, User, UserRole
from sanwei_flow.closing import jobs as archives
from sanwei_flow.closing import operations as closing
from sanwei_flow.closing.queries import archive_of, closing_of
from sanwei_flow.db import db, transaction
from sanwei_flow.demo.county import PASSWORD
from sanwei_flow.designs import drafting
from sanwei_flow.plans import operations as plans
from sanwei_flow.plans.models import Plan
from sanwei_flow.processes import outbox, services
from sanwei_flow.processes.jobs import ATTEMPTS, run_due_jobs, run_jobs_of
from sanwei_flow.processes.models import ProcessInstance, Task, is_open
from sanwei_flow.processes.operations import act_on_task
from tests.journeys.documents import DIVIDED, UNDIVIDED
from tests.migrating.stories import KEY, with_legal_review

OFFICE, LEADER, DESIGNER = "zhuanban.office", "zhuanban.leader", "designer"
STAFF, HEAD, TOWN = "gongxiao.staff", "gongxiao.head", "wuxia.staff"
#: A colleague of `STAFF`, to whom work can be handed over.
COLLEAGUE = "gongxiao.colleague"
#: The second plan with the units of the demo county, and few of them.
SETTLED = DIVIDED.replace("，各乡镇", "").replace("、青山县金融监管支局", "")


@dataclass
class World:
    """The copied county: its application, its folder, and what shots call by name."""

    app: Flask
    folder: Path
    at: dt.datetime = field(default_factory=web.now)
    places: dict[str, object] = field(default_factory=dict)

    def begin(self) -> None:
        """What no picture minds: an unsettled plan, a colleague, one of the tasks at work."""
        with transaction():
            colleague = accounts.create_user(COLLEAGUE, "陈小梅", PASSWORD, **self.by())
            accounts.grant(colleague, _user(STAFF).roles[0].unit, Role.staff, **self.by())
            plan = plans.import_plan("试点方案.txt", UNDIVIDED.encode(), **self.by(OFFICE))
        self.places["draft"] = plan.id
        self.places["task"] = _task("part_report").id

    def by(self, username: str | None = None) -> dict[str, Any]:
        """Who acts and when, as operations want it; nobody named is the system."""
        by = accounts.actor_of(_user(username)) if username else SYSTEM
        return {"by": by, "at": self.at}

    def act(self, task: Task, action: str, by: Actor, comment: str = "", **data: object) -> None:
        """Somebody does a task."""
        with transaction():
            act_on_task(task.id, action, data, comment=comment, by=by, at=self.at)


def draft_design(world: World) -> None:
    """The designer puts a legal review into the shipped design."""
    given = world.by(DESIGNER)
    with transaction():
        draft = drafting.open_draft(KEY, **given)
        drafting.save_draft(draft.id, revision=draft.revision, xml=with_legal_review(), **given)


def publish_design(world: World) -> None:
    """The draft becomes the second version."""
    draft = drafting.draft_of(KEY)
    assert draft is not None
    with transaction():
        drafting.publish_draft(
            draft.id, revision=draft.revision, note="增加合法性审核", **world.by(DESIGNER)
        )


def stop_process(world: World) -> None:
    """The leader agrees, and what strikes the row off does not answer until it is given up."""
    name = "plans.write_off_row"
    service = services.find(name)
    services.register(name, _away)
    try:
        task = _task("leader_review")
        world.act(task, "agree", world.by(LEADER)["by"], "同意销号")
        for attempt in range(ATTEMPTS):
            run_jobs_of([task.instance_id], world.at + dt.timedelta(hours=2 * attempt))
    finally:
        services.register(name, service)
    db.session.expire_all()
    stopped = db.session.get_one(ProcessInstance, task.instance_id)
    assert stopped.status == "incident", stopped.status
    world.places["stopped"] = stopped.id


def claim_tasks(world: World) -> None:
    """The clerk puts their name to what waits with their unit."""
    by = world.by(STAFF)["by"]
    for unit_id in by.units(Role.staff):
        mine = db.select(Task).where(is_open, Task.unit_id == unit_id, Task.role == Role.staff)
        for task in db.session.scalars(mine.order_by(Task.id)).all():
            world.act(task, "claim", by)


def launch_plan(world: World) -> None:
    """A small plan is launched; two of its rows have started so far."""
    with transaction():
        plan = plans.import_plan("青山方案.txt", SETTLED.encode(), **world.by(OFFICE))
    world.places["small"] = plan.id
    with outbox.queueing(()):
        with transaction():
            plans.launch(plan.id, **world.by(OFFICE))
        run_due_jobs(world.at, limit=1)


def begin_closing(world: World) -> None:
    """The rest starts; the office asks for the self-assessments, two units have answered."""
    run_due_jobs(world.at)
    with transaction():
        closing.start(_small(world).id, **world.by(OFFICE))
    run_due_jobs(world.at)
    for task in _assessments(world)[:2]:
        _assess(world, task)


def report_closing(world: World) -> None:
    """All have answered and the office has summed up."""
    for task in _assessments(world):
        if task.role == Role.staff:
            _assess(world, task)
    run_due_jobs(world.at)
    task = _closing_task(world)
    left = [{"no": one["no"], "reason": "转入下一年度计划"} for one in task.data["unfinished"]]
    world.act(task, "submit", world.by(OFFICE)["by"], unfinished=left)


def accept_plan(world: World) -> None:
    """The leader accepts; the archive is asked for."""
    world.act(_closing_task(world), "agree", world.by(LEADER)["by"], "同意通过验收")
    run_due_jobs(world.at)


def write_archive(world: World) -> None:
    """The archive is written and unpacked."""
    assert archives.sweep(world.at) == 1
    found = world.app.extensions["vault"].store
    archive = archive_of(_small(world).id)
    path = world.folder / "archive.zip"
    path.write_bytes(b"".join(found.read(archive.digest)))
    with zipfile.ZipFile(path) as zipped:
        zipped.extractall(world.folder / "archive")
    world.places["record"] = (world.folder / "archive" / "plan" / "record.html").as_uri()


def _away(*_given: object, **_more: object) -> None:
    raise ConnectionError("对方服务没有应答")


def _user(username: str) -> User:
    user = queries.user_by_name(username)
    assert user is not None, username
    return user


def _task(node: str) -> Task:
    """The oldest open task at this element."""
    query = db.select(Task).where(is_open, Task.node == node).order_by(Task.id)
    task = db.session.scalars(query).first()
    assert task is not None, f"nobody has a task at {node}"
    return task


def _small(world: World) -> Plan:
    db.session.expire_all()
    return db.session.get_one(Plan, world.places["small"])


def _closing_tasks(world: World, *, inside: bool) -> list[Task]:
    found = closing_of(_small(world).id)
    assert found is not None
    process = ProcessInstance.root_id if inside else ProcessInstance.id
    query = db.select(Task).join(ProcessInstance, ProcessInstance.id == Task.instance_id)
    query = query.where(is_open, process == found.process_id).order_by(Task.id)
    return list(db.session.scalars(query))


def _assessments(world: World) -> list[Task]:
    return _closing_tasks(world, inside=True)


def _closing_task(world: World) -> Task:
    (task,) = _closing_tasks(world, inside=False)
    return task


def _assess(world: World, task: Task) -> None:
    """The unit's clerk answers, its head agrees."""
    words = "按方案要求推进本单位牵头和配合的工作，逐项建立台账，定期会商调度。"
    world.act(task, "submit", _holder(task), grade="good", work=words)
    for review in _assessments(world):
        if review.instance_id == task.instance_id:
            world.act(review, "agree", _holder(review))


def _holder(task: Task) -> Actor:
    query = db.select(User).join(UserRole, UserRole.user_id == User.id)
    query = query.where(UserRole.unit_id == task.unit_id, UserRole.role == task.role)
    return accounts.actor_of(db.session.scalars(query.order_by(User.id)).first())  # type: ignore[arg-type]
