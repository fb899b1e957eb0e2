"""What a designer is told has changed between two versions."""

from sanwei_flow.designs.comparing import compare_versions
from sanwei_flow.designs.operations import WORKFLOWS, load_forms
from tests.migrating.stories import SHIPPED, renamed, with_legal_review

FORMS = load_forms(WORKFLOWS / "forms")


def said(new, forms=FORMS, old=SHIPPED):
    lines = compare_versions((old, FORMS), (new, forms))
    return {
        (line.what, line.id or line.name): [
            (str(one.what.message).format(**one.what.params), one.old, one.new)
            for one in line.details
        ]
        for line in lines
    }


def test_the_same_is_the_same():
    assert said(SHIPPED) == {}


def test_a_step_put_in_and_the_flow_that_leads_there():
    found = said(with_legal_review())
    assert found == {
        ("added", "legal_review"): [],
        ("added", "legal_agree"): [],
        ("changed", "unit_agree"): [("终点", "专班审核", "合法性审核")],
    }
    lines = compare_versions((SHIPPED, {}), (with_legal_review(), {}))
    (way,) = [line.name for line in lines if line.id == "legal_agree"]
    assert way == "合法性审核 → 专班审核"
    assert ("removed", "legal_review") in said(SHIPPED, old=with_legal_review())


def test_settings_conditions_and_timers_are_named():
    new = SHIPPED.replace('name="due" value="3"', 'name="due" value="5"', 1)
    new = new.replace('name="签收">', 'name="签收确认">', 1)
    new = new.replace("outcome == &quot;object&quot;", "outcome == &quot;deny&quot;")
    assert said(new)[("changed", "sign_for")] == [
        ("名称", "签收", "签收确认"),
        ("办理期限（工作日）", "3", "5"),
    ]


def test_what_only_stands_elsewhere_has_moved():
    new = SHIPPED.replace('<dc:Bounds x="1676" y="515"', '<dc:Bounds x="1700" y="515"', 1)
    assert said(new) == {("moved", "office_review"): []}


def test_another_id_is_another_element():
    found = said(renamed("unit_review", "head_review"))
    assert ("removed", "unit_review") in found
    assert ("added", "head_review") in found


def test_fields_of_forms_are_named():
    field = {"key": "more", "label": "补充", "type": "text"}
    form = FORMS["unit_review"]
    changed = {**form, "title": "审核", "fields": [*form.get("fields", []), field]}
    forms = {**FORMS, "unit_review": changed}
    del forms["divide"]
    found = said(SHIPPED, forms)
    assert ("字段「补充」", "", "补充") in found[("changed", "审核（unit_review）")]
    assert any(what == "removed" for what, _name in found)
