"""`flask demo …`."""

import datetime as dt
import sys

import click
from flask.cli import AppGroup

from sanwei_flow import web
from sanwei_flow.accounts import queries
from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.accounts.models import ROLE_NAMES, User
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.db import transaction
from sanwei_flow.demo import scenes, story
from sanwei_flow.demo.county import PASSWORD, load_county
from sanwei_flow.demo.plan import find_plan, load_plan
from sanwei_flow.demo.topping import top_up
from sanwei_flow.designs import operations as designs
from sanwei_flow.plans.access import get_plan
from sanwei_flow.plans.models import Plan
from sanwei_flow.processes.jobs import run_due_jobs
from sanwei_flow.simulation import clock

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
@click.option("--fresh", is_flag=True, help="Launch the plan today instead: nothing done yet.")
def load(*, fresh: bool) -> None:
    """Load the demo county and live through its plan up to today.

    Again, it changes nothing, unless a newcomer would find nothing to sign for or to review.
    """
    at = web.now()
    fresh = fresh or at < clock.moment(story.LAUNCHED)
    with transaction():
        load_county(at if fresh else clock.moment(story.LAUNCHED))
    with transaction():
        designs.install_shipped(by=SYSTEM, at=at)
        plan = find_plan() or (load_plan(at) if fresh else story.begin(at))
        title, number, told = plan.title, plan.id, story.unfinished() is None
    if not told:
        _tell(plan, at)
    run_due_jobs(at)
    if not fresh:
        scenes.catch_up(get_plan(number), load_calendar(), story.last_day(at), story.LAUNCHED)
        with transaction():
            top_up(get_plan(number), at)
    click.echo(f"{title} (plan {number})")
    _print_log_ins()


def _tell(plan: Plan, at: dt.datetime) -> None:
    """Live through the plan, with a line on how far it has come where somebody looks."""
    shown = sys.stdout.isatty()
    months: set[str] = set()

    def say(day: dt.date) -> None:
        month = f"{day:%Y-%m}"
        if month not in months:
            months.add(month)
            click.echo(f"\rliving through {month} …" if shown else ".", nl=False)

    if not shown:
        click.echo("Living through the plan up to today, once: ", nl=False)
    done = story.tell(plan, at, say)
    click.echo(f"\r{done.acts} acts on {done.days} days" if shown else f" {done.acts} acts")


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
