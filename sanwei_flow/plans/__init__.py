"""Plans: from the issued document to rows that run, and the overview of how far they are."""

from flask import Flask


def init_app(app: Flask) -> None:  # noqa: ARG001 - every feature is attached alike
    """Attach the services that designs may call."""
    from .services import register_services

    register_services()
