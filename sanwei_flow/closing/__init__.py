"""The end of a plan: self-assessment of its units, summing up, acceptance, and its archive."""

from typing import Any

from flask import Flask

from sanwei_flow.plans.models import Plan


def init_app(app: Flask) -> None:
    """Attach the pages, what the designs ask for, and the writer of archives."""
    from sanwei_flow.processes import clearing, sweeps
    from sanwei_flow.processes import services as allowed

    from . import jobs, models, services, views

    allowed.register("closing.prefill", services.prefill)
    allowed.register("closing.collect", services.collect)
    allowed.register("closing.conclude", services.conclude)
    sweeps.register("archives", jobs.sweep, seconds=jobs.EVERY_SECONDS)
    clearing.also_kept_by(models.PlanArchive.digest)
    app.register_blueprint(views.bp)
    app.context_processor(names)


def names() -> dict[str, Any]:
    """What the pages call things."""
    from sanwei_flow.accounts.models import ROLE_NAMES

    from .forms import GRADES

    return {"GRADES": GRADES, "ROLE_NAMES": ROLE_NAMES, "may_archive": may_archive}


def may_archive(plan: Plan) -> bool:
    """Whether the reader may take the plan's archive away."""
    from sanwei_flow.web import current_actor

    from .queries import may_fetch

    return may_fetch(plan, current_actor())
