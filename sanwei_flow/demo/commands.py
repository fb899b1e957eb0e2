"""`flask demo …`."""

import click
from flask.cli import AppGroup

from sanwei_flow import web
from sanwei_flow.accounts import queries
from sanwei_flow.accounts.models import ROLE_NAMES, User
from sanwei_flow.db import transaction
from sanwei_flow.demo.county import PASSWORD, load_county
from sanwei_flow.demo.plan import load_plan
from sanwei_flow.processes.jobs import run_due_jobs

demo = AppGroup("demo", help="A county to try everything in.")

#: One for every part in the story, in its order; `user list` names the others.
SHOWN = (
    "zhuanban.office",
    "gongxiao.staff",
    "gongxiao.head",
    "nongye.staff",
    "nongye.head",
    "wuxia.staff",
    "wuxia.head",
    "zhuanban.leader",
    "designer",
    "sysadmin",
    "secadmin",
    "auditor",
)


@demo.command("load")
def load() -> None:
    """Load the demo county and launch its plan; running it again changes nothing."""
    at = web.now()
    with transaction():
        load_county(at)
    with transaction():
        plan = load_plan(at)
    run_due_jobs(at)
    click.echo(f"{plan.title} (plan {plan.id})")
    _print_log_ins()


def _print_log_ins() -> None:
    click.echo(f"\nLog in with the password {PASSWORD} (until it is changed) as")
    for username in SHOWN:
        user = queries.user_by_name(username)
        if user is not None:
            click.echo(f"  {username:<17}{user.name}  {_posts(user)}")
    click.echo("and so on: <unit>.staff and <unit>.head; `flask --app wsgi user list` names all.")


def _posts(user: User) -> str:
    return "、".join(f"{held.unit.name} {ROLE_NAMES[held.role]}" for held in user.roles)


COMMANDS = (demo,)
