"""The ledger as a sheet: as on the page, merged, and never a formula."""

import datetime as dt
import io

import pytest
from openpyxl import load_workbook

from sanwei_flow.db import transaction
from sanwei_flow.supervision import columns
from tests.counting import counted
from tests.factories import log_in
from tests.supervision.overview.scene import DOCUMENT, redate, row_of, under_way

DANGEROUS = '=HYPERLINK("http://x.example","点我")'


@pytest.fixture
def plan(desk):
    (plan,) = under_way(desk)
    redate(plan, r1=-3)
    return plan


def sheet_of(client, **arguments):
    answer = client.get("/supervision/ledger.xlsx", query_string=arguments)
    assert answer.status_code == 200
    return load_workbook(io.BytesIO(answer.data)).active


def column_of(sheet, label: str) -> list:
    heads = [cell.value for cell in sheet[1]]
    return [row[heads.index(label)] for row in sheet.iter_rows(min_row=2)]


def test_the_sheet_holds_every_column_and_every_line(client, desk, plan):
    sheet = sheet_of(log_in(client, desk.county.office))
    assert [cell.value for cell in sheet[1]] == [one.label for one in columns.COLUMNS]
    assert [cell.value for cell in column_of(sheet, "工作任务")] == [r.task for r in plan.rows]
    assert sheet.freeze_panes == "A2"
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.page_setup.orientation == "landscape"


def test_cells_are_merged_as_in_the_document(client, desk, plan):
    sheet = sheet_of(log_in(client, desk.county.office))
    merged = {str(one) for one in sheet.merged_cells.ranges}
    # The header is the first line; rows 1 and 2, and 3 to 5, share a category, 3 and 4 an item.
    assert merged == {"D2:D3", "D4:D6", "E4:E5"}
    assert not sheet_of(client, sort="due").merged_cells.ranges


def test_numbers_are_numbers_and_dates_are_dates(client, desk, plan):
    sheet = sheet_of(log_in(client, desk.county.office))
    assert all(isinstance(one.value, int) for one in column_of(sheet, "序号"))
    assert all(isinstance(one.value, dt.datetime) for one in column_of(sheet, "完成时限"))
    assert all(one.number_format == "yyyy-mm-dd" for one in column_of(sheet, "完成时限"))
    assert all(isinstance(one.value, dt.datetime) for one in column_of(sheet, "交办时间"))
    assert "已逾期" in column_of(sheet, "亮灯")[0].value


def test_no_text_becomes_a_formula(client, desk, plan):
    with transaction():
        row_of(plan, 1).task = DANGEROUS
        row_of(plan, 2).task = "+1\x0b\x07 加一"
    first, second, *_rest = column_of(sheet_of(log_in(client, desk.county.office)), "工作任务")
    assert (first.value, first.data_type, first.quotePrefix) == (DANGEROUS, "s", True)
    assert (second.value, second.quotePrefix) == ("+1 加一", True)


def test_the_filters_and_columns_of_the_page_are_those_of_the_sheet(client, desk, plan):
    sheet = sheet_of(log_in(client, desk.county.office), light="red", col=["no", "task"])
    assert [cell.value for cell in sheet[1]] == ["序号", "工作任务"]
    assert [cell.value for cell in column_of(sheet, "序号")] == [1]


def test_more_lines_cost_no_more_statements(client, desk, plan):
    log_in(client, desk.county.office)
    sheet_of(client)
    with counted() as few:
        sheet_of(client)
    desk.launch(desk.ready(DOCUMENT + "\n"))
    with counted() as many:
        assert sheet_of(client).max_row == 13
    assert len(many) == len(few)
