"""What programs may say after the question mark. Anything else is refused by name."""

from typing import Annotated, Literal

from pydantic import Field

from sanwei_flow.api.http import Number, Query

Limit = Annotated[int, Field(ge=1, le=200)]


class PageQuery(Query):
    """A page of a list: at most `limit` items, those after the place `after` names."""

    limit: Limit = 50
    after: str | None = None


class NumberedQuery(Query):
    """A page of a list in the order of numbers."""

    limit: Limit = 50
    after: Number | None = None


class RowQuery(NumberedQuery):
    """Rows by their state: `draft`, a stage of the row's process, `written_off`; by their light."""

    limit: Limit = 200
    status: str | None = None
    light: Literal["none", "green", "yellow", "red"] | None = None


class TaskQuery(PageQuery):
    """The asker's tasks: to do, to sign for, or done by them."""

    box: Literal["todo", "to_accept", "done"] = "todo"


class MeetingQuery(NumberedQuery):
    """Meetings by state (drafts, with open or late decisions, all done), plan, lead unit."""

    state: Literal["", "draft", "open", "late", "closed"] = ""
    plan: Number | None = None
    unit: Number | None = None


class InspectionQuery(NumberedQuery):
    """Findings by state, plan and unit."""

    state: Literal["", "open", "recheck", "late", "closed", "good"] = ""
    plan: Number | None = None
    unit: Number | None = None


class SlipQuery(NumberedQuery):
    """Slips by state, plan and unit; `late`: not answered in time at one level or now."""

    state: Literal["", "open", "late", "closed"] = ""
    plan: Number | None = None
    unit: Number | None = None


class CardQuery(NumberedQuery):
    """Cards by colour, plan and unit."""

    colour: Literal["", "yellow", "red"] = ""
    plan: Number | None = None
    unit: Number | None = None


class BulletinQuery(NumberedQuery):
    """Bulletins by state, kind, plan and month."""

    state: Literal["", "draft", "issued"] = ""
    kind: Literal["", "monthly", "closing"] = ""
    plan: Number | None = None
    month: str = ""


class IncidentQuery(NumberedQuery):
    """Incidents of a design, with words in their cause, at least so many days old."""

    design: str = ""
    cause: str = ""
    days: Annotated[int, Field(ge=0, le=3650)] = 0
