"""`flask design …`: check and publish designs and decision tables from files."""

import json
import re
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.db import transaction
from sanwei_flow.designs import decisions, operations, trials
from sanwei_flow.designs.models import DecisionVersion, DesignVersion
from sanwei_flow.engine import DesignError, Problem, check_decision, head_of
from sanwei_flow.errors import N_
from sanwei_flow.web import now

design = AppGroup("design", help="Process designs.")
COMMANDS = (design,)

FILES = click.Path(exists=True, dir_okay=False, path_type=Path)


def _forms(path: Path) -> dict[str, Any]:
    """The forms we ship, overridden by those in `forms/` beside the file."""
    shipped = operations.load_forms(operations.WORKFLOWS / "forms")
    return shipped | operations.load_forms(path.parent / "forms")


def _process_keys(paths: tuple[Path, ...]) -> set[str]:
    """The process ids of the files given and of those we ship: what they may call."""
    found: set[str] = set()
    for path in (*paths, *operations.WORKFLOWS.glob("*.bpmn")):
        text = path.read_text("utf-8", "replace")
        found.update(re.findall(r"<(?:\w+:)?process\b[^>]*?\bid=\"([^\"]+)\"", text))
    return found


@design.command("check")
@click.argument("files", nargs=-1, required=True, type=FILES)
@click.option("--json", "as_json", is_flag=True, help="Print the problems as JSON.")
@click.option(
    "--scenarios", is_flag=True, help="Replay the saved scenarios too (needs the database)."
)
def check(files: tuple[Path, ...], as_json: bool, scenarios: bool) -> None:
    """Say what is wrong with BPMN and DMN files; exit 1 if any cannot run. No database.

    With --scenarios a design that a saved scenario does not agree with counts as wrong.
    """
    called = _process_keys(files)
    found = {path: _problems(path, called) for path in files}
    if scenarios:
        for path, problems in found.items():
            if not _is_decision(path) and not any(one.severity == "error" for one in problems):
                problems.extend(_differences(path))
    if as_json:
        listed = [_as_json(path, problem) for path in found for problem in found[path]]
        click.echo(json.dumps(listed, ensure_ascii=False, indent=2))
    else:
        for path, problems in found.items():
            _print(path, problems)
    if any(problem.severity == "error" for problems in found.values() for problem in problems):
        raise SystemExit(1)


def _problems(path: Path, called: set[str]) -> list[Problem]:
    if _is_decision(path):
        return check_decision(path.read_bytes())
    return operations.check(path.read_bytes(), _forms(path), called)


def _differences(path: Path) -> list[Problem]:
    """What the saved scenarios say against a design, as problems."""
    source = path.read_bytes()
    tried = trials.content(head_of(source)[0], source.decode(), _forms(path))
    message = N_("情形“{name}”：{why}")
    return [
        Problem("scenario", "error", None, None, message, {"name": one.name, "why": one.said})
        for one in tried
        if not one.green
    ]


def _is_decision(path: Path) -> bool:
    return path.suffix.lower() == ".dmn"


@design.command("publish")
@click.argument("files", nargs=-1, required=True, type=FILES)
@click.option("--note", default="", help="Why, for the version list.")
def publish(files: tuple[Path, ...], note: str) -> None:
    """Publish BPMN files with their forms, and DMN files; all of them or none."""
    with transaction():
        versions = []
        for path in files:
            try:
                published = _publish(path, note, together=_process_keys(files))
            except DesignError as error:
                _print(path, error.problems)
                raise
            versions += [published] if isinstance(published, DesignVersion) else []
        for one in trials.published(versions, by=SYSTEM, at=now(), note=note):
            said = "as expected" if one.green else f"differs: {one.said}"
            click.echo(f"scenario {one.key}/{one.name}: {said}")


def _publish(path: Path, note: str, together: set[str]) -> DesignVersion | DecisionVersion:
    """Publish one file and say as what."""
    source = path.read_bytes()
    if _is_decision(path):
        table = decisions.publish_decision(source, by=SYSTEM, at=now(), note=note)
        click.echo(f"{table.decision.key} version {table.number}")
        return table
    version = operations.publish(
        source, _forms(path), by=SYSTEM, at=now(), note=note, together=together
    )
    click.echo(f"{version.design.key} version {version.number}")
    return version


def _as_json(path: Path, problem: Problem) -> dict[str, Any]:
    return {
        "file": str(path),
        "line": problem.line,
        "element": problem.element_id,
        "rule": problem.rule,
        "severity": problem.severity,
        "message": str(problem),
    }


def _print(path: Path, problems: list[Problem]) -> None:
    for problem in problems:
        place = f"{path}:{problem.line}" if problem.line else str(path)
        element = f" [{problem.element_id}]" if problem.element_id else ""
        click.echo(f"{place}: {problem.severity}: {problem}{element} ({problem.rule})")
    if not problems:
        click.echo(f"{path}: ok")
