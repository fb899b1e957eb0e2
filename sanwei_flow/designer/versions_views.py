"""The versions of a design: who published what when, what differs, publishing, rolling back."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from sanwei_flow import web
from sanwei_flow.accounts.queries import user_names
from sanwei_flow.db import transaction
from sanwei_flow.designer import queries
from sanwei_flow.designs import drafting
from sanwei_flow.designs.comparing import compare_versions
from sanwei_flow.designs.models import DesignDraft, DesignVersion
from sanwei_flow.designs.queries import version_of
from sanwei_flow.engine import DesignError
from sanwei_flow.errors import N_, AppError, Conflict, Invalid, NotFound
from sanwei_flow.migrating.queries import design_of, standings

bp = Blueprint("versions", __name__)

DRAFT = "draft"
#: What a line of the comparison is called; msgids.
WHATS = {
    "added": N_("新增"),
    "removed": N_("删除"),
    "changed": N_("修改"),
    "moved": N_("移动位置"),
}


@bp.get("/designs/<key>/versions")
def index(key: str) -> str:
    """Every version with its note and what runs by it; the draft, and whether it can run."""
    return _list(key)


@bp.post("/designs/<key>/versions")
def publish(key: str) -> Response | tuple[str, int]:
    """Publish the draft as it was read; with an error in it nothing is published."""
    by, at, note = web.current_actor(), web.now(), request.form.get("note", "")
    revision = request.form.get("revision", 0, type=web.key)
    try:
        with transaction():
            draft = drafting.draft_of(key)
            if draft is None:
                drafting.require_designer(by)
                raise NotFound(N_("这份草稿已经发布或放弃。"))
            if not note.strip():
                drafting.require_designer(by)
                raise Invalid(N_("请写明发布说明。"))
            given = {"revision": revision, "note": note, "by": by, "at": at}
            version = drafting.publish_draft(draft.id, **given)
    except (Invalid, Conflict, DesignError) as error:
        return _list(key, error, note), error.status
    flash(_("已发布第 %(n)s 版。", n=version.number))
    return redirect(url_for(".index", key=key), 303)


@bp.post("/designs/<key>/versions/<int:number>/restore")
def restore(key: str, number: int) -> Response | tuple[str, int]:
    """Publish an earlier version once more."""
    note = request.form.get("note", "")
    try:
        with transaction():
            given = {"note": note, "by": web.current_actor(), "at": web.now()}
            version = drafting.roll_back(key, number, **given)
    except (Invalid, Conflict, DesignError) as error:
        return _list(key, error), error.status
    flash(_("已按第 %(old)s 版的内容发布第 %(n)s 版。", old=number, n=version.number))
    return redirect(url_for(".index", key=key), 303)


@bp.post("/designs/<key>/draft/rebase")
def rebase(key: str) -> Response:
    """The draft has been compared with the newest version and follows it from now on."""
    with transaction():
        drafting.require_designer(web.current_actor())
        draft = drafting.draft_of(key)
        if draft is None:
            raise NotFound(N_("这份草稿已经发布或放弃。"))
        revision = request.form.get("revision", 0, type=web.key)
        drafting.rebase_draft(draft.id, revision=revision, by=web.current_actor(), at=web.now())
    return redirect(url_for(".index", key=key), 303)


@bp.get("/designs/<key>/compare")
def compare(key: str) -> str:
    """Two versions side by side, or the draft beside the newest: drawn, and in words."""
    newest, draft = queries.one_design(key, web.current_actor())
    numbers = [one.number for one in newest.design.versions] if newest else []
    old, new = _pair(numbers, draft)
    lines = compare_versions(_content(key, old, draft), _content(key, new, draft))
    return render_template(
        "designer/compare.html",
        key=key,
        name=draft.name if draft else newest.design.name if newest else key,
        numbers=numbers[::-1],
        draft=draft,
        old=old,
        new=new,
        lines=lines,
        whats=WHATS,
        told=web.told,
        old_drawing=_drawing(key, old),
        new_drawing=_drawing(key, new),
    )


def _pair(numbers: list[int], draft: DesignDraft | None) -> tuple[str, str]:
    """What is compared: as asked for, else the latest with what was before it."""
    known = [*map(str, numbers), *([DRAFT] if draft else [])]
    new = request.args.get("new", "")
    new = new if new in known else known[-1]
    before = known[max(known.index(new) - 1, 0)]
    old = request.args.get("old", "")
    return old if old in known else before, new


def _content(key: str, which: str, draft: DesignDraft | None) -> tuple[str, Mapping[str, Any]]:
    shown: Any = draft if which == DRAFT else version_of(key, int(which))
    return shown.xml, shown.forms


def _drawing(key: str, which: str) -> str:
    if which == DRAFT:
        return url_for("designer.draft_drawing", key=key)
    return url_for("designer.version_drawing", key=key, number=int(which))


def _list(key: str, error: AppError | None = None, note: str = "") -> str:
    version, draft = queries.one_design(key, web.current_actor())
    versions = standings(design_of(key, web.current_actor())) if version else []
    people = {one.version.published_by_id for one in versions}
    people |= {draft.edited_by_id} if draft else set()
    found = drafting.draft_problems(draft) if draft else []
    wrong = isinstance(error, DesignError)
    return render_template(
        "designer/versions.html",
        key=key,
        name=draft.name if draft else version.design.name if version else key,
        versions=versions,
        draft=draft,
        behind=_behind(version, draft),
        found=error.problems if isinstance(error, DesignError) else found,
        problems=[("note", "", web.message_of(error))] if error else [],
        failed=wrong,
        note=note,
        people=user_names({one for one in people if one is not None}),
        told=web.told,
    )


def _behind(version: DesignVersion | None, draft: DesignDraft | None) -> bool:
    """Whether a newer version was published since the draft began."""
    return bool(version and draft and draft.base_id != version.id)
