"""What to tell whom, inside the product and over the channels people chose."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Attach the page of notifications, and the one where channels are chosen."""
    from . import channel_views, views

    app.register_blueprint(views.bp)
    app.register_blueprint(channel_views.bp)
