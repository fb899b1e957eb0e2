"""In whose place somebody does a task: their own, or that of a person whose deputy they are."""

from typing import Any

from sanwei_flow.accounts.actor import Actor, Principal
from sanwei_flow.designs.queries import compiled_by_hash

#: What a deputy may do beside the outcomes. Whom else to ask, and handing work on, stays
#: with the person.
DEPUTY_VERBS = frozenset({"return_to", "save_draft"})


def standing(task: Any, content_hash: str, actor: Actor) -> Actor:
    """The actor as who they may act on `task` (anything with unit_id, role, owner_id).

    `content_hash` is the design version's. Their own post comes first; without a deputy's
    right the actor comes back as they are, for others to refuse.
    """
    if not actor.stands_for:
        return actor
    principal = principal_of(task, compiled_by_hash(content_hash).key, actor)
    return actor.acting_for(principal) if principal is not None else actor


def principal_of(task: Any, design: str, actor: Actor) -> Principal | None:
    """For whom the actor may act on the task; None if for themselves, or for nobody."""
    if _can(task, actor):
        return None
    able = (
        each
        for each in actor.stands_for
        if each.covers(design) and _can(task, actor.acting_for(each))
    )
    return next(able, None)


def _can(task: Any, actor: Actor) -> bool:
    return actor.has(task.unit_id, task.role) and actor.owns(task.owner_id)
