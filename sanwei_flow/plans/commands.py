"""`flask plan read | import | launch | reimport`."""

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.accounts.queries import units_by_name
from sanwei_flow.db import transaction
from sanwei_flow.errors import N_, NotFound
from sanwei_flow.plans import operations, queries, reimporting
from sanwei_flow.plans.reader import PlanDocument, PlanReadError, read_plan, to_json
from sanwei_flow.processes.jobs import run_jobs_of
from sanwei_flow.web import LARGEST_KEY, now

plan = AppGroup("plan", help="Read, import and launch issued plans.")

FILE = click.Path(path_type=Path)


@plan.command("read")
@click.argument("file", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Print the whole reading as JSON.")
def read(file: Path, as_json: bool) -> None:
    """Show what FILE says, without a database. Exit 2 if it is no plan."""
    document = read_plan(_content(file), file.name)
    if as_json:
        click.echo(json.dumps(to_json(document), ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(_readable(document)))


@plan.command("import")
@click.argument("file", type=FILE)
@click.option("--office", help="Name of the unit whose office runs the plan.")
def import_(file: Path, office: str | None) -> None:
    """Keep FILE as a draft plan and print its number and what remains to be settled."""
    office_id = _unit_id(office) if office else None
    source = operations.read_source(file.name, _content(file), by=SYSTEM)
    with transaction():
        made = operations.keep_plan(source, office_unit_id=office_id, by=SYSTEM, at=now())
        blockers = operations.ready_to_launch(made)
    click.echo(f"{made.id}\t{made.title}")
    click.echo(f"{len(made.rows)} rows, {len(made.findings)} findings, {len(blockers)} blockers")
    for blocker in blockers:
        click.echo(f"  {blocker}")


@plan.command("launch")
@click.argument("plan_id", type=click.IntRange(0, LARGEST_KEY))
def launch(plan_id: int) -> None:
    """Start plan PLAN_ID, or finish a launch that was interrupted; safe to repeat."""
    with transaction():
        made = operations.launch(plan_id, by=SYSTEM, at=now())
    root = made.process_id or 0
    progress = queries.launch_progress(made)
    click.echo(f"{progress.started}/{progress.total}")
    while not progress.finished:
        if not run_jobs_of([root], now()):
            click.echo(N_("没有更多可以执行的步骤，请查看流程监控"), err=True)
            raise SystemExit(1)
        progress = queries.launch_progress(made)
        click.echo(f"{progress.started}/{progress.total}")
    click.echo(f"{made.title}: {progress.total} rows running")


@plan.command("reimport")
@click.argument("plan_id", type=click.IntRange(0, LARGEST_KEY))
@click.argument("file", type=FILE)
@click.option("--apply", "applies", is_flag=True, help="Change the rows that changed.")
def reimport(plan_id: int, file: Path, applies: bool) -> None:
    """Show what the edited FILE says differently from plan PLAN_ID; change it with --apply."""
    source = operations.read_source(file.name, _content(file), by=SYSTEM)
    with transaction():
        kept = reimporting.keep_revision(plan_id, source, by=SYSTEM, at=now())
        found = reimporting.difference(kept)
    for sign, rows in (("+", found.added), ("-", found.removed)):
        for row in rows:
            click.echo(f"{sign} {row.no}  {row.task}")
    for one in found.changed:
        click.echo(f"~ {one.old.no}  {', '.join(one.names)}")
    click.echo(f"{found.unchanged} rows unchanged")
    if applies:
        with transaction():
            done = reimporting.apply_revision(plan_id, kept.id, by=SYSTEM, at=now())
        for no, message, params in done.outcomes:
            click.echo(f"  {no}  {message.format(**params)}")


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise PlanReadError(N_("打不开文件“{name}”"), name=str(file)) from error


def _unit_id(name: str) -> int:
    unit = units_by_name().get(name)
    if unit is None:
        raise NotFound(N_("单位名册中没有“{name}”"), name=name)
    return unit.id


def _readable(document: PlanDocument) -> list[str]:
    lines = [document.title, f"{document.doc_number or '—'}  {document.issuer or '—'}"]
    lines[1] += f"  {document.doc_date or '—'}"
    lines += [f"{phase.name}  {phase.start} — {phase.end}" for phase in document.phases]
    for row in document.rows:
        lines.append("")
        lines.append(f"{row.no}  {' / '.join(filter(None, (row.category, row.item)))}")
        lines.append(f"   {row.task}")
        helping = "、".join(row.cooperating) + ("等" if row.open_ended else "")
        lines.append(f"   {'、'.join(row.lead) or '—'}｜{helping or '—'}｜{row.due or '—'}")
    lines.append("")
    for finding in document.findings:
        lines.append(f"L{finding.line}  {finding.code}  {finding.text()}  {finding.assumption()}")
    counts = (len(document.rows), len(document.majors), len(document.targets))
    lines.append(
        "{} rows, {} majors, {} targets, ".format(*counts) + f"{len(document.findings)} findings"
    )
    return lines


COMMANDS = [plan]
