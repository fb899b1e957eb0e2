"""Pages for people: what waits for me, and the page of a task."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Attach the pages and the menu around every page."""
    from sanwei_flow.storage.vault import size_of

    from . import (
        bulk_views,  # noqa: F401 - more routes of the same blueprint
        deputies,
        files,  # noqa: F401
        home_views,
        ledger_saved,  # noqa: F401
        saved_views,  # noqa: F401
    )
    from .navigation import navigation
    from .uploads import vault
    from .views import bp

    app.register_blueprint(bp)
    app.register_blueprint(deputies.bp)
    app.register_blueprint(home_views.bp)
    app.jinja_env.globals["navigation"] = navigation
    app.jinja_env.filters["filesize"] = size_of
    app.jinja_env.globals["upload_limits"] = lambda: vault().limits
