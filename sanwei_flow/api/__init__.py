"""REST under /api/v1: the same operations and queries as the pages, for programs."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Serve every endpoint; tokens take the place of sessions, so no form token is needed."""
    from sanwei_flow.web import csrf

    from . import attachments, entrance, openapi, plans, processes, register, settling, tasks

    app.url_map.converters["number"] = entrance.NumberConverter
    bp = entrance.bp
    for part in (register, plans, settling, tasks, processes, attachments, openapi):
        bp.register_blueprint(part.bp)
    csrf.exempt(bp)
    app.register_blueprint(bp)
