"""Every design as the list shows it: what is published, what is being drawn."""

import datetime as dt
from dataclasses import dataclass

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import User
from sanwei_flow.db import db
from sanwei_flow.designs.drafting import copies_of, draft_of, drafts, require_designer
from sanwei_flow.designs.models import DesignDraft, DesignVersion, ProcessDesign
from sanwei_flow.designs.queries import newest, newest_versions
from sanwei_flow.errors import N_, NotFound
from sanwei_flow.processes.models import InstanceStatus, ProcessInstance

#: Nobody designs more than this by hand; the plans' own processes are left out.
MOST = 500
GENERATED = "plan_"


@dataclass(frozen=True)
class Listed:
    """A design: its newest version, its draft, or both; `running` counts open instances."""

    key: str
    name: str
    number: int | None
    published_at: dt.datetime | None
    publisher: str | None
    draft: DesignDraft | None
    editor: str | None
    running: int


def listed(by: Actor, *, generated: bool = False) -> list[Listed]:
    """The designs people draw, or those generated for plans, by key. Raises Forbidden."""
    require_designer(by)
    versions = {
        one.design.key: one
        for one in newest_versions(limit=MOST)
        if one.design.key.startswith(GENERATED) == generated
    }
    open_drafts = {one.key: one for one in drafts() if one.key.startswith(GENERATED) == generated}
    people = _names([*versions.values()], [*open_drafts.values()])
    running = _running()
    return [
        _line(key, versions.get(key), open_drafts.get(key), people, running)
        for key in sorted(versions.keys() | open_drafts.keys())
    ]


def one_design(
    key: str, by: Actor, *, kept: bool = False
) -> tuple[DesignVersion | None, DesignDraft | None]:
    """A design's newest version and its draft.

    Raises Forbidden, and NotFound if it has neither, unless drafts `kept` of it will do.
    """
    require_designer(by)
    version, draft = newest(key), draft_of(key)
    if version is None and draft is None and not (kept and copies_of(key)):
        raise NotFound(N_("没有流程 {key}"), key=key)
    return version, draft


def _line(
    key: str,
    version: DesignVersion | None,
    draft: DesignDraft | None,
    people: dict[int | None, str],
    running: dict[str, int],
) -> Listed:
    return Listed(
        key=key,
        name=draft.name if draft else version.design.name if version else key,
        number=version.number if version else None,
        published_at=version.published_at if version else None,
        publisher=people.get(version.published_by_id) if version else None,
        draft=draft,
        editor=people.get(draft.edited_by_id) if draft else None,
        running=running.get(key, 0),
    )


def _names(versions: list[DesignVersion], open_drafts: list[DesignDraft]) -> dict[int | None, str]:
    ids = {one.published_by_id for one in versions} | {one.edited_by_id for one in open_drafts}
    rows = db.session.execute(db.select(User.id, User.name).where(User.id.in_(ids - {None})))
    return {row.id: row.name for row in rows}


def _running() -> dict[str, int]:
    query = (
        db.select(ProcessDesign.key, db.func.count())
        .join(DesignVersion, DesignVersion.design_id == ProcessDesign.id)
        .join(ProcessInstance, ProcessInstance.version_id == DesignVersion.id)
        .where(ProcessInstance.status.not_in([InstanceStatus.finished, InstanceStatus.cancelled]))
        .group_by(ProcessDesign.key)
    )
    return dict(db.session.execute(query).all())
