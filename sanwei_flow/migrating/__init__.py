"""Moving running processes to another version of their design, many at a time."""

from flask import Flask

#: Seconds between two looks for migrations that are not finished.
EVERY = 5


def init_app(app: Flask) -> None:
    """Attach the pages, and let the runner go on with what was interrupted."""
    from sanwei_flow.processes import sweeps

    from .jobs import sweep
    from .views import bp

    app.register_blueprint(bp)
    sweeps.register("migrations", sweep, seconds=EVERY)
