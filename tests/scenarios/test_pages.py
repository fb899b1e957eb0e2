"""A designer plays a row of a running plan in the pages, without a script."""

import re

import pytest

from tests.scenarios.conftest import Place, live_rows

LEAD = "县商务委"
BASE = "/designs/task_division/dry-runs"


def begin(place: Place, **more: str) -> str:
    """Begin with row 2 of the plan; the address of the run."""
    form = {"from": "row", "plan": str(place.plan), "row": "2", "version": "1"}
    answer = place.client.post(BASE, data=form | {"day": "2026-03-02"} | more)
    assert answer.status_code == 302, answer.text
    return str(answer.headers["Location"])


def press(place: Place, run: str, path: str = "", **form: str):
    """Press a button of the page as it stands."""
    page = place.client.get(run).text
    revision = re.search(r'name="revision" value="(\d+)"', page)[1]
    return place.client.post(run + path, data={"revision": revision, **form})


def test_a_row_is_played_and_nothing_that_runs_is_touched(place: Place) -> None:
    before = live_rows()
    assert "还没有试运行" in place.client.get(BASE).text
    page = place.client.get(f"{BASE}/new").text
    assert "2．" in page
    run = begin(place)
    page = place.client.get(run).text
    assert "现在是 2026-03-02" in page
    assert place.county.clerks[LEAD].name in page
    assert press(place, run, task="1", action="accept").status_code == 302
    assert press(place, run, task="1", action="submit").status_code == 302
    refused = press(place, run, task="1", action="return")
    assert refused.status_code == 422
    assert "退回时请写明意见" in refused.text
    assert press(place, run, "/skip", until="days", days="3").status_code == 302
    page = place.client.get(run).text
    assert "“审核分工”还有1个工作日到期" in page
    assert press(place, run, task="1", action="agree").status_code == 302
    assert live_rows() == before
    kept = press(place, run, "/save", name="签收与分工")
    assert kept.status_code == 302
    page = place.client.get(kept.headers["Location"]).text
    assert "一致" in page
    assert live_rows() == before


@pytest.mark.parametrize(
    "name",
    [
        "consultation",
        "cooperation",
        "extension",
        "progress_report",
        "reassignment",
        "rectification",
        "resumption",
        "supervision_slip",
        "suspension",
        "task_division",
        "termination",
    ],
)
def test_other_designs_are_tried_with_a_row_as_well(place: Place, name: str) -> None:
    form = {"from": "row", "plan": str(place.plan), "row": "2", "version": "1"}
    begun = place.client.post(f"/designs/{name}/dry-runs", data=form | {"day": "2026-03-02"})
    assert begun.status_code == 302, begun.text
    page = place.client.get(begun.headers["Location"]).text
    assert 'id="task-form"' in page
    assert "流程停在这里" not in page


def test_a_row_may_be_made_up(place: Place) -> None:
    form = {"from": "made-up", "version": "1", "day": "2026-03-02", "task": "试点"}
    unit = str(place.unit(LEAD))
    refused = place.client.post(BASE, data={**form, "task": "", "lead_unit": unit})
    assert refused.status_code == 422
    assert "请填写工作任务" in refused.text
    begun = place.client.post(BASE, data={**form, "lead_unit": unit, "office_unit": unit})
    assert begun.status_code == 302
    assert "试点" in place.client.get(begun.headers["Location"]).text
