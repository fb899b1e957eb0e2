"""Bad input gets a sentence and loses nothing."""

import io
import zipfile
from typing import Any

import pytest

from tests.journeys.cast import Cast
from tests.journeys.documents import DIVIDED

HEADER = "	序号\n	名称\n	事项\n	工作任务\n	责任单位\n	配合单位\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def archive(name: str) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as zipped:
        zipped.writestr(zipfile.ZipInfo(name), "nothing of use")
    return kept.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("照片.png", b"\x89PNG\r\n\x1a\n" + bytes(1000)),
        ("空.txt", b""),
        ("空白.txt", b" \n \n"),
        ("通知.txt", "今天下午三点开会，请准时参加。".encode()),
        ("压缩包.zip", archive("方案.txt")),
        ("损坏.docx", archive("word/document.xml")[:60]),
        ("加密.docx", OLE + bytes(512) + "EncryptedPackage".encode("utf-16-le")),
        ("旧版.doc", OLE + bytes(2048)),
        ("坏.pdf", b"%PDF-1.4\n%%EOF"),
        ("乱码.txt", b"\xff\xfe\xfd\x00" * 100),
    ],
)
def test_a_file_that_is_no_plan_is_refused_and_nothing_is_kept(
    cast: Cast, name: str, content: bytes
) -> None:
    answer = cast.office.upload("/plans", content, name)
    assert answer.status_code == 422
    assert "。" in answer.get_json()["detail"]
    assert cast.office.get("/plans")["items"] == []


def test_a_file_that_is_too_large_is_refused_by_its_size(cast: Cast) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
    whole = part + bytes(50 * 1024 * 1024) + b"\r\n--x--\r\n"
    multipart = "multipart/form-data; boundary=x"
    answer = cast.office.ask("POST", "/plans", data=whole, content_type=multipart)
    assert answer.status_code == 413
    assert "太大" in answer.get_json()["detail"]
    assert answer.get_json()["code"] == "too_large"
    assert cast.office.get("/plans")["items"] == []


def test_an_upload_without_a_file_says_how_to_send_one(cast: Cast) -> None:
    answer = cast.office.ask("POST", "/plans", json={"file": "方案.txt"})
    assert answer.status_code == 415
    assert "multipart/form-data" in answer.get_json(force=True)["detail"]
    form = {"data": {"name": "方案.txt"}, "content_type": "multipart/form-data"}
    answer = cast.office.ask("POST", "/plans", **form)
    assert answer.status_code == 422
    assert "multipart/form-data" in answer.get_json()["errors"]["file"][0]


def rows_of(cast: Cast, text: str) -> tuple[list[Any], list[Any], dict[str, Any]]:
    """Rows, findings and the plan that a document gives."""
    plan = cast.imported(text)
    whole = cast.office.get(f"/plans/{plan}")
    return cast.office.listed(f"/plans/{plan}/rows"), whole["findings"], whole


def test_characters_no_database_keeps_do_not_stop_an_import(cast: Cast) -> None:
    answer = cast.office.imports(DIVIDED.replace("普惠", "普\0惠"), "方\0案.txt")
    assert answer.status_code == 201, answer.text
    rows = cast.office.listed(f"/plans/{answer.get_json()['id']}/rows")
    assert rows[2]["item"] == "扩面普惠金融"


def test_columns_in_another_order_are_found_by_their_names(cast: Cast) -> None:
    head, _ = DIVIDED.split(HEADER)
    body = (
        "	责任单位\n	配合单位\n	工作任务\n	序号\n\n"
        "	县供销合作社\n	县财政局\n	组建农合联13个。\n	1\n\n"
        "	县商务委\n	\n	建成流通网点58个。\n	2\n"
    )
    rows, _, _ = rows_of(cast, head + body)
    assert [(row["no"], row["lead"], row["cooperating"]) for row in rows] == [
        (1, ["县供销合作社"], ["县财政局"]),
        (2, ["县商务委"], []),
    ]


