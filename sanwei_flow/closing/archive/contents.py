"""What an archive holds, in order: the plan's folder, a folder for each row, the designs.

`plan/` and each `rows/001/` hold `record.html` to read, `record.json` for programs, every
process with its chain, the files people gave, and papers such as slips.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import or_

from sanwei_flow.calendars import today
from sanwei_flow.closing.archive import pages, records
from sanwei_flow.closing.archive.papers import Paper, papers_of
from sanwei_flow.closing.archive.zipping import Part, as_json
from sanwei_flow.db import db
from sanwei_flow.designs.models import DesignVersion
from sanwei_flow.plans.keys import business_key, place_of
from sanwei_flow.plans.models import Plan
from sanwei_flow.plans.rows import RowView, row_views
from sanwei_flow.processes.models import Attachment, ProcessInstance
from sanwei_flow.storage import Vault

PLAN = "plan"
#: Longest name of a file inside the archive, without its folder.
MOST_NAME = 80


@dataclass
class Folder:
    """One file of the office: of the plan itself (`view` is None), or of a row."""

    path: str
    view: RowView | None
    processes: list[ProcessInstance] = field(default_factory=list)
    files: dict[int, tuple[str, Attachment]] = field(default_factory=dict)
    papers: list[Paper] = field(default_factory=list)

    @property
    def no(self) -> int | None:
        return None if self.view is None else self.view.no


def parts_of(plan: Plan, vault: Vault, *, only: int | None = None) -> list[Part]:
    """Everything an archive of the plan holds, or of its row `only`; bytes are made when asked for.

    The plan must have been accepted: what it holds does not change any more.
    """
    assert plan.accepted_at is not None  # noqa: S101 - asked by the callers
    day = today(plan.accepted_at)
    views = row_views(plan, day)
    folders = _filled(plan, views)
    wanted = [one for one in folders if only is None or one.no == only]
    found: list[Part] = []
    for folder in wanted:
        record: Callable[[], object]
        if folder.view is None:
            record = partial(records.plan_record, plan, views, day)
            html = partial(pages.plan_page, plan, views, folder)
        else:
            record = partial(records.row_record, folder.view)
            html = partial(pages.row_page, plan, folder.view, folder)
        found.append(Part(f"{folder.path}/record.html", "档案正文", _text(html)))
        found.append(Part(f"{folder.path}/record.json", "档案数据", _json(record)))
        if folder.view is None:
            entries = partial(records.audit_record, plan)
            found.append(Part(f"{PLAN}/audit.json", "办理记录", _json(entries)))
        found += _inside(folder, vault)
    found += _designs(one for folder in wanted for one in folder.processes)
    return found


def _filled(plan: Plan, views: Sequence[RowView]) -> list[Folder]:
    own = Folder(PLAN, None)
    folders = {view.no: Folder(f"rows/{view.no:03d}", view) for view in views}
    for process in _processes(plan):
        plan_id, no = place_of(process.business_key)
        folder = folders.get(no or 0, own) if plan_id == plan.id else own
        folder.processes.append(process)
    for folder in (own, *folders.values()):
        ids = [process.id for process in folder.processes]
        for one in _attachments(ids):
            folder.files[one.id] = (f"files/{one.id}-{safe_name(one.name)}", one)
    for paper in papers_of(plan):
        folders.get(paper.no or 0, own).papers.append(paper)
    return [own, *folders.values()]


def _processes(plan: Plan) -> Iterable[ProcessInstance]:
    """Every process about the plan and its rows, and whatever those have called."""
    key = business_key(plan.id)
    mine = [
        ProcessInstance.business_key == key,
        ProcessInstance.business_key.like(f"{key}/%"),
    ]
    if plan.process_id is not None:
        mine += [ProcessInstance.id == plan.process_id, ProcessInstance.root_id == plan.process_id]
    query = db.select(ProcessInstance).where(or_(*mine)).order_by(ProcessInstance.id)
    # A discarded draft may have borne the same number before.
    query = query.where(ProcessInstance.started_at >= plan.imported_at)
    return list(db.session.scalars(query))


def _attachments(process_ids: Sequence[int]) -> Iterable[Attachment]:
    query = db.select(Attachment).where(
        Attachment.instance_id.in_(process_ids), Attachment.sent_at.is_not(None)
    )
    return list(db.session.scalars(query.order_by(Attachment.id)))


def _inside(folder: Folder, vault: Vault) -> Iterator[Part]:
    for process in folder.processes:
        path = f"{folder.path}/processes/{process.id}.json"
        about = {"process": process.id, "title": process.title, "head": process.chain_head}
        record = partial(records.process_record, process)
        yield Part(path, "流程记录", _json(record), about=about)
    for place, one in folder.files.values():
        stated = {"attachment": one.id, "name": one.name, "given": one.sha256}
        pieces = partial(vault.store.read, one.sha256)
        path = f"{folder.path}/{place}"
        yield Part(path, "附件", pieces, packed=False, size=one.size, about=stated)
    for paper in folder.papers:
        path = f"{folder.path}/papers/{safe_name(paper.name)}"
        yield Part(path, paper.what, paper.pieces, packed=False, size=paper.size)


def _designs(processes: Iterable[ProcessInstance]) -> Iterator[Part]:
    """The designs they ran by, with their forms: without them nobody could read a process."""
    versions = {one.version_id: one.design_version for one in processes}
    for version in sorted(versions.values(), key=lambda one: (one.design.key, one.number)):
        path = f"designs/{version.design.key}-{version.number}"
        about = {"design": version.design.key, "hash": version.hash}
        yield Part(f"{path}.bpmn", "流程设计", partial(_xml, version), about=about)
        yield Part(f"{path}.forms.json", "流程表单", partial(_forms, version), about=about)


def _xml(version: DesignVersion) -> list[bytes]:
    return [version.xml.encode()]


def _forms(version: DesignVersion) -> list[bytes]:
    return [as_json(version.forms)]


def _text(make: Callable[[], str]) -> Callable[[], list[bytes]]:
    return lambda: [make().encode()]


def _json(make: Callable[[], object]) -> Callable[[], list[bytes]]:
    return lambda: [as_json(make())]


def safe_name(name: str) -> str:
    """A name that any file system takes and that leads nowhere else; its ending is kept."""
    plain = re.sub(r"[^\w.〔〕（）()\-]+", "_", name).strip("._") or "file"
    stem, dot, ending = plain.rpartition(".")
    if len(plain) > MOST_NAME and dot and len(ending) < MOST_NAME // 2:
        return f"{stem[: MOST_NAME - 1 - len(ending)]}.{ending}"
    return plain[:MOST_NAME]
