"""REST under /api/v1: the same operations and queries as the pages, for programs."""

from functools import cache

from flask import Blueprint, Flask


def init_app(app: Flask) -> None:
    """Serve every endpoint; tokens take the place of sessions, so no form token is needed."""
    from sanwei_flow.web import csrf

    from . import entrance

    app.url_map.converters["number"] = entrance.NumberConverter
    csrf.exempt(entrance.bp)
    app.register_blueprint(_assembled())


@cache
def _assembled() -> Blueprint:
    """The blueprint with its parts; put together once, however many applications there are."""
    from . import attachments, entrance, openapi, plans, processes, register, settling, tasks

    for part in (register, plans, settling, tasks, processes, attachments, openapi):
        entrance.bp.register_blueprint(part.bp)
    return entrance.bp
