"""Pages for process designers."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Attach the pages."""
    from . import draw_views, forms_views, new_views, versions_views  # noqa: F401 - they attach themselves

    app.register_blueprint(draw_views.bp)
    app.register_blueprint(forms_views.bp)
    app.register_blueprint(versions_views.bp)
    app.jinja_env.globals["has_page"] = lambda endpoint: endpoint in app.view_functions
