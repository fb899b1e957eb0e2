"""The same document in every format reads the same."""

import io
import zipfile
from datetime import date
from typing import Any

import docx
import openpyxl
import pytest

from sanwei_flow.plans.reader import read_plan, source_blocks, to_json
from tests.plans.reader import builders
from tests.plans.reader.builders import FORMATS, Document, Span
from tests.plans.reader.documents import BRACKETS, HEAD, KEY_TASKS, LABELS, MERGED


def paragraphs(text: str) -> Document:
    return [line for line in text.splitlines() if line.strip()]


def without_places(document: bytes) -> dict[str, Any]:
    """What is printed of a document, less line numbers and words about them."""
    printed = to_json(read_plan(document, "方案"))
    for entry in printed["rows"] + printed["targets"]:
        del entry["source"]
    printed["findings"] = sorted(finding["code"] for finding in printed["findings"])
    printed["units"] = {unit["name"]: unit["mentions"] for unit in printed["units"]}
    return printed


@pytest.mark.parametrize("form", ["docx", "xlsx", "html", "pdf"])
@pytest.mark.parametrize("text", [BRACKETS, LABELS, KEY_TASKS], ids=["brackets", "labels", "tasks"])
def test_running_text_reads_as_it_does_from_a_text_file(text: str, form: str) -> None:
    document = paragraphs(text)
    assert without_places(FORMATS[form](document)) == without_places(builders.txt(document))


@pytest.mark.parametrize("form", ["docx", "xlsx", "html", "pdf"])
def test_merged_cells_and_a_header_of_two_rows(form: str) -> None:
    plan = read_plan(FORMATS[form](MERGED), "方案")
    assert plan.format == form
    assert [(row.no, row.category, row.lead, row.cooperating, row.due) for row in plan.rows] == [
        (1, "产业振兴", ("县农业农村局",), ("县财政局", "县水利局"), date(2025, 6, 30)),
        (2, "产业振兴", ("县林业局",), ("各乡镇",), date(2026, 12, 31)),
        (3, "人才振兴", ("县人力资源和社会保障局",), ("县教育局", "县总工会"), date(2025, 12, 31)),
        (4, "人才振兴", (), ("县委组织部",), None),
        (5, "生态振兴", ("县住房和城乡建设局",), ("县生态环境局",), date(2025, 9, 30)),
        (6, "生态振兴", ("县住房和城乡建设局",), (), date(2026, 12, 31)),
    ]
    assert [row.open_ended for row in plan.rows] == [False] * 4 + [True, False]
    assert plan.title == HEAD[0]


@pytest.mark.parametrize("form", list(FORMATS))
def test_every_line_has_a_number_to_point_at(form: str) -> None:
    plan = read_plan(FORMATS[form](MERGED if form != "txt" else paragraphs(LABELS)), "方案")
    numbers = [line.number for line in source_blocks(plan)]
    assert numbers == sorted(set(numbers))
    places = {row.line for row in plan.rows} | {finding.line for finding in plan.findings}
    assert places <= set(numbers)


def long_table(rows: int) -> Document:
    header = ["序号", "工作任务", "责任单位", "配合单位"]
    tasks = [
        [str(n), f"在第{n}片区新建停车泊位{n}0个，同步完善标识标线，方便群众有序停放车辆。",
         "县城市管理局", "县公安局、县自然资源局"]
        for n in range(1, rows + 1)
    ]  # fmt: skip
    return ["青禾县停车便民工作任务清单", [header, *tasks]]


def test_a_pdf_table_over_several_pages_is_one_table() -> None:
    plan = read_plan(builders.pdf(long_table(40)), "清单.pdf")
    assert [row.no for row in plan.rows] == list(range(1, 41))
    assert {row.lead for row in plan.rows} == {("县城市管理局",)}
    assert [int(target.value) for target in plan.targets] == [n * 10 for n in range(1, 41)]


def test_a_pdf_row_broken_by_the_page_is_one_row_again() -> None:
    document = long_table(2)
    table = document[1]
    assert isinstance(table, list)
    table.insert(2, ["", "并对外公示。", "", ""])  # what a page break leaves on the next page
    pages = builders._Pages()
    pages.paragraph(str(document[0]))
    pages.table(table[:2])
    pages.pages.append([])
    pages.y = pages.TOP
    pages.table(table[2:])
    plan = read_plan(pages.file(), "清单.pdf")
    assert [row.no for row in plan.rows] == [1, 2]
    assert plan.rows[0].task.endswith("车辆。并对外公示。")


