"""A program that fills required fields by type and takes the primary action plays everybody."""

from tests.journeys.cast import Cast
from tests.journeys.documents import DIVIDED, UNDIVIDED


def play(cast: Cast, rounds: int = 40) -> int:
    """Everybody does whatever waits for them until nothing waits; returns the number of acts."""
    acts = 0
    for _ in range(rounds):
        before = acts
        for robot in cast.everybody():
            for task in robot.waiting():
                robot.act(robot.get(f"/tasks/{task['id']}"))
                acts += 1
        if acts == before:
            break
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
