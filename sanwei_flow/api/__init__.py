"""REST under /api/v1: the same operations and queries as the pages, for programs."""

from functools import cache

from flask import Blueprint, Flask


def init_app(app: Flask) -> None:
    """Serve every endpoint."""
    # The same as the pages' `<int:…>`; the documents of the API call it a number.
    app.url_map.converters["number"] = app.url_map.converters["int"]
    app.register_blueprint(_assembled())


@cache
def _assembled() -> Blueprint:
    """The blueprint with its parts; put together once, however many applications there are."""
    from sanwei_flow.web import csrf

    from . import (
        attachments,
        bulletins,
        closing,
        designs,
        entrance,
        incidents,
        openapi,
        oversight,
        plans,
        processes,
        register,
        revisions,
        row_requests,
        scenarios,
        settling,
        supervision,
        tasks,
    )

    of_plans = plans, row_requests, closing, settling, revisions, oversight, supervision, bulletins
    of_work = tasks, processes, scenarios, incidents, attachments
    for part in (register, designs, *of_plans, *of_work, openapi):
        # A token takes the place of the session, so no form token is needed. Exempting the
        # frame alone would not reach its parts.
        csrf.exempt(part.bp)
        entrance.bp.register_blueprint(part.bp)
    return entrance.bp