def test_numbers_that_word_draws_by_itself() -> None:
    file = docx.Document()
    file.add_paragraph("青禾县绿化工作方案")
    file.add_paragraph("一、重点任务")
    for words in (
        "植树造林。造林500亩。（责任单位：县林业局）",
        "护林防火。（责任单位：县应急局）",
    ):
        file.add_paragraph(words, style="List Number")
    stream = io.BytesIO()
    file.save(stream)
    plan = read_plan(stream.getvalue(), "方案.docx")
    assert [(row.item, row.lead) for row in plan.rows] == [
        ("植树造林", ("县林业局",)),
        ("护林防火", ("县应急局",)),
    ]


def test_what_was_deleted_in_word_is_gone_and_what_was_inserted_counts() -> None:
    data = builders.word(["青禾县绿化工作方案", "一、重点任务", "（一）造林。造林5亩。KEEP"])
    source, target = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(target, "w") as changed:
        for part in source.infolist():
            body = source.read(part)
            if part.filename == "word/document.xml":
                body = body.replace(
                    b"KEEP</w:t></w:r>",
                    "</w:t></w:r><w:del w:id='1'><w:r><w:delText>旧</w:delText></w:r></w:del>"
                    "<w:ins w:id='2'><w:r><w:t>护林9亩。</w:t></w:r></w:ins>".encode(),
                )
            changed.writestr(part, body)
    plan = read_plan(target.getvalue(), "方案.docx")
    assert plan.rows[0].task == "造林5亩。护林9亩。"


def test_units_under_one_another_in_a_cell_are_several() -> None:
    table = [["序号", "工作任务", "责任单位"], ["1", "巡查。", "县公安局\n县应急局\n县水利局"]]
    plan = read_plan(builders.word(["巡查任务清单", table]), "清单.docx")
    assert plan.rows[0].lead == ("县公安局", "县应急局", "县水利局")


def test_dates_and_percentages_as_a_sheet_shows_them() -> None:
    file = openpyxl.Workbook()
    sheet = file.active
    sheet.append(["序号", "工作任务", "责任单位", "完成时限"])
    sheet.append([1, "接种率达到95%。", "县卫生健康局", date(2025, 6, 30)])
    sheet.append([2, 0.5, "县卫生健康局", "长期坚持"])
    sheet["B3"].number_format = "0%"
    stream = io.BytesIO()
    file.save(stream)
    plan = read_plan(stream.getvalue(), "清单.xlsx")
    assert plan.rows[0].due == date(2025, 6, 30)
    assert plan.rows[1].task == "50%"


def test_several_sheets_and_a_title_row() -> None:
    file = openpyxl.Workbook()
    sheet = file.active
    for row in [
        ["青禾县2025年工作任务分工表"],
        ["序号", "工作任务", "责任单位"],
        [1, "植树。", "县林业局"],
    ]:
        sheet.append(row)
    sheet.merge_cells("A1:C1")
    majors = file.create_sheet("重大项目清单")
    for row in [["序号", "名称", "责任单位"], [1, "建设林场3个", "县林业局"]]:
        majors.append(row)
    stream = io.BytesIO()
    file.save(stream)
    plan = read_plan(stream.getvalue(), "x.xlsx")
    assert plan.title == "青禾县2025年工作任务分工表"
    assert [row.task for row in plan.rows] == ["植树。"]
    assert [(major.name, major.kind) for major in plan.majors] == [("建设林场3个", "project")]


def test_a_web_page_in_an_older_encoding_with_a_layout_table() -> None:
    page = builders.web(paragraphs(LABELS)).decode()
    page = page.replace("utf-8", "gb2312").replace("<body>", "<body><table><tr><td>")
    page = page.replace("</body>", "</td></tr></table><script>var 无 = 1;</script></body>")
    plan = read_plan(page.encode("gb18030"), "方案.html")
    assert [row.lead for row in plan.rows][:2] == [("县教育局",), ("县教育局",)]


def test_the_suffix_does_not_matter() -> None:
    assert read_plan(builders.word(paragraphs(LABELS)), "方案.txt").format == "docx"
    assert read_plan(LABELS.encode("gb18030"), "方案.pdf").rows


def test_a_span_across_the_table_is_a_category() -> None:
    table = [
        ["序号", "工作任务", "责任单位"],
        [Span("生态建设", across=3), None, None],
        ["1", "植树。", "县林业局"],
    ]
    for form in ("docx", "xlsx", "html", "pdf"):
        plan = read_plan(FORMATS[form](["造林任务清单", table]), "清单")
        assert [row.category for row in plan.rows] == ["生态建设"]
