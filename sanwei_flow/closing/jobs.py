"""Writes archives in the background. Nothing is held in the database while one is written."""

import datetime as dt
import logging
import tempfile
from typing import BinaryIO

from sqlalchemy import or_

from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.accounts.models import Role
from sanwei_flow.closing.archive import zipping
from sanwei_flow.closing.archive.contents import parts_of
from sanwei_flow.closing.archive.records import facts_of
from sanwei_flow.closing.archive.zipping import Part
from sanwei_flow.closing.models import DONE, FAILED, WAITING, WRITING, PlanArchive
from sanwei_flow.db import db, transaction
from sanwei_flow.errors import N_
from sanwei_flow.notifications.operations import Notice, notify_people
from sanwei_flow.plans.access import record
from sanwei_flow.plans.models import Plan
from sanwei_flow.storage.serving import vault
from sanwei_flow.storage.vault import digest_of

log = logging.getLogger(__name__)

#: How often the runner looks.
EVERY_SECONDS = 10
ATTEMPTS = 5
#: The pause after the first failure; each further one is four times as long.
PAUSE = dt.timedelta(minutes=1)
#: How long an archive is left to the runner that took it; renewed with every step.
LOCK = dt.timedelta(minutes=10)
#: Parts written between two looks at the progress.
STEP = 10


def sweep(at: dt.datetime) -> int:
    """Write the archives that wait; return how many. Safe to run twice and side by side."""
    written = 0
    while True:
        with transaction():
            archive_id = _claim(at)
        if archive_id is None:
            return written
        written += _write(archive_id, at)


def _claim(at: dt.datetime) -> int | None:
    """An archive nobody is writing; one whose runner died is taken up again."""
    query = (
        db.select(PlanArchive)
        .where(
            PlanArchive.state.in_((WAITING, WRITING)),
            or_(PlanArchive.locked_until.is_(None), PlanArchive.locked_until <= at),
        )
        .order_by(PlanArchive.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    archive = db.session.scalar(query.execution_options(populate_existing=True))
    if archive is None:
        return None
    archive.state, archive.locked_until = WRITING, at + LOCK
    archive.attempts += 1
    archive.done = archive.total = 0
    return archive.id


def _write(archive_id: int, at: dt.datetime) -> int:
    """Write one claimed archive; 1 if it lies in the store."""
    archive = db.session.get_one(PlanArchive, archive_id, populate_existing=True)
    try:
        with tempfile.TemporaryFile() as target:
            parts = parts_of(archive.plan, vault())
            files = _put_all(archive_id, target, parts, archive, at)
            size = target.tell()
            digest = digest_of(target)
            target.seek(0)
            vault().store.put(digest, target)
    except Exception as error:
        # Whatever breaks one archive must not stop the others.
        log.exception("archive %s could not be written", archive_id)
        db.session.rollback()
        with transaction():
            _failed(archive_id, error, at)
        return 0
    with transaction():
        _finished(archive_id, digest, size, files, at)
    return 1


def _put_all(
    archive_id: int,
    target: BinaryIO,
    parts: list[Part],
    archive: PlanArchive,
    at: dt.datetime,
) -> int:
    written = 0
    facts = facts_of(archive.plan, archive.by_name, at)
    for written, _told in enumerate(zipping.write(target, parts, facts), start=1):
        if written % STEP == 1:
            with transaction():
                _note(archive_id, written, len(parts), at)
    return written + 1  # the manifest


def _note(archive_id: int, done: int, total: int, at: dt.datetime) -> None:
    values = {"done": done, "total": total, "locked_until": at + LOCK}
    db.session.execute(db.update(PlanArchive).where(PlanArchive.id == archive_id).values(**values))


def _finished(archive_id: int, digest: str, size: int, files: int, at: dt.datetime) -> None:
    archive = db.session.get_one(PlanArchive, archive_id, populate_existing=True)
    archive.state, archive.locked_until, archive.error = DONE, None, ""
    archive.digest, archive.size, archive.files = digest, size, files
    archive.done = archive.total
    archive.finished_at = at
    plan = db.session.get_one(Plan, archive.plan_id, populate_existing=True)
    plan.archived_at = plan.archived_at or at
    record(plan, "archive_plan", after=f"SHA-256 {digest}", by=SYSTEM, at=at)
    _tell(plan, N_("《{title}》已归档，可以下载"), f"plan:{plan.id}/archived", at)


def _failed(archive_id: int, error: Exception, at: dt.datetime) -> None:
    archive = db.session.get_one(PlanArchive, archive_id, populate_existing=True)
    archive.error = f"{type(error).__name__}: {error}"[:500]
    archive.locked_until = at + PAUSE * 4 ** (archive.attempts - 1)
    if archive.attempts >= ATTEMPTS:
        archive.state, archive.locked_until = FAILED, None
        words = N_("《{title}》的归档文件没有生成，请查看")
        _tell(archive.plan, words, f"plan:{archive.plan_id}/unarchived/{at.isoformat()}", at)


def _tell(plan: Plan, words: str, key: str, at: dt.datetime) -> None:
    if plan.office_unit_id is None:
        return
    params = {"title": plan.title[:60]}
    link = f"/plans/{plan.id}/closing#archive"
    notice = Notice("plan_archived", words, params, link=link, dedupe_key=key)
    notify_people(plan.office_unit_id, Role.office, notice, at=at)
