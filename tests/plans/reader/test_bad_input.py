"""A file that is no plan gets one clear sentence, quickly, and nothing worse."""

import io
import time
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from sanwei_flow.errors import Invalid
from sanwei_flow.plans.reader import PlanReadError, PlanTooLargeError, read_plan
from tests.plans.reader.builders import pdf, word
from tests.plans.reader.documents import LABELS

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
LIMIT = 10.0  # seconds, on a slow and busy machine


def package(**parts: str | bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        for name, body in parts.items():
            file.writestr(name.replace("__", "/").replace("_xml", ".xml"), body)
    return stream.getvalue()


def locked_zip() -> bytes:
    data = bytearray(word(["方案"]))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (start := data.find(mark, start)) >= 0:
            data[start + offset] |= 1
            start += 4
    return bytes(data)


def drawn_pdf() -> bytes:
    """A page of lines and no words, as from a scanner."""
    return pdf([[["", ""], ["", ""]]])


def locked_pdf() -> bytes:
    rules = b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>" % (b"41" * 32, b"42" * 32)
    identity = b" /ID [<00112233445566778899AABBCCDDEEFF> <00112233445566778899AABBCCDDEEFF>]"
    return pdf(["方案"]).replace(b"/Root 1 0 R", b"/Root 1 0 R /Encrypt " + rules + identity)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "空的"),
        (b" \r\n\t\n", "空的"),
        (b"\xef\xbb\xbf\n", "空的"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "不是能读取的文件"),
        (bytes(range(256)) * 50, "不是能读取的文件"),
        (package(picture="x"), "不是能读取的文件"),
        ("décret relatif à l’été\n".encode("latin-1", "replace") * 9, "编码"),
        (OLE + bytes(2000), "旧版 Office"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "密码"),
        (locked_zip(), "密码"),
        (locked_pdf(), "密码"),
        (drawn_pdf(), "没有文字层"),
        (b"PK\x03\x04" + b"junk" * 50, "损坏"),
        (b"%PDF-1.4\n" + b"junk" * 50, "损坏"),
        (package(word__document_xml="<w:document"), "损坏"),
        (package(xl__workbook_xml="<workbook"), "损坏"),
        ("今天天气很好，我们去春游。".encode(), "没有在文件里找到工作任务"),
        (b"<html><body></body></html>", "没有文字"),
        (package(word__document_xml=f'<w:document xmlns:w="{WORD}"><w:body/></w:document>'),
         "没有文字"),
    ],
)  # fmt: skip
def test_one_clear_sentence(data: bytes, words: str) -> None:
    with pytest.raises(PlanReadError) as caught:
        read_plan(data, "方案.txt")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert isinstance(caught.value, Invalid)


def bomb() -> bytes:
    return package(word__document_xml=b" " * 60_000_000)


def pdf_bomb() -> bytes:
    packed = zlib.compress(bytes(300_000_000), 1)
    return b"%PDF-1.4\n1 0 obj\n<< /Filter /FlateDecode >>\nstream\n" + packed + b"\nendstream"


def wide_sheet() -> bytes:
    merged = '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    sheet = f"<worksheet><sheetData/>{merged}</worksheet>"
    return package(xl__workbook_xml="<workbook/>", xl__worksheets__sheet1_xml=sheet)


def tall_table() -> bytes:
    cells = "<td rowspan=9999 colspan=999>序号</td>" * 99
    return f"<html><body><table><tr>{cells}</tr></table></body></html>".encode()


def many_rows() -> bytes:
    rows = "".join(f"{n}\t建设站点{n}个\t县林业局\n" for n in range(3000))
    return ("序号\t工作任务\t责任单位\n" + rows).encode()


@pytest.mark.parametrize(
    "make",
    [lambda: b"a" * 20_971_521, lambda: "字".encode() * 300_001, bomb, pdf_bomb, wide_sheet,
     tall_table, many_rows],
)  # fmt: skip
def test_too_large_is_said_and_not_tried(make: Callable[[], bytes]) -> None:
    data = make()
    begun = time.monotonic()
    with pytest.raises(PlanTooLargeError) as caught:
        read_plan(data, "方案.txt")
    assert time.monotonic() - begun < LIMIT
    assert caught.value.status == 413


def test_entities_are_never_unfolded_nor_files_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("机密任务")
    body = (
        f'<!DOCTYPE w [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
        f'<w:document xmlns:w="{WORD}"><w:body>'
        "<w:p><w:r><w:t>一、重点任务</w:t></w:r></w:p><w:p><w:r><w:t>（一）植树&x;。</w:t></w:r></w:p>"
        "</w:body></w:document>"
    )
    try:
        plan = read_plan(package(word__document_xml=body), "方案.docx")
    except PlanReadError:
        return
    assert not any("机密" in line.text for line in plan.lines)


LONG = 90_000
HOSTILE = {
    "verbs of reaching": "达到" * LONG,
    "digits": "1" * LONG,
    "open brackets": "（牵头单位：" * (LONG // 6),
    "pairs of brackets": "（2024年）" * (LONG // 7),
    "quotes": "“" * LONG,
    "dates": "2024年1月" * (LONG // 7),
    "commas": "，" * LONG,
    "blanks": " \u3000" * (LONG // 2) + "个",
    "figures": "到2027年建成站点5个，" * (LONG // 13),
    "conjunctions": "局和" * (LONG // 2),
    "names": "（责任单位：" + "、".join(f"县第{n}局" for n in range(LONG // 8)) + "）",
    "members": "、" * LONG + "负责人为成员",
}


@pytest.mark.parametrize("tail", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_costs_little_time(tail: str) -> None:
    begun = time.monotonic()
    read_plan(f"一、重点任务\n（一）建设。好。{tail}\n".encode(), "方案.txt")
    assert time.monotonic() - begun < LIMIT


@pytest.mark.parametrize(
    "text",
    [
        "序号\t工作任务\t责任单位\n" + "\t" * LONG,
        "\t序号\n\t工作任务\n\t责任单位\n\n\t1\n" + "字\n" * (LONG // 2),
        "<html><body>" + "<div>" * LONG + "一、重点任务<p>（一）植树。",
        "<html><body>" + "<table><tr><td>" * 2_000 + "一、重点任务",
        "一、重点任务\n（一）甲\n1.乙\n（1）丙\n" * (LONG // 40),
    ],
    ids=["tabs", "wrapped", "nested blocks", "nested tables", "headings"],
)
def test_hostile_structure_costs_little_time(text: str) -> None:
    begun = time.monotonic()
    with suppress(PlanReadError):
        read_plan(text.encode(), "方案.txt")
    assert time.monotonic() - begun < LIMIT


def test_a_path_is_read_and_names_the_plan(tmp_path: Path) -> None:
    file = tmp_path / "民生实事.txt"
    file.write_bytes(LABELS.encode())
    assert read_plan(file).name == "民生实事.txt"
    assert read_plan(str(file)).rows
