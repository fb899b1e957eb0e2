"""Migrations: begun once, then one instance after another, then finished once.

Each instance goes in a transaction of its own, so that one which must stay keeps none of the
others; what was interrupted goes on where it stopped.
"""

import datetime as dt
from collections.abc import Mapping, Sequence

from flask_babel import gettext
from sqlalchemy import insert, literal, select

from sanwei_flow.accounts.actor import SYSTEM, Actor
from sanwei_flow.accounts.models import User
from sanwei_flow.accounts.operations import actor_of
from sanwei_flow.audit.operations import record
from sanwei_flow.db import db
from sanwei_flow.designs.drafting import require_designer
from sanwei_flow.designs.models import DesignVersion, ProcessDesign
from sanwei_flow.designs.queries import compiled, version_of
from sanwei_flow.errors import N_, AppError, Conflict, Invalid
from sanwei_flow.migrating import queries
from sanwei_flow.migrating.models import Kind, Migration, MigrationItem, Outcome
from sanwei_flow.processes import moving
from sanwei_flow.processes.models import ProcessInstance

MOST_NOTE = 500
NOBODY = N_("没有可以迁移的在办流程。")


def begin(
    key: str,
    to: int,
    *,
    sources: Sequence[int] | None = None,
    corrections: Mapping[str, str] | None = None,
    dry_run: bool = False,
    note: str = "",
    token: str,
    by: Actor,
    at: dt.datetime,
) -> Migration:
    """Begin to move the open instances of a design to its version number `to`.

    `sources` are the numbers of the versions they come from; without any, all others.
    `corrections` say what becomes of elements that are not found by themselves. A `dry_run`
    only finds out. The same `token` gives the migration that was begun with it. Raises
    Forbidden, NotFound, Invalid for corrections that cannot be, or where nothing is open.
    """
    _may(by)
    target = version_of(key, to)
    given = sources or [one.number for one in _others(target)]
    from_versions = [version_of(key, number) for number in given if number != to]
    checked = check_corrections(from_versions, target, corrections or {})
    known = _known(target.design, token)
    if known is not None:
        return known
    kind = Kind.dry_run if dry_run else Kind.move
    begun = _new(kind, target.design, target.id, note=note, token=token, by=by, at=at)
    begun.mapping = checked
    return _begin(begun, [one.id for one in from_versions])


def undo(
    key: str, migration_id: int, *, note: str = "", token: str, by: Actor, at: dt.datetime
) -> Migration:
    """Begin to bring those back that a migration has moved and nobody has acted in since.

    Raises Forbidden, NotFound, Conflict if it is not finished or moved nothing.
    """
    _may(by)
    done = queries.migration_of(key, migration_id, by) if by is not SYSTEM else _get(migration_id)
    known = _known(done.design, token)
    if known is not None:
        return known
    if done.kind != Kind.move or done.finished_at is None:
        raise Conflict(N_("迁移还没有完成，不能撤销。"))
    to_id = done.to_version_id
    begun = _new(Kind.undo, done.design, to_id, note=note, token=token, by=by, at=at)
    begun.undoes_id = done.id
    return _begin(begun, [])


def _new(
    kind: Kind,
    design: ProcessDesign,
    to_id: int,
    *,
    note: str,
    token: str,
    by: Actor,
    at: dt.datetime,
) -> Migration:
    begun = Migration(kind=kind, design_id=design.id, to_version_id=to_id, key=token, at=at)
    begun.by_id, begun.by_name = by.user_id, by.name
    begun.note = note.strip()[:MOST_NOTE]
    return begun


def _begin(begun: Migration, from_ids: list[int]) -> Migration:
    db.session.add(begun)
    db.session.flush()
    if not _list(begun, from_ids):
        raise Invalid(NOBODY)
    return begun


def _list(begun: Migration, from_ids: list[int]) -> int:
    """Write down the instances it is about; returns how many."""
    number, waits = literal(begun.id), literal(Outcome.waiting.value)
    blank = literal(""), literal({}, db.JSON)
    if begun.kind == Kind.undo:
        moved = MigrationItem
        source = select(number, moved.instance_id, moved.from_version_id, moved.title, waits)
        source = source.add_columns(*blank, moved.event_id)
        source = source.where(
            moved.migration_id == begun.undoes_id, moved.outcome == Outcome.moved
        ).order_by(moved.id)
    else:
        one = ProcessInstance
        source = select(number, one.id, one.version_id, one.title, waits)
        source = source.add_columns(*blank, literal(None, db.Integer))
        source = source.where(
            one.version_id.in_(from_ids), one.status.not_in(queries.CLOSED)
        ).order_by(one.id)
    names = ["migration_id", "instance_id", "from_version_id", "title", "outcome"]
    names += ["reason", "params", "event_id"]
    db.session.execute(insert(MigrationItem).from_select(names, source))
    return queries.tally([begun.id])[begun.id].total()


