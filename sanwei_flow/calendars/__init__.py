"""Working days: holidays, make-up days, and the day it is in the county."""

from flask import Flask

from .workdays import Calendar, today

__all__ = ["Calendar", "today"]


def init_app(app: Flask) -> None:  # noqa: ARG001 - every feature is attached alike
    """Make the table known."""
    from . import models  # noqa: F401
