"""Two designers and one draft."""

import pytest

from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.accounts.operations import actor_of
from sanwei_flow.db import transaction
from sanwei_flow.designs import drafting, operations, queries
from sanwei_flow.engine import DesignError
from sanwei_flow.errors import Conflict, Forbidden, NotFound
from tests.factories import NOW, make_unit, make_user

PART = (operations.WORKFLOWS / "cooperation.bpmn").read_text("utf-8")


@pytest.fixture
def two(database):
    """Two designers, with what we ship installed."""
    with transaction():
        unit = make_unit()
        operations.install_shipped(by=SYSTEM, at=NOW)
        return [
            {"by": actor_of(make_user(unit, ["designer"], name=name)), "at": NOW}
            for name in ("甲", "乙")
        ]


def renamed(name):
    return PART.replace('name="办理并上报"', f'name="{name}"')


def test_a_draft_is_published_and_gone(two):
    first, second = two
    with transaction():
        draft = drafting.open_draft("cooperation", **first)
        assert drafting.open_draft("cooperation", **second).id == draft.id
        saved = drafting.save_draft(draft.id, revision=1, xml=renamed("办理"), **first)
        assert saved.revision == 2
    with transaction():
        version = drafting.publish_draft(draft.id, revision=2, note="改个名", **second)
    assert (version.number, version.note) == (2, "改个名")
    assert 'name="办理"' in queries.current("cooperation").xml
    assert drafting.draft_of("cooperation") is None


def test_the_second_to_save_is_told_who_was_first_and_nothing_is_lost(two):
    first, second = two
    with transaction():
        draft = drafting.open_draft("cooperation", **first)
        drafting.save_draft(draft.id, revision=1, xml=renamed("甲办"), **first)
    mine = {"revision": 1, "xml": renamed("乙办")}
    with pytest.raises(Conflict, match="甲已于"), transaction():
        drafting.save_draft(draft.id, **mine, **second)
    with transaction():
        now = drafting.save_draft(draft.id, **mine, anyway=True, **second)
        revision = now.revision
    (kept,) = drafting.copies_of("cooperation")
    assert 'name="甲办"' in kept.xml
    assert 'name="乙办"' in drafting.draft_of("cooperation").xml
    with transaction():
        back = drafting.restore_copy(kept.id, revision=revision, **first)
    assert 'name="甲办"' in back.xml
    assert len(drafting.copies_of("cooperation")) == 2


def test_a_draft_may_be_wrong_but_cannot_be_published(two):
    first, _ = two
    wrong = PART.replace('value="sign_for"', 'value="sign_on"')
    with transaction():
        draft = drafting.open_draft("cooperation", **first)
        drafting.save_draft(draft.id, revision=1, xml=wrong, **first)
        assert drafting.draft_problems(draft)[0].severity == "error"
    with pytest.raises(DesignError), transaction():
        drafting.publish_draft(draft.id, revision=2, note="", **first)
    assert queries.current("cooperation").number == 1


def test_a_version_published_meanwhile_is_not_run_over(two):
    first, second = two
    with transaction():
        draft = drafting.open_draft("cooperation", **first)
        drafting.save_draft(draft.id, revision=1, xml=renamed("甲办"), **first)
    with transaction():
        operations.publish(renamed("命令行"), {}, **second)
    with pytest.raises(Conflict, match="第 2 版"), transaction():
        drafting.publish_draft(draft.id, revision=2, note="", **first)
    with transaction():
        again = drafting.rebase_draft(draft.id, revision=2, **first)
        version = drafting.publish_draft(again.id, revision=again.revision, note="", **first)
    assert version.number == 3


def test_a_new_design_needs_a_key_of_its_own(two):
    first, _ = two
    fresh = PART.replace('id="cooperation"', 'id="lending"').replace(
        'bpmnElement="cooperation"', 'bpmnElement="lending"'
    )
    with transaction():
        assert drafting.new_draft(fresh, **first).key == "lending"
    for taken in (fresh, PART):
        with pytest.raises(Conflict), transaction():
            drafting.new_draft(taken, **first)
    with pytest.raises(DesignError), transaction():
        drafting.new_draft("<html/>", **first)
    with transaction():
        drafting.discard_draft(drafting.draft_of("lending").id, **first)
    assert drafting.copies_of("lending")[0].reason == "discarded"


def test_the_key_of_a_draft_stays(two):
    first, _ = two
    with transaction():
        draft = drafting.open_draft("cooperation", **first)
    other = PART.replace('id="cooperation"', 'id="else"')
    with pytest.raises(Conflict), transaction():
        drafting.save_draft(draft.id, revision=1, xml=other, **first)


def test_only_designers_touch_drafts(two):
    with transaction():
        clerk = {"by": actor_of(make_user(make_unit("县林业局"))), "at": NOW}
        draft = drafting.open_draft("cooperation", **two[0])
    for call in (
        lambda: drafting.open_draft("cooperation", **clerk),
        lambda: drafting.new_draft(PART, **clerk),
        lambda: drafting.save_draft(draft.id, revision=1, xml=PART, **clerk),
        lambda: drafting.discard_draft(draft.id, **clerk),
        lambda: drafting.publish_draft(draft.id, revision=1, note="", **clerk),
    ):
        with pytest.raises(Forbidden):
            call()
    with pytest.raises(NotFound):
        drafting.open_draft("unknown", **two[0])
