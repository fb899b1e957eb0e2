"""The aggregate of running work: a process instance with its tasks, jobs and trail."""

from flask import Flask


def init_app(app: Flask) -> None:  # noqa: ARG001 - every feature is attached alike
    """Make the tables known, the runner ready, and the services known to the designs."""
    from sanwei_flow.designs.vocabulary import services_from

    from . import deciding, jobs, models, services  # noqa: F401

    services.register("decisions.decide", deciding.ask_table)
    services_from(services.names)
