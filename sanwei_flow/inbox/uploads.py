"""The files of a form: which it holds already, which came with it, and keeping those."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, cast

from werkzeug.datastructures import FileStorage

from sanwei_flow import web
from sanwei_flow.accounts.actor import Actor
from sanwei_flow.db import transaction
from sanwei_flow.errors import N_, AppError, Invalid
from sanwei_flow.processes import attachments
from sanwei_flow.processes.attachments import BESIDE
from sanwei_flow.processes.models import Attachment, Task
from sanwei_flow.storage.serving import vault

#: Ticked beside a stored file that is to go with the act; a browser forgets the files themselves.
KEPT = "{key}-kept"


@dataclass
class Files:
    """The ids of a form's files by the field they answer, `BESIDE` for the act's own.

    `posted` is what came back from the browser, if anything did; `opening` is what a fresh form
    holds. `stored` are those kept just now.
    """

    task: Task
    reader: int | None
    posted: Any = None
    opening: Mapping[str, list[int]] = field(default_factory=dict)
    stored: dict[str, list[int]] = field(default_factory=dict)

    def ids(self, key: str) -> list[int]:
        """What the field holds now: of what was posted only what this person may name here."""
        if self.posted is None:
            return list(self.opening.get(key) or ())
        listed = self.posted.getlist(KEPT.format(key=key), type=web.key)
        known = attachments.by_ids(listed)
        allowed = {one for one in known if self._mine(known[one])} | {*self._opening(key)}
        named = [one for one in listed if one in known and one in allowed]
        return [*named, *self.stored.get(key, ())]

    def records(self, keys: Iterable[str]) -> dict[str, list[Attachment]]:
        """The files of these fields, to draw; one statement."""
        ids = {key: self.ids(key) for key in keys}
        known = attachments.by_ids(one for listed in ids.values() for one in listed)
        return {key: [known[one] for one in listed if one in known] for key, listed in ids.items()}

    def _opening(self, key: str) -> list[int]:
        return list(self.opening.get(key) or ())

    def _mine(self, one: Attachment) -> bool:
        own = one.sent_at is not None or one.uploaded_by_id == self.reader
        return own and one.instance_id == self.task.instance_id

    def receive(self, sent: Mapping[str, list[FileStorage]], *, by: Actor) -> None:
        """Keep what came with a post, each file by itself: a bad one costs no good one.

        Raises Invalid with a sentence for each file that could not be kept, by field.
        """
        refused: dict[str, list[object]] = {}
        for key, files in sent.items():
            for file in files:
                try:
                    self.stored.setdefault(key, []).append(keep(self.task.id, file, by=by).id)
                except AppError as error:
                    refused.setdefault(key, []).append(web.message_of(error))
        if refused:
            count = sum(len(sentences) for sentences in refused.values())
            raise Invalid(N_("有 {count} 个文件没有传上。"), fields=refused, count=count)


def keep(task_id: int, file: FileStorage, *, by: Actor) -> Attachment:
    """Store one file for a task. Raises what `attachments.store` raises."""
    with transaction():
        source = cast("BinaryIO", file.stream)
        name = file.filename or ""
        return attachments.store(vault(), source, name, task_id=task_id, by=by, at=web.now())


def sent_with(files: Any, keys: Iterable[str] = (BESIDE,)) -> dict[str, list[FileStorage]]:
    """The files of a post by field; inputs left empty send one without a name."""
    return {key: [one for one in files.getlist(key) if one.filename] for key in keys}
