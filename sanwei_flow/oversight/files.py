"""Files kept with a meeting or an inspection: the signed scan, photographs of a place."""

import datetime as dt
from typing import BinaryIO

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.db import db
from sanwei_flow.errors import N_, Invalid, NotFound
from sanwei_flow.oversight.models import Inspection, Meeting, RecordFile
from sanwei_flow.processes.attachments import clean_name
from sanwei_flow.storage import Vault

#: Files one record may have.
MOST = 20


def add(
    vault: Vault,
    record: Meeting | Inspection,
    source: BinaryIO,
    name: str,
    *,
    by: Actor,
    at: dt.datetime,
) -> RecordFile:
    """Keep a file with a record that `by` may write; asked by the caller.

    Raises Invalid for a kind that is not wanted, an empty file or too many of them, TooLarge,
    Unavailable if the store does not answer.
    """
    if len(record.files) >= MOST:
        raise Invalid(N_("一份记录最多 {limit} 个附件。"), limit=MOST)
    label = clean_name(name)
    kept = vault.check(source, label)
    file = RecordFile(
        name=label,
        size=kept.size,
        sha256=kept.digest,
        content=kept.content,
        at=at,
        by_id=by.user_id,
        by_name=by.name,
    )
    record.files.append(file)
    # Written before the bytes: whoever clears the store then waits for this transaction.
    db.session.flush()
    vault.put(kept, source)
    return file


def find(file_id: int) -> RecordFile:
    """A file by its id; whether one may have it is asked of its record. Raises NotFound."""
    file = db.session.get(RecordFile, file_id)
    if file is None:
        raise NotFound(N_("没有这个附件。"))
    return file
