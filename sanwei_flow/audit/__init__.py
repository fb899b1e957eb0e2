"""The append-only record of who did what, one hash chain per subject."""

from flask import Flask


def init_app(app: Flask) -> None:  # noqa: ARG001 - every feature is attached alike
    """Make the table known."""
    from . import models  # noqa: F401
