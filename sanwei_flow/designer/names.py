"""What a designer picks from instead of typing: units, roles, forms, processes, names."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext

from sanwei_flow.accounts import queries as accounts
from sanwei_flow.accounts.models import ROLE_NAMES, Role
from sanwei_flow.designer import words
from sanwei_flow.designs import operations, outcomes, queries, vocabulary
from sanwei_flow.designs.models import DesignDraft, DesignVersion
from sanwei_flow.designs.schema import parse
from sanwei_flow.designs.values import localised
from sanwei_flow.errors import Invalid

#: Who works in processes; the other roles run the system.
WORKING = (Role.staff, Role.reviewer, Role.office, Role.leader)


def offered(key: str, version: DesignVersion | None, draft: DesignDraft | None) -> dict[str, Any]:
    """Everything the panel offers for one design, labels in the reader's language."""
    return {
        "key": key,
        "units": [[str(unit.id), unit.name] for unit in accounts.all_units()],
        "groups": _groups(),
        "roles": [[role.value, gettext(ROLE_NAMES[role])] for role in WORKING],
        "forms": list(_forms(version, draft)),
        "processes": list(_processes(key)),
        "services": list(_services()),
        "outcomes": [[name, gettext(label)] for name, label in outcomes.LABELS.items()],
        "stages": [[name, gettext(label)] for name, label in words.STAGES.items()],
        "variables": [
            {"name": name, "says": gettext(says), "kind": kind}
            for name, says, kind in words.given(key)
        ],
        "answered": _named(words.ANSWERED.items()),
        "loop": _named(words.LOOP.items()),
        "ambient": _named(words.AMBIENT.items()),
        "functions": [
            {"name": name, "says": gettext(says), "call": call}
            for name, (call, says) in words.FUNCTIONS.items()
        ],
    }


def _named(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "says": gettext(says)} for name, says in pairs]


def _groups() -> list[dict[str, Any]]:
    groups = []
    for name, collective in sorted(accounts.collectives_by_name().items()):
        members = [unit.id for unit in accounts.collective_members(collective)]
        if members:
            groups.append({"name": name, "units": members})
    return groups


def _forms(version: DesignVersion | None, draft: DesignDraft | None) -> Iterable[dict[str, Any]]:
    """The forms we ship and those of this design, with the fields expressions may name."""
    known = operations.load_forms(operations.WORKFLOWS / "forms")
    known |= version.forms if version else {}
    known |= draft.forms if draft else {}
    for key, source in sorted(known.items()):
        try:
            schema = parse(key, source)
        except Invalid:
            continue  # listed among the problems; there is nothing to choose yet
        fields = [
            {"key": field.key, "label": localised(field, "label"), "type": field.type}
            for field in schema.fields
            if not field.readonly
        ]
        yield {"key": key, "title": localised(schema, "title"), "fields": fields}


def _processes(own: str) -> Iterable[dict[str, Any]]:
    """The processes that can be called, with the variables each wants to be given."""
    for version in queries.newest_versions(limit=500):
        key = version.design.key
        if key != own and not key.startswith("plan_"):
            name = gettext(version.design.name)
            yield {"key": key, "name": name, "variables": sorted(_wanted(version))}


def _wanted(version: DesignVersion) -> frozenset[str]:
    """What a process reads that neither it nor its forms fill in."""
    design = queries.compiled(version)
    filled = {"outcome", "comment"}
    for key in operations.form_keys(design):
        filled |= {field.key for field in queries.form(version, key).fields}
    return design.variables - filled


def _services() -> Iterable[dict[str, Any]]:
    for name in sorted(vocabulary.services() or ()):
        service = words.SERVICES.get(name, words.Service(name))
        yield {
            "name": name,
            "label": gettext(service.label),
            "help": gettext(service.help) if service.help else "",
            "arguments": [[key, gettext(label)] for key, label in service.arguments.items()],
            "open": service.more,
        }
