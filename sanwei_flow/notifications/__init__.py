"""What to tell whom, inside the product and over the channels people chose."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Attach the page of notifications, and the one where channels are chosen."""
    from . import channel_views, outbound, views

    # A network that is none is said at the start, not when somebody saves a channel.
    outbound.Allowed.read(app.config["SANWEI"].webhook_allow)
    app.register_blueprint(views.bp)
    app.register_blueprint(channel_views.bp)
