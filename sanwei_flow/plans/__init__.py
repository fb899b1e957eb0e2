"""Plans: from the issued document to rows that run, and the overview of how far they are."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Attach the pages and the services that designs may call."""
    from . import review  # noqa: F401 - adds its pages to the blueprint
    from .services import register_services
    from .views import bp

    register_services()
    app.register_blueprint(bp)
