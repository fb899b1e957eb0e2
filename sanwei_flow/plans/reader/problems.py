"""Why a file could not be read as a plan: one clear sentence, never a traceback."""

from sanwei_flow.errors import Invalid, TooLarge


class PlanReadError(Invalid):
    """The file is no plan we can read; the message says why."""

    code = "plan_unreadable"


class PlanTooLargeError(PlanReadError, TooLarge):
    """More than the reader accepts."""

    status = TooLarge.status
    code = TooLarge.code
