"""A designer plays a row of a running plan in the pages, without a script."""

import re

from sanwei_flow.db import db
from sanwei_flow.designs.models import DesignVersion
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


def test_the_shipped_designs_can_all_be_tried(place: Place) -> None:
    for key in db.session.scalars(db.select(DesignVersion)).all():
        name = key.design.key
        if name.startswith("plan_"):
            continue
        base = f"/designs/{name}/dry-runs"
        form = {"from": "row", "plan": str(place.plan), "row": "2", "version": "1"}
        answer = place.client.post(base, data=form | {"day": "2026-03-02"})
        assert answer.status_code == 302, (name, answer.text)
        page = place.client.get(answer.headers["Location"])
        assert "以其身份办理" in page.text or 'id="task-form"' in page.text, name
        assert "流程停在这里" not in page.text, name
