"""Files people give to tasks: kept, carried by an act, told in the trail, cleared away."""

import datetime as dt
import io
from pathlib import Path

import pytest
from flask import Flask

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.db import db, transaction
from sanwei_flow.errors import Conflict, Forbidden, Invalid, NotFound, TooLarge
from sanwei_flow.processes import attachments, clearing, queries
from sanwei_flow.processes.chain import first_broken
from sanwei_flow.processes.history import history
from sanwei_flow.processes.models import Attachment, Task
from sanwei_flow.storage import FolderStore, Limits, Vault
from tests.processes.conftest import NOW, Office, only

PDF = b"%PDF-1.7 figures"


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(FolderStore(tmp_path), Limits(most_bytes=1000, most_files=3))


@pytest.fixture
def task(office: Office) -> Task:
    return only(office.start("approval"))


def give(vault: Vault, task: Task, by: Actor, content: bytes = PDF, name: str = "佐证.pdf") -> int:
    with transaction():
        given = {"task_id": task.id, "by": by, "at": NOW}
        return attachments.store(vault, io.BytesIO(content), name, **given).id


def held(vault: Vault) -> list[str]:
    assert isinstance(vault.store, FolderStore)
    return [path.name for path in vault.store.folder.rglob("*") if path.is_file()]


def test_a_file_is_kept_once_under_its_hash_and_served_under_its_name(
    office: Office, task: Task, vault: Vault
) -> None:
    first = give(vault, task, office.clerk, name="../../etc/完成情况.pdf")
    second = give(vault, task, office.clerk, name="again\x00.pdf")
    found = attachments.find(first, by=office.clerk)
    assert (found.name, found.content) == ("完成情况.pdf", "application/pdf")
    assert b"".join(vault.pieces(found.sha256, found.name)) == PDF
    assert attachments.find(second, by=office.clerk).sha256 == found.sha256
    assert held(vault) == [found.sha256]
    with pytest.raises(Forbidden):
        give(vault, task, office.stranger)
    with pytest.raises(Invalid):
        give(vault, task, office.clerk, content=b"")
    with pytest.raises(TooLarge):
        give(vault, task, office.clerk, content=b"x" * 1001, name="big.txt")
    give(vault, task, office.clerk)
    with pytest.raises(Invalid, match="最多 3 个"):
        give(vault, task, office.clerk)
    assert held(vault) == [found.sha256]


def test_a_file_nobody_has_sent_is_its_givers_own(office: Office, task: Task, vault: Vault) -> None:
    mine = give(vault, task, office.clerk)
    with pytest.raises(NotFound):
        attachments.find(mine, by=office.colleague)
    with pytest.raises(Invalid) as caught:
        office.act(task, "comment", office.colleague, comment="看附件", files=[mine])
    assert set(caught.value.fields) == {"attachments"}
    with pytest.raises(NotFound), transaction():
        attachments.discard(mine, by=office.colleague)
    with transaction():
        attachments.discard(mine, by=office.clerk)
    with pytest.raises(NotFound):
        attachments.find(mine, by=office.clerk)


@pytest.mark.parametrize(
    ("action", "data"), [("submit", {"summary": "已办结"}), ("comment", {}), ("release", None)]
)
def test_any_act_carries_files_and_the_trail_tells_of_them(
    office: Office, task: Task, vault: Vault, action: str, data: dict[str, str] | None
) -> None:
    if data is None:  # what is done with one press carries nothing, and takes nothing away
        office.act(task, "claim", office.clerk)
    mine = give(vault, task, office.clerk)
    office.act(task, action, office.clerk, data=data or {}, comment="附件请查收", files=[mine])
    told = history(queries.get_instance(task.instance_id))
    carried = [entry.files for entry in told if entry.files]
    assert carried == ([] if data is None else [[mine]])
    assert first_broken(task.instance_id) is None
    if data is None:
        return
    event = next(one for one, _task in queries.trail(task.instance_id) if one.action == action)
    (stated,) = event.data["_files"]
    assert stated["sha256"] == attachments.find(mine, by=office.head).sha256
    with pytest.raises(NotFound):
        attachments.find(mine, by=office.stranger)
    with pytest.raises(Conflict), transaction():
        attachments.discard(mine, by=office.clerk)


def test_the_bytes_behind_a_record_cannot_be_exchanged_unseen(
    office: Office, task: Task, vault: Vault
) -> None:
    mine = give(vault, task, office.clerk)
    office.act(task, "comment", office.clerk, comment="佐证", files=[mine])
    event = queries.trail(task.instance_id)[-1][0]
    event.data = {"_files": [event.data["_files"][0] | {"sha256": "0" * 64}]}
    db.session.commit()
    assert first_broken(task.instance_id) == event


def test_an_act_takes_no_file_of_another_process(office: Office, task: Task, vault: Vault) -> None:
    other = only(office.start("approval"))
    theirs = give(vault, other, office.clerk)
    for wrong in (theirs, 999_999):
        with pytest.raises(Invalid):
            office.act(task, "comment", office.clerk, comment="佐证", files=[wrong])
    too_many = [give(vault, task, office.clerk)] * (attachments.MOST_BESIDE + 1)
    with pytest.raises(Invalid, match="1 处"):
        office.act(task, "comment", office.clerk, comment="佐证", files=too_many)
    assert db.session.scalar(db.select(Attachment.sent_at).where(Attachment.id == theirs)) is None


def test_a_refused_act_leaves_its_files_with_the_person(
    office: Office, task: Task, vault: Vault
) -> None:
    mine = give(vault, task, office.clerk)
    with pytest.raises(Invalid):
        office.act(task, "submit", office.clerk, files=[mine])
    assert attachments.find(mine, by=office.clerk).sent_at is None


def test_what_nobody_refers_to_is_cleared_away(
    app: Flask, office: Office, task: Task, vault: Vault
) -> None:
    sent = give(vault, task, office.clerk, name="sent.pdf")
    office.act(task, "comment", office.clerk, comment="佐证", files=[sent])
    drafted = give(vault, task, office.clerk, content=b"%PDF-drafted")
    office.act(task, "save_draft", office.clerk, data={"attachments": [drafted]})
    give(vault, task, office.clerk, content=b"%PDF-forgotten")
    (vault.store.folder / "ab").mkdir(exist_ok=True)  # type: ignore[attr-defined]
    (vault.store.folder / "ab" / "ab-new-x").write_bytes(b"left by a crash")  # type: ignore[attr-defined]
    assert len(held(vault)) == 4
    assert (
        clearing.clear(vault, at=dt.datetime.now(dt.UTC)) == 1
    )  # the forgotten one; bytes are fresh
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=2)
    assert clearing.clear(vault, at=later) == 2
    kept = db.session.scalars(db.select(Attachment.sha256)).all()
    assert sorted(held(vault)) == sorted(kept)
    assert len(kept) == 2
    assert clearing.clear(vault, at=later) == 0


def test_the_command_clears_as_the_night_does(app: Flask, office: Office, task: Task) -> None:
    give(app.extensions["vault"], task, office.clerk)  # long ago, as far as the command knows
    answer = app.test_cli_runner().invoke(args=["attachments", "clear"])
    assert answer.output == "1 removed\n"
    assert db.session.scalars(db.select(Attachment)).all() == []
