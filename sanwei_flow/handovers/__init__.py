"""Somebody leaves: everything open in their name goes to a colleague in one go."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Attach the pages."""
    from .views import bp

    app.register_blueprint(bp)
