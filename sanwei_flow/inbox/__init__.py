"""Pages for people: what waits for me, and the page of a task."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Attach the pages and the menu around every page."""
    from . import (
        bulk_views,  # noqa: F401 - more routes of the same blueprint
        deputies,
        saved_views,  # noqa: F401
    )
    from .navigation import navigation
    from .views import bp

    app.register_blueprint(bp)
    app.register_blueprint(deputies.bp)
    app.jinja_env.globals["navigation"] = navigation
