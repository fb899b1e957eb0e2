"""The aggregate of running work: a process instance with its tasks, jobs and trail."""

from flask import Flask


def init_app(app: Flask) -> None:  # noqa: ARG001 - every feature is attached alike
    """Make the tables known."""
    from . import models  # noqa: F401
