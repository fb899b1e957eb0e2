"""Pages about running processes."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Attach the pages."""
    from . import design_views, repair_views, views

    for bp in (views.bp, design_views.bp, repair_views.bp):
        app.register_blueprint(bp)
