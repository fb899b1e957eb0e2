"""Trying a design before it runs: dry runs, and scenarios that are replayed at every publish."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Attach the pages, and let every published version be tried with the scenarios."""
    from sanwei_flow.designs import trials

    from . import scenario_views  # noqa: F401 - adds pages to the blueprint
    from .queries import results
    from .views import bp
    from .watching import Replays

    app.register_blueprint(bp)
    app.jinja_env.globals["scenario_results"] = results
    trials.tried_by(Replays())
