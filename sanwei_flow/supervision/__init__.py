"""Keeping deadlines: who is reminded of what, and when; the board and the ledger."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Attach the pages and what slips ask for, and put the reminder sweep on the timetable.

    In the morning: nobody is reminded at night.
    """
    from sanwei_flow.processes import services, sweeps

    from . import holiday_views, ladder_views, ledger_views, slip_process, slip_views
    from .jobs import sweep

    services.register("supervision.raise_slip", slip_process.raise_slip)
    services.register("supervision.renew_slip", slip_process.renew_slip)
    services.register("supervision.close_slip", slip_process.close_slip)
    app.register_blueprint(ledger_views.bp)  # the board's as well
    app.register_blueprint(slip_views.bp)
    app.register_blueprint(ladder_views.bp)
    app.register_blueprint(holiday_views.bp)
    sweeps.register("reminders", sweep, hour=8)
