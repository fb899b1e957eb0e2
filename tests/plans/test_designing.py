"""Designers change a plan's process before it is launched."""

import pytest
from lxml import etree

from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.accounts.operations import actor_of
from sanwei_flow.db import db, transaction
from sanwei_flow.designs import drafting
from sanwei_flow.designs import operations as designs
from sanwei_flow.errors import Conflict, Forbidden, Invalid
from sanwei_flow.notifications.models import Notification
from sanwei_flow.plans import operations, queries
from sanwei_flow.plans.bpmn import BPMN
from sanwei_flow.processes.models import ProcessInstance
from sanwei_flow.processes.operations import cancel_process
from sanwei_flow.processes.queries import open_tasks
from tests.factories import NOW, log_in, make_user

ROW = (designs.WORKFLOWS / "task_division.bpmn").read_text("utf-8")


@pytest.fixture
def designer(desk):
    with transaction():
        return make_user(desk.county.units["县商务委"], ["designer"], name="设计员")


def hand_over(desk, plan):
    with transaction():
        return operations.hand_to_designers(plan.id, by=desk.office, at=NOW)


def publish(draft, designer, change):
    by = actor_of(designer)
    with transaction():
        xml = change(draft.xml)
        saved = drafting.save_draft(draft.id, revision=draft.revision, xml=xml, by=by, at=NOW)
        return drafting.publish_draft(saved.id, revision=saved.revision, note="调整", by=by, at=NOW)


def moved(xml, no):
    """Row `no` waits for the phase after the one that carries the rows."""
    root = etree.fromstring(xml.encode())
    scopes = root.findall(f".//{{{BPMN}}}subProcess")
    place = next(i for i, one in enumerate(scopes) if one.find(f"*[@id='row_{no}']") is not None)
    here, later = scopes[place], scopes[place + 1]
    row, into, out = (
        here.find(f"*[@id='{name}']") for name in (f"row_{no}", f"to_{no}", f"from_{no}")
    )
    first = later.find(f"{{{BPMN}}}startEvent").get("id")
    follows = next(one for one in later if one.get("sourceRef") == first)
    for element in (row, into, out):
        later.append(element)
    into.set("sourceRef", first)
    out.set("targetRef", follows.get("targetRef"))
    drawn = root.find(f".//*[@bpmnElement='{follows.get('id')}']")
    drawn.getparent().remove(drawn)
    later.remove(follows)
    return etree.tostring(root).decode()


def statuses(plan):
    return [view.status for view in queries.row_views(plan, NOW.date())]


def test_designers_are_told_and_the_launch_waits_for_them(desk, designer):
    plan = desk.ready()
    draft = hand_over(desk, plan)
    assert hand_over(desk, plan).id == draft.id
    (notice,) = db.session.scalars(db.select(Notification).filter_by(user_id=designer.id))
    assert notice.link == f"/designs/plan_{plan.id}"
    with pytest.raises(Invalid, match="设计人员正在调整"):
        desk.launch(plan)


def test_a_row_moved_to_a_later_phase_waits_for_it(desk, designer):
    plan = desk.ready()
    version = publish(hand_over(desk, plan), designer, lambda xml: moved(xml, 3))
    desk.launch(plan)
    assert db.session.get(ProcessInstance, plan.process_id).version_id == version.id
    assert statuses(plan) == ["dispatched", "dispatched", "upcoming"]
    assert queries.status_of(plan) == "running"
    for view in queries.row_views(plan, NOW.date())[:2]:
        end(view.process_id)
    assert statuses(plan)[2] == "dispatched"


def end(process_id):
    """End a row's process, as a termination does."""

    with transaction():
        cancel_process(process_id, reason="终止", by=SYSTEM, at=NOW)


def test_a_row_runs_the_process_a_designer_gave_it(desk, designer):
    plan = desk.ready()
    short = ROW.replace('"task_division"', '"task_short"').replace('name="签收"', 'name="收文"', 1)
    with transaction():
        designs.publish(short, {}, by=actor_of(designer), at=NOW)
    called = 'id="row_2" name="'

    def change(xml):
        begin = xml.index(called)
        return xml[:begin] + xml[begin:].replace('"task_division"', '"task_short"', 1)

    publish(hand_over(desk, plan), designer, change)
    desk.launch(plan)
    assert statuses(plan) == ["dispatched"] * 3
    views = queries.row_views(plan, NOW.date())
    names = [open_tasks(view.process_id)[0].name for view in views]
    assert names == ["签收", "收文", "签收"]


def test_a_process_that_lost_a_row_is_not_launched(desk, designer):
    plan = desk.ready()
    key = f"plan:{plan.id}/row:"
    publish(hand_over(desk, plan), designer, lambda xml: xml.replace(f"{key}3", f"{key}7"))
    with pytest.raises(Invalid) as caught:
        desk.launch(plan)
    assert [str(one) for one in caught.value.fields["plan"]] == [
        "设计人员发布的流程里没有第3项",
        "设计人员发布的流程里，第7项不在本方案中",
    ]
    with transaction():
        operations.launch(plan.id, standard=True, by=desk.office, at=NOW)
    assert statuses(plan) == ["dispatched"] * 3


def test_a_withdrawn_plan_takes_its_draft_along(desk, designer):
    plan = desk.ready()
    hand_over(desk, plan)
    with transaction():
        operations.discard_plan(plan.id, by=desk.office, at=NOW)
    assert drafting.drafts() == []


def test_only_the_plans_office_hands_its_process_over(desk, designer):
    plan = desk.ready()
    with pytest.raises(Forbidden), transaction():
        operations.hand_to_designers(plan.id, by=desk.clerk, at=NOW)
    desk.launch(plan)
    with pytest.raises(Conflict), transaction():
        operations.hand_to_designers(plan.id, by=desk.office, at=NOW)


def test_the_launch_page_offers_both_processes(desk, designer, client):
    plan = desk.ready()
    log_in(client, desk.county.office)
    page = client.get(f"/plans/{plan.id}/launch").text
    assert "交流程设计人员调整" in page
    done = client.post(f"/plans/{plan.id}/design", follow_redirects=True).text
    assert "尚未发布" in done
    publish(operations.in_design(plan), designer, lambda xml: xml)
    assert "设计人员发布的流程（第 1 版" in client.get(f"/plans/{plan.id}/launch").text
    client.post(f"/plans/{plan.id}/launch")
    assert statuses(plan) == ["dispatched"] * 3
