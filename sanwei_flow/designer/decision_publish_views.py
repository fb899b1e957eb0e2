"""Publishing a decision table: what it would change, and doing it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from sanwei_flow import web
from sanwei_flow.db import transaction
from sanwei_flow.designer import decision_posting as posting
from sanwei_flow.designer.decision_views import POLICIES, bp, read, sentences
from sanwei_flow.designs import decision_drafts, queries
from sanwei_flow.designs.decision_drafts import Standing, standing
from sanwei_flow.designs.examples import replay
from sanwei_flow.engine import Table, read_table
from sanwei_flow.errors import N_, AppError, NotFound


@bp.get("/decisions/<key>/publish")
def publish(key: str) -> str:
    """What publishing the draft, or an older version once more, would change."""
    return _publish_page(standing(key, by=web.current_actor()))


@bp.post("/decisions/<key>/publish")
def publish_now(key: str) -> Answer | tuple[str, int]:
    """Publish."""
    by, at = web.current_actor(), web.now()
    found = standing(key, by=by)
    note, accept = request.form.get("note", "").strip(), "accept" in request.form
    number = request.values.get("version", type=int)
    revision = request.form.get("revision", 0, type=int)
    try:
        with transaction():
            if number:
                xml = queries.decision_version(key, number).xml
                said = note or _("重新发布第 %(n)s 版", n=number)
                version = decision_drafts.publish_table(xml, note=said, accept=accept, by=by, at=at)
            else:
                version = decision_drafts.publish_draft(
                    key, revision=revision, note=note, accept=accept, by=by, at=at
                )
    except AppError as error:
        if error.status not in (400, 409, 422):
            raise
        return _publish_page(found, problem=sentences(error), note=note), error.status
    flash(_("已发布第 %(n)s 版，立即生效。", n=version.number), "success")
    return redirect(url_for(".show", key=key))


def _publish_page(found: Standing, *, problem: str = "", note: str = "") -> str:
    number = request.values.get("version", type=int)
    if not number and found.draft is None:
        raise NotFound(N_("没有可以发布的草稿。"))
    xml = queries.decision_version(found.key, number).xml if number else found.xml
    examples = found.examples
    if number and found.version:
        examples = list(found.version.decision.examples or [])
    table, decision, problems = read(xml)
    tried = replay(decision, examples, at=web.now()) if decision else []
    before = read_table(found.version.xml.encode()) if found.version else None
    added, gone = _difference(before, table)
    return render_template(
        "designer/decision_publish.html",
        found=found,
        number=number,
        table=table,
        before=before,
        problems=problems,
        tried=tried,
        changed=[one for one in tried if one.changed],
        added=added,
        gone=gone,
        behind=_behind(found) and not number,
        problem=problem,
        note=note,
        answer_text=posting.answer_text,
        text_of=posting.text_of,
        row_of=posting.row_of,
        policies=POLICIES,
    )


def _behind(found: Standing) -> bool:
    """Whether a newer version was published since the draft began."""
    return bool(found.draft and found.version and found.draft.base_id != found.version.id)


def _difference(before: Table | None, after: Table | None) -> tuple[list[Any], list[Any]]:
    """The rules only the one or the other table has, with their numbers."""
    if before is None or after is None:
        return [], []
    old, new = _rules(before), _rules(after)
    had, has = {text for _n, text in old}, {text for _n, text in new}
    return [one for one in new if one[1] not in had], [one for one in old if one[1] not in has]


def _rules(table: Table) -> list[tuple[int, str]]:
    said = []
    for number, rule in enumerate(table.rules, 1):
        cells = " | ".join(cell.text or "-" for cell in (*rule.inputs, *rule.outputs))
        said.append((number, f"{cells}  {rule.note}".rstrip()))
    return said
