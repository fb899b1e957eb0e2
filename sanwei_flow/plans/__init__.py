"""Plans: from the issued document to rows that run, and the overview of how far they are."""

from flask import Flask


def init_app(app: Flask) -> None:  # noqa: ARG001 - every feature is attached alike
    """Attach the pages and the services that designs may call."""
    from . import models  # noqa: F401
    from .services import register_services

    register_services()