def check_corrections(
    sources: Sequence[DesignVersion], to: DesignVersion, corrections: Mapping[str, str]
) -> dict[str, str]:
    """The corrections that say something; raises Invalid for those that cannot be."""
    new = compiled(to).nodes
    known = {node.id: node for source in sources for node in compiled(source).nodes.values()}
    wrong = {}
    for node, target in corrections.items():
        if node not in known:
            wrong[node] = [gettext("旧版里没有这个环节。")]
        elif target and (target not in new or new[target].kind != known[node].kind):
            wrong[node] = [gettext("请选择新版里同一类的环节。")]
    if wrong:
        raise Invalid(N_("有 {count} 处需要改正。"), fields=wrong, count=len(wrong))
    return {
        node: target
        for node, target in corrections.items()
        if target != (node if node in new and new[node].kind == known[node].kind else "")
    }


def carry_out(item_id: int, *, by: Actor, at: dt.datetime) -> bool:
    """Do it to one instance; False if somebody else does or did.

    Raises whatever says that it stays; the transaction must then be rolled back.
    """
    item = _claim(item_id)
    if item is None:
        return False
    migration = db.session.get_one(Migration, item.migration_id)
    to = db.session.get_one(DesignVersion, migration.to_version_id)
    if migration.kind == Kind.undo:
        moving.move_back(item.event_id or 0, by=by, at=at)
        item.outcome = Outcome.back
    else:
        item.event_id = moving.move(
            item.instance_id,
            to,
            migration.mapping,
            come_from=item.from_version_id,
            note=migration.note,
            by=by,
            at=at,
        )
        item.outcome = Outcome.moved
    item.at = at
    db.session.flush()
    return True


def find_out(migration: Migration, item_ids: Sequence[int], *, at: dt.datetime) -> int:
    """Try instances of a dry run together; nothing of theirs is written."""
    query = select(MigrationItem).where(
        MigrationItem.id.in_(item_ids), MigrationItem.outcome == Outcome.waiting
    )
    items = db.session.scalars(query.order_by(MigrationItem.id).with_for_update()).all()
    to = db.session.get_one(DesignVersion, migration.to_version_id)
    found = moving.try_moves([one.instance_id for one in items], to, migration.mapping, at=at)
    for item in items:
        why = found.get(item.instance_id)
        _note(item, Outcome.able if why is None else Outcome.stays, why, at)
    db.session.flush()
    return len(items)


def stay(item_id: int, why: AppError, *, at: dt.datetime) -> None:
    """Note that one instance stays where it is, and why."""
    item = _claim(item_id)
    if item is not None:
        _note(item, Outcome.stays, why, at)
        db.session.flush()


def _note(item: MigrationItem, outcome: Outcome, why: AppError | None, at: dt.datetime) -> None:
    item.outcome, item.at = outcome, at
    if why is not None:
        item.reason = why.message
        item.params = {name: str(value) for name, value in why.params.items()}


def finish(migration_id: int, *, by: Actor, at: dt.datetime) -> None:
    """Record what became of it, once nothing of it waits any more: once."""
    migration = db.session.get_one(Migration, migration_id, with_for_update=True)
    db.session.refresh(migration)
    counted = queries.tally([migration_id])[migration_id]
    if migration.finished_at is not None or counted[Outcome.waiting]:
        return
    migration.finished_at = at
    if migration.kind == Kind.dry_run:
        return
    data = {"migration": migration_id, "kind": migration.kind, "to": migration.to_version.number}
    data |= {"mapping": migration.mapping, "note": migration.note, "outcomes": dict(counted)}
    record("instances_migrated", f"process_design:{migration.design_id}", by=by, at=at, data=data)


def actor_for(migration: Migration) -> Actor:
    """Who goes on with it: whoever began it."""
    if migration.by_id is None:
        return SYSTEM
    return actor_of(db.session.get_one(User, migration.by_id))


def _may(by: Actor) -> None:
    """Commands of the operator may; of people, those who design."""
    if not by.is_system:
        require_designer(by)


def _others(target: DesignVersion) -> list[DesignVersion]:
    return [one for one in target.design.versions if one.id != target.id]


def _get(migration_id: int) -> Migration:
    found: Migration = db.session.get_one(Migration, migration_id)
    return found


def _known(design: ProcessDesign, token: str) -> Migration | None:
    """The migration of this design that was begun with the same token."""
    # The design is held, so that the same wish sent twice is met once.
    held = select(ProcessDesign.id).where(ProcessDesign.id == design.id)
    db.session.execute(held.with_for_update())
    query = select(Migration).where(Migration.key == token, Migration.design_id == design.id)
    found: Migration | None = db.session.scalar(query)
    return found


def _claim(item_id: int) -> MigrationItem | None:
    """The item if it still waits and nobody else has it."""
    query = select(MigrationItem).where(
        MigrationItem.id == item_id, MigrationItem.outcome == Outcome.waiting
    )
    query = query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    found: MigrationItem | None = db.session.scalar(query)
    return found
