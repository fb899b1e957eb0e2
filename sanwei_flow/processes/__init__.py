"""The aggregate of running work: a process instance with its tasks, jobs and trail."""

from flask import Flask

#: Seconds between two looks for messages that are to leave.
MESSAGES_EVERY = 15


def init_app(app: Flask) -> None:
    """Make the tables known, the runner ready, and the services known to the designs."""
    from sanwei_flow.designs.vocabulary import services_from
    from sanwei_flow.notifications.jobs import sweep, tidy

    from . import clearing, deciding, jobs, models, services, sweeps  # noqa: F401

    services.register("decisions.decide", deciding.ask_table)
    services_from(services.names)
    # Notices know nothing of the timetable, which is ours.
    sweeps.register("messages", sweep, seconds=MESSAGES_EVERY)
    sweeps.register("old messages", tidy, hour=3)
    vault = app.extensions["vault"]
    sweeps.register("attachments", lambda at: clearing.clear(vault, at=at), hour=3, minute=30)
