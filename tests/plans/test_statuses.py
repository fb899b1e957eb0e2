from sanwei_flow.plans.statuses import plan_status, row_status


def row(**given):
    known = {"launched": True, "instance_status": "running", "stage": "", "written_off": False}
    return row_status(**known | given)


def test_a_plan_stands_where_its_processes_stand():
    assert plan_status(None, 0, 3) == "draft"
    assert plan_status("running", 2, 3) == "launching"
    assert plan_status("running", 3, 3) == "running"
    assert plan_status("incident", 3, 3) == "running"
    assert plan_status("finished", 3, 3) == "done"
    assert plan_status("cancelled", 1, 3) == "done"


def test_a_row_is_where_its_process_says():
    assert row(launched=False, instance_status=None) == "draft"
    assert row(instance_status=None) == "starting"
    assert row(stage="unit_review") == "unit_review"
    assert row(instance_status="incident", stage="reporting") == "reporting"
    assert row(written_off=True, stage="leader_review") == "written_off"
    assert row(instance_status="finished") == "written_off"
    assert row(instance_status="cancelled", stage="reporting") == "terminated"
