"""A program that fills required fields by type and takes the primary action plays everybody."""

from collections.abc import Container, Iterable

from tests.journeys.cast import Cast
from tests.journeys.documents import DIVIDED, UNDIVIDED


def play(cast: Cast, rows: Container[int] | None = None, units: Iterable[str] | None = None) -> int:
    """Everybody (in these units) does whatever waits for them (in these rows) until nothing waits.

    Returns the number of acts.
    """
    robots = cast.everybody(units)
    acts, before = 0, -1
    while acts != before:
        before = acts
        for robot in robots:
            for task in robot.waiting():
                if rows is None or task["row"] in rows:
                    robot.act(robot.get(f"/tasks/{task['id']}"))
                    acts += 1
    return acts


def test_robots_run_a_plan_to_its_end(cast: Cast) -> None:
    plan = cast.launched(DIVIDED)
    assert play(cast) > 30
    whole = cast.office.get(f"/plans/{plan}")
    assert whole["status"] == "done"
    assert whole["counts"]["by_status"] == {"written_off": 3}


def test_tasks_without_a_unit_wait_for_the_office(cast: Cast) -> None:
    plan = cast.imported(UNDIVIDED)
    whole = cast.office.get(f"/plans/{plan}")
    assert [phase["name"] for phase in whole["phases"]] == [
        "安排部署",
        "试点实施",
        "总结验收",
    ]
    assert len(whole["blockers"]) == 3
    refused = cast.office.ask("POST", f"/plans/{plan}/launch")
    assert refused.status_code == 422
    assert "第3项没有牵头单位" in refused.get_json()["detail"]
    for row in cast.office.listed(f"/plans/{plan}/rows"):
        change = {"lead": ["县供销合作社"], "cooperating": ["县商务委"]}
        cast.office.patch(f"/plans/{plan}/rows/{row['no']}", change)
    cast.office.ask("POST", f"/plans/{plan}/launch")
    play(cast)
    assert cast.office.get(f"/plans/{plan}")["status"] == "done"
