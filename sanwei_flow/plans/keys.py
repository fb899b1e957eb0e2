"""The names under which the processes of a plan run."""

import re


def business_key(plan_id: int, no: int | None = None) -> str:
    """The name under which a plan's process runs, or that of one of its rows."""
    return f"plan:{plan_id}" if no is None else f"plan:{plan_id}/row:{no}"


def acceptance_key(plan_id: int) -> str:
    """The name under which the plan is summed up and accepted."""
    return f"plan:{plan_id}/acceptance"


def place_of(key: str) -> tuple[int | None, int | None]:
    """The plan's id and the row's number behind such a name, None for what it does not say.

    Other work of a plan has a name below the plan's as well, `plan:3/meeting:5/1`.
    """
    found = re.match(r"plan:(\d+)(?:/row:(\d+)$|/(?!row:)|$)", key)
    if found is None:
        return None, None
    return int(found[1]), int(found[2]) if found[2] else None
