"""The form designer without a script: rows, acts, complaints, conflicts, and what steps may do."""

import json

import pytest
from werkzeug.datastructures import MultiDict

from sanwei_flow.accounts.operations import actor_of
from sanwei_flow.db import db, transaction
from sanwei_flow.designer.forms_posting import read_form
from sanwei_flow.designs import drafting, form_drafts, form_editing, operations, queries
from sanwei_flow.errors import Conflict, Forbidden, Invalid
from tests.designer.forms import FORM, TWO_STEPS
from tests.designer.pages import controls
from tests.factories import NOW, log_in, make_unit, make_user

PAGE = "/designs/spending/forms/report"


@pytest.fixture
def designer(database, client):
    with transaction():
        unit = make_unit("县财政局")
        user = make_user(unit, ["designer"], name="设计员")
        operations.publish(TWO_STEPS, {"report": FORM}, by=actor_of(user), at=NOW)
    log_in(client, user)
    return actor_of(user)


def send(client, act, address=PAGE, **changed):
    """What a browser without scripts sends: every control of the page, and the button."""
    given = controls(client.get(address).text, "form-editor")
    return client.post(address, data=other(given, act=act, **changed))


def other(given, **changed):
    """The controls with other values."""
    found = MultiDict(given.items(multi=True))
    for name, value in changed.items():
        found.setlist(name, [value])
    return found


def saved():
    return drafting.draft_of("spending").forms["report"]


def test_every_form_we_ship_comes_back_from_the_page_as_it_was(designer, client):
    with transaction():
        operations.install_shipped(by=designer, at=NOW)
    seen = 0
    for path in operations.WORKFLOWS.glob("*.bpmn"):
        design = form_drafts.drawn(path.stem, by=designer)
        for name, form in design.forms.items():
            page = client.get(f"/designs/{path.stem}/forms/{name}").text
            given = read_form(controls(page, "form-editor"), name)
            assert form_editing.finished(given) == without_blanks(form), name
            seen += 1
    assert seen > 20


def without_blanks(form):
    """What says nothing has no place in what the page sends."""
    text = json.dumps(form, ensure_ascii=False)
    return json.loads(text, object_hook=lambda row: {k: v for k, v in row.items() if v != []})


def test_rows_are_added_moved_copied_and_deleted(designer, client):
    page = send(client, "add:number").text
    assert controls(page, "form-editor")["fields.2.label"] == "数字"
    assert drafting.draft_of("spending") is None, "nothing is kept before it is saved"
    more = {
        "fields": "3",
        "fields.2.key": "cost",
        "fields.2.label": "花费",
        "fields.2.unit": "万元",
    }
    more |= {"fields.2.type": "number", "fields.2.min": "0", "fields.2.show_if.field": "late"}
    more |= {"fields.2.show_if.op": "eq", "fields.2.show_if.value": "true"}
    assert send(client, "save", **more).status_code == 302
    assert saved()["fields"][2] == {
        "key": "cost",
        "label": "花费",
        "type": "number",
        "unit": "万元",
        "min": 0,
        "show_if": {"field": "late", "op": "eq", "value": True},
    }
    order = controls(send(client, "up:fields.1").text, "form-editor")
    assert [order[f"fields.{n}.key"] for n in range(3)] == ["late", "summary", "cost"]
    twice = controls(send(client, "copy:fields.0").text, "form-editor")
    assert [twice[f"fields.{n}.key"] for n in range(4)] == ["summary", "summary_1", "late", "cost"]
    assert "fields.2.key" not in controls(send(client, "delete:fields.0").text, "form-editor")
    table = controls(send(client, "add:table").text, "form-editor")
    assert table["fields.3.columns.0.type"] == "text"


def test_what_is_wrong_is_said_at_the_field_and_kept(designer, client):
    wrong = {"fields.0.key": "Big", "fields.1.type": "choice", "title": ""}
    answer = send(client, "save", **wrong)
    page = client.get(answer.location).text
    assert "已存入草稿；还有" in page
    assert 'id="fields.0.key-error">只能用小写字母' in page
    assert 'id="fields.1.choices-error">请列出选项' in page
    problems = drafting.draft_problems(drafting.draft_of("spending"))
    assert any("report" in str(one) for one in problems)


