from sanwei_flow.plans.statuses import plan_status, row_status


def row(**given):
    known = {"launched": True, "starting": False, "instance_status": "running", "stage": ""}
    known["written_off"] = False
    return row_status(**known | given)


def test_a_plan_stands_where_its_processes_stand():
    assert plan_status(None, starting=False) == "draft"
    assert plan_status("running", starting=True) == "launching"
    assert plan_status("running", starting=False) == "running"
    assert plan_status("incident", starting=False) == "running"
    assert plan_status("finished", starting=False) == "done"
    assert plan_status("cancelled", starting=True) == "done"


def test_a_row_is_where_its_process_says():
    assert row(launched=False, instance_status=None) == "draft"
    assert row(instance_status=None, starting=True) == "starting"
    assert row(instance_status=None) == "upcoming"
    assert row(stage="unit_review") == "unit_review"
    assert row(instance_status="incident", stage="reporting") == "reporting"
    assert row(written_off=True, stage="leader_review") == "written_off"
    assert row(instance_status="finished") == "written_off"
    assert row(instance_status="cancelled", stage="reporting") == "terminated"