def test_a_table_without_cooperating_units_is_a_plan_all_the_same(cast: Cast) -> None:
    head, _ = DIVIDED.split(HEADER)
    body = (
        "	序号\n	工作任务\n	责任单位\n\n"
        "	1\n	组建农合联13个。\n	县供销合作社\n\n"
        "	2\n	建成流通网点58个。\n	县商务委\n"
    )
    rows, _, _ = rows_of(cast, head + body)
    assert [(row["lead"], row["cooperating"]) for row in rows] == [
        (["县供销合作社"], []),
        (["县商务委"], []),
    ]


def test_a_header_repeated_on_the_next_page_is_no_row(cast: Cast) -> None:
    first, rest = DIVIDED.split("\n	3\n	创新信用服务")
    rows, _, _ = rows_of(cast, f"{first}\n{HEADER}\n	3\n	创新信用服务{rest}")
    assert [row["no"] for row in rows] == [1, 2, 3]
    assert rows[2]["lead"] == ["县农业农村委"]


def test_a_row_without_a_lead_waits_for_the_office(cast: Cast) -> None:
    text = DIVIDED.replace(
        "	建成流通网点58个。\n	县商务委\n", "	建成流通网点58个。\n	\n"
    )
    rows, findings, whole = rows_of(cast, text)
    assert rows[1]["lead"] == []
    assert any("第2项没有牵头单位" in blocker for blocker in whole["blockers"])
    assert [finding for finding in findings if finding["row"] == 2]


def test_an_unknown_unit_and_an_ambiguous_one_are_asked_about(cast: Cast) -> None:
    text = DIVIDED.replace("	县商务委\n", "	宇航发射中心\n")
    _, findings, whole = rows_of(cast, text)
    names = {name["name"]: name for name in whole["units"]}
    assert names["宇航发射中心"]["status"] == "unknown"
    assert names["青山县金融监管支局"]["status"] == "doubtful"
    codes = {finding["code"] for finding in findings}
    assert {"unit_unknown", "unit_ambiguous"} <= codes
    assert len(whole["blockers"]) >= 2


def test_a_date_in_the_past_is_said_and_raises_no_alarm(cast: Cast) -> None:
    rows, findings, _ = rows_of(cast, DIVIDED.replace("2029年", "2019年"))
    assert all(row["due_past"] and row["light"] == "none" for row in rows if row["due"])
    assert "due_past" in {finding["code"] for finding in findings}


def test_a_number_that_disagrees_with_another_place_is_said(cast: Cast) -> None:
    text = DIVIDED.replace("	组建农合联13个。", "	组建农合联31个。")
    _, findings, _ = rows_of(cast, text)
    assert any("31" in str(finding) and "13" in str(finding) for finding in findings)


def test_the_same_file_twice_names_the_plan_it_became(cast: Cast) -> None:
    plan = cast.imported(DIVIDED)
    again = cast.office.imports(DIVIDED)
    assert again.status_code == 409
    assert again.get_json()["plan"] == str(plan)
    assert len(cast.office.get("/plans")["items"]) == 1


def test_an_answer_refused_leaves_the_task_and_its_draft_where_they_were(cast: Cast) -> None:
    cast.launched(DIVIDED)
    clerk = cast.clerk("县商务委")
    clerk.act(clerk.find(row=2))
    clerk.act(clerk.find(row=2))
    cast.head("县商务委").act(cast.head("县商务委").find(row=2))
    task = clerk.find(row=2, name="上报办结")
    draft = {"summary": "写了一半"}
    assert clerk.send(task["id"], "save_draft", draft).status_code == 200
    figures = next(f for f in clerk.action(task)["fields"] if f["key"] == "figures")["value"]
    wrong = [row | {"reported": "很多"} for row in figures]
    answer = clerk.send(task["id"], "submit", {"summary": "", "figures": wrong, "colour": 1})
    assert answer.status_code == 422
    answer = clerk.send(task["id"], "submit", {"summary": "", "figures": wrong})
    assert answer.status_code == 422
    assert answer.get_json()["errors"] == {
        "summary": ["该项必填。"],
        "figures-0-reported": ["这一项应为数字。"],
    }
    kept = clerk.find(row=2, name="上报办结")
    assert kept["draft"] == draft
    assert cast.row(kept["plan"], 2)["status"] == "reporting"