def test_a_renamed_key_that_a_condition_uses_is_warned_of(designer, client):
    page = send(client, "preview", **{"fields.0.key": "story"}).text
    assert "标识 summary 已改名或删除" in page
    assert "note" in page.split("标识 summary")[1][:80]
    dependent = {"fields": "3", "fields.2.key": "why", "fields.2.label": "原因"}
    dependent |= {"fields.2.type": "text", "fields.2.show_if.field": "late"}
    dependent |= {"fields.2.show_if.op": "filled", "fields.1.key": "overdue"}
    send(client, "save", **dependent)
    assert saved()["fields"][2]["show_if"] == {"field": "overdue", "op": "filled"}


def test_two_who_edit_one_form_are_told_and_nothing_is_lost(designer, client):
    given = controls(client.get(PAGE).text, "form-editor")
    with transaction():
        unit = make_unit("别的单位")
        rival = actor_of(make_user(unit, ["designer"], name="乙"))
        theirs = FORM | {"title": "乙的表单"}
        seen = form_drafts.mark(FORM)
        form_drafts.save_form("spending", theirs, seen=seen, by=rival, at=NOW)
    answer = client.post(PAGE, data=other(given, title="我的表单", act="save"))
    assert answer.status_code == 409
    assert "乙已于" in answer.text
    assert 'value="我的表单"' in answer.text
    assert saved()["title"] == "乙的表单"
    mine = other(given, title="我的表单", act="anyway")
    assert client.post(PAGE, data=mine).status_code == 302
    assert saved()["title"] == "我的表单"
    (copy,) = drafting.copies_of("spending")
    assert copy.forms["report"]["title"] == "乙的表单"


def test_others_at_other_parts_do_not_stand_in_the_way(designer, client):
    given = controls(client.get(PAGE).text, "form-editor")
    with transaction():
        draft = drafting.open_draft("spending", by=designer, at=NOW)
        renamed = TWO_STEPS.replace('name="write"', 'name="填报"')
        drafting.save_draft(draft.id, revision=1, xml=renamed, by=designer, at=NOW)
    assert client.post(PAGE, data=other(given, title="我的表单", act="save")).status_code == 302
    assert 'name="填报"' in drafting.draft_of("spending").xml


def test_a_form_in_use_stays_and_another_goes(designer, client):
    refused = client.post(f"{PAGE}/delete")
    assert refused.status_code == 409
    assert "write、check" in refused.text
    new = {"key": "legal", "title": "合法性审查", "like": "report"}
    assert client.post("/designs/spending/forms", data=new).status_code == 302
    twice = client.post("/designs/spending/forms", data=new)
    assert twice.status_code == 422
    assert "已有标识为 legal 的表单" in twice.text
    assert "没有环节使用" in twice.text
    assert client.post("/designs/spending/forms/legal/delete").status_code == 302
    assert set(drafting.draft_of("spending").forms) == {"report"}


def test_steps_read_and_hide_what_others_fill_in(designer, client):
    send(client, "save", **{"fields.0.access.check": "read", "fields.1.access.check": "hidden"})
    assert saved()["fields"][0]["access"] == {"check": "read"}
    shown = send(client, "preview", step="check")
    assert "这个环节不显示：是否逾期" in shown.text
    assert "（已填写的内容）" in shown.text
    with transaction():
        draft = drafting.draft_of("spending")
        version = drafting.publish_draft(
            draft.id, revision=draft.revision, note="", by=designer, at=NOW
        )
    form = queries.form_by_hash(version.hash, "report", "check")
    assert [field.key for field in form.asked(None)] == []
    assert [field.key for field in queries.form(version, "report").asked(None)] == [
        "summary",
        "late",
    ]


def test_only_designers_come_in(designer, client, database):
    with transaction():
        clerk = make_user(make_unit("县林业局"))
    log_in(client, clerk)
    for address in ("/designs/spending/forms", PAGE):
        assert client.get(address).status_code == 403
    assert client.post(PAGE, data={"act": "add:text"}).status_code == 403
    with pytest.raises(Forbidden):
        form_drafts.delete_form("spending", "report", by=actor_of(clerk), at=NOW)


def test_too_many_rows_are_refused(designer):
    rows = [{"key": f"k{n}", "label": "一", "type": "text"} for n in range(101)]
    seen = form_drafts.mark(FORM)
    with pytest.raises(Invalid, match="最多 100 项"), transaction():
        form_drafts.save_form("spending", FORM | {"fields": rows}, seen=seen, by=designer, at=NOW)
    with pytest.raises(Conflict), transaction():
        form_drafts.save_form("spending", FORM, seen="older", by=designer, at=NOW)
    db.session.rollback()
