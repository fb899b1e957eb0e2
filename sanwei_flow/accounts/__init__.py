"""Units, people, their roles, and how they prove who they are."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Attach the account pages and ask every other page's visitor for a log-in."""
    from . import login, views

    login.init_app(app)
    app.register_blueprint(views.bp)
