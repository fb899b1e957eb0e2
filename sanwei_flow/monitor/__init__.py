"""Pages about running processes."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Attach the pages."""
    from .views import bp

    app.register_blueprint(bp)
