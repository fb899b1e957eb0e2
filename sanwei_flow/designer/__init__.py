"""Pages for process designers."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Attach the pages."""
    from . import (  # noqa: F401 - some add pages to another's blueprint
        decision_publish_views,
        decision_views,
        draw_views,
        forms_views,
        new_views,
        versions_views,
    )

    for module in (draw_views, forms_views, versions_views, decision_views):
        app.register_blueprint(module.bp)
    app.jinja_env.globals["has_page"] = lambda endpoint: endpoint in app.view_functions
