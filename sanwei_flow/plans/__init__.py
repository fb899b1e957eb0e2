"""Plans: from the issued document to rows that run, and the overview of how far they are."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Attach the pages and the services that designs may call."""
    from sanwei_flow.processes import settled, sweeps

    from . import (  # noqa: F401 - some add pages to the blueprint
        jobs,
        launch_views,
        reimport_views,
        requesting,
        review,
    )
    from .access import settled as accepted
    from .services import register_services
    from .views import bp

    register_services()
    settled.settled_by(accepted)
    sweeps.register("progress_reports", jobs.ask_for_reports, hour=8, minute=10)
    sweeps.register("revisions", jobs.apply_revisions, seconds=60)
    app.register_blueprint(bp)
