"""What an entry's hash covers."""

import hashlib
import json

from sanwei_flow.audit.models import AuditEntry

#: The hash before the first entry of a subject.
START = "0" * 64


def entry_hash(entry: AuditEntry) -> str:
    """The hash an entry must carry: over the hash before it and every value it states."""
    stated = [
        entry.prev_hash,
        entry.subject,
        entry.number,
        entry.kind,
        entry.by_id,
        entry.by_name,
        entry.at.isoformat(timespec="microseconds"),
        entry.data,
    ]
    text = json.dumps(stated, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
