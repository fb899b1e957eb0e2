"""Keeping deadlines: who is reminded of what, and when."""

from flask import Flask


def init_app(app: Flask) -> None:  # noqa: ARG001 - every feature is attached alike
    """Put the reminder sweep on the timetable, in the morning: nobody is reminded at night."""
    from sanwei_flow.processes import sweeps

    from .jobs import sweep

    sweeps.register("reminders", sweep, hour=8)
