"""A slip on paper: laid out as the standard asks, saying what the page says."""

import datetime as dt
import io

import pytest
from docx import Document
from docx.shared import Pt

from sanwei_flow.db import transaction
from sanwei_flow.supervision import slips
from tests.factories import log_in
from tests.plans.conftest import desk  # noqa: F401 - a fixture
from tests.plans.test_requests import LEAD, Story


@pytest.fixture
def story(desk) -> Story:  # noqa: F811 - the fixture above
    return Story(desk, desk.launch(desk.ready()))


def test_a_slip_is_printed_as_an_official_document(client, story):
    with transaction():
        (slip,) = slips.issue(
            [story.row.id], "进度滞后", dt.date(2024, 8, 9), by=story.people["office"], at=story.at
        )
    story.do(slip.process_id, "reply", "clerk", measures="本周补齐\x0b两个")
    office = log_in(client, story.desk.county.office)
    answer = office.get(f"/supervision/slips/{slip.id}.docx")
    assert answer.status_code == 200
    assert "docx" in answer.headers["Content-Disposition"]
    paper = Document(io.BytesIO(answer.data))
    (section,) = paper.sections
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert (round(section.top_margin.mm), round(section.left_margin.mm)) == (37, 28)
    title, number = paper.paragraphs[:2]
    assert title.text == "督 办 单"
    assert title.runs[0].font.size == Pt(22)
    assert number.text == "督办〔2024〕1号"
    facts = {row.cells[0].text: row.cells[1].text for row in paper.tables[0].rows}
    assert facts["被督办单位"] == LEAD
    assert facts["督办事由"] == "进度滞后"
    assert facts["回复时限"] == "2024年8月9日"
    assert "本周补齐" in facts["整改及核查情况"]
    assert [one.text for one in paper.paragraphs[-2:]] == ["县供销合作社", "2024年8月5日"]
    assert 'w:eastAsia="方正小标宋简体"' in title._p.xml

    stranger = log_in(client, story.desk.county.clerks["东河镇"])
    assert stranger.get(f"/supervision/slips/{slip.id}.docx").status_code == 404
