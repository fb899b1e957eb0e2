"""Plays the scenarios whenever a design is published or installed.

A red scenario does not forbid publishing: the design may be meant to change. But a person who
publishes in spite of it has to say why in the note, and the note stays beside the version.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.calendars.workdays import Phrase
from sanwei_flow.db import db
from sanwei_flow.designs.models import DesignVersion
from sanwei_flow.designs.operations import WORKFLOWS
from sanwei_flow.designs.queries import newest
from sanwei_flow.designs.trials import Trial
from sanwei_flow.errors import N_, Invalid
from sanwei_flow.scenarios import keeping, queries
from sanwei_flow.scenarios.keeping import Replay, replay, replay_all
from sanwei_flow.scenarios.material import Content
from sanwei_flow.scenarios.models import Scenario
from sanwei_flow.scenarios.steps import read_given, read_steps

SHIPPED = WORKFLOWS / "scenarios"
#: Names of red scenarios a sentence lists.
NAMED = 3
#: What the files say about themselves; what people write stays as they wrote it.
SAID = (
    N_("从签收到销号"),
    N_("牵头单位签收、分工，两家配合单位同时办理，汇总上报后逐级审核，直到销号；到期前有提醒。"),
    N_("提出异议后改派"),
    N_("牵头单位提出异议，本单位负责人同意，专班办公室改派，由新的牵头单位签收。"),
    N_("逾期视为签收，专班退回配合单位"),
    N_("到期未签收的视为签收；专班办公室可以只把一家配合单位的部分退回重报，重大事项由组长审批。"),
    N_("上报被退回后重报"),
    N_("本单位审核人和牵头单位都可以退回，重报时不再签收；快到期时提醒。"),
)


class Replays:
    """The trials of `designs.trials`: every saved scenario, and the ones we ship."""

    def published(
        self, versions: Sequence[DesignVersion], *, by: Actor, at: dt.datetime, note: str
    ) -> list[Trial]:
        found = replay_all(versions, at=at)
        red = [one.scenario.name for one in found if not one.green]
        if red and not by.is_system and not note.strip():
            raise Invalid(
                N_("有 {count} 个情形与保存时不同：{names}。要照样发布，请在说明里写明原因。"),
                fields={"note": [Phrase(N_("请说明为什么与保存的情形不同也要发布"))]},
                count=len(red),
                names="、".join(red[:NAMED]) + ("…" if len(red) > NAMED else ""),
            )
        return [trial(one) for one in found]

    def installed(
        self, versions: Sequence[DesignVersion], *, by: Actor, at: dt.datetime
    ) -> list[Trial]:
        for path in sorted(SHIPPED.glob("*.json")):
            install(path, by=by, at=at)
        return [trial(one) for one in replay_all(versions, at=at)]

    def content(self, key: str, xml: str, forms: Mapping[str, Any]) -> list[Trial]:
        tried = Content(key, xml, forms)
        concerned = queries.scenarios_through([key])
        return [trial(replay(one, tried, by_key=key)) for one in concerned]


def trial(done: Replay) -> Trial:
    """A replay as those below know it."""
    said = done.difference.said if done.difference else None
    return Trial(done.scenario.design_key, done.scenario.name, done.green, said)


def install(path: Path, *, by: Actor, at: dt.datetime) -> None:
    """Bring a scenario from its file, unless a person has changed it since.

    Nothing for a design that is not there. Raises Invalid for a file that is no scenario.
    """
    text = path.read_text("utf-8")
    content, digest = json.loads(text), hashlib.sha256(text.encode()).hexdigest()
    key, name = content["design"], content["name"]
    if newest(key) is None:
        return
    same = Scenario.design_key == key, Scenario.name == name
    known = db.session.scalar(db.select(Scenario).where(*same))
    if known is not None:
        if known.shipped in (None, digest):
            return
        keeping.forget(known)
    keeping.write(
        key,
        name,
        content.get("note", ""),
        read_given(content["given"]),
        read_steps(content["steps"]),
        expected=content.get("expected"),
        shipped=digest,
        by=by,
        at=at,
    )
